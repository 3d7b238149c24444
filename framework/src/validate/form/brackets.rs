use std::collections::BTreeMap;

use brrtrouter_spec::model::{Document, SchemaRef};
use percent_encoding::percent_decode;
use serde_json::{Map, Number, Value};

use crate::problem::Violation;
use crate::validate::form::facets::Facets;
use crate::validate::json;
use crate::validate::schema;

/// The most brackets in a name: what is typed is looked up in the schema step by step, and a form may
/// have many names.
const DEEPEST: usize = 16;

/// One property of a form that is taken apart into names with brackets, however many of them:
/// `address[city]=Bern&address[lines][0][street]=…`.
///
/// OpenAPI leaves open what `deepObject` means for objects within objects. This is what most clients
/// write: a bracket for each step, the empty one or a number for an item.
pub(super) struct Brackets {
    name: String,
    document: Document,
    form: SchemaRef,
    depth: usize,
}

/// What was found of the property.
#[derive(Debug)]
enum Tree {
    /// The values that stand here, in their order.
    Values(Vec<String>),
    Members(BTreeMap<String, Tree>),
}

impl Brackets {
    /// The property of that name in a form of that schema, nested at most that deep, and 16 deep.
    pub(super) fn new(document: &Document, form: &SchemaRef, name: &str, depth: usize) -> Self {
        Self {
            name: name.to_owned(),
            document: document.clone(),
            form: form.clone(),
            depth: depth.min(DEEPEST),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The property's value, if there is any of it. Texts become what the schema asks for where they
    /// can be read so, and else are left for a validator to refuse.
    pub(super) fn read(&self, form: &[u8]) -> Result<Option<Value>, Violation> {
        let mut found: Option<Tree> = None;
        for pair in form.split(|byte| *byte == b'&') {
            let at = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = match at.and_then(|at| pair.split_at_checked(at)) {
                Some((name, value)) => (name, value.get(1..).unwrap_or_default()),
                None => (pair, &[][..]),
            };
            // A name that is no text is nobody's.
            let Some(name) = text(name) else { continue };
            let Some(steps) = self.steps(&name) else {
                continue;
            };
            if steps.split("][").count() > self.depth {
                let detail = format!("the form is nested deeper than {}", self.depth);
                return Err(self.fault("depth", detail));
            }
            let Some(value) = text(value) else {
                return Err(self.fault("encoding", "is not UTF-8 behind its escapes"));
            };
            let root = found.get_or_insert_with(|| Tree::Members(BTreeMap::new()));
            if !root.put(steps.split("]["), value) {
                return Err(self.fault("type", format!("{name:.64} is a value and more than that")));
            }
        }
        let Some(tree) = found else { return Ok(None) };
        let facets = self.document.schema(&self.form);
        let facets = facets.map(|form| Facets::of(&self.document, form));
        let facets = facets.unwrap_or_default().property(&self.name);
        tree.typed(&facets)
            .map(Some)
            .map_err(|detail| self.fault("repeated", detail))
    }

    /// What stands between the first bracket and the last one of this property's name.
    fn steps<'n>(&self, name: &'n str) -> Option<&'n str> {
        name.strip_prefix(&*self.name)?
            .strip_prefix('[')?
            .strip_suffix(']')
    }

    fn fault(&self, rule: &'static str, detail: impl Into<String>) -> Violation {
        let place = schema::in_body(&format!("/{}", schema::escaped(&self.name)));
        Violation::new(place, rule, detail)
    }
}

impl Tree {
    /// Puts a value at the end of these steps; `false` if something else is in the way.
    fn put<'s>(&mut self, steps: impl Iterator<Item = &'s str>, value: String) -> bool {
        let mut at = self;
        let mut steps = steps.peekable();
        while let Some(step) = steps.next() {
            let Tree::Members(members) = at else {
                return false;
            };
            at = members
                .entry(step.to_owned())
                .or_insert_with(|| match steps.peek() {
                    Some(_) => Tree::Members(BTreeMap::new()),
                    None => Tree::Values(Vec::new()),
                });
        }
        match at {
            Tree::Values(values) => {
                values.push(value);
                true
            }
            Tree::Members(_) => false,
        }
    }

    /// The value as the schema types it; recurses no deeper than it was allowed to be nested.
    fn typed(self, facets: &Facets<'_>) -> Result<Value, String> {
        match self {
            Tree::Values(values) if facets.allow("array") => {
                let items = facets.items();
                Ok(values.into_iter().map(|one| scalar(one, &items)).collect())
            }
            Tree::Values(values) => {
                let mut values = values.into_iter();
                match (values.next(), values.next()) {
                    (Some(value), None) => Ok(scalar(value, facets)),
                    _ => Err("a value of it stands more than once".to_owned()),
                }
            }
            Tree::Members(members) if facets.allow("array") && are_items(&members) => {
                let facets = facets.items();
                let mut items: Vec<(u32, Tree)> = members
                    .into_iter()
                    .map(|(step, tree)| (step.parse().unwrap_or(0), tree))
                    .collect();
                items.sort_by_key(|(number, _)| *number);
                let mut list = Vec::new();
                for (_, tree) in items {
                    match tree {
                        Tree::Values(values) => {
                            list.extend(values.into_iter().map(|one| scalar(one, &facets)));
                        }
                        members => list.push(members.typed(&facets)?),
                    }
                }
                Ok(Value::Array(list))
            }
            Tree::Members(members) => {
                let mut object = Map::new();
                for (name, tree) in members {
                    let value = tree.typed(&facets.property(&name))?;
                    object.insert(name, value);
                }
                Ok(Value::Object(object))
            }
        }
    }
}

/// Whether these are the steps to the items of a list: numbers, or the empty one.
fn are_items(members: &BTreeMap<String, Tree>) -> bool {
    members
        .keys()
        .all(|step| step.is_empty() || step.parse::<u32>().is_ok())
}

fn scalar(text: String, facets: &Facets<'_>) -> Value {
    if facets.allow("integer") || facets.allow("number") {
        let number = serde_json::from_str::<Number>(&text).ok();
        let number = number.and_then(|one| match one.as_f64() {
            Some(float) if one.is_f64() => json::number(float),
            _ => Some(one),
        });
        if let Some(number) = number {
            return Value::Number(number);
        }
    }
    match text.as_str() {
        "true" if facets.allow("boolean") => Value::Bool(true),
        "false" if facets.allow("boolean") => Value::Bool(false),
        "" if facets.allow("null") && !facets.allow("string") => Value::Null,
        _ => Value::String(text),
    }
}

/// A name or a value of a form, decoded.
fn text(encoded: &[u8]) -> Option<String> {
    let mut encoded = encoded.to_vec();
    for byte in &mut encoded {
        if *byte == b'+' {
            *byte = b' ';
        }
    }
    String::from_utf8(percent_decode(&encoded).collect()).ok()
}
