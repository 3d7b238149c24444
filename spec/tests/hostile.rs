//! Documents that are made to do harm are refused before they do.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use allocation_counter::measure;
use bombs::{Bomb, bombs};
use brrtrouter_spec::{Limits, Loader};

#[path = "hostile/bombs.rs"]
mod bombs;

/// Bytes that refusing a document may take.
const MEMORY: u64 = 50 << 20;

#[test]
fn they_are_refused_in_little_memory() {
    for Bomb { file, text, code } in bombs() {
        let peak = measure(|| {
            let error = Loader::new().load_str(text, file).unwrap_err();
            assert_eq!(error.errors().next().unwrap().code, code, "{file}: {error}");
        })
        .bytes_max;
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
