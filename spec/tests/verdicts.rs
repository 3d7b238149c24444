//! Verdicts beside those of openapi-spec-validator, on the small faulty documents and on the shared
//! ones.
//!
//! `verdicts/table.md` holds what each says of each document, and why they differ where they do: a
//! verdict that changes without the table fails, and so does a difference without a reason. With
//! `BRRT_BLESS=1` the table is written anew, its reasons kept, to be read before it is kept.
//!
//! The validator is one of a Python interpreter, `python3` or what `BRRT_PYTHON` names, in the version
//! of `verdicts/requirements.txt`. Of the shared documents those below 100 kB are asked about, or with
//! `BRRT_VERDICTS=all` all of them.

#[path = "faulty/documents.rs"]
mod documents;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::{Arc, Mutex, OnceLock};

use brrtrouter_spec::Loader;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

/// Documents beyond this many bytes are asked about only where all are.
const SHORT: u64 = 100_000;

/// Seconds after which the validator is not waited for: for a small document, and for a shared one.
const PATIENCE: [u32; 2] = [5, 600];

const HEAD: &str = "\
# Verdicts beside openapi-spec-validator

*Lenient* and *strict* are those of `brrt check`, *validator* that of openapi-spec-validator. The last
column says why the strict verdict and the validator's differ, where they do.

| document | lenient | strict | validator | why they differ |
|---|---|---|---|---|
";

/// One document that both judge.
#[derive(Debug, Clone)]
struct Judged {
    name: String,
    path: PathBuf,
    loader: Loader,
    is_small: bool,
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    lenient: String,
    strict: String,
    validator: String,
    why: String,
}

fn main() -> std::io::Result<ExitCode> {
    let arguments = Arguments::from_args();
    let is_ignored = !cfg!(feature = "lint") || !has_validator();
    let table = table();
    let found = Arc::new(Mutex::new(BTreeMap::new()));
    let mut documents: Vec<Judged> = documents::names().iter().map(|name| faulty(name)).collect();
    documents.extend(shared());
    let trials = documents.into_iter().map(|document| {
        let kept = table.get(&document.name).cloned();
        let found = Arc::clone(&found);
        let name = document.name.clone();
        Trial::test(name, move || check(&document, kept, &found)).with_ignored_flag(is_ignored)
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    if std::env::var_os("BRRT_BLESS").is_some() {
        let found = found.lock().map(|found| found.clone()).unwrap_or_default();
        bless(table, found)?;
    }
    Ok(conclusion.exit_code())
}

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verdicts")
}

fn python() -> Command {
    Command::new(std::env::var_os("BRRT_PYTHON").unwrap_or_else(|| "python3".into()))
}

/// Whether the validator is there in the version that the table was made with.
fn has_validator() -> bool {
    let script =
        "import openapi_spec_validator as v; print('openapi-spec-validator==' + v.__version__)";
    let wanted = std::fs::read_to_string(here().join("requirements.txt")).unwrap_or_default();
    python().args(["-c", script]).output().is_ok_and(|output| {
        let found = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success() && wanted.lines().any(|line| line == found)
    })
}

fn faulty(name: &str) -> Judged {
    Judged {
        name: name.to_owned(),
        path: documents::document(name),
        loader: documents::loader(name),
        is_small: true,
    }
}

fn shared() -> Vec<Judged> {
    let folder = std::env::var_os("BRRT_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let folder = folder.join("specs");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.push(folder.join("digitalocean/specification/DigitalOcean-public.v2.yaml"));
    paths.retain(|path| {
        path.is_file()
            && path
                .extension()
                .is_some_and(|extension| extension == "json" || extension == "yaml")
    });
    if std::env::var("BRRT_VERDICTS").as_deref() != Ok("all") {
        paths.retain(|path| path.metadata().is_ok_and(|about| about.len() < SHORT));
    }
    let mut documents: Vec<Judged> = paths
        .into_iter()
        .map(|path| Judged {
            name: path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            loader: linting(Loader::new()),
            is_small: false,
            path,
        })
        .collect();
    documents.sort_by(|one, other| one.name.cmp(&other.name));
    documents
}

#[cfg(feature = "lint")]
fn linting(loader: Loader) -> Loader {
    loader.lint(true)
}

#[cfg(not(feature = "lint"))]
fn linting(loader: Loader) -> Loader {
    loader
}

fn check(
    document: &Judged,
    kept: Option<Row>,
    found: &Mutex<BTreeMap<String, Row>>,
) -> Result<(), Failed> {
    let ours = |is_strict: bool| {
        let loaded = document
            .loader
            .clone()
            .strict(is_strict)
            .load(&document.path);
        let verdict = if loaded.is_ok() {
            "accepted"
        } else {
            "refused"
        };
        verdict.to_owned()
    };
    let (validator, reason) = ask(document)?;
    let row = Row {
        lenient: ours(false),
        strict: ours(true),
        validator,
        why: kept
            .as_ref()
            .map_or_else(String::new, |kept| kept.why.clone()),
    };
    if let Ok(mut found) = found.lock() {
        found.insert(document.name.clone(), row.clone());
    }
    if (row.strict == row.validator) != row.why.is_empty() {
        return Err(format!(
            "the reason has to say why they differ, if they do: {row:?}; the validator: {reason}"
        )
        .into());
    }
    match kept {
        Some(kept) if kept == row => Ok(()),
        kept => {
            Err(format!("{row:?}, and the table says {kept:?}; the validator: {reason}").into())
        }
    }
}

/// The validator's verdict, and its reason; the small documents are asked about at once.
fn ask(document: &Judged) -> Result<(String, String), Failed> {
    static SMALL: OnceLock<Result<Answers, String>> = OnceLock::new();
    let answers = if document.is_small {
        let names = documents::names();
        let paths = names.iter().map(|name| documents::document(name));
        SMALL.get_or_init(|| answers(PATIENCE[0], paths)).clone()?
    } else {
        answers(PATIENCE[1], [document.path.clone()].into_iter())?
    };
    let answer = answers.get(&document.path);
    Ok(answer.ok_or("the validator says nothing")?.clone())
}

/// Verdicts and reasons, by their documents.
type Answers = BTreeMap<PathBuf, (String, String)>;

fn answers(patience: u32, documents: impl Iterator<Item = PathBuf>) -> Result<Answers, String> {
    let output = python()
        .arg(here().join("validate.py"))
        .arg(patience.to_string())
        .args(documents)
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let mut answers = Answers::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let said: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let text = |field: &str| said[field].as_str().unwrap_or_default().to_owned();
        answers.insert(text("file").into(), (text("verdict"), text("reason")));
    }
    Ok(answers)
}

fn table() -> BTreeMap<String, Row> {
    let text = std::fs::read_to_string(here().join("table.md")).unwrap_or_default();
    let rows = text.lines().skip_while(|line| !line.starts_with("|---"));
    rows.skip(1)
        .filter_map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let [_, name, lenient, strict, validator, why, _] = cells.as_slice() else {
                return None;
            };
            let row = Row {
                lenient: (*lenient).to_owned(),
                strict: (*strict).to_owned(),
                validator: (*validator).to_owned(),
                why: (*why).to_owned(),
            };
            Some(((*name).to_owned(), row))
        })
        .collect()
}

fn bless(mut table: BTreeMap<String, Row>, found: BTreeMap<String, Row>) -> std::io::Result<()> {
    table.extend(found);
    let mut text = HEAD.to_owned();
    for (name, row) in table {
        let Row {
            lenient,
            strict,
            validator,
            why,
        } = row;
        let _ = writeln!(
            text,
            "| {name} | {lenient} | {strict} | {validator} | {why} |"
        );
    }
    std::fs::write(here().join("table.md"), text)
}
