#!/usr/bin/env bash
# CPU per request, requests per second, latency and memory of the project's server and its peers.
#
#   benches/http.sh                             every server and every load, 5 rounds of 5 seconds
#   benches/http.sh --rounds 1 --seconds 2      the short form
#   benches/http.sh --loads 'plaintext x16' raw may_minihttp
#
# One server worker is pinned to one core and wrk to another. All servers are up all the time; in
# each round each of them has its turn, so what else the machine does falls on all of them alike.
# What is printed is the median over the rounds. The load of the machine stands above each table:
# CPU time per request is worth something on a busy machine, requests per second are not.
#
#   --rounds N --seconds N --connections N --server-core N --client-core N
#   --loads 'plaintext json params echo x16 close order'   x16: plaintext, 16 requests at a time;
#                                                    close: connect, plaintext, close;
#                                                    order: order.json, which axum does not validate
#
# BENCH_SERVER names a bench-server that is built already; CARGO_TARGET_DIR is where to build.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/servers.sh"

rounds=5 seconds=5 connections=64 server_core=0 client_core=1
loads='plaintext json params echo x16 close'
names=()
while [ $# -gt 0 ]; do
    case $1 in
        --rounds | --seconds | --connections | --loads)
            declare "${1#--}=${2:?$1 needs a value}"
            shift
            ;;
        --server-core | --client-core)
            core=${1#--}
            declare "${core/-/_}=${2:?$1 needs a value}"
            shift
            ;;
        -*) fail "unknown flag $1" ;;
        *) names+=("$1") ;;
    esac
    shift
done
[ ${#names[@]} -gt 0 ] || names=("${all_servers[@]}")

declare -A pid=() port=()

start_all() {
    local name command
    for name in "${names[@]}"; do
        port[$name]=$(free_port)
        read -ra command < <(server_command "$name" "${port[$name]}")
        taskset -c "$server_core" "${command[@]}" >"$scratch/$name.log" 2>&1 &
        pid[$name]=$!
        started+=("$!")
        await_listening "$scratch/$name.log"
        # It answers every route rightly, or it is not measured.
        local route
        for route in plaintext json params echo; do
            "$client" --port "${port[$name]}" --route "$route" --requests 32 --pipeline 16 ||
                fail "$name does not answer $route as it should"
        done
    done
}

resident() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }

# usage: one_turn NAME LOAD: appends a line of figures to the turns of that name
one_turn() {
    local path=/$2 batch=1 close=0 route=$2 user system user_after system_after figures
    case $2 in
        order) path=/orders ;;
        params) path=/users/12345/posts/67890 ;;
        x16) path=/plaintext batch=16 ;;
        close) path=/plaintext close=1 ;;
    esac
    read -r user system < <(cpu_ticks "${pid[$1]}")
    figures=$(ROUTE=$route ORDER=$here/order.json BATCH=$batch CLOSE=$close taskset -c "$client_core" \
        wrk --threads 1 --connections "$connections" --duration "${seconds}s" \
        --script "$here/wrk.lua" "http://127.0.0.1:${port[$1]}$path" | grep '^figures')
    read -r user_after system_after < <(cpu_ticks "${pid[$1]}")
    echo "$((user_after - user)) $((system_after - system)) ${figures#figures }" \
        "$(resident "${pid[$1]}")" >>"$scratch/turns.$1"
}

# The median of each figure over the turns of a server, in the units of the table.
row() {
    awk -v ticks="$ticks" -v name="$1" "$median_in_awk"'
        {
            each = 1e6 / ticks / ($3 ? $3 : 1)
            user[NR] = $1 * each; system_[NR] = $2 * each; both[NR] = ($1 + $2) * each
            rate[NR] = $3 / ($4 / 1e6); p99[NR] = $5; errors += $6; rss[NR] = $7
        }
        END {
            printf "%-14s%10.2f%10.2f%10.2f%12.0f%10.2f%10.1f%8d\n", name, median(both),
                median(user), median(system_), median(rate), median(p99) / 1000,
                median(rss) / 1024, errors
        }' "$scratch/turns.$1"
}

# usage: is_measured NAME LOAD: bare may_minihttp keeps connections that it is asked to close, and so
# does epoll where the client says so in any but the last field; and only some have the route of orders
is_measured() {
    case "$1 $2" in
        'may_minihttp close' | 'epoll close') false ;;
        'raw order' | 'minihttp order' | 'axum order') ;;
        *' order') false ;;
    esac
}

need wrk
build "${names[@]}"
[ "$(nproc)" -gt 1 ] || fail "two cores are needed, one for the server and one for the client"
start_all
for load in $loads; do
    rm -f "$scratch"/turns.*
    before=$(load_of_machine)
    for ((round = 0; round < rounds; round++)); do
        for name in "${names[@]}"; do
            ! is_measured "$name" "$load" || one_turn "$name" "$load"
        done
    done
    echo
    echo "$load: $rounds rounds of $seconds s, $connections connections," \
        "load of the machine $before before, $(load_of_machine) after"
    printf '%-14s%10s%10s%10s%12s%10s%10s%8s\n' server 'CPU µs' user system \
        'requests/s' 'p99 ms' 'RSS MB' faults
    for name in "${names[@]}"; do
        ! is_measured "$name" "$load" || row "$name"
    done
done
