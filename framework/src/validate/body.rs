use std::cell::OnceCell;

use brrtrouter_spec::Spec;
use brrtrouter_spec::model::{MediaType, Operation};
use brrtrouter_transport::{Body, BodyError, Field, HeaderLine, Status};
use jsonschema::Validator;
use jsonschema::json::Json;
use serde_json::Value;

use crate::extract::FilePart;
use crate::handler::body_problem;
use crate::media;
use crate::problem::{Problem, Violation};
use crate::service::Limits;
use crate::validate::form::FormPlan;
use crate::validate::multipart::MultipartPlan;
use crate::validate::schema::{self, SchemaCompiler, SchemaFault};
use crate::validate::tape::{OnTape, Tape};

/// The media type of a body whose sender names none (RFC 9110 §8.3).
const UNNAMED: &str = "application/octet-stream";

/// What most fields say, and needs no look at its parts.
const COMMON: [&str; 4] = [
    "application/json",
    UNNAMED,
    "application/x-www-form-urlencoded",
    "text/plain",
];

/// The checks of one operation's body.
pub(crate) struct BodyPlan {
    is_required: bool,
    limit: u64,
    depth: usize,
    media: Vec<MediaPlan>,
    /// `Accept-Post` or `Accept-Patch`, the answer to an undeclared media type.
    accepted: Option<HeaderLine>,
}

/// One declared media type.
struct MediaPlan {
    range: String,
    kind: Kind,
}

/// How content of a media type is read.
enum Kind {
    /// As JSON, where it is such; else it is left to the handler.
    Json(Option<Validator<OnTape>>),
    Form(FormPlan),
    Multipart(MultipartPlan),
    Text(Option<Validator>),
    /// It is left to the handler.
    Other,
}

/// A body that has been checked.
#[derive(Default)]
pub(crate) struct Content {
    /// Whether the bytes are JSON that has been checked.
    pub(crate) is_json: bool,
    /// The JSON body, once it was asked for as a value, or the fields of a form of either kind, as one
    /// JSON object.
    pub(crate) json: OnceCell<Value>,
    /// The files of a multipart body.
    pub(crate) files: Vec<FilePart>,
    /// The bytes, where they had to be put together.
    pub(crate) collected: Option<Vec<u8>>,
}

impl BodyPlan {
    /// The checks of what `operation` declares; `None` if it takes no body.
    pub(crate) fn compile(
        spec: &Spec,
        operation: &Operation,
        limits: &Limits,
        compiler: &SchemaCompiler<'_>,
    ) -> Result<Option<Self>, SchemaFault> {
        let Some(body) = &operation.request_body else {
            return Ok(None);
        };
        let mut plan = Self {
            is_required: body.is_required,
            limit: limits.body,
            depth: limits.json_depth,
            media: Vec::new(),
            accepted: accepted(operation),
        };
        for declared in &body.content {
            plan.media.push(MediaPlan {
                range: declared.name.clone(),
                kind: Kind::compile(spec, declared, limits, compiler)?,
            });
        }
        Ok(Some(plan))
    }

    /// Checks media type, length and content, in this order. JSON, forms and texts with a schema are
    /// read whole; other content is left to the handler.
    pub(crate) fn check(
        &self,
        fields: &[Field<'_>],
        body: &mut Body<'_>,
    ) -> Result<Content, Problem> {
        let (value, named) = content_type(fields)?.unzip();
        // An empty body of a named type is a body, but there is no empty JSON.
        if named.is_none_or(media::is_json) {
            // One that does not say its length may turn out to be empty.
            if body.remaining().is_none() {
                body.fill().map_err(body_problem)?;
            }
            if body.is_finished() {
                return self.check_absent();
            }
        }
        let essence = named.unwrap_or(UNNAMED);
        let media = self.choose(essence)?;
        body.set_limit(self.limit);
        if body.remaining().is_some_and(|length| length > self.limit) {
            return Err(body_problem(BodyError::TooLarge { limit: self.limit }));
        }
        match &media.kind {
            Kind::Json(validator) if media::is_json(essence) => {
                self.check_json(validator.as_ref(), body)
            }
            Kind::Form(form) => check_form(form, body),
            Kind::Multipart(parts) => {
                let taken = parts.read(value.unwrap_or_default(), body)?;
                Ok(Content {
                    json: taken.fields.into(),
                    files: taken.files,
                    ..Content::default()
                })
            }
            Kind::Text(validator) => check_text(validator.as_ref(), value, body),
            Kind::Json(_) | Kind::Other => Ok(Content::default()),
        }
    }

    fn check_absent(&self) -> Result<Content, Problem> {
        if self.is_required {
            return Err(Problem::violations(vec![Violation::of_body(
                "required",
                "a body is required",
            )]));
        }
        Ok(Content::default())
    }

    fn choose(&self, essence: &str) -> Result<&MediaPlan, Problem> {
        self.media
            .iter()
            .filter_map(|media| Some((media::fit(&media.range, essence)?, media)))
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
            .map(|(_, media)| media)
            .ok_or_else(|| self.unsupported(essence))
    }

    fn unsupported(&self, essence: &str) -> Problem {
        let shown: String = essence.chars().take(128).collect();
        let problem = Problem::new(Status::UNSUPPORTED_MEDIA_TYPE).with_detail(format!(
            "the body's media type {shown} is not accepted here"
        ));
        match &self.accepted {
            Some(line) => problem.with_line(line.clone()),
            None => problem,
        }
    }

    fn check_json(
        &self,
        validator: Option<&Validator<OnTape>>,
        body: &mut Body<'_>,
    ) -> Result<Content, Problem> {
        let (checked, collected) = whole(body, |text| {
            let tape = Tape::read(text, self.depth);
            let tape = tape.map_err(|violation| Problem::violations(vec![violation]))?;
            match validator {
                Some(validator) => validate(validator, tape.root(), tape.len()),
                None => Ok(()),
            }
        })?;
        checked?;
        Ok(Content {
            is_json: true,
            collected,
            ..Content::default()
        })
    }
}

impl Kind {
    fn compile(
        spec: &Spec,
        declared: &MediaType,
        limits: &Limits,
        compiler: &SchemaCompiler<'_>,
    ) -> Result<Self, SchemaFault> {
        let essence = declared.essence();
        if media::is_form(essence) {
            let form = FormPlan::compile(
                spec,
                declared,
                limits.form_fields,
                limits.json_depth,
                compiler,
            )?;
            return Ok(Kind::Form(form));
        }
        if media::is_multipart(essence) {
            let parts = MultipartPlan::compile(spec, declared, limits, compiler)?;
            return Ok(Kind::Multipart(parts));
        }
        let is_text = !media::is_json(essence) && media::is_text(essence);
        if !is_text && !media::may_be_json(essence) {
            return Ok(Kind::Other);
        }
        let schema = declared.schema.as_ref();
        Ok(match is_text {
            true => Kind::Text(schema.map(|schema| compiler.compile(schema)).transpose()?),
            false => Kind::Json(schema.map(|schema| compiler.compile(schema)).transpose()?),
        })
    }
}

fn check_form(form: &FormPlan, body: &mut Body<'_>) -> Result<Content, Problem> {
    let (value, collected) = whole(body, |text| form.read(text))?;
    Ok(Content {
        json: value.map_err(Problem::violations)?.into(),
        collected,
        ..Content::default()
    })
}

/// Checks the charset, and where there is a schema, the text.
fn check_text(
    validator: Option<&Validator>,
    content_type: Option<&str>,
    body: &mut Body<'_>,
) -> Result<Content, Problem> {
    if !content_type.is_none_or(media::is_utf8) {
        return Err(Problem::new(Status::UNSUPPORTED_MEDIA_TYPE)
            .with_detail("texts are accepted in UTF-8 only"));
    }
    let Some(validator) = validator else {
        return Ok(Content::default());
    };
    let read = |text: &[u8]| std::str::from_utf8(text).map(|text| Value::String(text.to_owned()));
    let (value, collected) = whole(body, read)?;
    let value = value.map_err(|_| not_utf8())?;
    validate(validator, &value, 1)?;
    Ok(Content {
        collected,
        ..Content::default()
    })
}

/// The problem of a text that is no UTF-8.
pub(crate) fn not_utf8() -> Problem {
    Problem::violations(vec![Violation::of_body("encoding", "is not UTF-8")])
}

fn validate<'v, F: Json>(
    validator: &'v Validator<F>,
    value: F::Node<'v>,
    parts: usize,
) -> Result<(), Problem> {
    let mut found = Vec::new();
    schema::violations(validator, value, parts, schema::in_body, &mut found);
    match found.is_empty() {
        true => Ok(()),
        false => Err(Problem::violations(found)),
    }
}

/// Reads a body in place where it lies in one piece, or else puts it together.
fn whole<T>(
    body: &mut Body<'_>,
    read: impl FnOnce(&[u8]) -> T,
) -> Result<(T, Option<Vec<u8>>), Problem> {
    if body.fill_whole().map_err(body_problem)? {
        return Ok((read(body.buffered()), None));
    }
    let mut bytes = Vec::new();
    body.read_to_vec(&mut bytes).map_err(body_problem)?;
    Ok((read(&bytes), Some(bytes)))
}

/// The one `Content-Type` field, which is a media type, and its essence; `None` where there is no such field.
fn content_type<'r>(fields: &'r [Field<'r>]) -> Result<Option<(&'r str, &'r str)>, Problem> {
    let mut named = fields
        .iter()
        .filter(|field| field.name.eq_ignore_ascii_case("content-type"));
    let Some(field) = named.next() else {
        return Ok(None);
    };
    let refused = || {
        Problem::new(Status::UNSUPPORTED_MEDIA_TYPE)
            .with_detail("the Content-Type field is not one media type")
    };
    if named.next().is_some() {
        return Err(refused());
    }
    if let Some(&common) = COMMON.iter().find(|one| one.as_bytes() == field.value) {
        return Ok(Some((common, common)));
    }
    std::str::from_utf8(field.value)
        .ok()
        .and_then(|value| Some(Some((value, media::essence(value)?))))
        .ok_or_else(refused)
}

/// `Accept-Post` (LDP §7.1) or `Accept-Patch` (RFC 5789 §3.1) for the declared media types.
fn accepted(operation: &Operation) -> Option<HeaderLine> {
    let name = match operation.method.as_str() {
        "POST" => "accept-post",
        "PATCH" => "accept-patch",
        _ => return None,
    };
    let body = operation.request_body.as_ref()?;
    let types: Vec<&str> = body.content.iter().map(|one| one.essence()).collect();
    HeaderLine::new(name, &types.join(", ")).ok()
}
