//! Anchors, aliases and merge keys: values that stand in more places than one.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::ScalarStyle;
use serde_json::Value;
use serde_json::map::Entry;

use super::{Anchored, Composer, Object, Size, Stop};
use crate::diagnostic::code;
use crate::source::mark::Mark;
use crate::source::places::name_of;

impl Composer<'_> {
    /// Keeps a copy of an anchored value for its aliases; the copy is paid for like an alias.
    pub(super) fn keep(&mut self, anchor: usize, value: &Value, place: usize) -> Result<(), Stop> {
        let size = size_of(value);
        let at = self.places.value_mark(place);
        self.pay(size, at)?;
        self.anchors.insert(
            anchor,
            Anchored {
                value: value.clone(),
                place,
                size,
            },
        );
        Ok(())
    }

    /// Keeps an anchored key.
    pub(super) fn keep_scalar(
        &mut self,
        anchor: usize,
        value: Value,
        at: Mark,
    ) -> Result<(), Stop> {
        let size = size_of(&value);
        self.pay(size, at)?;
        self.anchors.insert(
            anchor,
            Anchored {
                value,
                place: usize::MAX,
                size,
            },
        );
        Ok(())
    }

    fn pay(&mut self, size: Size, at: Mark) -> Result<(), Stop> {
        let nodes = self.alias_nodes.checked_sub(size.nodes);
        let bytes = self.alias_bytes.checked_sub(size.bytes);
        match (nodes, bytes) {
            (Some(nodes), Some(bytes)) => {
                self.alias_nodes = nodes;
                self.alias_bytes = bytes;
                Ok(())
            }
            _ => self.stop(
                &code::ALIAS_EXPANSION,
                format!(
                    "aliases expand to more than {} values or {} bytes of text",
                    self.limits.alias_nodes, self.limits.alias_bytes
                ),
                Some(
                    "raise the limits `alias_nodes` and `alias_bytes` if the document is meant to \
                     be so large"
                        .into(),
                ),
                at,
            ),
        }
    }

    pub(super) fn alias(&mut self, anchor: usize, at: Mark) -> Result<(), Stop> {
        if self.open_anchors.contains(&anchor) {
            return self.stop(
                &code::ALIAS_CYCLE,
                "the alias stands within what it stands for".into(),
                Some("refer to a schema by `$ref` where it contains itself".into()),
                at,
            );
        }
        let Some(anchored) = self.anchors.get(&anchor) else {
            return self.stop(
                &code::YAML_SYNTAX,
                "not YAML: an alias names no anchor".into(),
                None,
                at,
            );
        };
        let (size, place) = (anchored.size, anchored.place);
        self.pay(size, at)?;
        let Some(value) = self
            .anchors
            .get(&anchor)
            .map(|anchored| anchored.value.clone())
        else {
            return Ok(());
        };
        if self.expects_key() {
            return match value {
                Value::String(text) => {
                    self.key(Cow::Owned(text), ScalarStyle::SingleQuoted, None, at, 0)
                }
                Value::Array(_) | Value::Object(_) => self.stop(
                    &code::KEY_NOT_SCALAR,
                    "a key is a mapping or a sequence".into(),
                    None,
                    at,
                ),
                scalar => {
                    let text = scalar.to_string();
                    self.key(Cow::Owned(text), ScalarStyle::Plain, None, at, 0)
                }
            };
        }
        if self.frames.len() + depth_of(&value) > self.limits.depth {
            return self.too_deep(at);
        }
        if place == usize::MAX {
            return self.leaf(value, 0, at);
        }
        let (name, key) = self.slot();
        let copy = self.places.len();
        self.places.copy(place, name, key);
        self.put(value, copy);
        Ok(())
    }

    /// Adds what merge keys bring and the object does not say itself.
    pub(super) fn merge(&mut self, object: &mut Object) -> Result<(), Stop> {
        for (value, place) in std::mem::take(&mut object.merged) {
            let at = self.places.value_mark(place);
            let sources = match value {
                Value::Object(members) => vec![(members, place)],
                Value::Array(items) => {
                    let places: Vec<usize> = self
                        .places
                        .children(place)
                        .map(|(_, child)| child)
                        .collect();
                    let mut sources = Vec::with_capacity(items.len());
                    for (item, place) in items.into_iter().zip(places) {
                        let Value::Object(members) = item else {
                            return self.merge_fault(at);
                        };
                        sources.push((members, place));
                    }
                    sources
                }
                _ => return self.merge_fault(at),
            };
            for (members, place) in sources {
                let children: HashMap<u64, usize> = self.places.children(place).collect();
                for (key, value) in members {
                    if let Entry::Vacant(free) = object.members.entry(key) {
                        let name = name_of(free.key());
                        free.insert(value);
                        if let Some(child) = children.get(&name) {
                            let mark = self.places.key_mark(*child);
                            self.places.copy(*child, name, mark);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn merge_fault(&mut self, at: Mark) -> Result<(), Stop> {
        self.stop(
            &code::MERGE_NOT_MAPPING,
            "the merge key `<<` takes a mapping or a sequence of mappings".into(),
            Some("put `<<` in quotes if a key of that name is meant".into()),
            at,
        )
    }
}

fn size_of(value: &Value) -> Size {
    let mut size = Size { nodes: 1, bytes: 0 };
    let mut add = |other: Size| {
        size.nodes += other.nodes;
        size.bytes += other.bytes;
    };
    match value {
        Value::String(text) => add(Size {
            nodes: 0,
            bytes: text.len(),
        }),
        Value::Array(items) => items.iter().map(size_of).for_each(add),
        Value::Object(members) => members.iter().for_each(|(key, value)| {
            add(size_of(value));
            add(Size {
                nodes: 0,
                bytes: key.len(),
            });
        }),
        _ => {}
    }
    size
}

/// How many arrays and objects stand in each other, itself counted.
fn depth_of(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth_of).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth_of).max().unwrap_or(0),
        _ => 0,
    }
}
