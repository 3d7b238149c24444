use serde_json::{Map, Value};

use crate::grammar::Kind;
use crate::pointer;

/// Calls `look` with every schema of a normalised document that is an object, and its pointer.
pub(super) fn each<'v>(root: &'v Value, look: &mut dyn FnMut(&str, &'v Map<String, Value>)) {
    walk(Kind::Document, root, &mut String::new(), look);
}

fn walk<'v>(
    kind: Kind,
    value: &'v Value,
    path: &mut String,
    look: &mut dyn FnMut(&str, &'v Map<String, Value>),
) {
    if matches!(kind, Kind::Any | Kind::Extension | Kind::Text | Kind::Flag) {
        return;
    }
    let length = path.len();
    match value {
        Value::Object(object) => {
            if kind == Kind::Schema {
                look(path, object);
            }
            for (name, member) in object {
                pointer::push(path, name);
                walk(kind.member(name), member, path, look);
                path.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointer::push_index(path, index);
                walk(kind.member(""), item, path, look);
                path.truncate(length);
            }
        }
        _ => {}
    }
}
