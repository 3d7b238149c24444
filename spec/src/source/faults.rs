use serde_json::Value;

use super::mark::Mark;
use crate::diagnostic::{Code, code};

/// A fault that reading found, with its own place.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) code: &'static Code,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) pointer: String,
    pub(crate) mark: Mark,
}

/// Takes the fuller of two values of one key; true if the other one says nothing else.
pub(super) fn merge_duplicate(first: &mut Value, second: Value) -> bool {
    if *first == second || is_empty(&second) {
        return true;
    }
    if is_empty(first) {
        *first = second;
        return true;
    }
    false
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// The fault of a key that stands twice in one object.
pub(super) fn duplicate(
    name: &str,
    first_line: u32,
    is_harmless: bool,
    pointer: String,
    mark: Mark,
) -> Fault {
    let (code, rest) = if is_harmless {
        (&code::DUPLICATE_HARMLESS, ", and says nothing else")
    } else {
        (&code::DUPLICATE_KEY, "")
    };
    Fault {
        code,
        message: format!("the key `{name}` stands twice in one object{rest}"),
        help: Some(format!("it stands first on line {first_line}")),
        pointer,
        mark,
    }
}
