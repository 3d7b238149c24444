use serde_json::Value;

/// How deep a value may be nested before the rest is written on one line, which YAML allows.
const DEEPEST: usize = 200;

/// A JSON value as YAML 1.2 in blocks; texts in double quotes, as JSON writes them, but for plain
/// words.
pub(super) fn write(value: &Value) -> String {
    let mut out = String::new();
    block(value, 0, &mut out);
    out
}

/// Writes a value from the start of a line on, with its line end.
fn block(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Object(members) if !members.is_empty() && depth < DEEPEST => {
            for (place, (name, member)) in members.iter().enumerate() {
                if place > 0 {
                    indent(depth, out);
                }
                text(name, out);
                out.push(':');
                nested(member, depth, out);
            }
        }
        Value::Array(items) if !items.is_empty() && depth < DEEPEST => {
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    indent(depth, out);
                }
                out.push_str("- ");
                block(item, depth + 1, out);
            }
        }
        Value::String(value) => {
            text(value, out);
            out.push('\n');
        }
        other => {
            out.push_str(&other.to_string());
            out.push('\n');
        }
    }
}

/// Writes the value of a member, on the same line or below.
fn nested(value: &Value, depth: usize, out: &mut String) {
    let is_block = match value {
        Value::Object(members) => !members.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    if is_block && depth + 1 < DEEPEST {
        out.push('\n');
        indent(depth + 1, out);
        block(value, depth + 1, out);
    } else {
        out.push(' ');
        block(value, depth + 1, out);
    }
}

fn indent(depth: usize, out: &mut String) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

/// A plain word, unless YAML could take it for something else; otherwise in quotes.
fn text(text: &str, out: &mut String) {
    let starts_plainly = text.starts_with(|one: char| one.is_ascii_alphabetic() || one == '/');
    let is_plain = |one: char| one.is_ascii_alphanumeric() || matches!(one, '/' | '_' | '.');
    let is_other = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        .iter()
        .any(|other| text.eq_ignore_ascii_case(other));
    if starts_plainly && text.chars().all(is_plain) && !is_other {
        out.push_str(text);
    } else {
        // A JSON text is a YAML text, but that YAML does not take DEL and the C1 controls as they are.
        for one in Value::from(text).to_string().chars() {
            match one {
                '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                    out.push_str(&format!("\\u{:04x}", u32::from(one)));
                }
                one => out.push(one),
            }
        }
    }
}
