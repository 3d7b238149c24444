use std::sync::Arc;

use brrtrouter_spec::model::SchemaRef;
use jsonschema::json::Json;
use jsonschema::{
    Draft, Keyword, PatternOptions, Registry, Retrieve, ValidationError, ValidationOptions,
    Validator,
};
use serde_json::{Value, json};

use crate::problem::{MOST_VIOLATIONS, Violation, ViolationPlace};
use crate::validate::format;
use crate::validate::view::Direction;

/// The name of the document among the registry's resources.
const DOCUMENT: &str = "urn:brrtrouter:document";

/// How often a pattern that the linear engine does not take may step back, for one string.
///
/// Patterns without look-around and back-references run in linear time and never count.
const MOST_BACKTRACKS: usize = 50_000;

/// Compiles schemas of one document for one direction. Compiling goes deep: do it on a thread with a
/// large stack.
pub(crate) struct SchemaCompiler<'d> {
    registry: Registry<'d>,
    direction: Direction,
}

/// A schema that does not compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SchemaFault {
    pub(crate) pointer: String,
    pub(crate) message: String,
}

impl<'d> SchemaCompiler<'d> {
    /// A compiler over a [view](super::view) of the document.
    pub(crate) fn new(view: &'d Value, direction: Direction) -> Result<Self, SchemaFault> {
        Registry::new()
            .draft(Draft::Draft202012)
            .add(DOCUMENT, view)
            .and_then(|registry| registry.prepare())
            .map(|registry| Self {
                registry,
                direction,
            })
            .map_err(|error| SchemaFault {
                pointer: String::new(),
                message: error.to_string(),
            })
    }

    /// The validator of the schema at that place.
    pub(crate) fn compile<F: Json>(&self, schema: &SchemaRef) -> Result<Validator<F>, SchemaFault> {
        let reference = format!("{DOCUMENT}{}", schema.fragment());
        options::<F>(self.direction)
            .with_registry(&self.registry)
            .build(&json!({ "$ref": reference }))
            .map_err(|error| SchemaFault {
                pointer: schema.pointer().to_owned(),
                message: error.to_string(),
            })
    }
}

fn options<'d, F: Json>(direction: Direction) -> ValidationOptions<'d, Arc<dyn Retrieve>, F> {
    jsonschema::options_for::<F>()
        .with_draft(Draft::Draft202012)
        .offline()
        .should_validate_formats(true)
        .with_format("byte", format::is_base64)
        // This engine takes patterns linearly where it can, and counts its steps where it cannot.
        .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(MOST_BACKTRACKS))
        .with_keyword(direction.forbidden(), move |_, value, _| {
            Ok(Box::new(Forbidden {
                is_set: *value == Value::Bool(true),
                direction,
            }))
        })
}

/// `readOnly` in requests, `writeOnly` in responses: a value that must not be there at all.
///
/// JSON Schema Validation §9.4 lets the owner of a resource ignore such a value or refuse it. To
/// ignore one in silence would leave the sender to believe that it was taken, and to hand it on
/// would let it overwrite what it must not; so it is refused.
struct Forbidden {
    is_set: bool,
    direction: Direction,
}

impl<'i, F: Json> Keyword<'i, F> for Forbidden {
    fn validate(&self, _: F::Node<'i>) -> Result<(), ValidationError<'i>> {
        if !self.is_set {
            return Ok(());
        }
        Err(ValidationError::custom(match self.direction {
            Direction::Request => "is read-only and cannot be sent",
            Direction::Response => "is write-only and cannot be shown",
        }))
    }

    fn is_valid(&self, _: F::Node<'i>) -> bool {
        !self.is_set
    }
}

/// The place of a pointer into a body.
pub(super) fn in_body(pointer: &str) -> ViolationPlace {
    ViolationPlace::Body {
        pointer: pointer.to_owned(),
    }
}

/// Values of more parts than this are told of their first violation only: the validator gathers all
/// there are, and each takes more memory than the part that it is about.
const MOST_PARTS: usize = 4_096;

/// Adds every violation of `validator` by a value of so many parts; `place` says where a pointer into
/// the value stands.
pub(super) fn violations<'v, F: Json>(
    validator: &'v Validator<F>,
    value: F::Node<'v>,
    parts: usize,
    place: impl Fn(&str) -> ViolationPlace,
    found: &mut Vec<Violation>,
) {
    if validator.is_valid(value.clone()) {
        return;
    }
    if parts > MOST_PARTS {
        if let Err(error) = validator.validate(value) {
            found.push(violation(&error, &place));
        }
        return;
    }
    let room = MOST_VIOLATIONS.saturating_sub(found.len());
    for error in validator.iter_errors(value).take(room) {
        found.push(violation(&error, &place));
    }
}

/// How many values and keys a value is made of.
pub(super) fn parts(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(parts).sum::<usize>(),
        Value::Object(members) => 1 + members.len() + members.values().map(parts).sum::<usize>(),
        _ => 1,
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
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
