//! Documents that are made to do harm are refused before they do.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use bombs::{Bomb, bombs};
use brrtrouter_spec::{Limits, Loader};

#[path = "hostile/bombs.rs"]
mod bombs;

struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Relaxed) + layout.size();
        PEAK.fetch_max(live, Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Bytes that refusing a document may take.
const MEMORY: usize = 50 << 20;

/// One test, since all share the count of memory.
#[test]
fn they_are_refused_in_little_memory() {
    for Bomb { file, text, code } in bombs() {
        let before = LIVE.load(Relaxed);
        PEAK.store(before, Relaxed);
        let error = Loader::new().load_str(text, file).unwrap_err();
        let peak = PEAK.load(Relaxed) - before;
        assert_eq!(error.errors().next().unwrap().code, code, "{file}: {error}");
        assert!(peak < MEMORY, "{file} took {peak} bytes");
    }
}

/// Each file puts the next one in its place twice: without a budget 2^30 values.
#[test]
fn files_that_double_each_other_are_refused() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("doubling");
    std::fs::create_dir_all(&folder).unwrap();
    for level in 0..30 {
        let next = format!("{{$ref: '{}.yaml'}}", level + 1);
        let text = format!("x-one: {next}\nx-two: {next}\n");
        std::fs::write(folder.join(format!("{level}.yaml")), text).unwrap();
    }
    std::fs::write(folder.join("30.yaml"), "leaf: true\n").unwrap();
    let text =
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\nx-root: {$ref: '0.yaml'}\n";
    std::fs::write(folder.join("openapi.yaml"), text).unwrap();
    let mut limits = Limits::default();
    limits.bundled_nodes = 20_000;
    let loader = Loader::new().limits(limits);
    let error = loader.load(folder.join("openapi.yaml")).unwrap_err();
    assert!(error.errors().any(|error| error.code == "B0105"), "{error}");
}
