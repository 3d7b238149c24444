mod brackets;
mod facets;

use brrtrouter_core::{Extractors, ParameterError, Part, PlanError, Slots};
use brrtrouter_spec::Spec;
use brrtrouter_spec::model::{MediaType, Style};
use jsonschema::Validator;
use percent_encoding::percent_decode;
use serde::Deserialize as _;
use serde_json::{Map, Value};

use crate::problem::{MOST_VIOLATIONS, Violation};
use crate::validate::form::brackets::Brackets;
use crate::validate::json;
use crate::validate::parameters::rule;
use crate::validate::schema::{self, SchemaCompiler, SchemaFault};

/// `application/x-www-form-urlencoded` content of one operation (OpenAPI 3.1 §4.8.14.4): each field is
/// found by the plan that a query parameter has, and what is nested in brackets by `brackets`.
pub(super) struct FormPlan {
    extractors: Extractors,
    brackets: Vec<Brackets>,
    validator: Option<Validator>,
    most_fields: usize,
    json_depth: usize,
}

/// The fields of a form as their schemas type them, and what is wrong with their texts.
pub(super) struct Typed {
    pub(super) members: Map<String, Value>,
    pub(super) found: Vec<Violation>,
}

impl FormPlan {
    /// The plan of forms of at most that many fields, JSON in them being nested at most that deep.
    pub(super) fn compile(
        spec: &Spec,
        media: &MediaType,
        most_fields: usize,
        json_depth: usize,
        compiler: &SchemaCompiler<'_>,
    ) -> Result<Self, SchemaFault> {
        let extractors =
            Extractors::compile_form(spec, media).map_err(|error: PlanError| SchemaFault {
                pointer: media.pointer.clone(),
                message: error.to_string(),
            })?;
        let bracketed = media
            .encoding
            .iter()
            .filter(|one| one.style == Some(Style::DeepObject));
        let brackets = match &media.schema {
            Some(schema) => bracketed
                .map(|one| Brackets::new(&spec.document, schema, &one.property, json_depth))
                .collect(),
            None => Vec::new(),
        };
        let validator = match &media.schema {
            Some(schema) => Some(compiler.compile(schema)?),
            None => None,
        };
        Ok(Self {
            extractors,
            brackets,
            validator,
            most_fields,
            json_depth,
        })
    }

    /// The form as one JSON object, checked; or all that is wrong with it.
    pub(super) fn read(&self, form: &[u8]) -> Result<Value, Vec<Violation>> {
        let Typed { members, mut found } = self.typed(form)?;
        let value = Value::Object(members);
        self.validate(&value, &mut found);
        match found.is_empty() {
            true => Ok(value),
            false => Err(found),
        }
    }

    /// Each field as its schema's type. What cannot be is named, and stands as a text.
    pub(super) fn typed(&self, form: &[u8]) -> Result<Typed, Vec<Violation>> {
        let fields = form.split(|byte| *byte == b'&');
        if fields.take(self.most_fields + 1).count() > self.most_fields {
            let detail = format!("the form has more than {} fields", self.most_fields);
            return Err(vec![Violation::of_body("fields", detail)]);
        }
        let mut slots = Slots::new();
        let parameters = self.extractors.extract_form(form, &mut slots);
        let mut members = Map::new();
        let mut found = Vec::new();
        for property in &self.brackets {
            match property.read(form) {
                Ok(None) => {}
                Ok(Some(value)) => {
                    members.insert(property.name().to_owned(), value);
                }
                Err(fault) => {
                    members.insert(property.name().to_owned(), Value::Null);
                    found.push(fault);
                }
            }
        }
        for (index, extractor) in self.extractors.parameters().iter().enumerate() {
            if self
                .brackets
                .iter()
                .any(|one| one.name() == extractor.name())
            {
                continue;
            }
            let Some(value) = parameters.get(index) else {
                continue;
            };
            if extractor.is_json()
                && let Some(fault) = self.strictly(extractor.name(), value.raw())
            {
                members.insert(extractor.name().to_owned(), Value::Null);
                found.push(fault);
                continue;
            }
            match (Value::deserialize(value), extractor.name()) {
                // The fields that no property declares.
                (Ok(Value::Object(others)), "") => members.extend(others),
                (Ok(value), name) => {
                    members.insert(name.to_owned(), value);
                }
                (Err(error), name) => {
                    let shown = error.value.as_deref().unwrap_or_default().to_owned();
                    if !name.is_empty() {
                        members.insert(name.to_owned(), Value::String(shown));
                    }
                    found.push(violation(&error));
                }
            }
        }
        Ok(Typed { members, found })
    }

    /// What is wrong with the JSON text of a field, which is held to what a JSON body is: its depth,
    /// and no key twice.
    fn strictly(&self, name: &str, text: Option<&[u8]>) -> Option<Violation> {
        let mut text = text?.to_vec();
        for byte in &mut text {
            if *byte == b'+' {
                *byte = b' ';
            }
        }
        let text: Vec<u8> = percent_decode(&text).collect();
        let mut fault = json::parse(&text, self.json_depth).err()?;
        fault.place = schema::in_body(&format!("/{}", schema::escaped(name)));
        Some(fault)
    }

    /// Adds what the schema finds wrong, except where a fault is known.
    pub(super) fn validate(&self, value: &Value, found: &mut Vec<Violation>) {
        let Some(validator) = &self.validator else {
            return;
        };
        let known = found.len();
        schema::violations(
            validator,
            value,
            schema::parts(value),
            schema::in_body,
            found,
        );
        let mut deep = found.split_off(known);
        deep.retain(|one| {
            let is_known = |known: &Violation| known.place == one.place;
            !found.iter().any(is_known)
        });
        found.append(&mut deep);
        found.truncate(MOST_VIOLATIONS);
    }
}

/// What the core found wrong with a field, as a client is told.
fn violation(error: &ParameterError<'_>) -> Violation {
    let mut pointer = match error.name {
        "" => String::new(),
        name => format!("/{}", schema::escaped(name)),
    };
    match error.part {
        Part::Item(at) => pointer.push_str(&format!("/{at}")),
        Part::Property(name) => pointer.push_str(&format!("/{}", schema::escaped(name))),
        _ => {}
    }
    let place = schema::in_body(&pointer);
    let violation = Violation::new(place, rule(&error.kind), error.kind.to_string());
    match &error.value {
        Some(value) => violation.with_value(value),
        None => violation,
    }
}
