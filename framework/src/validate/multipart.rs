//! `multipart/form-data` content (RFC 7578), taken apart as it arrives.
//!
//! | module | holds |
//! |---|---|
//! | `window` | a piece of the body, moved on from boundary to boundary |
//! | `head` | the fields of one part |
//! | `spool` | what files are kept in: memory, and past a threshold a file on disk |
//!
//! Parts that the schema types are put into one form and read as such, so that a value means the
//! same in both. Files stay beside it: where one stands, the schema sees an empty text, and its
//! bounds of length count bytes.

mod head;
mod spool;
mod window;

use brrtrouter_spec::Spec;
use brrtrouter_spec::model::{Document, Encoding, MediaType};
use brrtrouter_transport::{Body, BodyError};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use serde_json::{Map, Value};

use crate::extract::FilePart;
use crate::handler::body_problem;
use crate::media;
use crate::problem::{Problem, Violation};
use crate::service::Limits;
use crate::validate::form::{FormPlan, Typed};
use crate::validate::schema::{self, SchemaCompiler, SchemaFault};
use crate::validate::view::pointer_of;

use head::Head;
use spool::Spool;
use window::{Fault, Window};

/// How deep references and combinations are followed.
const DEEPEST: usize = 16;

/// The content of one operation.
pub(super) struct MultipartPlan {
    form: FormPlan,
    properties: Vec<Property>,
    limits: Limits,
}

/// One declared part.
struct Property {
    name: String,
    is_file: bool,
    is_list: bool,
    least: u64,
    most: u64,
    /// The media types it may have; any where empty.
    types: Vec<String>,
}

/// What a body was taken apart into.
pub(crate) struct Taken {
    /// The parts that are no files, as the schema types them.
    pub(crate) fields: Value,
    /// The files in the order sent.
    pub(crate) files: Vec<FilePart>,
}

impl MultipartPlan {
    pub(super) fn compile(
        spec: &Spec,
        media: &MediaType,
        limits: &Limits,
        compiler: &SchemaCompiler<'_>,
    ) -> Result<Self, SchemaFault> {
        let mut properties = Vec::new();
        let schema = media.schema.as_ref();
        if let Some(schema) = schema.and_then(|schema| spec.document.schema(schema)) {
            gather(&spec.document, schema, &media.encoding, 0, &mut properties);
        }
        Ok(Self {
            form: FormPlan::compile(spec, media, limits.parts, compiler)?,
            properties,
            limits: *limits,
        })
    }

    /// Takes the whole body apart and checks it.
    pub(super) fn read(&self, content_type: &str, body: &mut Body<'_>) -> Result<Taken, Problem> {
        let boundary = media::parameter(content_type, "boundary")
            .filter(|boundary| (1..=70).contains(&boundary.len()))
            .ok_or_else(|| malformed("the Content-Type has no boundary of 1 to 70 characters"))?;
        let mut reading = Reading {
            plan: self,
            window: Window::new(body, boundary),
            form: String::new(),
            files: Vec::new(),
            found: Vec::new(),
            parts: 0,
        };
        reading.all()?;
        reading.judge()
    }

    fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|one| one.name == name)
    }
}

/// One body on its way.
struct Reading<'p, 'b, 'c> {
    plan: &'p MultipartPlan,
    window: Window<'b, 'c>,
    /// The parts that are no files, as a form.
    form: String,
    files: Vec<FilePart>,
    found: Vec<Violation>,
    parts: usize,
}

impl Reading<'_, '_, '_> {
    fn all(&mut self) -> Result<(), Problem> {
        self.window.skip_preamble().map_err(problem)?;
        while self.window.enters_part().map_err(problem)? {
            self.parts += 1;
            if self.parts > self.plan.limits.parts {
                let most = self.plan.limits.parts;
                return Err(refused(
                    "parts",
                    format!("there are more than {most} parts"),
                ));
            }
            self.part()?;
        }
        self.window.skip_epilogue().map_err(problem)
    }

    fn part(&mut self) -> Result<(), Problem> {
        let most = self.plan.limits.part_head;
        let head = self.window.head(most).map_err(problem)?;
        let head = Head::parse(head).map_err(malformed)?;
        let property = self.plan.property(&head.name);
        if let Some(property) = property {
            self.found.extend(property.check_type(&head));
        }
        let is_file = match property {
            Some(property) => property.is_file,
            None => head.file_name.is_some(),
        };
        if is_file {
            return self.file(head);
        }
        self.text(&head)
    }

    fn file(&mut self, head: Head) -> Result<(), Problem> {
        let limits = &self.plan.limits;
        let mut spool = Spool::new(limits.part_memory);
        let mut size = 0_u64;
        while let Some(piece) = self.window.piece().map_err(problem)? {
            size += piece.len() as u64;
            if size > limits.part {
                return Err(too_long(&head.name, limits.part));
            }
            spool.write(piece).map_err(Problem::internal)?;
            let count = piece.len();
            self.window.consume(count);
        }
        let content = spool.finish().map_err(Problem::internal)?;
        self.files.push(FilePart::new(
            head.name,
            head.file_name,
            head.content_type,
            content,
        ));
        Ok(())
    }

    fn text(&mut self, head: &Head) -> Result<(), Problem> {
        let most = self.plan.limits.part_text;
        let mut text = Vec::new();
        while let Some(piece) = self.window.piece().map_err(problem)? {
            if (text.len() + piece.len()) as u64 > most {
                return Err(too_long(&head.name, most));
            }
            text.extend_from_slice(piece);
            let count = piece.len();
            self.window.consume(count);
        }
        if !head.content_type.as_deref().is_none_or(media::is_utf8) {
            self.found
                .push(at(&head.name, "encoding", "is not in UTF-8"));
            return Ok(());
        }
        if !self.form.is_empty() {
            self.form.push('&');
        }
        self.form
            .extend(percent_encode(head.name.as_bytes(), NON_ALPHANUMERIC));
        self.form.push('=');
        self.form.extend(percent_encode(&text, NON_ALPHANUMERIC));
        Ok(())
    }

    /// What the schema says of it all.
    fn judge(mut self) -> Result<Taken, Problem> {
        let form = self.plan.form.typed(self.form.as_bytes());
        let Typed { members, mut found } = form.map_err(Problem::violations)?;
        found.append(&mut self.found);
        let (value, places) = self.with_files(members, &mut found);
        let mut deep = Vec::new();
        self.plan.form.validate(&value, &mut deep);
        // Where a file stands, what the schema says is of a text that is not there.
        deep.retain(|one| {
            let is_known = |known: &Violation| known.place == one.place;
            let is_file = |place: &String| schema::in_body(place) == one.place;
            !found.iter().any(is_known) && !places.iter().any(is_file)
        });
        found.append(&mut deep);
        if !found.is_empty() {
            return Err(Problem::violations(found));
        }
        let mut fields = value;
        if let Value::Object(fields) = &mut fields {
            fields.retain(|name, _| !self.files.iter().any(|file| file.name() == name));
        }
        Ok(Taken {
            fields,
            files: self.files,
        })
    }

    /// The fields with an empty text where each file stands, and the pointers of these.
    fn with_files(
        &self,
        mut members: Map<String, Value>,
        found: &mut Vec<Violation>,
    ) -> (Value, Vec<String>) {
        let mut places = Vec::new();
        for file in &self.files {
            let name = file.name();
            let pointer = format!("/{}", schema::escaped(name));
            let property = self.plan.property(name);
            if let Some(property) = property {
                found.extend(property.check_length(file.len()));
            }
            let stand_in = Value::String(String::new());
            if property.is_some_and(|one| one.is_list) {
                let list = members
                    .entry(name)
                    .or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(items) = list {
                    places.push(format!("{pointer}/{}", items.len()));
                    items.push(stand_in);
                }
            } else {
                let is_again = members.insert(name.to_owned(), stand_in).is_some();
                if property.is_some() {
                    if is_again {
                        found.push(at(name, "repeated", "is there more than once"));
                    }
                    places.push(pointer);
                }
            }
        }
        (Value::Object(members), places)
    }
}

impl Property {
    fn check_type(&self, head: &Head) -> Option<Violation> {
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

    fn check_length(&self, length: u64) -> Option<Violation> {
        if length < self.least {
            let detail = format!("has fewer than {} bytes", self.least);
            return Some(at(&self.name, "minLength", &detail));
        }
        let detail = || format!("has more than {} bytes", self.most);
        (length > self.most).then(|| at(&self.name, "maxLength", &detail()))
    }
}

/// The properties of a schema and of its parts.
fn gather(
    document: &Document,
    schema: &Value,
    encodings: &[Encoding],
    depth: usize,
    found: &mut Vec<Property>,
) {
    if depth > DEEPEST {
        return;
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if found.iter().any(|known| known.name == *name) {
            continue;
        }
        let encoding = encodings.iter().find(|one| one.property == *name);
        found.push(property_of(document, name, property, encoding));
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        for part in schema[keyword].as_array().into_iter().flatten() {
            gather(document, part, encodings, depth + 1, found);
        }
    }
    if let Some(schema) = referred(document, schema) {
        gather(document, schema, encodings, depth + 1, found);
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

fn problem(fault: Fault) -> Problem {
    match fault {
        Fault::Body(error) => body_problem(error),
        Fault::Malformed(what) => malformed(what),
    }
}

fn malformed(what: impl std::fmt::Display) -> Problem {
    refused(
        "malformed",
        format!("the multipart body is malformed: {what}"),
    )
}

fn refused(rule: &'static str, detail: String) -> Problem {
    Problem::violations(vec![Violation::of_body(rule, detail)])
}

fn too_long(name: &str, limit: u64) -> Problem {
    let name: String = name.chars().take(64).collect();
    body_problem(BodyError::TooLarge { limit }).with_detail(format!(
        "the part {name:?} may be at most {limit} bytes long"
    ))
}

fn at(name: &str, rule: &'static str, detail: &str) -> Violation {
    let pointer = format!("/{}", schema::escaped(name));
    Violation::new(schema::in_body(&pointer), rule, detail)
}
