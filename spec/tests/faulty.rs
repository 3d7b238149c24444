//! One small document for each code, or several, and everything that is told of it, to the column.
//!
//! `faulty/CODE.yaml` or `faulty/CODE-what.yaml` (or `.json`, or `CODE/openapi.yaml` where there are several files) is loaded, and
//! what is told is compared with `faulty/CODE.txt`. With `BRRT_BLESS=1` that file is written anew, to
//! be read before it is kept.

use std::path::Path;
use std::process::ExitCode;

use brrtrouter_spec::diagnostic::{Code, Policy};
use brrtrouter_spec::{Diagnostic, Severity};
use documents::{LINTS, document, folder, loader};
use libtest_mimic::{Arguments, Failed, Trial};

#[path = "faulty/documents.rs"]
mod documents;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = documents::names()
        .into_iter()
        .map(|name| {
            let is_ignored = !cfg!(feature = "lint") && LINTS.contains(&documents::code(&name));
            Trial::test(name.clone(), move || check(&name)).with_ignored_flag(is_ignored)
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn check(name: &str) -> Result<(), Failed> {
    let code = Code::all()
        .iter()
        .find(|code| code.id == documents::code(name))
        .ok_or("there is no such code")?;
    let folder = folder();
    let told = load(name, false);
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
    let strict = load(name, true);
    let is_refused = strict
        .iter()
        .any(|diagnostic| diagnostic.code == code.id && diagnostic.severity == Severity::Error);
    if is_refused != (code.policy != Policy::Advised) {
        return Err(format!("strictly: {}", shown(&strict, &folder)).into());
    }
    let shown = shown(&told, &folder);
    let snapshot = folder.join(format!("{name}.txt"));
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

fn load(name: &str, is_strict: bool) -> Vec<Diagnostic> {
    match loader(name).strict(is_strict).load(document(name)) {
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
