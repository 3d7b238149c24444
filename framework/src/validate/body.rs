use brrtrouter_spec::model::Operation;
use brrtrouter_transport::{Body, BodyError, Field, HeaderLine, Status};
use jsonschema::Validator;
use serde_json::Value;

use crate::handler::body_problem;
use crate::media;
use crate::problem::{Problem, Violation};
use crate::validate::json;
use crate::validate::schema::{self, SchemaCompiler, SchemaFault};

/// The media type of a body whose sender names none (RFC 9110 §8.3).
const UNNAMED: &str = "application/octet-stream";

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
    validator: Option<Validator>,
}

/// A body that has been checked.
#[derive(Default)]
pub(crate) struct Content {
    /// The JSON value, where the media type is JSON.
    pub(crate) json: Option<Value>,
    /// The bytes, where they had to be put together.
    pub(crate) collected: Option<Vec<u8>>,
}

impl BodyPlan {
    /// The checks of what `operation` declares; `None` if it takes no body.
    pub(crate) fn compile(
        operation: &Operation,
        limit: u64,
        depth: usize,
        compiler: &SchemaCompiler<'_>,
    ) -> Result<Option<Self>, SchemaFault> {
        let Some(body) = &operation.request_body else {
            return Ok(None);
        };
        let mut plan = Self {
            is_required: body.is_required,
            limit,
            depth,
            media: Vec::new(),
            accepted: accepted(operation),
        };
        for declared in &body.content {
            let validator = match &declared.schema {
                Some(schema) if media::may_be_json(&declared.name) => {
                    Some(compiler.compile(schema)?)
                }
                _ => None,
            };
            plan.media.push(MediaPlan {
                range: declared.name.clone(),
                validator,
            });
        }
        Ok(Some(plan))
    }

    /// Checks media type, length and JSON, in this order. JSON is read whole; other content is left
    /// to the handler.
    pub(crate) fn check(
        &self,
        fields: &[Field<'_>],
        body: &mut Body<'_>,
    ) -> Result<Content, Problem> {
        let named = content_type(fields)?;
        // A body that says neither its type nor its length may turn out to be none.
        let may_be_none = named.is_none() && body.remaining().is_none();
        if may_be_none {
            body.fill().map_err(body_problem)?;
        }
        // An empty body of a named type is a body, but there is no empty JSON.
        if body.is_finished() && named.is_none_or(media::is_json) {
            return self.check_absent();
        }
        let essence = named.unwrap_or(UNNAMED);
        let media = self.choose(essence)?;
        body.set_limit(self.limit);
        if body.remaining().is_some_and(|length| length > self.limit) {
            return Err(body_problem(BodyError::TooLarge { limit: self.limit }));
        }
        if !media::is_json(essence) {
            return Ok(Content::default());
        }
        self.check_json(media, body)
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

    fn check_json(&self, media: &MediaPlan, body: &mut Body<'_>) -> Result<Content, Problem> {
        let mut content = Content::default();
        let value = if body.fill_whole().map_err(body_problem)? {
            json::parse(body.buffered(), self.depth)
        } else {
            let mut bytes = Vec::new();
            body.read_to_vec(&mut bytes).map_err(body_problem)?;
            let value = json::parse(&bytes, self.depth);
            content.collected = Some(bytes);
            value
        };
        let value = value.map_err(|violation| Problem::violations(vec![violation]))?;
        if let Some(validator) = &media.validator {
            let mut found = Vec::new();
            schema::violations(validator, &value, schema::in_body, &mut found);
            if !found.is_empty() {
                return Err(Problem::violations(found));
            }
        }
        content.json = Some(value);
        Ok(content)
    }
}

/// The essence of the one `Content-Type` field; `None` if there is none.
fn content_type<'r>(fields: &'r [Field<'r>]) -> Result<Option<&'r str>, Problem> {
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
    std::str::from_utf8(field.value)
        .ok()
        .and_then(media::essence)
        .map(Some)
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
