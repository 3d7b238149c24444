use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{Findings, schemas};
use crate::diagnostic::code;
use crate::pointer;
use crate::reference;
use crate::source::Aim;

/// Keywords whose schemas are asked of the same value, in a list, alone, or by name.
const LISTS: &[&str] = &["allOf", "anyOf", "oneOf"];
const SINGLE: &[&str] = &["not", "if", "then", "else"];
const NAMED: &str = "dependentSchemas";

/// Finds schemas that ask for themselves of the very same value, so that no step into the value ends
/// the circle (JSON Schema 2020-12 §9.4.1).
pub(super) fn check(root: &Value, findings: &mut Findings<'_>) {
    let mut graph = Graph::default();
    schemas::each(root, &mut |pointer, schema| graph.add(pointer, schema));
    for (from, to) in graph.back_ways() {
        findings.push(
            &code::SCHEMA_CIRCLE,
            &from,
            Aim::Value,
            format!(
                "the schema at `{to}` asks for itself of the same value here, which says nothing"
            ),
            Some("put what both share into a schema of its own, and refer to that"),
        );
    }
}

/// Schemas that ask for others of the same value.
#[derive(Default)]
struct Graph {
    all: Vec<Schema>,
    /// Which of them stands at a pointer.
    places: HashMap<String, usize>,
}

struct Schema {
    pointer: String,
    ways: Vec<Way>,
    is_begun: bool,
    is_ended: bool,
}

/// From where to which schema.
struct Way {
    from: String,
    to: String,
}

impl Graph {
    fn add(&mut self, pointer: &str, schema: &Map<String, Value>) {
        let mut ways = Vec::new();
        let mut inside = |place: String| {
            ways.push(Way {
                from: place.clone(),
                to: place,
            });
        };
        for keyword in LISTS {
            let list = schema.get(*keyword).and_then(Value::as_array);
            for index in 0..list.map_or(0, Vec::len) {
                inside(format!("{pointer}/{keyword}/{index}"));
            }
        }
        for keyword in SINGLE
            .iter()
            .filter(|keyword| schema.contains_key(**keyword))
        {
            inside(pointer::join(pointer, keyword));
        }
        if let Some(Value::Object(named)) = schema.get(NAMED) {
            let place = pointer::join(pointer, NAMED);
            named
                .keys()
                .for_each(|name| inside(pointer::join(&place, name)));
        }
        if let Some(target) = schema.get("$ref").and_then(Value::as_str)
            && let Some(target) = reference::local(target)
        {
            ways.push(Way {
                from: pointer::join(pointer, "$ref"),
                to: target.into_owned(),
            });
        }
        // A schema that leads nowhere is in no circle.
        if !ways.is_empty() {
            self.places.insert(pointer.to_owned(), self.all.len());
            self.all.push(Schema {
                pointer: pointer.to_owned(),
                ways,
                is_begun: false,
                is_ended: false,
            });
        }
    }

    /// The ways that close a circle: where each stands, and which schema it leads back to. One for
    /// each circle at least, and none that is in no circle.
    fn back_ways(mut self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for start in 0..self.all.len() {
            // Schemas that were begun and not ended, each with the way that comes next.
            let mut open = vec![(start, 0)];
            while let Some((at, next)) = open.last_mut() {
                let Some(schema) = self.all.get_mut(*at) else {
                    break;
                };
                if *next == 0 && schema.is_begun {
                    open.pop();
                    continue;
                }
                schema.is_begun = true;
                let Some(way) = schema.ways.get(*next) else {
                    schema.is_ended = true;
                    open.pop();
                    continue;
                };
                *next += 1;
                let Some(&target) = self.places.get(&way.to) else {
                    continue;
                };
                let from = way.from.clone();
                match self.all.get(target) {
                    Some(one) if one.is_begun && !one.is_ended => {
                        found.push((from, one.pointer.clone()));
                    }
                    Some(one) if !one.is_begun => open.push((target, 0)),
                    _ => {}
                }
            }
        }
        found
    }
}
