use serde_json::{Map, Value, json};

use super::Findings;
use crate::diagnostic::code;
use crate::pointer;
use crate::source::Aim;

/// Checks the regular expressions of a schema.
pub(super) fn check(at: &str, schema: &Map<String, Value>, findings: &mut Findings<'_>) {
    if let Some(Value::String(pattern)) = schema.get("pattern") {
        expression(pattern, &pointer::join(at, "pattern"), Aim::Value, findings);
    }
    if let Some(Value::Object(properties)) = schema.get("patternProperties") {
        let base = pointer::join(at, "patternProperties");
        for pattern in properties.keys() {
            expression(pattern, &pointer::join(&base, pattern), Aim::Key, findings);
        }
    }
}

fn expression(pattern: &str, at: &str, aim: Aim, findings: &mut Findings<'_>) {
    if jsonschema::validator_for(&json!({"pattern": pattern})).is_err() {
        findings.push(
            &code::PATTERN_INVALID,
            at,
            aim,
            format!("`{pattern}` is not a regular expression"),
            Some("patterns are those of ECMA-262"),
        );
    } else if is_costly(pattern) {
        findings.push(
            &code::PATTERN_COSTLY,
            at,
            aim,
            format!("`{pattern}` may take time that grows steeply with its input"),
            Some("avoid a repetition within a repetition, and look-around beside repetitions"),
        );
    }
}

/// Whether a matcher that goes back may take much more than linear time: an unbounded repetition
/// within another, or beside a look-around or a back-reference.
fn is_costly(pattern: &str) -> bool {
    let mut groups = vec![false];
    let mut goes_back = false;
    let mut repeats = false;
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        rest = match first {
            '\\' => {
                goes_back |= after.starts_with(|next: char| matches!(next, '1'..='9' | 'k'));
                let mut escaped = after.chars();
                escaped.next();
                escaped.as_str()
            }
            '[' => class_end(after),
            '(' => {
                goes_back |= ["?=", "?!", "?<=", "?<!"]
                    .iter()
                    .any(|look| after.starts_with(look));
                groups.push(false);
                after
            }
            ')' => {
                let inner = groups.pop().unwrap_or(false);
                if inner && is_unbounded(after) {
                    return true;
                }
                if let Some(outer) = groups.last_mut() {
                    *outer |= inner;
                }
                after
            }
            _ if is_unbounded(rest) => {
                repeats = true;
                if let Some(group) = groups.last_mut() {
                    *group = true;
                }
                after
            }
            _ => after,
        };
    }
    goes_back && repeats
}

/// Whether the text begins with `*`, `+` or `{n,}`.
fn is_unbounded(text: &str) -> bool {
    if text.starts_with(['*', '+']) {
        return true;
    }
    let bounds = text.strip_prefix('{').and_then(|text| text.split_once('}'));
    bounds.is_some_and(|(bounds, _)| {
        bounds
            .strip_suffix(',')
            .is_some_and(|least| least.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// What follows a character class that has been opened.
fn class_end(text: &str) -> &str {
    let mut is_escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            ']' if at > 0 => return text.get(at + 1..).unwrap_or_default(),
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::is_costly;

    #[test]
    fn repetitions_within_repetitions_are_costly() {
        for pattern in [
            "(a+)+$",
            "(?:x*y)*",
            "([a-z]+){2,}",
            "^(?=.*a).*$",
            r"(.)\1+",
        ] {
            assert!(is_costly(pattern), "{pattern}");
        }
        for pattern in [
            "^[a-z+*]+$",
            "(ab)+",
            r"(a\+)+",
            "(a{2,3})+",
            "(?=a)b",
            "[]+]+",
        ] {
            assert!(!is_costly(pattern), "{pattern}");
        }
    }
}
