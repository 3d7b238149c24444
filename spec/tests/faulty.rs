//! One small document for each code, and everything that is told of it, to the column.
//!
//! `faulty/CODE.yaml` (or `.json`, or `CODE/openapi.yaml` where there are several files) is loaded, and
//! what is told is compared with `faulty/CODE.txt`. With `BRRT_BLESS=1` that file is written anew, to
//! be read before it is kept.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use brrtrouter_spec::diagnostic::{Code, Policy};
use brrtrouter_spec::{Diagnostic, Limits, Loader, Severity};
use libtest_mimic::{Arguments, Failed, Trial};

/// Codes of what is found beyond loading.
const LINTS: &[&str] = &["B0509", "B0510", "B0511", "B0513", "B0701", "B0901"];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = Code::all()
        .iter()
        .map(|code| {
            let is_ignored = !cfg!(feature = "lint") && LINTS.contains(&code.id);
            Trial::test(code.id, move || check(code)).with_ignored_flag(is_ignored)
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn check(code: &'static Code) -> Result<(), Failed> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faulty");
    let told = load(&document(&folder, code.id), code.id, false);
    let found = told
        .iter()
        .find(|diagnostic| diagnostic.code == code.id)
        .ok_or_else(|| format!("{} is not told, but {}", code.id, shown(&told, &folder)))?;
    let expected = match code.policy {
        Policy::Refused => Severity::Error,
        _ => Severity::Warning,
    };
    if found.severity != expected {
        return Err(format!("it is told as {}", found.severity).into());
    }
    let strict = load(&document(&folder, code.id), code.id, true);
    let is_refused = strict
        .iter()
        .any(|diagnostic| diagnostic.code == code.id && diagnostic.severity == Severity::Error);
    if is_refused != (code.policy != Policy::Advised) {
        return Err(format!("strictly: {}", shown(&strict, &folder)).into());
    }
    let shown = shown(&told, &folder);
    let snapshot = folder.join(format!("{}.txt", code.id));
    if std::env::var_os("BRRT_BLESS").is_some() {
        std::fs::write(&snapshot, &shown)?;
        return Ok(());
    }
    let kept = std::fs::read_to_string(&snapshot)?;
    if kept == shown {
        return Ok(());
    }
    Err(format!("told:\n{shown}\nexpected:\n{kept}").into())
}

fn document(folder: &Path, code: &str) -> PathBuf {
    ["yaml", "json"]
        .into_iter()
        .map(|extension| folder.join(format!("{code}.{extension}")))
        .chain([folder.join(code).join("openapi.yaml")])
        .find(|path| path.exists())
        .unwrap_or_else(|| folder.join(format!("{code}.missing")))
}

/// The limits under which a small document can break them.
fn limits(code: &str) -> Limits {
    let mut limits = Limits::default();
    match code {
        "B0002" => limits.file_bytes = 100,
        "B0004" => limits.files = 1,
        "B0104" => limits.depth = 8,
        "B0105" => limits.nodes = 10,
        "B0999" => limits.diagnostics = 1,
        _ => {}
    }
    limits
}

fn load(path: &Path, code: &str, is_strict: bool) -> Vec<Diagnostic> {
    let loader = Loader::new().strict(is_strict).limits(limits(code));
    #[cfg(feature = "lint")]
    let loader = loader.lint(LINTS.contains(&code));
    match loader.load(path) {
        Ok(spec) => spec.diagnostics,
        Err(error) => error.into_diagnostics(),
    }
}

fn shown(told: &[Diagnostic], folder: &Path) -> String {
    let folder = format!("{}/", folder.display());
    told.iter()
        .map(|diagnostic| format!("{diagnostic}\n").replace(&folder, ""))
        .collect()
}
