//! Styles, places, types and bounds, one parameter at a time.

mod faults;
mod integers;
mod schemas;
mod structs;
mod styles;

use std::collections::BTreeMap;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use brrtrouter_spec::model::{Document, Style};
use serde::Deserialize;
use serde_json::{Value, json};

use super::plan::{Extractor, Form};
use super::{Extractors, ParameterErrorKind as Kind, Place, schema};
use crate::path::PathParams;
use crate::source::{FieldSource, Source};
use crate::{Lookup, Router, Template};

/// A parameter as a document writes it, its schema within.
fn extractor(template: &Template, document: &Document, parameter: &Value) -> Extractor {
    let text = |key: &str| parameter[key].as_str();
    let place = match text("in") {
        Some("path") => Place::Path,
        Some("header") => Place::Header,
        Some("cookie") => Place::Cookie,
        Some("querystring") => Place::QueryString,
        _ => Place::Query,
    };
    let style = match text("style") {
        Some("matrix") => Style::Matrix,
        Some("label") => Style::Label,
        Some("spaceDelimited") => Style::SpaceDelimited,
        Some("pipeDelimited") => Style::PipeDelimited,
        Some("deepObject") => Style::DeepObject,
        Some("cookie") => Style::Cookie,
        _ if matches!(place, Place::Path | Place::Header) => Style::Simple,
        _ => Style::Form,
    };
    let form = match text("content") {
        Some("application/json") => Form::Json,
        Some("application/x-www-form-urlencoded") => Form::UrlEncoded,
        Some(_) => Form::Text,
        None => Form::Style {
            style,
            explode: parameter["explode"]
                .as_bool()
                .unwrap_or(matches!(style, Style::Form | Style::Cookie)),
            allow_reserved: parameter["allowReserved"] == json!(true),
            allow_empty: parameter["allowEmptyValue"] == json!(true),
        },
    };
    let name = text("name").expect("a name");
    let known = schema::read(document, &parameter["schema"]);
    Extractor {
        name: name.into(),
        place,
        is_required: parameter["required"] == json!(true) || place == Place::Path,
        needs_validator: known.needs_validator,
        pointer: "".into(),
        form,
        shape: known.shape,
        default: known.default,
        quick: None,
        capture: template
            .names()
            .position(|own| own == name)
            .filter(|_| place == Place::Path)
            .map(|at| at as u8),
    }
}

fn extractors(path: &str, parameters: &Value) -> Extractors {
    let template = Template::parse(path).expect("a template");
    let document = Document::new(json!({
        "components": { "schemas": {
            "Limit": { "type": "integer", "minimum": 1, "maximum": 100 },
            "Name": { "type": "string", "maxLength": 3 },
        } }
    }));
    let parameters = parameters
        .as_array()
        .expect("parameters")
        .iter()
        .map(|parameter| extractor(&template, &document, parameter))
        .collect();
    Extractors::index(parameters)
}

/// What a request gives: all values as JSON by name, and all errors as text.
fn read(
    path: &str,
    parameters: Value,
    target: &str,
    fields: &[(&str, &str)],
) -> (Value, Vec<String>) {
    let extractors = extractors(path, &parameters);
    let router = Router::builder()
        .route("GET", path, 0)
        .build()
        .expect("a sound route");
    let mut params = PathParams::new();
    let found = router.lookup("GET", target, &mut params);
    assert!(matches!(found, Lookup::Found(_)), "{target}: {found:?}");
    let fields: Vec<(&str, &[u8])> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    struct Fields<'f>(&'f [(&'f str, &'f [u8])]);
    impl FieldSource for Fields<'_> {
        fn field(&self, name: &str) -> Option<&[u8]> {
            self.0.field(name)
        }

        fn field_at(&self, name: &str, index: usize) -> Option<&[u8]> {
            self.0.field_at(name, index)
        }
    }
    let fields = Fields(&fields);
    let mut slots = crate::Slots::new();
    let found = extractors.extract(
        Source {
            target,
            path: &params,
            fields: &fields,
        },
        &mut slots,
    );
    let mut errors = Vec::new();
    found.check(&mut |error| errors.push(error.to_string()));
    let mut values = serde_json::Map::new();
    for (index, parameter) in extractors.parameters().iter().enumerate() {
        if let Some(value) = found.get(index) {
            match Value::deserialize(value) {
                Ok(value) => {
                    values.insert(parameter.name().to_string(), value);
                }
                Err(error) => assert!(!errors.is_empty(), "{error} was not reported"),
            }
        }
    }
    (Value::Object(values), errors)
}

/// One parameter `color` in the query.
fn query(parameter: Value, query: &str) -> (Value, Vec<String>) {
    let mut parameter = parameter;
    parameter["name"] = json!("color");
    let (mut values, errors) = read("/", json!([parameter]), &format!("/?{query}"), &[]);
    (values["color"].take(), errors)
}

fn sound(parameter: Value, text: &str) -> Value {
    let (value, errors) = query(parameter, text);
    assert_eq!(errors, Vec::<String>::new(), "{text}");
    value
}

fn strings() -> Value {
    json!({ "type": "array", "items": { "type": "string" } })
}

fn rgb() -> Value {
    json!({ "type": "object", "properties": {
        "R": { "type": "integer" }, "G": { "type": "integer" }, "B": { "type": "integer" } } })
}
