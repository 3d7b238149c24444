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
meter=/meters/0193d2a8-0f3b-7c57-b5a1-00000000000a
expect GET "$meter" 'meter 0193d2a8-0f3b-7c57-b5a1-00000000000a'
expect GET "$meter?label=third+floor%2C%20%C3%A9ast" \
    'meter 0193d2a8-0f3b-7c57-b5a1-00000000000a, third floor, éast'
expect GET /meters/7 '400, path parameter "id" is not a uuid: "7"'
expect GET "$meter?label=%ff" '400, query parameter "label" is not properly encoded: "�"'
expect GET '/valves?open=true' 'the open valves'
expect GET '/valves' 'all valves'
expect GET '/valves?open=1' '400, query parameter "open" is not true or false: "1"'
expect PUT /valves/7 'setValve valve=7'
expect GET /valves/7/readings/2024-02-28.csv 'valve 7 on 2024-02-28; the next day: /valves/7/readings/2024-02-29.csv'
expect GET /valves/7/readings/2023-02-28.csv 'valve 7 on 2023-02-28; the next day: /valves/7/readings/2023-03-01.csv'
expect GET /valves/256/readings/2023-02-28.csv '400, path parameter "valve" is not at most 255: "256"'
expect GET /templates '/valves/{valve:uint8}/readings/{day:date}.csv'
expect DELETE /valves/7 '405, Allow: GET, HEAD, OPTIONS, PUT'
expect GET /valves/%zz '400, a percent sign of the path is not followed by two hex digits'
expect GET /pumps '404'
if command -v nm >/dev/null; then
    ! nm "$target/release/no-alloc" | grep -iE '__rust_alloc|malloc|realloc' || exit 1
fi
echo 'no-alloc routes without an allocator'
