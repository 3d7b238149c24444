#!/usr/bin/env bash
# CPU per request for static files: the project's server beside nginx, and beside its own plaintext.
#
#   benches/files.sh                          5 rounds of 3 seconds
#   benches/files.sh --rounds 1 --seconds 1   the short form
#
# Files of 1 KiB and of 1 MiB, kept in memory by the system. Each server has one worker, pinned to one
# core, and wrk another one; all are up all the time and take turns, and what is printed is the median
# over the rounds. CPU time is worth something on a busy machine, requests per second are not.
#
#   --rounds N --seconds N --connections N --server-core N --client-core N
#
# BENCH_SERVER names a bench-server that is built already. Installs nginx and wrk where they are missing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/servers.sh"

rounds=5 seconds=3 connections=16 server_core=0 client_core=1
while [ $# -gt 0 ]; do
    case $1 in
        --rounds | --seconds | --connections | --server-core | --client-core)
            name=${1#--}
            declare "${name//-/_}=${2:?$1 needs a value}"
            shift
            ;;
        *) fail "unknown flag $1" ;;
    esac
    shift
done

need wrk
command -v nginx >/dev/null || need nginx-light
[ "$(nproc)" -gt 1 ] || fail "two cores are needed, one for the servers and one for the client"
build_own raw --no-default-features

files=$scratch/files
mkdir "$files"
head -c 1024 /dev/urandom | base64 -w0 | head -c 1024 >"$files/small.txt"
head -c 1048576 /dev/urandom >"$files/large.bin"

declare -A pid=() url=()

start_ours() {
    local port
    port=$(free_port)
    taskset -c "$server_core" "${BENCH_SERVER:-$own/bench-server-raw}" --port "$port" --workers 1 --files "$files" \
        >"$scratch/ours.log" 2>&1 &
    pid[ours]=$!
    started+=("$!")
    await_listening "$scratch/ours.log"
    url[ours]=http://127.0.0.1:$port
}

# nginx as Debian configures it for files, with one worker, without a log and without privileges.
start_nginx() {
    local port
    port=$(free_port)
    cat >"$scratch/nginx.conf" <<EOF
worker_processes 1;
daemon off;
pid $scratch/nginx.pid;
error_log $scratch/nginx.log;
user root;
events { worker_connections 768; }
http {
    sendfile on;
    tcp_nopush on;
    access_log off;
    include /etc/nginx/mime.types;
    client_body_temp_path $scratch/body;
    proxy_temp_path $scratch/proxy;
    fastcgi_temp_path $scratch/fastcgi;
    uwsgi_temp_path $scratch/uwsgi;
    scgi_temp_path $scratch/scgi;
    server {
        listen 127.0.0.1:$port;
        root $scratch;
    }
}
EOF
    [ "$(id -u)" = 0 ] || sed -i '/^user /d' "$scratch/nginx.conf"
    taskset -c "$server_core" nginx -c "$scratch/nginx.conf" >"$scratch/nginx.out" 2>&1 &
    local master=$! tries
    started+=("$master")
    for ((tries = 0; tries < 100; tries++)); do
        # The worker is the child, and the one that works.
        pid[nginx]=$(pgrep -P "$master" || true)
        [ -n "${pid[nginx]}" ] && (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
        sleep 0.1
    done
    [ -n "${pid[nginx]}" ] || { cat "$scratch/nginx.out" "$scratch/nginx.log" >&2; fail "nginx did not start"; }
    # It goes with its master only if it is asked nicely.
    started+=("${pid[nginx]}")
    url[nginx]=http://127.0.0.1:$port
}

# usage: check SERVER PATH FILE: it answers with just that file
check() {
    curl -sS "${url[$1]}$2" | cmp - "$files/$3" || fail "$1 does not answer $2 as it should"
}

# usage: turn SERVER PATH NAME: appends a line of figures
turn() {
    local user system user_after system_after requests
    read -r user system < <(cpu_ticks "${pid[$1]}")
    requests=$(taskset -c "$client_core" wrk --threads 1 --connections "$connections" \
        --duration "${seconds}s" "${url[$1]}$2" | awk '
            / requests in / { requests = $1 } /Non-2xx|Socket errors/ { bad = 1 }
            END { if (bad || !requests) exit 1; print requests }') ||
        fail "$1 answered $2 with errors"
    read -r user_after system_after < <(cpu_ticks "${pid[$1]}")
    echo "$((user_after - user)) $((system_after - system)) $requests" >>"$scratch/turns.$3"
}

# usage: median FILE: CPU, user and system time of a request in microseconds, and requests per second
median() {
    awk -v ticks="$ticks" -v seconds="$seconds" "$median_in_awk"'
        {
            each = 1e6 / ticks / $3
            user[NR] = $1 * each; system_[NR] = $2 * each; both[NR] = ($1 + $2) * each
            rate[NR] = $3 / seconds
        }
        END { print median(both), median(user), median(system_), median(rate) }' "$1"
}

start_ours
start_nginx
check ours /files/small.txt small.txt
check ours /files/large.bin large.bin
check nginx /files/small.txt small.txt
check nginx /files/large.bin large.bin
loads=('ours /plaintext plaintext' 'ours /files/small.txt ours-1K' 'nginx /files/small.txt nginx-1K'
    'ours /files/large.bin ours-1M' 'nginx /files/large.bin nginx-1M')
before=$(load_of_machine)
for ((round = 0; round < rounds; round++)); do
    for load in "${loads[@]}"; do
        # shellcheck disable=SC2086
        turn $load
    done
done
echo "$rounds rounds of $seconds s, $connections connections," \
    "load of the machine $before before, $(load_of_machine) after"
printf '%-14s%10s%10s%10s%14s\n' load 'CPU us' user system 'requests/s'
declare -A cpu=()
for load in "${loads[@]}"; do
    name=${load##* }
    read -r both user system rate < <(median "$scratch/turns.$name")
    cpu[$name]=$both
    printf '%-14s%10.2f%10.2f%10.2f%14.0f\n' "$name" "$both" "$user" "$system" "$rate"
done
awk -v small="${cpu[ours-1K]}" -v plain="${cpu[plaintext]}" \
    -v large="${cpu[ours-1M]}" -v nginx="${cpu[nginx-1M]}" 'BEGIN {
        printf "1 KiB over plaintext: %.2f (at most 1.3)\n", small / plain
        printf "1 MiB over nginx: %.2f (at most 1.5)\n", large / nginx
    }'
