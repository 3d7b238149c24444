use std::collections::{HashMap, HashSet, VecDeque};
use std::path::Path;

use serde_json::{Map, Value};

use super::{Here, Walker};
use crate::grammar::Kind;
use crate::pointer;

/// The components that other files bring, and the names that are taken.
#[derive(Debug)]
pub(super) struct Components {
    names: HashMap<(&'static str, usize, String), String>,
    taken: HashSet<(String, String)>,
    waiting: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    kind: Kind,
    section: &'static str,
    name: String,
    source: usize,
    pointer: String,
}

impl Components {
    /// Takes the names that the entry document uses itself.
    pub(super) fn new(root: &Value) -> Self {
        let mut taken = HashSet::new();
        if let Some(Value::Object(sections)) = root.get("components") {
            for (section, members) in sections {
                for name in members.as_object().into_iter().flat_map(Map::keys) {
                    taken.insert((section.clone(), name.clone()));
                }
            }
        }
        Self {
            names: HashMap::new(),
            taken,
            waiting: VecDeque::new(),
        }
    }

    /// Whether a component of that name is there.
    pub(super) fn has(&self, section: &str, name: &str) -> bool {
        self.taken.contains(&(section.to_owned(), name.to_owned()))
    }

    /// The pointer at which that part of a file will stand.
    pub(super) fn place(
        &mut self,
        kind: Kind,
        section: &'static str,
        source: usize,
        file: &Path,
        pointer: &str,
    ) -> String {
        let known = self.names.get(&(section, source, pointer.to_owned()));
        let name = match known {
            Some(name) => name.clone(),
            None => {
                let name = self.free_name(section, file, pointer);
                self.taken.insert((section.to_owned(), name.clone()));
                self.names
                    .insert((section, source, pointer.to_owned()), name.clone());
                self.waiting.push_back(Waiting {
                    kind,
                    section,
                    name: name.clone(),
                    source,
                    pointer: pointer.to_owned(),
                });
                name
            }
        };
        format!("/components/{section}/{name}")
    }

    /// A name after the last part of the pointer, or else after the file.
    fn free_name(&self, section: &str, file: &Path, pointer: &str) -> String {
        let last = pointer::last(pointer);
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        let wish = if last.is_empty() { stem } else { last };
        let mut name: String = wish
            .chars()
            .map(|character| match character {
                'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' | '-' => character,
                _ => '_',
            })
            .collect();
        if name.is_empty() {
            name.push('_');
        }
        let is_taken = |name: &str| self.taken.contains(&(section.to_owned(), name.to_owned()));
        if !is_taken(&name) {
            return name;
        }
        let mut number = 2_usize;
        loop {
            let numbered = format!("{name}_{number}");
            if !is_taken(&numbered) {
                return numbered;
            }
            number += 1;
        }
    }
}

impl Walker<'_> {
    /// Brings in every component that waits, and those that they refer to.
    pub(super) fn bring_in(&mut self, root: &mut Value) {
        let mut brought = Vec::new();
        while let Some(next) = self.components.waiting.pop_front() {
            let Some(mut value) = self.copy(next.source, &next.pointer) else {
                continue;
            };
            let base = format!("/components/{}/{}", next.section, next.name);
            self.origins
                .insert(base.clone(), next.source, next.pointer.clone());
            let version = self.sources.version(next.source);
            let mut here = Here::new(next.source, version, next.pointer, base);
            self.walk(next.kind, &mut value, &mut here);
            if next.kind == Kind::Schema && value.get("$ref").is_some() {
                let place = format!("/components/{}/{}", next.section, next.name);
                self.led_on.push(place);
            }
            brought.push((next.section, next.name, value));
        }
        if brought.is_empty() {
            return;
        }
        let Value::Object(root) = root else {
            return;
        };
        let components = root
            .entry("components")
            .or_insert_with(|| Value::Object(Map::new()));
        for (section, name, value) in brought {
            if let Value::Object(sections) = &mut *components
                && let Value::Object(members) = sections
                    .entry(section)
                    .or_insert_with(|| Value::Object(Map::new()))
            {
                members.insert(name, value);
            }
        }
    }

    /// A copy of a part of a file, if the budget allows; if not, that has been told.
    pub(super) fn copy(&mut self, source: usize, pointer: &str) -> Option<Value> {
        let value = self.sources.get(source)?.value.pointer(pointer)?;
        let mut left = self.nodes_left;
        if !pay(value, &mut left) {
            self.nodes_left = 0;
            if !self.is_over_budget {
                self.is_over_budget = true;
                self.faults.push(
                    &crate::diagnostic::code::TOO_MANY_NODES,
                    crate::faults::Spot {
                        source,
                        pointer: pointer.to_owned(),
                        aim: crate::source::Aim::Value,
                    },
                    "references to other files bring more values than the limit allows",
                    Some("raise the limit `bundled_nodes` if the document is meant to be so large"),
                );
            }
            return None;
        }
        self.nodes_left = left;
        Some(value.clone())
    }
}

/// Takes the values of `value` from the budget; false when it does not suffice.
pub(super) fn pay(value: &Value, left: &mut usize) -> bool {
    let Some(rest) = left.checked_sub(1) else {
        return false;
    };
    *left = rest;
    match value {
        Value::Array(items) => items.iter().all(|item| pay(item, left)),
        Value::Object(members) => members.values().all(|member| pay(member, left)),
        _ => true,
    }
}
