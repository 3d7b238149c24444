use brrtrouter_core::{FieldSource, PathParams, Slots, Source};
use brrtrouter_spec::Spec;
use brrtrouter_spec::model::{self, Operation, ResponseKey};
use brrtrouter_transport::{Headers, Payload, Response, Status};
use jsonschema::Validator;

use crate::media;
use crate::problem::{Problem, Violation, ViolationPlace};
use crate::validate::parameters::{ParameterFault, ParameterPlan};
use crate::validate::schema::{self, SchemaCompiler, SchemaFault};
use crate::validate::tape::{OnTape, Tape};

/// What happens to an answer that breaks the document.
///
/// Looked at are the status, the content type, the fields that are declared, and content that is JSON;
/// never a stream. A [`Problem`] that a handler returns is not an answer in this sense, and
/// neither is one of 206 or 304, which stands for the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ResponseCheck {
    /// Answers are not looked at.
    #[default]
    Off,
    /// It is sent as it is, and the log says what is wrong with it.
    Log,
    /// The client gets a bare 500 in its place, and the log says what is wrong.
    Enforce,
}

/// The checks of one operation's answers.
pub(crate) struct ResponsePlan {
    is_enforced: bool,
    depth: usize,
    declared: Vec<Declared>,
}

/// One declared answer.
struct Declared {
    key: ResponseKey,
    fields: ParameterPlan,
    media: Vec<DeclaredMedia>,
}

struct DeclaredMedia {
    range: String,
    validator: Option<Validator<OnTape>>,
}

impl ResponsePlan {
    /// The checks of what `operation` declares; `None` where answers are not looked at.
    pub(crate) fn compile(
        spec: &Spec,
        operation: &Operation,
        check: ResponseCheck,
        depth: usize,
        compiler: &SchemaCompiler<'_>,
    ) -> Result<Option<Self>, SchemaFault> {
        let is_enforced = match check {
            ResponseCheck::Off => return Ok(None),
            ResponseCheck::Log => false,
            ResponseCheck::Enforce => true,
        };
        let mut declared = Vec::new();
        for response in &operation.responses {
            declared.push(Declared::compile(spec, response, compiler)?);
        }
        Ok(Some(Self {
            is_enforced,
            depth,
            declared,
        }))
    }

    /// Looks at the answer of the operation of that name.
    pub(crate) fn check(&self, operation: &str, response: &Response) -> Result<(), Problem> {
        let Err(fault) = self.find(response) else {
            return Ok(());
        };
        let fault = format_args!("operation {operation:?} breaks the document: {fault}");
        if self.is_enforced {
            return Err(Problem::internal(fault));
        }
        log::warn!("{fault}");
        Ok(())
    }

    fn find(&self, response: &Response) -> Result<(), String> {
        let status = response.status();
        // What a client has asked for by a condition or a range stands for the whole.
        if matches!(status, Status::NOT_MODIFIED | Status::PARTIAL_CONTENT) {
            return Ok(());
        }
        let declared = self
            .of(status)
            .ok_or_else(|| format!("the status {status} is not declared"))?;
        declared
            .find_in_fields(response.headers())
            .map_err(|found| format!("fields of {status}: {found}"))?;
        if status.forbids_content() {
            return Ok(());
        }
        self.find_in_content(declared, response)
    }

    /// The declaration that holds: the code's, or its range's, or the default (OpenAPI 3.1 §4.8.16).
    fn of(&self, status: Status) -> Option<&Declared> {
        let code = status.code();
        let with = |key| self.declared.iter().find(|one| one.key == key);
        with(ResponseKey::Code(code))
            .or_else(|| with(ResponseKey::Range((code / 100) as u8)))
            .or_else(|| with(ResponseKey::Default))
    }

    fn find_in_content(&self, declared: &Declared, response: &Response) -> Result<(), String> {
        let status = response.status();
        let named = response.headers().get("content-type");
        let is_empty = response.content().is_some_and(<[u8]>::is_empty);
        if declared.media.is_empty() {
            return match is_empty {
                true => Ok(()),
                false => Err(format!("no content is declared for {status}")),
            };
        }
        let essence = named
            .and_then(media::essence)
            .ok_or_else(|| format!("the content of {status} has no media type"))?;
        let media = declared
            .media
            .iter()
            .filter_map(|media| Some((media::fit(&media.range, essence)?, media)))
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
            .map(|(_, media)| media)
            .ok_or_else(|| format!("the media type {essence} is not declared for {status}"))?;
        match (&media.validator, response.content(), response.payload()) {
            (_, _, Payload::Stream(_) | Payload::Events(_)) => Ok(()),
            (validator, Some(content), _) if media::is_json(essence) => {
                self.find_in_json(validator.as_ref(), content)
            }
            _ => Ok(()),
        }
    }

    fn find_in_json(
        &self,
        validator: Option<&Validator<OnTape>>,
        content: &[u8],
    ) -> Result<(), String> {
        let tape = Tape::read(content, self.depth).map_err(|fault| words(&fault))?;
        let Some(validator) = validator else {
            return Ok(());
        };
        let mut found = Vec::new();
        schema::violations(
            validator,
            tape.root(),
            tape.len(),
            schema::in_body,
            &mut found,
        );
        all(&found)
    }
}

/// The fields of an answer as the extractors read them.
struct Fields<'h>(&'h Headers);

impl FieldSource for Fields<'_> {
    fn field(&self, name: &str) -> Option<&[u8]> {
        self.field_at(name, 0)
    }

    fn field_at(&self, name: &str, index: usize) -> Option<&[u8]> {
        let named = self.0.iter().filter(|one| one.0.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_bytes()).nth(index)
    }
}

impl Declared {
    fn compile(
        spec: &Spec,
        response: &model::Response,
        compiler: &SchemaCompiler<'_>,
    ) -> Result<Self, SchemaFault> {
        let mut media = Vec::new();
        for declared in &response.content {
            let validator = match &declared.schema {
                Some(schema) if media::may_be_json(&declared.name) => {
                    Some(compiler.compile(schema)?)
                }
                _ => None,
            };
            media.push(DeclaredMedia {
                range: declared.name.clone(),
                validator,
            });
        }
        // The content type is declared by `content` (OpenAPI 3.1 §4.8.17).
        let mut fields = response.headers.clone();
        fields.retain(|header| !header.name.eq_ignore_ascii_case("content-type"));
        let fields = ParameterPlan::of_fields(spec, &fields, compiler);
        Ok(Self {
            key: response.status,
            fields: fields.map_err(|fault| match fault {
                ParameterFault::Schema(fault) => fault,
                ParameterFault::Plan(message) => SchemaFault {
                    pointer: response.pointer.clone(),
                    message,
                },
            })?,
            media,
        })
    }

    /// What is wrong with the declared fields of an answer.
    fn find_in_fields(&self, headers: &Headers) -> Result<(), String> {
        if self.fields.is_empty() {
            return Ok(());
        }
        let (path, fields) = (PathParams::new(), Fields(headers));
        let source = Source::new("", &path, &fields);
        let mut slots = Slots::new();
        let parameters = self.fields.extractors.extract(source, &mut slots);
        all(&self.fields.violations(&parameters))
    }
}

/// All of these in words, if there are any.
fn all(found: &[Violation]) -> Result<(), String> {
    match found.is_empty() {
        true => Ok(()),
        false => Err(found.iter().map(words).collect::<Vec<_>>().join("; ")),
    }
}

fn words(violation: &Violation) -> String {
    let Violation { rule, detail, .. } = violation;
    match &violation.place {
        ViolationPlace::Body { pointer } => format!("at {pointer:?}: {rule}: {detail}"),
        ViolationPlace::Header { parameter } => format!("{parameter}: {rule}: {detail}"),
        _ => format!("{rule}: {detail}"),
    }
}
