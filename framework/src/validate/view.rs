use std::collections::HashSet;

use brrtrouter_spec::Spec;
use brrtrouter_spec::model::{Document, Header, MediaType, Parameter, ParameterShape, SchemaRef};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::validate::format;

/// Which way content goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Request,
    Response,
}

/// How many schemas of a combination are looked at in search of properties.
const MOST: usize = 256;

/// How many references are followed in search of what a property is.
const DEEPEST: usize = 16;

impl Direction {
    /// The keyword of properties that content of this direction must not have.
    pub(crate) fn forbidden(self) -> &'static str {
        match self {
            Direction::Request => "readOnly",
            Direction::Response => "writeOnly",
        }
    }
}

/// The document as content of one direction is to be checked against it.
///
/// In every schema in use,
///
/// * formats of numbers have become bounds, and
/// * properties that the direction forbids are no longer required, for `required` holds in the other
///   direction only (OpenAPI 3.0 §4.7.24.2, which 3.1 leaves to JSON Schema Validation §9.4).
pub(crate) fn of(spec: &Spec, direction: Direction) -> Value {
    let mut root = spec.document.root().clone();
    let mut rewriting = Rewriting {
        document: &spec.document,
        direction,
        waiting: Vec::new(),
    };
    rewriting.add_all(spec);
    let mut seen = HashSet::new();
    while let Some(pointer) = rewriting.waiting.pop() {
        if !seen.insert(pointer.clone()) {
            continue;
        }
        if let Some(schema) = root.pointer_mut(&pointer) {
            rewriting.schema(schema, Standing::default());
        }
    }
    root
}

struct Rewriting<'d> {
    document: &'d Document,
    direction: Direction,
    /// Pointers of schemas that are in use.
    waiting: Vec<String>,
}

/// Where a schema stands among others.
#[derive(Clone, Default)]
struct Standing {
    /// Forbidden properties that a schema around this one declares for the same value.
    forbidden: Vec<String>,
    /// Whether what fails here may make the whole hold.
    is_negated: bool,
}

impl Rewriting<'_> {
    fn add_all(&mut self, spec: &Spec) {
        for operation in &spec.operations {
            operation
                .parameters
                .iter()
                .for_each(|one| self.parameter(one));
            let body = operation.request_body.iter();
            body.flat_map(|body| &body.content)
                .for_each(|one| self.media(one));
            for response in &operation.responses {
                response.content.iter().for_each(|one| self.media(one));
                response.headers.iter().for_each(|one| self.header(one));
            }
        }
    }

    fn parameter(&mut self, parameter: &Parameter) {
        self.shape(&parameter.shape);
    }

    fn header(&mut self, header: &Header) {
        self.shape(&header.shape);
    }

    fn shape(&mut self, shape: &ParameterShape) {
        match shape {
            ParameterShape::Schema { schema, .. } => self.add(schema.as_ref()),
            ParameterShape::Content(media) => self.media(media),
            _ => {}
        }
    }

    fn media(&mut self, media: &MediaType) {
        self.add(media.schema.as_ref());
        self.add(media.item_schema.as_ref());
    }

    fn add(&mut self, schema: Option<&SchemaRef>) {
        self.waiting
            .extend(schema.map(|schema| schema.pointer().to_owned()));
    }

    fn schema(&mut self, schema: &mut Value, standing: Standing) {
        let Value::Object(schema) = schema else {
            return;
        };
        format::bound(schema);
        let mut own = standing.forbidden.clone();
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            self.waiting.extend(pointer_of(reference));
        }
        if !standing.is_negated {
            self.forbidden(schema, &mut Vec::new(), &mut own);
            if let Some(Value::Array(required)) = schema.get_mut("required") {
                required.retain(|name| {
                    let name = name.as_str().unwrap_or_default();
                    !own.iter().any(|forbidden| forbidden == name)
                });
            }
        }
        for (keyword, value) in schema.iter_mut() {
            let inside = || Standing {
                forbidden: Vec::new(),
                is_negated: standing.is_negated,
            };
            let beside = || Standing {
                forbidden: own.clone(),
                is_negated: standing.is_negated,
            };
            let against = || Standing {
                forbidden: Vec::new(),
                is_negated: true,
            };
            match keyword.as_str() {
                "not" | "if" => self.schema(value, against()),
                "then" | "else" => self.schema(value, beside()),
                "additionalProperties"
                | "items"
                | "contains"
                | "propertyNames"
                | "unevaluatedItems"
                | "unevaluatedProperties"
                | "contentSchema" => {
                    self.schema(value, inside());
                }
                "allOf" | "anyOf" | "oneOf" => {
                    for schema in value.as_array_mut().into_iter().flatten() {
                        self.schema(schema, beside());
                    }
                }
                "prefixItems" => {
                    for schema in value.as_array_mut().into_iter().flatten() {
                        self.schema(schema, inside());
                    }
                }
                "dependentSchemas" => {
                    for (_, schema) in value.as_object_mut().into_iter().flatten() {
                        self.schema(schema, beside());
                    }
                }
                "properties" | "patternProperties" => {
                    for (_, schema) in value.as_object_mut().into_iter().flatten() {
                        self.schema(schema, inside());
                    }
                }
                _ => {}
            }
        }
    }

    /// The properties that the direction forbids, those of all parts included.
    fn forbidden<'v>(
        &'v self,
        schema: &'v Map<String, Value>,
        seen: &mut Vec<&'v Map<String, Value>>,
        found: &mut Vec<String>,
    ) {
        // A type whose parts are of that type is the same type.
        let is_seen = seen.iter().any(|known| std::ptr::eq(*known, schema));
        if is_seen || seen.len() == MOST {
            return;
        }
        seen.push(schema);
        if let Some(Value::Object(properties)) = schema.get("properties") {
            for (name, property) in properties {
                if self.is_forbidden(property, 0) {
                    found.push(name.clone());
                }
            }
        }
        let parts = schema.get("allOf").and_then(Value::as_array);
        let parts = parts.into_iter().flatten();
        let referred = self.referred(schema);
        for part in parts.chain(referred).filter_map(Value::as_object) {
            self.forbidden(part, seen, found);
        }
    }

    fn is_forbidden(&self, property: &Value, depth: usize) -> bool {
        let Value::Object(property) = property else {
            return false;
        };
        property.get(self.direction.forbidden()) == Some(&Value::Bool(true))
            || (depth < DEEPEST
                && self
                    .referred(property)
                    .is_some_and(|schema| self.is_forbidden(schema, depth + 1)))
    }

    fn referred(&self, schema: &Map<String, Value>) -> Option<&Value> {
        let pointer = pointer_of(schema.get("$ref")?.as_str()?)?;
        self.document.root().pointer(&pointer)
    }
}

/// The pointer that a local reference holds.
pub(super) fn pointer_of(reference: &str) -> Option<String> {
    let fragment = reference.strip_prefix('#')?;
    let pointer = percent_decode_str(fragment).decode_utf8().ok()?;
    Some(pointer.into_owned())
}
