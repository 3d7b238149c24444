//! Real documents load: all of them, completely, and every fault told has its place.

use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use brrtrouter_spec::model::{MediaType, ParameterShape, SchemaRef, Spec};
use brrtrouter_spec::{Severity, load_spec};
use libtest_mimic::{Arguments, Failed, Trial};

/// One row of the list of documents.
#[derive(Debug, Clone)]
struct Listed {
    file: String,
    openapi: String,
    paths: usize,
    operations: usize,
    schemas: usize,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = shared().join("specs");
    let rows = listed(&folder);
    let trials = if rows.is_empty() {
        vec![Trial::test("the shared documents are not there", || Ok(())).with_ignored_flag(true)]
    } else {
        rows.into_iter().map(|row| trial(&folder, row)).collect()
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn shared() -> PathBuf {
    std::env::var_os("BRRT_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    )
}

fn listed(folder: &Path) -> Vec<Listed> {
    let index = std::fs::read_to_string(folder.join("INDEX.md")).unwrap_or_default();
    index
        .lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let [_, file, openapi, paths, operations, schemas, ..] = cells.as_slice() else {
                return None;
            };
            Some(Listed {
                file: (*file).to_owned(),
                openapi: (*openapi).to_owned(),
                paths: paths.parse().ok()?,
                operations: operations.parse().ok()?,
                schemas: schemas.parse().ok()?,
            })
        })
        .collect()
}

fn trial(folder: &Path, row: Listed) -> Trial {
    let path = folder.join(&row.file);
    Trial::test(row.file.clone(), move || {
        let spec = load_spec(&path).map_err(|error| error.to_string())?;
        same("version", &spec.openapi, &row.openapi)?;
        same("paths", &spec.counts.paths, &row.paths)?;
        same("operations", &spec.counts.operations, &row.operations)?;
        same(
            "operations in the model",
            &spec.operations.len(),
            &row.operations,
        )?;
        same("schemas", &spec.counts.schemas, &row.schemas)?;
        #[cfg(feature = "lint")]
        examples_fit(&path, &row)?;
        is_placed(&spec, &path)?;
        is_whole(&spec)
    })
}

/// Examples of OpenAPI 3.0 documents that do not match their own schemas, by document: booleans and
/// numbers written as texts, required members that are not there, and the like.
#[cfg(feature = "lint")]
const FAULTY_EXAMPLES: [(&str, usize); 6] = [
    ("box.json", 12),
    ("digitalocean/specification/DigitalOcean-public.v2.yaml", 6),
    ("github-api-3.0.json", 7),
    ("superset.json", 4),
    ("svix-server.json", 1),
    ("twilio-api-v2010.yaml", 57),
];

/// Schemas of OpenAPI 3.0, once upgraded, take every example of their document but the faulty ones:
/// an upgrade that lost `nullable` would refuse hundreds of others.
#[cfg(feature = "lint")]
fn examples_fit(path: &Path, row: &Listed) -> Result<(), Failed> {
    if !row.openapi.starts_with("3.0") {
        return Ok(());
    }
    let spec = brrtrouter_spec::Loader::new().lint(true).load(path);
    let spec = spec.map_err(|error| error.to_string())?;
    let mismatches = spec.diagnostics.iter().filter(|one| one.code == "B0511");
    let known = FAULTY_EXAMPLES.iter().find(|one| one.0 == row.file);
    let expected = known.map_or(0, |one| one.1);
    same("examples at fault", &mismatches.count(), &expected)
}

fn same<T: PartialEq + Debug>(what: &str, found: &T, expected: &T) -> Result<(), Failed> {
    if found == expected {
        return Ok(());
    }
    Err(format!("{what}: {found:?}, and not {expected:?}").into())
}

fn is_placed(spec: &Spec, path: &Path) -> Result<(), Failed> {
    for diagnostic in &spec.diagnostics {
        if diagnostic.location.is_none() || diagnostic.severity == Severity::Error {
            return Err(format!("{diagnostic}").into());
        }
    }
    for operation in &spec.operations {
        let location = operation
            .location
            .as_ref()
            .ok_or("an operation has no place")?;
        // An operation may be the whole of a file; in the entry document it never stands first.
        let is_in_entry = location.file.as_path() == path;
        if is_in_entry && (location.line, location.column) == (1, 1) {
            return Err(format!("{} has no place of its own", operation.name).into());
        }
    }
    Ok(())
}

/// Every schema that the model names is there.
fn is_whole(spec: &Spec) -> Result<(), Failed> {
    let mut schemas: Vec<&SchemaRef> = Vec::new();
    let media = |media: &[MediaType]| -> Vec<SchemaRef> {
        media
            .iter()
            .flat_map(|media| media.schema.iter().chain(&media.item_schema).cloned())
            .collect()
    };
    let mut owned = Vec::new();
    for operation in spec.operations.iter().chain(&spec.webhooks) {
        for parameter in &operation.parameters {
            match &parameter.shape {
                ParameterShape::Schema { schema, .. } => schemas.extend(schema),
                ParameterShape::Content(content) => schemas.extend(&content.schema),
                _ => {}
            }
        }
        if let Some(body) = &operation.request_body {
            owned.extend(media(&body.content));
        }
        for response in &operation.responses {
            owned.extend(media(&response.content));
        }
    }
    for schema in schemas.into_iter().chain(&owned) {
        let found = spec.document.schema(schema);
        if !found.is_some_and(|found| found.is_object() || found.is_boolean()) {
            return Err(format!("there is no schema at {}", schema.pointer()).into());
        }
    }
    Ok(())
}
