//! Schemas (JSON Schema 2020-12) → what is checked of a value, and whether there is more to it.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use brrtrouter_spec::model::Document;
use serde_json::{Map, Value};

use super::plan::{Array, Object, Property, Shape};
use super::scalar::{Choice, Format, Scalar, Types, number_of};
use crate::value::{Bound, Number};

/// How deep references and combinations are followed.
const DEEPEST: usize = 24;

/// How many schemas are looked at for one: combinations of combinations grow without bound.
const MOST: usize = 2_000;

/// A schema taken together with all that it refers to.
#[derive(Debug, Default)]
struct Facts<'d> {
    types: Option<Types>,
    /// The types of the values that are allowed, where these are listed.
    choice_types: Option<Types>,
    /// How many of its parts are of objects.
    objects: usize,
    scalar: Scalar,
    items: Option<&'d Value>,
    least_items: u64,
    most_items: Option<u64>,
    is_unique: bool,
    properties: Vec<(&'d str, &'d Value)>,
    /// The names of the properties.
    names: BTreeSet<&'d str>,
    required: Vec<&'d str>,
    additional: Option<&'d Value>,
    default: Option<&'d Value>,
    /// Whether it says something that is not looked at here.
    says_more: bool,
}

/// The schemas on the way to the one that is looked at.
struct Way<'d> {
    open: Vec<&'d Map<String, Value>>,
    seen: usize,
}

/// What is known of a schema.
pub(crate) struct Known {
    pub(crate) shape: Shape,
    pub(crate) default: Option<Value>,
    pub(crate) needs_validator: bool,
}

/// Reads a schema for a parameter.
pub(crate) fn read(document: &Document, schema: &Value) -> Known {
    let facts = Facts::of(document, schema);
    let default = facts.default.cloned();
    let (shape, needs_validator) = facts.shape(document, 0);
    Known {
        shape,
        default,
        needs_validator,
    }
}

/// The properties that a schema declares, those of its parts and alternatives included.
pub(crate) fn properties<'d>(
    document: &'d Document,
    schema: &'d Value,
) -> Vec<(&'d str, &'d Value)> {
    Facts::of(document, schema).properties
}

/// Whether a schema is of a list whose items are lists or objects.
pub(crate) fn holds_objects(document: &Document, schema: &Value) -> bool {
    let Some(items) = Facts::of(document, schema).items else {
        return false;
    };
    let types = Facts::of(document, items).types();
    types.has(Types::ARRAY) || types.has(Types::OBJECT)
}

impl<'d> Facts<'d> {
    fn of(document: &'d Document, schema: &'d Value) -> Self {
        let mut facts = Self::default();
        let (open, seen) = (Vec::new(), 0);
        facts.gather(document, schema, &mut Way { open, seen });
        facts
    }

    fn gather(&mut self, document: &'d Document, schema: &'d Value, way: &mut Way<'d>) {
        let Value::Object(schema) = schema else {
            // `true` says nothing, `false` refuses everything.
            self.says_more |= *schema != Value::Bool(true);
            return;
        };
        let is_circle = way.open.iter().any(|open| core::ptr::eq(*open, schema));
        if is_circle || way.open.len() > DEEPEST || way.seen == MOST {
            self.says_more = true;
            return;
        }
        way.open.push(schema);
        way.seen += 1;
        for (keyword, value) in schema {
            self.keyword(document, keyword, value, way);
        }
        self.number_bounds(schema);
        let is_of_objects = ["properties", "additionalProperties"]
            .iter()
            .any(|keyword| schema.contains_key(*keyword));
        self.objects += usize::from(is_of_objects);
        way.open.pop();
    }

    fn keyword(
        &mut self,
        document: &'d Document,
        keyword: &'d str,
        value: &'d Value,
        way: &mut Way<'d>,
    ) {
        match keyword {
            "$ref" => match value.as_str().and_then(|text| resolve(document, text)) {
                Some(schema) => self.gather(document, schema, way),
                None => self.says_more = true,
            },
            "allOf" => {
                for schema in value.as_array().into_iter().flatten() {
                    self.gather(document, schema, way);
                }
            }
            "anyOf" | "oneOf" => self.alternatives(document, value, way),
            "type" => self.narrow(types_of(value)),
            "enum" => self.choices(value.as_array().map_or(&[], Vec::as_slice)),
            "const" => self.choices(core::slice::from_ref(value)),
            "format" => self.format(value.as_str().unwrap_or_default()),
            "multipleOf" => match (value, self.scalar.multiple_of) {
                (Value::Number(number), None) => {
                    self.scalar.multiple_of = Some(number_of(number));
                }
                _ => self.says_more = true,
            },
            "minLength" => {
                self.scalar.least_chars = self.scalar.least_chars.max(count(value).unwrap_or(0));
            }
            "maxLength" => self.scalar.most_chars = least(self.scalar.most_chars, count(value)),
            "minItems" => self.least_items = self.least_items.max(count(value).unwrap_or(0)),
            "maxItems" => self.most_items = least(self.most_items, count(value)),
            "uniqueItems" => self.is_unique |= *value == Value::Bool(true),
            "items" => {
                self.says_more |= self.items.is_some();
                self.items = Some(value);
            }
            "properties" => {
                for (name, schema) in value.as_object().into_iter().flatten() {
                    self.says_more |= !self.property(name, schema);
                }
            }
            "required" => self.required.extend(
                value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str),
            ),
            "additionalProperties" => self.additional = Some(value),
            "default" => self.default = Some(value),
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => {}
            "title" | "description" | "example" | "examples" | "deprecated" | "readOnly"
            | "writeOnly" | "xml" | "externalDocs" | "$comment" | "$defs" | "definitions"
            | "$anchor" | "$id" | "$schema" | "contentMediaType" | "contentEncoding" => {}
            _ if keyword.starts_with("x-") => {}
            _ => self.says_more = true,
        }
    }

    /// Adds a property, and says whether there was none of its name.
    fn property(&mut self, name: &'d str, schema: &'d Value) -> bool {
        let is_new = self.names.insert(name);
        if is_new {
            self.properties.push((name, schema));
        }
        is_new
    }

    /// The types and parts of the alternatives; which of them holds, a validator says.
    fn alternatives(&mut self, document: &'d Document, value: &'d Value, way: &mut Way<'d>) {
        self.says_more = true;
        let mut types = Types::NONE;
        let mut are_known = true;
        for schema in value.as_array().into_iter().flatten() {
            let mut facts = Facts::default();
            facts.gather(document, schema, way);
            are_known &= facts.known_types().is_some();
            types = types.with(facts.types());
            self.items = self.items.or(facts.items);
            for (name, schema) in facts.properties {
                self.property(name, schema);
            }
            self.additional = self.additional.or(facts.additional);
        }
        // One that names no type, such as a mere `required`, takes the types that stand elsewhere.
        if are_known || self.known_types().is_none() {
            self.narrow(types);
        }
    }

    /// Leaves those of the types that are among these too.
    fn narrow(&mut self, types: Types) {
        let Some(known) = self.types else {
            self.types = Some(types);
            return;
        };
        match known.in_common(types) {
            // Nothing can be of both; that is for a validator to say.
            Types::NONE => self.says_more = true,
            common => self.types = Some(common),
        }
    }

    fn choices(&mut self, values: &[Value]) {
        if self.scalar.choices.is_some() {
            self.says_more = true;
            return;
        }
        let choices: Option<Vec<Choice>> = values.iter().map(Choice::new).collect();
        match choices {
            Some(choices) => self.scalar.choices = Some(choices.into()),
            None => self.says_more = true,
        }
        let types = values.iter().map(Types::of);
        self.choice_types = Some(types.fold(Types::NONE, Types::with));
    }

    fn format(&mut self, format: &str) {
        let between = |least: i128, most: i128| {
            [
                Bound::AtLeast(Number::whole(least)),
                Bound::AtMost(Number::whole(most)),
            ]
        };
        let bounds = &mut self.scalar.bounds;
        match format {
            "int8" => bounds.extend(between(i8::MIN.into(), i8::MAX.into())),
            "int16" => bounds.extend(between(i16::MIN.into(), i16::MAX.into())),
            "int32" => bounds.extend(between(i32::MIN.into(), i32::MAX.into())),
            "int64" => bounds.extend(between(i64::MIN.into(), i64::MAX.into())),
            "uint8" => bounds.extend(between(0, u8::MAX.into())),
            "uint16" => bounds.extend(between(0, u16::MAX.into())),
            "uint32" => bounds.extend(between(0, u32::MAX.into())),
            "uint64" => bounds.extend(between(0, u64::MAX.into())),
            "float" => bounds.extend([
                Bound::AtLeast(Number::Float(f32::MIN.into())),
                Bound::AtMost(Number::Float(f32::MAX.into())),
            ]),
            "uuid" => self.scalar.format = Some(Format::Uuid),
            "date" => self.scalar.format = Some(Format::Date),
            "date-time" => self.scalar.format = Some(Format::DateTime),
            // Formats of JSON Schema that are left to a validator.
            "time"
            | "duration"
            | "byte"
            | "email"
            | "idn-email"
            | "hostname"
            | "idn-hostname"
            | "ipv4"
            | "ipv6"
            | "uri"
            | "uri-reference"
            | "iri"
            | "iri-reference"
            | "uri-template"
            | "json-pointer"
            | "relative-json-pointer"
            | "regex" => self.says_more = true,
            _ => {}
        }
    }

    fn number_bounds(&mut self, schema: &Map<String, Value>) {
        let bounds = [
            ("minimum", Bound::AtLeast as fn(Number) -> Bound),
            ("maximum", Bound::AtMost),
            ("exclusiveMinimum", Bound::MoreThan),
            ("exclusiveMaximum", Bound::LessThan),
        ];
        for (keyword, bound) in bounds {
            match schema.get(keyword) {
                Some(Value::Number(number)) => {
                    // Before those of a format, so that a message names the document's own bound.
                    self.scalar.bounds.insert(0, bound(number_of(number)));
                }
                Some(_) => self.says_more = true,
                None => {}
            }
        }
    }

    /// The types that it allows, guessed from its parts where it names none.
    fn types(&self) -> Types {
        self.known_types().unwrap_or(Types::STRING)
    }

    fn known_types(&self) -> Option<Types> {
        let is_of_objects = !self.properties.is_empty() || self.additional.is_some();
        let guess = match self.items {
            Some(_) => Some(Types::ARRAY),
            None => is_of_objects.then_some(Types::OBJECT),
        };
        self.types.or(self.choice_types).or(guess)
    }

    /// The shape, and whether a validator has to look at the value as well.
    fn shape(self, document: &'d Document, depth: usize) -> (Shape, bool) {
        let types = self.types();
        // What `additionalProperties` refuses depends on which part it stands in.
        let is_closed = self.additional.is_some_and(|one| *one != Value::Bool(true));
        let mut says_more = self.says_more || (is_closed && self.objects > 1);
        let mut shape = Shape::default();
        if types.has(Types::ARRAY) {
            let (items, more) = self.item(document, depth);
            says_more |= more;
            shape.array = Some(Array {
                items,
                least: self.least_items,
                most: self.most_items.unwrap_or(u64::MAX),
                is_unique: self.is_unique,
            });
        }
        if types.has(Types::OBJECT) {
            let (object, more) = self.object(document, depth);
            says_more |= more;
            shape.object = Some(object);
        }
        let scalars = types.and(Types::SCALARS);
        if scalars != Types::NONE || (shape.array.is_none() && shape.object.is_none()) {
            let mut scalar = self.scalar;
            scalar.types = if scalars == Types::NONE {
                Types::STRING
            } else {
                scalars
            };
            shape.scalar = Some(scalar);
        }
        (shape, says_more)
    }

    fn item(&self, document: &'d Document, depth: usize) -> (Scalar, bool) {
        let Some(schema) = self.items else {
            return (Scalar::text(), false);
        };
        let facts = Facts::of(document, schema);
        let types = facts.types();
        if depth > 2 || types.has(Types::ARRAY.with(Types::OBJECT)) {
            return (Scalar::text(), true);
        }
        let mut scalar = facts.scalar;
        scalar.types = types;
        (scalar, facts.says_more)
    }

    fn object(&self, document: &'d Document, depth: usize) -> (Object, bool) {
        let mut says_more = false;
        let mut properties = Vec::new();
        for &(name, schema) in &self.properties {
            let facts = Facts::of(document, schema);
            let is_nested = depth > 0 || facts.types().has(Types::OBJECT);
            let (shape, more) = if is_nested {
                let shape = Shape {
                    scalar: Some(Scalar::text()),
                    ..Shape::default()
                };
                (shape, true)
            } else {
                facts.shape(document, depth + 1)
            };
            says_more |= more;
            properties.push(Property {
                name: name.into(),
                is_required: self.required.contains(&name),
                shape,
            });
        }
        // A property that is required but not declared may be anything.
        let mut names = self.names.clone();
        for name in &self.required {
            if names.insert(name) {
                properties.push(Property {
                    name: (*name).into(),
                    is_required: true,
                    shape: Shape {
                        scalar: Some(Scalar::text()),
                        ..Shape::default()
                    },
                });
            }
        }
        let additional = match self.additional {
            Some(Value::Bool(false)) => None,
            Some(schema @ Value::Object(_)) => {
                let facts = Facts::of(document, schema);
                let types = facts.types();
                if types.has(Types::ARRAY.with(Types::OBJECT)) {
                    says_more = true;
                    Some(Scalar::text())
                } else {
                    says_more |= facts.says_more;
                    let mut scalar = facts.scalar;
                    scalar.types = types;
                    Some(scalar)
                }
            }
            _ => Some(Scalar::text()),
        };
        let is_open = additional.is_some() && (self.additional.is_some() || properties.is_empty());
        let object = Object {
            properties,
            additional,
            is_open,
        };
        (object, says_more)
    }
}

fn types_of(value: &Value) -> Types {
    match value {
        Value::String(name) => Types::named(name).unwrap_or(Types::NONE),
        Value::Array(names) => names
            .iter()
            .filter_map(Value::as_str)
            .filter_map(Types::named)
            .fold(Types::NONE, Types::with),
        _ => Types::NONE,
    }
}

fn count(value: &Value) -> Option<u64> {
    value
        .as_u64()
        .or_else(|| value.as_f64().map(|float| float as u64))
}

fn least(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        _ => one.or(other),
    }
}

/// The schema that a local reference leads to: `#` and a JSON pointer, percent-encoded.
fn resolve<'d>(document: &'d Document, reference: &str) -> Option<&'d Value> {
    let pointer = reference.strip_prefix('#')?;
    let pointer: Box<str> =
        match crate::percent::decode(pointer.as_bytes(), crate::percent::Plus::Plus) {
            Ok(text) => text.to_string().into(),
            Err(_) => pointer.to_owned().into(),
        };
    document.root().pointer(&pointer)
}
