use std::collections::HashSet;

use jsonschema::{Registry, Validator};
use serde_json::{Map, Value, json};

use super::Findings;
use crate::diagnostic::code;
use crate::model::{Example, Header, MediaType, Operation, ParameterShape, SchemaRef, Spec};
use crate::pointer;
use crate::source::Aim;

const DOCUMENT: &str = "urn:brrt:document";

/// The longest account of a mismatch that is told.
const LENGTH: usize = 200;

/// Checks examples and defaults against their schemas.
pub(super) fn check(spec: &Spec, findings: &mut Findings<'_>) {
    let registry = Registry::new()
        .add(DOCUMENT, spec.document.root().clone())
        .and_then(|registry| registry.prepare());
    let Ok(registry) = registry else {
        return;
    };
    let mut checker = Checker {
        registry: &registry,
        root: spec.document.root(),
        findings,
        seen: HashSet::new(),
    };
    for operation in spec.operations.iter().chain(&spec.webhooks) {
        checker.operation(operation);
    }
    super::schemas::each(spec.document.root(), &mut |pointer, schema| {
        checker.schema(pointer, schema);
    });
}

struct Checker<'a, 'f> {
    registry: &'a Registry<'a>,
    root: &'a Value,
    findings: &'a mut Findings<'f>,
    /// The pointers of what has been checked: components are met more than once.
    seen: HashSet<String>,
}

impl Checker<'_, '_> {
    fn operation(&mut self, operation: &Operation) {
        for parameter in &operation.parameters {
            self.shape(&parameter.shape, &parameter.examples);
        }
        if let Some(body) = &operation.request_body {
            self.content(&body.content);
        }
        for response in &operation.responses {
            self.content(&response.content);
            for header in &response.headers {
                self.header(header);
            }
        }
    }

    fn header(&mut self, header: &Header) {
        self.shape(&header.shape, &header.examples);
    }

    fn shape(&mut self, shape: &ParameterShape, examples: &[Example]) {
        match shape {
            ParameterShape::Schema {
                schema: Some(schema),
                ..
            } => self.examples(schema, examples),
            ParameterShape::Content(media) => self.content(std::slice::from_ref(media)),
            ParameterShape::Schema { .. } => {}
        }
    }

    /// Only of JSON is it known how an example stands for the content.
    fn content(&mut self, content: &[MediaType]) {
        for media in content {
            let essence = media.essence();
            let is_json = essence == "application/json" || essence.ends_with("+json");
            if let (true, Some(schema)) = (is_json, &media.schema) {
                self.examples(schema, &media.examples);
            }
        }
    }

    fn examples(&mut self, schema: &SchemaRef, examples: &[Example]) {
        let places = examples
            .iter()
            .filter_map(|example| example.value.as_deref());
        let places: Vec<&str> = places
            .filter(|place| self.seen.insert((*place).to_owned()))
            .collect();
        if places.is_empty() {
            return;
        }
        let Some(validator) = self.validator(schema.pointer()) else {
            return;
        };
        for place in places {
            if let Some(value) = self.root.pointer(place) {
                self.value(&validator, value, place, "example");
            }
        }
    }

    fn schema(&mut self, at: &str, schema: &Map<String, Value>) {
        let mut values: Vec<(&Value, String, &str)> = Vec::new();
        for name in ["default", "example"] {
            if let Some(value) = schema.get(name) {
                values.push((value, pointer::join(at, name), name));
            }
        }
        if let Some(Value::Array(examples)) = schema.get("examples") {
            for (index, value) in examples.iter().enumerate() {
                let mut place = pointer::join(at, "examples");
                pointer::push_index(&mut place, index);
                values.push((value, place, "example"));
            }
        }
        if values.is_empty() {
            return;
        }
        let Some(validator) = self.validator(at) else {
            return;
        };
        for (value, place, name) in values {
            self.value(&validator, value, &place, name);
        }
    }

    fn value(&mut self, validator: &Validator, value: &Value, place: &str, name: &str) {
        let Some(error) = validator.iter_errors(value).next() else {
            return;
        };
        let at = format!("{place}{}", error.instance_path());
        let mut reason: String = error.to_string().chars().take(LENGTH).collect();
        if reason.len() < error.to_string().len() {
            reason.push('…');
        }
        self.findings.push(
            &code::EXAMPLE_MISMATCH,
            &at,
            Aim::Value,
            format!("the {name} does not match its schema: {reason}"),
            None,
        );
    }

    /// `None` where the schema cannot be compiled: that is told of what is wrong in it.
    fn validator(&self, pointer: &str) -> Option<Validator> {
        let fragment = SchemaRef::new(pointer).fragment();
        jsonschema::options()
            .with_registry(self.registry)
            .build(&json!({"$ref": format!("{DOCUMENT}{fragment}")}))
            .ok()
    }
}
