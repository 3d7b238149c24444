//! The small faulty documents: one for each code, more where a code stands for several things, and how
//! each is loaded.

use std::path::{Path, PathBuf};

use brrtrouter_spec::diagnostic::Code;
use brrtrouter_spec::{Limits, Loader};

/// Codes of what is found beyond loading.
pub(crate) const LINTS: &[&str] = &[
    "B0509", "B0510", "B0511", "B0513", "B0514", "B0701", "B0901",
];

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faulty")
}

/// The documents by their names, in order: each code, and `CODE-…` where there are more.
pub(crate) fn names() -> Vec<String> {
    let codes = Code::all().iter().map(|code| code.id.to_owned());
    let more = std::fs::read_dir(folder()).into_iter().flatten();
    let more = more.filter_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        let name = name.strip_suffix(".yaml")?;
        name.contains('-').then(|| name.to_owned())
    });
    let mut names: Vec<String> = codes.chain(more).collect();
    names.sort();
    names
}

/// The code that a document is for.
pub(crate) fn code(name: &str) -> &str {
    name.split('-').next().unwrap_or_default()
}

/// The document of that name; for the code of a missing file there is none.
pub(crate) fn document(name: &str) -> PathBuf {
    let folder = folder();
    ["yaml", "json"]
        .into_iter()
        .map(|extension| folder.join(format!("{name}.{extension}")))
        .chain([folder.join(name).join("openapi.yaml")])
        .find(|path| path.exists())
        .unwrap_or_else(|| folder.join(format!("{name}.missing")))
}

/// Loads with the limits under which that small document can break them.
pub(crate) fn loader(name: &str) -> Loader {
    let code = code(name);
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
