//! Lookups allocate nothing, and neither does the extraction of single values.

#![allow(clippy::expect_used)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use brrtrouter_core::{Lookup, PathParams, Router, TrailingSlash};

/// Counts what the thread allocates.
struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call is handed to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the contract, which is the system allocator's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(run: impl FnOnce()) -> usize {
    let before = COUNT.with(Cell::get);
    run();
    COUNT.with(Cell::get) - before
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(vec![1_u8]))), 1);
}

#[test]
fn no_lookup_allocates() {
    let router = Router::builder()
        .route("GET", "/a/{b}/c/{d}/{e}/{f}/{g}", 0)
        .route("GET", "/files/{name}.{ext}", 1)
        .route("GET", "/static/{*rest}", 2)
        .route("POST", "/caf%C3%A9/{x}", 3)
        .route("PURGE", "/a", 4)
        .trailing_slash(TrailingSlash::Ignore)
        .build()
        .expect("sound routes");
    let long = format!("/a/{}/c/1/2/3/4", "x".repeat(5000));
    let mut params = PathParams::new();
    let targets = [
        "/a/1/c/2/3/4/5?q=%zz",
        "/a/1/c/2/3/4/5/",
        "/files/a.b.c",
        "/files/%61.b",
        "/static/a/b/c",
        "/caf%c3%a9/%2F",
        "/nothing/here",
        "/%zz",
        "/../a",
        "*",
        &long,
    ];
    let mut found = 0;
    for target in targets {
        for method in ["GET", "HEAD", "POST", "OPTIONS", "PURGE", "BREW"] {
            let count = allocations(|| {
                let lookup = router.lookup(method, target, &mut params);
                found += usize::from(matches!(lookup, Lookup::Found(_)));
                std::hint::black_box(params.raw(0, target));
            });
            assert_eq!(count, 0, "{method} {target:.40}");
        }
    }
    assert!(found > 10, "lookups find something: {found}");
}
