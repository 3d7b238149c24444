#!/usr/bin/env bash
# The server as tools of others see it: curl, httplint (PyPI) on real answers, slowhttptest (Debian).
# `--short` is for the gate: without slowhttptest where it is not installed, and for seconds only.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=60
[ "${1:-}" = --short ] && seconds=6
work=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$work"' EXIT

cargo build -q --locked -p brrtrouter-raw --example echo
"${CARGO_TARGET_DIR:-target}/debug/examples/echo" --port 0 --head-timeout 5 --body-timeout 5 >"$work/url" &
server=$!
until [ -s "$work/url" ]; do kill -0 "$server"; sleep 0.05; done
url=$(cat "$work/url")

expect() { # what, wanted, got
  [ "$2" = "$3" ] || { echo "FAILED: $1: wanted '$2', got '$3'"; exit 1; }
  echo "ok: $1"
}

# curl
head -c 300000 /dev/urandom >"$work/body"
sum=$(sha256sum <"$work/body")
expect "a GET" "Hello, World!" "$(curl -sS "$url/plaintext")"
expect "a connection that is used again" "1 0 0" \
  "$(curl -sS -o /dev/null -o /dev/null -o /dev/null -w '%{num_connects} ' "$url/plaintext" "$url/plaintext" "$url/plaintext" | xargs)"
expect "HEAD" "200 0" "$(curl -sS -I -o /dev/null -w '%{http_code} %{size_download}' "$url/plaintext")"
expect "a body after 100 Continue" "$sum" \
  "$(curl -sS -H 'Expect: 100-continue' --data-binary @"$work/body" "$url/echo" | sha256sum)"
expect "a body in chunks" "$sum" \
  "$(curl -sS -H 'Transfer-Encoding: chunked' --data-binary @"$work/body" "$url/echo" | sha256sum)"
expect "HTTP/1.0" "Hello, World!" "$(curl -sS --http1.0 "$url/plaintext")"
expect "an offer of HTTP/2" "200 1.1" \
  "$(curl -sS --http2 -o /dev/null -w '%{http_code} %{http_version}' "$url/plaintext")"
expect "a body that is too long" 413 \
  "$(head -c 2000000 /dev/zero | curl -sS -o /dev/null -w '%{http_code}' -H Expect: --data-binary @- "$url/echo" || true)"
expect "a target that is too long" 414 \
  "$(curl -sS -o /dev/null -w '%{http_code}' "$url/$(head -c 9000 /dev/zero | tr '\0' a)")"

# httplint: nothing of what it calls bad
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q httplint
answer() { # the bytes of the answer to a request
  python3 - "$url" "$1" <<'PYTHON'
import socket, sys
from urllib.parse import urlsplit
at = urlsplit(sys.argv[1])
with socket.create_connection((at.hostname, at.port)) as client:
    client.sendall(sys.argv[2].encode().decode("unicode_escape").encode())
    while data := client.recv(65536):
        sys.stdout.buffer.write(data)
PYTHON
}
end='Host: a\r\nConnection: close\r\n\r\n'
for request in "GET /plaintext HTTP/1.1" "GET /nowhere HTTP/1.1" "DELETE /plaintext HTTP/1.1" \
  "POST /echo HTTP/1.1\\r\\nContent-Length: 0"; do
  answer "$request\\r\\n$end" >"$work/answer"
  "$work/venv/bin/httplint" <"$work/answer" >"$work/notes"
  if grep -F '[BAD]' "$work/notes"; then
    echo "FAILED: httplint on the answer to $request"
    cat "$work/answer"
    exit 1
  fi
  echo "ok: httplint on the answer to $request"
done

# slowhttptest: whatever it does, others are served
if ! command -v slowhttptest >/dev/null; then
  echo "skipped: slowhttptest is not installed"
  [ "$seconds" = 6 ] && exit 0
  exit 1
fi
for mode in "-H -i 2" "-B -s 8192 -i 2" "-X -w 8 -y 16 -n 1 -z 4 -k 2" "-R -a 10 -b 3000"; do
  # shellcheck disable=SC2086
  slowhttptest $mode -c 500 -r 250 -p 3 -l "$seconds" -u "$url/plaintext" >"$work/slow" 2>&1 &
  slow=$!
  while kill -0 "$slow" 2>/dev/null; do
    expect "a GET beside slowhttptest $mode" "Hello, World!" "$(curl -sS -m 5 "$url/plaintext")" >/dev/null
    sleep 0.2
  done
  if grep -q 'available:.*NO' "$work/slow"; then
    cat "$work/slow"
    echo "FAILED: slowhttptest $mode"
    exit 1
  fi
  echo "ok: slowhttptest $mode"
done
kill -TERM "$server"
wait "$server"
echo "ok: the server drains and ends with 0"
