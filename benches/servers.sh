# What http.sh, files.sh and instructions.sh share: the servers, how they are built and started, and how
# their time is counted.
# Sourced, not run. Sets `scratch` (removed at the end, with the servers in `started`) and `client`.

all_servers=(raw minihttp may_minihttp hyper axum actix ntex epoll)

root=$(cd "$here/.." && pwd)
target=${CARGO_TARGET_DIR:-$here/peers/target}
client=$target/release/client
own=${CARGO_TARGET_DIR:-$root/target}/release

scratch=$(mktemp -d)
started=()
clean_up() {
    local server
    for server in "${started[@]}"; do
        kill -KILL "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    done
    rm -rf "$scratch"
}
trap clean_up EXIT

fail() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

# usage: need COMMAND: installs it from Debian's package of that name where it is missing
need() {
    command -v "$1" >/dev/null && return
    local as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get install -y --no-install-recommends "$1" >&2 ||
        fail "$1 is missing and could not be installed"
}

# usage: build_own TRANSPORT FLAG...: builds bench-server, and keeps it under the transport's name
build_own() {
    [ -z "${BENCH_SERVER:-}" ] || return 0
    cargo build --quiet --release --manifest-path "$root/Cargo.toml" --target-dir "${own%/release}" \
        -p bench-server "${@:2}"
    cp "$own/bench-server" "$own/bench-server-$1"
}

# usage: build SERVER...: builds those servers, and the client
build() {
    local server packages=(-p client)
    for server in "$@"; do
        case $server in
            # As their users would build them: what the adapter asks of May costs the other
            # transport something as well.
            raw | wrapped) build_own raw --no-default-features ;;
            minihttp) build_own minihttp ;;
            may_minihttp) packages+=(-p peer-minihttp) ;;
            hyper | axum | actix | ntex | epoll) packages+=(-p "peer-$server") ;;
            *) fail "no server is called $server; there are ${all_servers[*]}" ;;
        esac
    done
    cargo build --quiet --release --manifest-path "$here/peers/Cargo.toml" \
        --target-dir "$target" "${packages[@]}"
}

# usage: server_command SERVER PORT: prints the command that runs it with one worker
server_command() {
    local program=$target/release/peer-$1 transport=
    case $1 in
        raw | minihttp) program=${BENCH_SERVER:-$own/bench-server-$1} transport="--transport $1" ;;
        wrapped)
            program=${BENCH_SERVER:-$own/bench-server-raw} transport='--transport raw --middleware'
            ;;
        may_minihttp) program=$target/release/peer-minihttp ;;
    esac
    echo "$program --port $2 --workers 1 $transport"
}

# A port that nothing listens on, below those that the kernel gives to clients.
free_port() {
    local port
    while port=$((20000 + RANDOM % 12000)); (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
    echo "$port"
}

# usage: await_listening LOG: waits until the server that writes LOG has said that it listens
await_listening() {
    local tries
    for ((tries = 0; tries < 600; tries++)); do
        grep -qs '^listening on' "$1" && return
        sleep 0.1
    done
    cat "$1" >&2
    fail "a server did not start within a minute"
}

# In which the system counts the time of processes.
ticks=$(getconf CLK_TCK)

# usage: cpu_ticks PID: ticks of user and system time so far; the name of a process may hold blanks
cpu_ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12, $13 }'; }

load_of_machine() { cut -d' ' -f1-3 /proc/loadavg; }

# For programs of awk: the median of the values of all lines.
# shellcheck disable=SC2034
median_in_awk='
    function median(values,    i, j, swap) {
        for (i = 2; i <= NR; i++)
            for (j = i; j > 1 && values[j - 1] > values[j]; j--) {
                swap = values[j]; values[j] = values[j - 1]; values[j - 1] = swap
            }
        return values[int((NR + 1) / 2)]
    }
'
