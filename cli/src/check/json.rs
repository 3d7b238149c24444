use std::io::{self, Write};

use brrtrouter_spec::Diagnostic;
use serde_json::{Value, json};

use super::Checked;

/// Writes one object on one line.
pub(super) fn write(out: &mut impl Write, checked: &Checked<'_>) -> io::Result<()> {
    let counts = checked.counts.as_ref();
    let diagnostics: Vec<Value> = checked.diagnostics.iter().map(diagnostic).collect();
    let object = json!({
        "file": checked.file.to_string_lossy(),
        "openapi": counts.map(|counts| counts.openapi.as_str()),
        "paths": counts.map(|counts| counts.paths),
        "operations": counts.map(|counts| counts.operations),
        "schemas": counts.map(|counts| counts.schemas),
        "webhooks": counts.map(|counts| counts.webhooks),
        "diagnostics": diagnostics,
    });
    writeln!(out, "{object}")
}

fn diagnostic(diagnostic: &Diagnostic) -> Value {
    let location = diagnostic.location.as_ref();
    json!({
        "code": diagnostic.code,
        "severity": diagnostic.severity.to_string(),
        "message": diagnostic.message,
        "help": diagnostic.help,
        "pointer": diagnostic.pointer,
        "file": location.map(|location| location.file.to_string_lossy()),
        "line": location.map(|location| location.line),
        "column": location.map(|location| location.column),
    })
}
