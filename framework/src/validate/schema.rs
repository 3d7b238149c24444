use brrtrouter_spec::model::{Document, SchemaRef};
use jsonschema::{Draft, Registry, ValidationError, ValidationOptions, Validator};
use serde_json::{Value, json};

use crate::problem::{MOST_VIOLATIONS, Violation, ViolationPlace};

/// The name of the document among the registry's resources.
const DOCUMENT: &str = "urn:brrtrouter:document";

/// Compiles schemas of one document. Compiling goes deep: do it on a thread with a large stack.
pub(crate) struct SchemaCompiler<'d> {
    registry: Registry<'d>,
}

/// A schema that does not compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SchemaFault {
    pub(crate) pointer: String,
    pub(crate) message: String,
}

impl<'d> SchemaCompiler<'d> {
    /// A compiler over `document`.
    pub(crate) fn new(document: &'d Document) -> Result<Self, SchemaFault> {
        Registry::new()
            .draft(Draft::Draft202012)
            .add(DOCUMENT, document.root())
            .and_then(|registry| registry.prepare())
            .map(|registry| Self { registry })
            .map_err(|error| SchemaFault {
                pointer: String::new(),
                message: error.to_string(),
            })
    }

    /// The validator of the schema at that place.
    pub(crate) fn compile(&self, schema: &SchemaRef) -> Result<Validator, SchemaFault> {
        let reference = format!("{DOCUMENT}#{}", fragment(schema.pointer()));
        options()
            .with_registry(&self.registry)
            .build(&json!({ "$ref": reference }))
            .map_err(|error| SchemaFault {
                pointer: schema.pointer().to_owned(),
                message: error.to_string(),
            })
    }
}

fn options<'d>() -> ValidationOptions<'d> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .offline()
        .should_validate_formats(true)
}

/// A JSON pointer as a URI fragment (RFC 6901 §6).
fn fragment(pointer: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

    const OUTSIDE: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'#')
        .add(b'%')
        .add(b'<')
        .add(b'>')
        .add(b'[')
        .add(b'\\')
        .add(b']')
        .add(b'^')
        .add(b'`')
        .add(b'{')
        .add(b'|')
        .add(b'}');
    utf8_percent_encode(pointer, OUTSIDE).to_string()
}

/// Adds every violation of `validator` by `value`; `place` says where a pointer into the value stands.
pub(super) fn violations(
    validator: &Validator,
    value: &Value,
    place: impl Fn(&str) -> ViolationPlace,
    found: &mut Vec<Violation>,
) {
    if validator.is_valid(value) {
        return;
    }
    let room = MOST_VIOLATIONS.saturating_sub(found.len());
    for error in validator.iter_errors(value).take(room) {
        found.push(violation(&error, &place));
    }
}

fn violation(error: &ValidationError<'_>, place: &impl Fn(&str) -> ViolationPlace) -> Violation {
    use jsonschema::error::ValidationErrorKind as Kind;

    let rule = error.kind().keyword().to_owned();
    let instance = error.instance_path().as_str();
    match error.kind() {
        // The offender of these is the member, not the object that lacks or has it.
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let pointer = format!("{instance}/{}", escaped(name));
            Violation::new(place(&pointer), rule, "is required")
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let first = unexpected.first().map(String::as_str).unwrap_or_default();
            let pointer = format!("{instance}/{}", escaped(first));
            let detail = format!("is not declared: {}", unexpected.join(", "));
            Violation::new(place(&pointer), rule, detail)
        }
        _ => Violation::new(place(instance), rule, error.masked().to_string())
            .with_value(&shown(error.instance())),
    }
}

/// A value for a message: scalars as they are, the rest by kind.
fn shown(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("an array of {}", items.len()),
        Value::Object(members) => format!("an object of {}", members.len()),
        Value::String(text) => text.clone(),
        scalar => scalar.to_string(),
    }
}

/// A name as a token of a JSON pointer (RFC 6901 §3).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
