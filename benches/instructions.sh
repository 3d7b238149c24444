#!/usr/bin/env bash
# User instructions per request, counted by callgrind: what a server executes by itself for one
# request, without the kernel. It repeats to within a few instructions, whatever else the machine
# does.
#
#   benches/instructions.sh                        the project and bare may_minihttp
#   benches/instructions.sh --all                  every server
#   benches/instructions.sh raw hyper epoll        those named
#   benches/instructions.sh --orders               a validated JSON body, beside axum without validation
#   benches/instructions.sh --middleware           all built-in middleware, beside the bare path
#   benches/instructions.sh --profile raw json     the functions that the instructions are spent in
#   benches/instructions.sh --profile raw json 16  the same with 16 requests at a time
#
# Each server has one worker and serves one connection after the other. It runs twice under
# callgrind, for as many connections but with more requests on each; the difference, over the
# requests that came on top, has neither start-up nor connections in it. The client runs beside it,
# outside callgrind.
#
# BENCH_SERVER names a bench-server that is built already; CARGO_TARGET_DIR is where to build.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/servers.sh"

connections=10
few=100
many=900 # the project's server ends a connection after 1,000 requests
# Name, route and requests at a time of each column.
base_server=may_minihttp
columns=('plaintext plaintext 1' 'json json 1' 'params params 1' 'echo echo 1' 'x16 plaintext 16')

# usage: run_counted FILE SERVER ROUTE PIPELINE REQUESTS
run_counted() {
    local out=$1 port command server
    port=$(free_port)
    read -ra command < <(server_command "$2" "$port")
    valgrind --tool=callgrind --fair-sched=try --callgrind-out-file="$out" "${command[@]}" >"$out.log" 2>&1 &
    server=$!
    started+=("$server")
    await_listening "$out.log"
    "$client" --port "$port" --route "$3" --pipeline "$4" --requests "$5" \
        --connections "$connections" || { cat "$out.log" >&2; fail "$2 did not answer"; }
    kill -TERM "$server"
    wait "$server" 2>/dev/null || true
    [ -s "$out" ] || { cat "$out.log" >&2; fail "callgrind counted nothing of $2"; }
}

total() { awk '/^totals:/ { total = $2 } END { print total }' "$1"; }

# usage: measure SERVER ROUTE PIPELINE: the instructions of one request, into `measured`
measure() {
    run_counted "$scratch/few" "$1" "$2" "$3" "$few"
    run_counted "$scratch/many" "$1" "$2" "$3" "$many"
    local more=$((connections * (many - few)))
    measured=$((($(total "$scratch/many") - $(total "$scratch/few") + more / 2) / more))
    rm -f "$scratch"/few* "$scratch"/many*
}

print_row() { printf '%-14s' "$1"; printf '%18s' "${@:2}"; printf '\n'; }

# usage: table SERVER...: user instructions per request, and their ratio to the first
table() {
    declare -A base=()
    local server column name route pipeline cells=() names=()
    for column in "${columns[@]}"; do names+=("${column%% *}"); done
    print_row server "${names[@]}"
    for server in "$base_server" "$@"; do
        [ "$server" != "$base_server" ] || [ ${#base[@]} = 0 ] || continue
        cells=()
        for column in "${columns[@]}"; do
            read -r name route pipeline <<<"$column"
            measure "$server" "$route" "$pipeline"
            : "${base[$name]:=$measured}"
            cells+=("$(awk -v m="$measured" -v b="${base[$name]}" \
                'BEGIN { printf "%d (%.2f)", m, m / b }')")
        done
        print_row "$server" "${cells[@]}"
    done
}

# usage: profile SERVER ROUTE [PIPELINE]
profile() {
    build "$1"
    run_counted "$scratch/profile" "$1" "$2" "${3:-1}" "$many"
    echo "$((connections * many)) requests, start-up and $connections connections among them"
    callgrind_annotate --threshold=95 --auto=no --show-percs=no "$scratch/profile"
}

need valgrind
case "${1:-}" in
    --profile)
        profile "${@:2}"
        exit
        ;;
    --orders)
        # Only these have the route: an order of 445 bytes, and its total. The project's server
        # validates it, axum does not.
        base_server=axum columns=('order order 1')
        set -- "${@:2}"
        [ $# != 0 ] || set -- raw
        ;;
    --middleware)
        # The project's server with and without ids, a log, metrics, limits and CORS.
        base_server=raw
        set -- wrapped
        ;;
    --all) set -- "${all_servers[@]}" ;;
    '') set -- raw ;;
    -*) fail "unknown flag $1" ;;
esac
build "$base_server" "$@"
table "$@"
