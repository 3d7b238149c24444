//! The small faulty documents: one for each code, and how each is loaded.

use std::path::{Path, PathBuf};

use brrtrouter_spec::{Limits, Loader};

/// Codes of what is found beyond loading.
pub(crate) const LINTS: &[&str] = &["B0509", "B0510", "B0511", "B0513", "B0701", "B0901"];

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faulty")
}

/// The document that has a fault of that code; for one that is told of a missing file, there is none.
pub(crate) fn document(code: &str) -> PathBuf {
    let folder = folder();
    ["yaml", "json"]
        .into_iter()
        .map(|extension| folder.join(format!("{code}.{extension}")))
        .chain([folder.join(code).join("openapi.yaml")])
        .find(|path| path.exists())
        .unwrap_or_else(|| folder.join(format!("{code}.missing")))
}

/// Loads with the limits under which that small document can break them.
pub(crate) fn loader(code: &str) -> Loader {
    let mut limits = Limits::default();
    match code {
        "B0002" => limits.file_bytes = 100,
        "B0004" => limits.files = 1,
        "B0104" => limits.depth = 8,
        "B0105" => limits.nodes = 10,
        "B0999" => limits.diagnostics = 1,
        _ => {}
    }
    let loader = Loader::new().limits(limits);
    #[cfg(feature = "lint")]
    let loader = loader.lint(LINTS.contains(&code));
    loader
}
