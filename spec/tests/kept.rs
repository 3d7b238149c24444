//! Nothing is dropped without a word: whatever field of whatever object a document sets, in whatever
//! version, the model says it or a diagnostic does, and so it is with what the document is bundled to.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what fails here fails the test"
)]

use brrtrouter_spec::{Diagnostic, Loader, Spec};
use serde_json::Value;
use shown::shown;

mod shown;

const VERSIONS: [&str; 3] = ["3.0.4", "3.1.1", "3.2.0"];

/// Codes of what is of a later version than the document.
const LATER: [&str; 2] = ["B0208", "B0507"];

/// One field of an object, as `kept/fields.txt` has it.
#[derive(Debug)]
struct Field {
    at: &'static str,
    name: &'static str,
    since: usize,
    kept: &'static str,
    value: Value,
}

/// The objects, with what becomes of their extensions.
fn objects() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = include_str!("kept/fields.txt").lines();
    let lines = lines.filter(|line| line.starts_with('/'));
    lines.map(|line| {
        let (at, kept) = line.split_once(' ').unwrap();
        (at.trim_end_matches('/'), kept)
    })
}

/// The fields of all objects, and an extension of each that may have one.
fn fields() -> Vec<Field> {
    let mut at = "";
    let mut fields: Vec<Field> = objects()
        .filter(|(_, kept)| *kept != "-")
        .map(|(at, kept)| Field {
            at,
            name: "x-kept",
            since: 0,
            kept,
            value: serde_json::json!({"kept": [1, null]}),
        })
        .collect();
    let mut objects = objects();
    for line in include_str!("kept/fields.txt").lines() {
        if line.starts_with('/') {
            (at, _) = objects.next().unwrap();
        } else if let Some(line) = line.strip_prefix("  ") {
            let mut cells = line.splitn(4, ' ');
            let mut cell = || cells.next().unwrap();
            fields.push(Field {
                at,
                name: cell(),
                since: cell().parse().unwrap(),
                kept: cell(),
                value: serde_json::from_str(cell()).unwrap(),
            });
        }
    }
    fields
}

fn base(version: &str) -> Value {
    let mut base: Value = serde_json::from_str(include_str!("kept/base.json")).unwrap();
    base["openapi"] = version.into();
    base
}

fn load(document: &Value) -> Spec {
    let text = document.to_string();
    let loaded = Loader::new().load_str(text, "openapi.json");
    loaded.unwrap_or_else(|error| panic!("{error}\n{document}"))
}

fn with(version: &str, at: &str, field: &str, value: &Value) -> Value {
    let mut document = base(version);
    document.pointer_mut(at).unwrap()[field] = value.clone();
    document
}

/// The pointer of a field.
fn pointer(at: &str, field: &str) -> String {
    format!("{at}/{}", field.replace('~', "~0").replace('/', "~1"))
}

/// What is told of that place and below, and not told of the base document.
fn told<'s>(spec: &'s Spec, base: &Spec, pointer: &str) -> Vec<&'s Diagnostic> {
    let is_new = |told: &&Diagnostic| {
        !base
            .diagnostics
            .iter()
            .any(|other| (other.code, &other.pointer) == (told.code, &told.pointer))
    };
    let is_there = |told: &&Diagnostic| told.pointer.starts_with(pointer);
    let diagnostics = spec.diagnostics.iter();
    diagnostics.filter(is_new).filter(is_there).collect()
}

/// What is wrong with what becomes of a field in a document of that minor version.
fn fault(minor: usize, field: &Field) -> Option<String> {
    let version = VERSIONS[minor];
    let base = load(&base(version));
    let spec = load(&with(version, field.at, field.name, &field.value));
    let pointer = pointer(field.at, field.name);
    let told: Vec<&str> = told(&spec, &base, &pointer)
        .iter()
        .map(|told| told.code)
        .collect();
    let (kept, code) = match field.kept.split_once('+') {
        Some((kept, code)) => (kept, Some(code)),
        None if field.kept.starts_with('B') => ("told", Some(field.kept)),
        None => (field.kept, None),
    };
    let is_told = if minor < field.since {
        told.iter().any(|code| LATER.contains(code))
    } else {
        told == Vec::from_iter(code)
    };
    if !is_told {
        return Some(format!("is told of by {told:?}"));
    }
    if kept == "model" && shown(&spec) == shown(&base) {
        return Some("is not in the model".into());
    }
    let is_there = spec.document.root().pointer(&pointer).is_some();
    if ["model", "document"].contains(&kept) && !is_there {
        return Some("is not in the document".into());
    }
    let again = load(spec.document.root());
    if again.document.root() != spec.document.root() || shown(&again) != shown(&spec) {
        return Some("does not come through a bundle".into());
    }
    None
}

#[test]
fn every_field_and_extension_is_kept_or_told_of() {
    let mut faults = Vec::new();
    for field in fields() {
        for minor in 0..VERSIONS.len() {
            if let Some(fault) = fault(minor, &field) {
                faults.push(format!("3.{minor} {}: {} {fault}", field.at, field.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What 3.0 says by other keywords is said by those of JSON Schema 2020-12.
#[test]
fn schemas_of_3_0_are_kept_in_other_words() {
    let at = "/components/schemas/T";
    for (schema, upgraded) in [
        (r#"{"example": 1}"#, r#"{"examples": [1]}"#),
        (
            r#"{"type": "string", "nullable": true}"#,
            r#"{"type": ["string", "null"]}"#,
        ),
        (
            r#"{"minimum": 1, "exclusiveMinimum": true}"#,
            r#"{"exclusiveMinimum": 1}"#,
        ),
        (
            r#"{"maximum": 1, "exclusiveMaximum": true}"#,
            r#"{"exclusiveMaximum": 1}"#,
        ),
    ] {
        let mut document = base("3.0.4");
        *document.pointer_mut(at).unwrap() = serde_json::from_str(schema).unwrap();
        let upgraded: Value = serde_json::from_str(upgraded).unwrap();
        assert_eq!(load(&document).document.root().pointer(at), Some(&upgraded));
    }
}

/// What the model has no view of is read from the document.
#[test]
fn extensions_without_a_view_are_read_from_the_document() {
    for (at, kept) in objects() {
        if kept == "document" {
            let spec = load(&with("3.2.0", at, "x-kept", &"kept".into()));
            let found = spec.document.extensions(at);
            assert_eq!(found.get("x-kept"), Some(&"kept".into()), "{at}");
        }
    }
}

/// A field that no version has is told of, whatever object it stands in.
#[test]
fn unknown_fields_are_told_of() {
    let maps = ["/paths", "/responses", "/callbacks/c", "/schemas/T"];
    for version in VERSIONS {
        let base = load(&base(version));
        for (at, _) in objects() {
            if maps.iter().any(|map| at.ends_with(map)) {
                continue;
            }
            let spec = load(&with(version, at, "unheard", &1.into()));
            let told = told(&spec, &base, &pointer(at, "unheard"));
            assert_eq!(told.len(), 1, "{version} {at}");
            assert_eq!(told[0].code, "B0207");
        }
    }
}
