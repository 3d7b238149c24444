use serde_json::{Map, Value};

use super::Findings;
use crate::diagnostic::code;
use crate::source::Aim;

/// A lower and an upper bound, and whether meeting in one value contradicts too.
const PAIRS: &[(&str, &str, bool)] = &[
    ("minimum", "maximum", false),
    ("exclusiveMinimum", "maximum", true),
    ("minimum", "exclusiveMaximum", true),
    ("exclusiveMinimum", "exclusiveMaximum", true),
    ("minLength", "maxLength", false),
    ("minItems", "maxItems", false),
    ("minProperties", "maxProperties", false),
];

/// Finds bounds that leave no value.
pub(super) fn check(pointer: &str, schema: &Map<String, Value>, findings: &mut Findings<'_>) {
    for (lower, upper, is_strict) in PAIRS {
        let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
        let (Some(least), Some(most)) = (bound(lower), bound(upper)) else {
            continue;
        };
        if least > most || (*is_strict && least >= most) {
            findings.push(
                &code::BOUNDS_CONTRADICT,
                &crate::pointer::join(pointer, lower),
                Aim::Key,
                format!("no value satisfies both `{lower}: {least}` and `{upper}: {most}`"),
                None,
            );
        }
    }
}
