//! YAML documents are read as PyYAML reads them, by the rules of YAML 1.2.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use brrtrouter_spec::Loader;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let shared = std::env::var_os("BRRT_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let mut documents = Vec::new();
    for folder in [
        shared.join("specs"),
        shared.join("specs/digitalocean/specification"),
    ] {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        documents.extend(entries.filter_map(|entry| Some(entry.ok()?.path())));
    }
    documents.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml")
    });
    documents.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/yaml/features.yaml"));
    let is_ignored = !has_reference();
    let trials = documents.into_iter().map(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Trial::test(name.into_owned(), move || check(&path)).with_ignored_flag(is_ignored)
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

/// `python3`, or the interpreter that `BRRT_PYTHON` names.
fn python() -> Command {
    Command::new(std::env::var_os("BRRT_PYTHON").unwrap_or_else(|| "python3".into()))
}

fn has_reference() -> bool {
    let output = python().args(["-c", "import yaml"]).output();
    output.is_ok_and(|output| output.status.success())
}

fn check(path: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path)?;
    let value = Loader::new()
        .value(text, path)
        .map_err(|error| error.to_string())?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/yaml/reference.py");
    let output = python().arg(script).arg(path).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let expected: Value = serde_json::from_slice(&output.stdout)?;
    match difference(&value, &expected, "") {
        None => Ok(()),
        Some(difference) => Err(difference.into()),
    }
}

/// The first place at which two values differ; members may stand in any order.
fn difference(found: &Value, expected: &Value, pointer: &str) -> Option<String> {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            for (key, value) in found {
                let pointer = format!("{pointer}/{key}");
                match expected.get(key) {
                    Some(expected) => {
                        if let Some(difference) = difference(value, expected, &pointer) {
                            return Some(difference);
                        }
                    }
                    None => return Some(format!("{pointer} is not expected")),
                }
            }
            let missing = expected.keys().find(|key| !found.contains_key(*key));
            missing.map(|key| format!("{pointer}/{key} is missing"))
        }
        (Value::Array(found), Value::Array(expected)) if found.len() == expected.len() => found
            .iter()
            .zip(expected)
            .enumerate()
            .find_map(|(index, (found, expected))| {
                difference(found, expected, &format!("{pointer}/{index}"))
            }),
        _ if found == expected => None,
        _ => Some(format!("{pointer}: {found}, and not {expected}")),
    }
}
