#!/bin/sh
# Counts the instructions of a lookup under callgrind, which repeats exactly, and fails where this
# project's router needs more than the stated share of matchit's.
#
#     benches/lookup-instructions.sh [SET...]
#
# Sets are looked for in $BRRT_SHARED/routes; $LIMIT is the share in percent (45 unless set).
set -eu
cd "$(dirname "$0")/.."
shared=${BRRT_SHARED:-../shared}
limit=${LIMIT:-45}
target=${CARGO_TARGET_DIR:-target}
cargo build --quiet --release -p brrtrouter-benches --bin lookup

# The difference between three passes and one is two passes, without the start.
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$target/release/lookup" \
        --routes "$shared/routes/$1.routes" --paths "$shared/routes/$1.paths" \
        --only "$2" --passes "$3" 2>&1 | sed -n 's/.*Collected : *//p'
}

status=0
for set in ${*:-gh315 ghoas}; do
    lookups=$(wc -l < "$shared/routes/$set.paths")
    per_lookup() { echo $((($(count "$set" "$1" 3) - $(count "$set" "$1" 1)) / 2 / lookups)); }
    own=$(per_lookup brrtrouter-core)
    peer=$(per_lookup matchit)
    percent=$((own * 100 / peer))
    echo "$set: $own instructions per lookup, matchit $peer: $percent %, at most $limit %"
    [ "$percent" -le "$limit" ] || status=1
done
exit $status
