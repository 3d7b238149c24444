use brrtrouter_core::{Bound, Extractors, ParameterError, ParameterErrorKind, Parameters, Place};
use brrtrouter_spec::Spec;
use brrtrouter_spec::model::{Header, Operation, ParameterIn, ParameterShape, SecuritySchemeKind};
use jsonschema::Validator;
use percent_encoding::percent_decode_str;
use serde::Deserialize as _;
use serde_json::Value;

use crate::problem::{MOST_VIOLATIONS, Problem, Violation, ViolationPlace};
use crate::validate::schema::{self, SchemaCompiler, SchemaFault};

/// The longest name that no parameter has and that is shown, in characters.
const LONGEST_NAME: usize = 128;

/// What becomes of query parameters that the document does not declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum UnknownQuery {
    /// They are passed over.
    #[default]
    Ignore,
    /// The request is refused, and each of them named.
    Reject,
}

/// The checks of one operation's parameters.
pub(crate) struct ParameterPlan {
    pub(crate) extractors: Extractors,
    /// Schemas that say more than the extractors check, by the parameter's index.
    deep: Vec<(usize, Validator)>,
    /// The names that credentials have in the query; `None` where unknown names do not matter.
    credentials: Option<Vec<String>>,
}

/// Why an operation's parameters cannot be checked.
pub(crate) enum ParameterFault {
    Plan(String),
    Schema(SchemaFault),
}

impl ParameterPlan {
    pub(crate) fn compile(
        spec: &Spec,
        operation: &Operation,
        unknown_query: UnknownQuery,
        compiler: &SchemaCompiler<'_>,
    ) -> Result<Self, ParameterFault> {
        let extractors = Extractors::compile(spec, operation)
            .map_err(|error| ParameterFault::Plan(error.to_string()))?;
        let shapes = operation.parameters.iter().map(|one| &one.shape);
        let deep = deep(&extractors, shapes, compiler)?;
        let credentials = match unknown_query {
            UnknownQuery::Ignore => None,
            UnknownQuery::Reject => Some(credentials(spec, operation)),
        };
        Ok(Self {
            extractors,
            deep,
            credentials,
        })
    }

    /// The checks of the fields that an answer has.
    pub(super) fn of_fields(
        spec: &Spec,
        fields: &[Header],
        compiler: &SchemaCompiler<'_>,
    ) -> Result<Self, ParameterFault> {
        let extractors = Extractors::compile_fields(spec, fields)
            .map_err(|error| ParameterFault::Plan(error.to_string()))?;
        let deep = deep(&extractors, fields.iter().map(|one| &one.shape), compiler)?;
        Ok(Self {
            extractors,
            deep,
            credentials: None,
        })
    }

    /// Whether there is nothing to look for.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.extractors.parameters().is_empty() && self.credentials.is_none()
    }

    /// Checks every parameter; the problem lists all that is wrong.
    #[inline]
    pub(crate) fn check(&self, parameters: &Parameters<'_>) -> Result<(), Problem> {
        if parameters.is_sound() && self.deep.is_empty() && self.credentials.is_none() {
            return Ok(());
        }
        self.check_closely(parameters)
    }

    #[inline(never)]
    fn check_closely(&self, parameters: &Parameters<'_>) -> Result<(), Problem> {
        let found = self.violations(parameters);
        if found.is_empty() {
            return Ok(());
        }
        Err(Problem::violations(found))
    }

    /// All that is wrong with the parameters.
    pub(super) fn violations(&self, parameters: &Parameters<'_>) -> Vec<Violation> {
        let mut found = Vec::new();
        parameters.check(&mut |error| {
            if found.len() < MOST_VIOLATIONS {
                found.push(parameter_violation(&error));
            }
        });
        for (index, validator) in &self.deep {
            self.check_deep(parameters, *index, validator, &mut found);
        }
        if let Some(credentials) = &self.credentials {
            check_names(parameters, credentials, &mut found);
        }
        found
    }

    fn check_deep(
        &self,
        parameters: &Parameters<'_>,
        index: usize,
        validator: &Validator,
        found: &mut Vec<Violation>,
    ) {
        let (Some(extractor), Some(value)) = (
            self.extractors.parameters().get(index),
            parameters.get(index),
        ) else {
            return;
        };
        let (name, place) = (extractor.name(), extractor.place());
        if found.iter().any(|known| known.place == at(place, name)) {
            return;
        }
        match Value::deserialize(value) {
            Ok(value) => {
                let parts = schema::parts(&value);
                schema::violations(validator, &value, parts, |_| at(place, name), found);
            }
            Err(error) => found.push(parameter_violation(&error)),
        }
    }
}

/// The schemas that say more than the extractors check, by index; `shapes` are those that the
/// extractors were made of.
fn deep<'s>(
    extractors: &Extractors,
    shapes: impl Iterator<Item = &'s ParameterShape>,
    compiler: &SchemaCompiler<'_>,
) -> Result<Vec<(usize, Validator)>, ParameterFault> {
    let mut deep = Vec::new();
    for (index, (extractor, shape)) in extractors.parameters().iter().zip(shapes).enumerate() {
        let schema = match shape {
            _ if !extractor.needs_validator() => None,
            ParameterShape::Schema { schema, .. } => schema.as_ref(),
            ParameterShape::Content(media) => media.schema.as_ref(),
            _ => None,
        };
        if let Some(schema) = schema {
            let validator = compiler.compile(schema).map_err(ParameterFault::Schema)?;
            deep.push((index, validator));
        }
    }
    Ok(deep)
}

/// The names that API keys of an operation have in the query.
fn credentials(spec: &Spec, operation: &Operation) -> Vec<String> {
    let schemes = operation.security.iter().flat_map(|one| one.schemes.keys());
    let known = schemes.filter_map(|name| spec.security_schemes.get(name));
    known
        .filter_map(|scheme| match &scheme.kind {
            SecuritySchemeKind::ApiKey {
                name,
                location: ParameterIn::Query,
            } => Some(name.clone()),
            _ => None,
        })
        .collect()
}

/// Names each query parameter that the document does not declare.
fn check_names(parameters: &Parameters<'_>, credentials: &[String], found: &mut Vec<Violation>) {
    for name in parameters.unknown_query() {
        let name = name.replace('+', " ");
        let name = percent_decode_str(&name).decode_utf8_lossy();
        if credentials.iter().any(|known| *known == name) {
            continue;
        }
        if found.len() >= MOST_VIOLATIONS {
            return;
        }
        let name: String = name.chars().take(LONGEST_NAME).collect();
        let place = at(Place::Query, &name);
        found.push(Violation::new(place, "unknown", "is not declared"));
    }
}

/// What the core found wrong with a parameter, as a client is told.
pub(crate) fn parameter_violation(error: &ParameterError<'_>) -> Violation {
    // The value is shown beside the words, and cut short there.
    let mut words = error.clone();
    words.value = None;
    let place = at(error.place, error.name);
    let violation = Violation::new(place, rule(&error.kind), words.to_string());
    match &error.value {
        Some(value) => violation.with_value(value),
        None => violation,
    }
}

/// The keyword of JSON Schema that a fault stands for, where there is one.
pub(super) fn rule(kind: &ParameterErrorKind<'_>) -> &'static str {
    use ParameterErrorKind as Kind;

    match kind {
        Kind::Missing | Kind::MissingProperty => "required",
        Kind::Repeated => "repeated",
        Kind::Encoding => "encoding",
        Kind::OutOfRange { bound } => match bound {
            Bound::AtLeast(_) => "minimum",
            Bound::AtMost(_) => "maximum",
            Bound::MoreThan(_) => "exclusiveMinimum",
            Bound::LessThan(_) => "exclusiveMaximum",
            _ => "range",
        },
        Kind::NotAMultiple { .. } => "multipleOf",
        Kind::NotInEnum => "enum",
        Kind::TooShort { .. } => "minLength",
        Kind::TooLong { .. } => "maxLength",
        Kind::TooFewItems { .. } => "minItems",
        Kind::TooManyItems { .. } => "maxItems",
        Kind::NotUnique => "uniqueItems",
        Kind::UnknownProperty(_) => "additionalProperties",
        _ => "type",
    }
}

fn at(place: Place, name: &str) -> ViolationPlace {
    let parameter = name.to_owned();
    match place {
        Place::Path => ViolationPlace::Path { parameter },
        Place::Header => ViolationPlace::Header { parameter },
        Place::Cookie => ViolationPlace::Cookie { parameter },
        _ => ViolationPlace::Query { parameter },
    }
}
