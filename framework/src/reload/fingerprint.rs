use std::collections::HashSet;

use blake3::{Hash, Hasher};
use brrtrouter_spec::Spec;
use brrtrouter_spec::model::Operation;
use serde_json::Value;

/// What each operation of a document depends on, as a number.
pub(super) struct Fingerprints<'s> {
    all: Vec<(Place<'s>, Hash)>,
}

/// Method and path.
type Place<'s> = (&'s str, &'s str);

impl<'s> Fingerprints<'s> {
    pub(super) fn of(spec: &'s Spec) -> Self {
        let all = spec.operations.iter().map(|operation| {
            let place = (operation.method.as_str(), operation.path.as_str());
            (place, fingerprint(spec, operation))
        });
        Self { all: all.collect() }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Place<'s>, Hash)> {
        self.all.iter().copied()
    }
}

/// The operation as it stands in the document, with all that it refers to, what its path has for all
/// operations, and the security schemes that it demands.
fn fingerprint(spec: &Spec, operation: &Operation) -> Hash {
    let root = spec.document.root();
    let mut hasher = Hasher::new();
    let mut seen = HashSet::new();
    let mut open: Vec<&Value> = Vec::new();
    open.extend(root.pointer(&operation.pointer));
    // What a path has for all its operations is merged into the model.
    hasher.update(format!("{:?}", operation.servers).as_bytes());
    for parameter in &operation.parameters {
        open.extend(root.pointer(&parameter.pointer));
    }
    for requirement in &operation.security {
        hasher.update(format!("{:?}", requirement.schemes).as_bytes());
        for scheme in requirement.schemes.keys() {
            hasher.update(format!("{:?}", spec.security_schemes.get(scheme)).as_bytes());
        }
    }
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                hasher.update(format!("{{{}", members.len()).as_bytes());
                for (name, member) in members {
                    hasher.update(name.as_bytes()).update(b":");
                    if let ("$ref", Value::String(target)) = (name.as_str(), member)
                        && let Some(pointer) = target.strip_prefix('#')
                        && seen.insert(pointer)
                    {
                        open.extend(referred(root, pointer));
                    }
                    open.push(member);
                }
            }
            Value::Array(items) => {
                hasher.update(format!("[{}", items.len()).as_bytes());
                open.extend(items);
            }
            other => {
                hasher.update(other.to_string().as_bytes()).update(b",");
            }
        }
    }
    hasher.finalize()
}

/// What a local reference leads to.
fn referred<'d>(root: &'d Value, pointer: &str) -> Option<&'d Value> {
    let decoded = percent_encoding::percent_decode_str(pointer);
    root.pointer(&decoded.decode_utf8().ok()?)
}
