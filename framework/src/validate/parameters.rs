use brrtrouter_core::{Bound, Extractors, ParameterError, ParameterErrorKind, Parameters, Place};
use brrtrouter_spec::Spec;
use brrtrouter_spec::model::{Operation, ParameterShape};
use jsonschema::Validator;
use serde::Deserialize as _;
use serde_json::Value;

use crate::problem::{MOST_VIOLATIONS, Problem, Violation, ViolationPlace};
use crate::validate::schema::{self, SchemaCompiler, SchemaFault};

/// The checks of one operation's parameters.
pub(crate) struct ParameterPlan {
    pub(crate) extractors: Extractors,
    /// Schemas that say more than the extractors check, by the parameter's index.
    deep: Vec<(usize, Validator)>,
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
        compiler: &SchemaCompiler<'_>,
    ) -> Result<Self, ParameterFault> {
        let extractors = Extractors::compile(spec, operation)
            .map_err(|error| ParameterFault::Plan(error.to_string()))?;
        let mut deep = Vec::new();
        for (index, extractor) in extractors.parameters().iter().enumerate() {
            if !extractor.needs_validator() {
                continue;
            }
            let declared = operation.parameters.get(index);
            let schema = declared.and_then(|parameter| match &parameter.shape {
                ParameterShape::Schema { schema, .. } => schema.as_ref(),
                ParameterShape::Content(media) => media.schema.as_ref(),
                _ => None,
            });
            if let Some(schema) = schema {
                let validator = compiler.compile(schema).map_err(ParameterFault::Schema)?;
                deep.push((index, validator));
            }
        }
        Ok(Self { extractors, deep })
    }

    /// Checks every parameter; the problem lists all that is wrong.
    pub(crate) fn check(&self, parameters: &Parameters<'_>) -> Result<(), Problem> {
        let mut found = Vec::new();
        parameters.check(&mut |error| {
            if found.len() < MOST_VIOLATIONS {
                found.push(parameter_violation(&error));
            }
        });
        for (index, validator) in &self.deep {
            self.check_deep(parameters, *index, validator, &mut found);
        }
        if found.is_empty() {
            return Ok(());
        }
        Err(Problem::violations(found))
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
                schema::violations(validator, &value, |_| at(place, name), found);
            }
            Err(error) => found.push(parameter_violation(&error)),
        }
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
fn rule(kind: &ParameterErrorKind<'_>) -> &'static str {
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
