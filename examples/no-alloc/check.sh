#!/bin/sh
# Builds the example and asks it for routes; also that no allocator is linked.
set -eu
cd "$(dirname "$0")"
target=${CARGO_TARGET_DIR:-$PWD/../../target}/no-alloc
cargo build --quiet --release --locked --target-dir "$target"

expect() {
    said=$("$target/release/no-alloc" "$1" "$2" || true)
    [ "$said" = "$3" ] || { echo "$1 $2: $said; not: $3"; exit 1; }
}
expect GET '/valves?open=1' 'listValves'
expect PUT /valves/7 'setValve valve=7'
expect GET /valves/7/readings/2026-02-01.csv 'getReadings valve=7 day=2026-02-01'
expect DELETE /valves/7 '405, Allow: GET, HEAD, OPTIONS, PUT'
expect GET /valves/%zz '400, a percent sign of the path is not followed by two hex digits'
expect GET /pumps '404'
if command -v nm >/dev/null; then
    ! nm "$target/release/no-alloc" | grep -iE '__rust_alloc|malloc|realloc' || exit 1
fi
echo 'no-alloc routes without an allocator'
