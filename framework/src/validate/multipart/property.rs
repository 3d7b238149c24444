use brrtrouter_spec::model::{Document, Encoding};
use serde_json::Value;

use crate::media;
use crate::problem::Violation;
use crate::validate::multipart::head::Head;
use crate::validate::schema;
use crate::validate::view::pointer_of;

/// How many schemas of a combination are looked at.
const MOST: usize = 256;

/// How many references are followed in search of what a property is.
const DEEPEST: usize = 16;

/// One declared part.
pub(super) struct Property {
    pub(super) name: String,
    pub(super) is_file: bool,
    pub(super) is_list: bool,
    least: u64,
    most: u64,
    /// The media types it may have; any where empty.
    types: Vec<String>,
}

impl Property {
    /// Whether the part is of a media type that it may have.
    pub(super) fn check_type(&self, head: &Head) -> Option<Violation> {
        if self.types.is_empty() {
            return None;
        }
        let named = head.content_type.as_deref().unwrap_or("text/plain");
        let essence = media::essence(named);
        let fits = |range: &String| essence.is_some_and(|own| media::fit(range, own).is_some());
        if self.types.iter().any(fits) {
            return None;
        }
        let detail = format!("is not of the type {}", self.types.join(" or "));
        Some(at(&self.name, "contentType", &detail).with_value(named))
    }

    /// Whether a file is as long as it may be; a schema's lengths of bytes are in bytes (OpenAPI 3.1
    /// §4.4.2).
    pub(super) fn check_length(&self, length: u64) -> Option<Violation> {
        if length < self.least {
            let detail = format!("has fewer than {} bytes", self.least);
            return Some(at(&self.name, "minLength", &detail));
        }
        let detail = || format!("has more than {} bytes", self.most);
        (length > self.most).then(|| at(&self.name, "maxLength", &detail()))
    }
}

/// The properties of a schema and of its parts.
pub(super) fn gather(document: &Document, schema: &Value, encodings: &[Encoding]) -> Vec<Property> {
    let mut schemas = vec![schema];
    let mut found: Vec<Property> = Vec::new();
    let mut next = 0;
    while let Some(&schema) = schemas.get(next) {
        next += 1;
        gather_own(document, schema, encodings, &mut found);
        let combined = ["allOf", "anyOf", "oneOf"]
            .into_iter()
            .flat_map(|keyword| schema[keyword].as_array().into_iter().flatten());
        for part in combined.chain(referred(document, schema)) {
            let is_known = schemas.iter().any(|known| std::ptr::eq(*known, part));
            if !is_known && schemas.len() < MOST {
                schemas.push(part);
            }
        }
    }
    found
}

fn gather_own(
    document: &Document,
    schema: &Value,
    encodings: &[Encoding],
    found: &mut Vec<Property>,
) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if found.iter().any(|known| known.name == *name) {
            continue;
        }
        let encoding = encodings.iter().find(|one| one.property == *name);
        found.push(property_of(document, name, property, encoding));
    }
}

fn property_of(
    document: &Document,
    name: &str,
    property: &Value,
    encoding: Option<&Encoding>,
) -> Property {
    let property = resolved(document, property);
    let is_list = property["type"] == "array";
    let item = match is_list {
        true => resolved(document, &property["items"]),
        false => property,
    };
    let types: Vec<String> = encoding
        .and_then(|encoding| encoding.content_type.as_deref())
        .map(|types| types.split(',').map(|one| one.trim().to_owned()).collect())
        .unwrap_or_default();
    let is_plain = |range: &String| {
        let essence = range.split(';').next().unwrap_or_default().trim();
        media::is_json(essence) || media::is_text(essence) || media::is_form(essence)
    };
    let is_typed_file = !types.is_empty() && !types.iter().any(is_plain);
    let length = |keyword: &str| item[keyword].as_u64();
    Property {
        name: name.to_owned(),
        is_file: is_file(item) || (is_typed_file && item["type"] == "string"),
        is_list,
        least: length("minLength").unwrap_or(0),
        most: length("maxLength").unwrap_or(u64::MAX),
        types,
    }
}

/// Whether a schema stands for bytes (OpenAPI 3.1 §4.4.2 and, of 3.0, `format: binary`).
fn is_file(schema: &Value) -> bool {
    let Some(schema) = schema.as_object() else {
        return false;
    };
    let is_encoded = schema.contains_key("contentEncoding");
    let is_binary = schema
        .get("format")
        .is_some_and(|format| format == "binary");
    let kind = schema.get("contentMediaType").and_then(Value::as_str);
    let is_media = kind.is_some_and(|kind| !media::is_json(kind) && !media::is_text(kind));
    let says_nothing = [
        "type",
        "$ref",
        "allOf",
        "anyOf",
        "oneOf",
        "enum",
        "const",
        "properties",
    ]
    .iter()
    .all(|keyword| !schema.contains_key(*keyword));
    !is_encoded && (is_binary || is_media || says_nothing)
}

fn resolved<'d>(document: &'d Document, schema: &'d Value) -> &'d Value {
    let mut schema = schema;
    for _ in 0..DEEPEST {
        match referred(document, schema) {
            Some(next) => schema = next,
            None => break,
        }
    }
    schema
}

fn referred<'d>(document: &'d Document, schema: &Value) -> Option<&'d Value> {
    let pointer = pointer_of(schema["$ref"].as_str()?)?;
    document.root().pointer(&pointer)
}

/// A violation by the part of that name.
pub(super) fn at(name: &str, rule: &'static str, detail: &str) -> Violation {
    let pointer = format!("/{}", schema::escaped(name));
    Violation::new(schema::in_body(&pointer), rule, detail)
}
