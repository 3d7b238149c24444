use serde_json::{Map, Value};

use super::{Here, LocalReference, Walker};
use crate::diagnostic::code;
use crate::grammar::Kind;
use crate::reference::{self, Fragment, Reference};
use crate::source::Aim;
use crate::version::Version;

impl Walker<'_> {
    /// Handles the member `$ref` of what should be of that kind; true if the object is then still
    /// to be walked.
    pub(super) fn reference(&mut self, kind: Kind, value: &mut Value, here: &mut Here) -> bool {
        let Value::Object(object) = value else {
            return true;
        };
        let text = match object.get("$ref") {
            Some(Value::String(text)) => text.clone(),
            // A member of that name, as any other.
            _ if matches!(kind, Kind::Map(_) | Kind::Extension | Kind::Callback) => return true,
            _ => {
                self.faults.push(
                    &code::REFERENCE_NOT_TEXT,
                    here.member_spot("$ref", Aim::Value),
                    "a `$ref` has to be text",
                    None,
                );
                return false;
            }
        };
        if kind == Kind::Extension {
            return self.extension_reference(&text, value, here);
        }
        if kind == Kind::PathItem {
            // Its other fields hold too, before those of the target.
        } else if !kind.allows_reference(here.version) {
            self.misplaced(kind, here);
        } else {
            self.siblings(kind, object, here);
        }
        self.resolve(kind, &text, value, here);
        match kind {
            Kind::PathItem => true,
            Kind::Schema => here.version > Version::V30,
            _ => false,
        }
    }

    /// Brings the target of a reference into the normalised document.
    fn resolve(&mut self, kind: Kind, text: &str, value: &mut Value, here: &mut Here) {
        let spot = here.member_spot("$ref", Aim::Value);
        let Some(parsed) = Reference::parse(text) else {
            self.faults.push(
                &code::REFERENCE_MALFORMED,
                spot,
                format!("`{text}` is not a URI reference with a JSON pointer"),
                Some("write it as `file#/pointer/to/it`, with `~1` for `/` and `~0` for `~` in names"),
            );
            return;
        };
        let is_by_name = parsed.is_absolute()
            || matches!(parsed.fragment, Fragment::Anchor(_))
            || (kind == Kind::Schema && here.resource.is_some());
        if is_by_name && kind.section().is_some() {
            self.wait(kind, text.to_owned(), spot, here);
            return;
        }
        let source = if parsed.file.is_empty() {
            here.source
        } else {
            match self.sources.open(here.source, &parsed.file, self.faults) {
                Ok(source) => source,
                Err(refused) => {
                    self.faults
                        .push(refused.code, spot, refused.message, refused.help);
                    return;
                }
            }
        };
        let pointer = match parsed.fragment {
            Fragment::Pointer(pointer) => pointer.into_owned(),
            Fragment::Anchor(anchor) => {
                self.faults.push(
                    &code::REFERENCE_DANGLES,
                    spot,
                    format!("there is no anchor `{anchor}`"),
                    None,
                );
                return;
            }
        };
        let is_kept = kind.section().is_some();
        if source == 0 {
            let local = LocalReference {
                kind,
                at: here.pointer(),
                spot,
                target: pointer,
            };
            if is_kept {
                set_reference(value, &local.target);
                self.locals.push(local);
            } else {
                self.grafts.push(local);
            }
            return;
        }
        let Some(file) = self.sources.get(source) else {
            return;
        };
        if file.value.pointer(&pointer).is_none() {
            self.faults.push(
                super::locals::dangling_code(kind),
                spot,
                format!("`{text}` leads to nothing"),
                None,
            );
            return;
        }
        if let Some(section) = kind.section() {
            let target = self
                .components
                .place(kind, section, source, &file.file, &pointer);
            set_reference(value, &target);
        } else {
            self.inline(kind, value, source, pointer, here);
        }
    }

    /// Puts a part of another file in place of the reference to it.
    fn inline(
        &mut self,
        kind: Kind,
        value: &mut Value,
        source: usize,
        pointer: String,
        here: &mut Here,
    ) {
        let target = (source, pointer);
        if self.inlining.contains(&target) {
            self.faults.push(
                &code::REFERENCE_CYCLE,
                here.member_spot("$ref", Aim::Value),
                "the reference leads to what contains it",
                None,
            );
            return;
        }
        let Some(copy) = self.copy(source, &target.1) else {
            return;
        };
        *value = copy;
        let base = here.pointer();
        self.origins.insert(base.clone(), source, target.1.clone());
        let version = self.sources.version(source);
        let mut there = Here::new(source, version, target.1.clone(), base);
        self.inlining.push(target);
        self.walk(kind, value, &mut there);
        self.inlining.pop();
    }

    /// In an extension a reference to a file that is there is followed; of any other nothing is
    /// known.
    fn extension_reference(&mut self, text: &str, value: &mut Value, here: &mut Here) -> bool {
        let Some(parsed) = Reference::parse(text) else {
            return true;
        };
        let Fragment::Pointer(pointer) = &parsed.fragment else {
            return true;
        };
        if parsed.file.is_empty() || parsed.is_absolute() {
            return true;
        }
        let Ok(source) = self.sources.open(here.source, &parsed.file, self.faults) else {
            return true;
        };
        let is_there = self
            .sources
            .get(source)
            .is_some_and(|file| file.value.pointer(pointer).is_some());
        let target = (source, pointer.to_string());
        if source == 0 || !is_there || self.inlining.contains(&target) {
            return true;
        }
        self.inline(Kind::Extension, value, source, target.1, here);
        false
    }

    fn misplaced(&mut self, kind: Kind, here: &Here) {
        let spot = here.member_spot("$ref", Aim::Key);
        if kind == Kind::Operation {
            self.faults.push(
                &code::REFERENCE_FOR_OPERATION,
                spot,
                "an operation is a reference; what it leads to is taken in its place",
                Some("make the path item a reference, or write the operation here"),
            );
        } else {
            self.faults.push(
                &code::REFERENCE_MISPLACED,
                spot,
                format!(
                    "{} cannot be a reference; what it leads to is taken in its place",
                    kind.noun()
                ),
                Some("write it here"),
            );
        }
    }

    /// Takes away what stands beside a reference without effect.
    fn siblings(&mut self, kind: Kind, object: &mut Map<String, Value>, here: &Here) {
        if object.len() == 1 || (kind == Kind::Schema && here.version > Version::V30) {
            return;
        }
        let mut without_effect = Vec::new();
        object.retain(|name, _| {
            let has_effect = name == "$ref"
                || name.starts_with("x-")
                || (matches!(name.as_str(), "summary" | "description")
                    && (here.version > Version::V30 || kind == Kind::Schema));
            if !has_effect {
                without_effect.push(format!("`{name}`"));
            }
            has_effect || name == "description" || name == "summary"
        });
        if !without_effect.is_empty() {
            self.faults.push(
                &code::REFERENCE_SIBLINGS,
                here.member_spot("$ref", Aim::Key),
                format!("beside `$ref`, {} has no effect", without_effect.join(", ")),
                Some(if kind == Kind::Schema {
                    "put the reference into an `allOf`, or move to OpenAPI 3.1"
                } else {
                    "only `summary` and `description` may stand there, since OpenAPI 3.1"
                }),
            );
        }
    }
}

fn set_reference(value: &mut Value, pointer: &str) {
    if let Value::Object(object) = value {
        object.insert(
            "$ref".to_owned(),
            Value::String(reference::to_pointer(pointer)),
        );
    }
}
