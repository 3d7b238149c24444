//! JSON: values by `serde_json`, places by a scan of our own when they are asked for.

mod places;
mod value;

use serde_json::Value;

use super::faults::Fault;
use super::mark::Mark;
use crate::diagnostic::code;
use crate::limits::Limits;

pub(super) use places::{scan, scan_value};

/// Parses a document.
pub(super) fn parse(text: &str, limits: &Limits, faults: &mut Vec<Fault>) -> Option<Value> {
    if text.trim_ascii().is_empty() {
        faults.push(Fault {
            code: &code::EMPTY,
            message: "the file is empty".into(),
            help: None,
            pointer: String::new(),
            mark: Mark::START,
        });
        return None;
    }
    let mut notes = value::Notes::new(limits);
    match value::parse(text, &mut notes) {
        Ok(value) => {
            if notes.has_duplicates || notes.has_rounded {
                faults.extend(scan(text, usize::MAX, true).faults);
            }
            Some(value)
        }
        Err(error) => {
            faults.push(fault(text, &error, &notes, limits));
            None
        }
    }
}

fn fault(text: &str, error: &serde_json::Error, notes: &value::Notes, limits: &Limits) -> Fault {
    let mark = mark(text, error);
    let said = error.to_string();
    let said = said
        .rsplit_once(" at line ")
        .map_or(said.as_str(), |(message, _)| message);
    let (code, message, help) = if notes.is_too_deep || said == "recursion limit exceeded" {
        (
            &code::TOO_DEEP,
            format!(
                "arrays and objects stand in each other deeper than {}",
                limits.depth.min(127)
            ),
            Some("raise the limit `depth` if the document is meant to be so deep".into()),
        )
    } else if notes.is_too_large {
        (
            &code::TOO_MANY_NODES,
            format!("the file has more than {} values", limits.nodes),
            Some("raise the limit `nodes` if the document is meant to be so large".into()),
        )
    } else {
        (&code::JSON_SYNTAX, format!("not JSON: {said}"), None)
    };
    Fault {
        code,
        message,
        help,
        pointer: String::new(),
        mark,
    }
}

/// `serde_json` ends lines with a line feed only, counts columns in bytes, and names the last byte it
/// read.
fn mark(text: &str, error: &serde_json::Error) -> Mark {
    let line = error.line().max(1);
    let start: usize = text
        .split_inclusive('\n')
        .take(line - 1)
        .map(str::len)
        .sum();
    Mark::of(text, start + error.column().saturating_sub(1))
}
