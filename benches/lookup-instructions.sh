#!/bin/sh
# Counts the instructions of a lookup under callgrind, which repeats exactly, and fails where this
# project's router needs more than the stated share of matchit's.
#
#     benches/lookup-instructions.sh [--gate] [SET...]
#
# Sets are looked for in $BRRT_SHARED/routes; where they are not there, routes are made up. $LIMIT is
# the share in percent (45 unless set). --gate is the form for CI: it says that it was left out where
# valgrind is missing.
set -eu
cd "$(dirname "$0")/.."
shared=${BRRT_SHARED:-../shared}
limit=${LIMIT:-45}
target=${CARGO_TARGET_DIR:-target}
if [ "${1:-}" = --gate ]; then
    shift
    if ! command -v valgrind >/dev/null; then
        echo 'ignored: valgrind is not there to count instructions'
        exit 0
    fi
fi
cargo build --quiet --release --locked -p brrtrouter-benches --bin lookup

# The difference between three passes and one is two passes, without the start.
count() {
    router=$1
    passes=$2
    shift 2
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$target/release/lookup" "$@" \
        --only "$router" --passes "$passes" 2>&1 | sed -n 's/.*Collected : *//p'
}

status=0
judge() {
    name=$1
    lookups=$2
    shift 2
    per_lookup() {
        router=$1
        shift
        echo $((($(count "$router" 3 "$@") - $(count "$router" 1 "$@")) / 2 / lookups))
    }
    own=$(per_lookup brrtrouter-core "$@")
    peer=$(per_lookup matchit "$@")
    percent=$((own * 100 / peer))
    echo "$name: $own instructions per lookup, matchit $peer: $percent %, at most $limit %"
    [ "$percent" -le "$limit" ] || status=1
}

for set in ${*:-gh315 ghoas}; do
    routes=$shared/routes/$set.routes
    paths=$shared/routes/$set.paths
    if [ -f "$routes" ]; then
        judge "$set" "$(wc -l < "$paths")" --routes "$routes" --paths "$paths"
    else
        judge 'made-up routes' 8192 --synthetic 500
        break
    fi
done
exit $status
