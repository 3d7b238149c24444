//! What a client is told when a request cannot be answered as it hoped (RFC 9457).
//!
//! There are three kinds of fault and one shape for all of them:
//!
//! * the client's (4xx): it is told what to change, each offending field by name;
//! * the caller's rights (401, 403): it is told the challenge, and not which part failed;
//! * ours (5xx): it is told nothing but the status, and the log is told everything.

use std::borrow::Cow;
use std::fmt;

use brrtrouter_transport::{HeaderLine, InvalidHeader, Response, Status};
use serde::Serialize;
use serde_json::Value;

use crate::reply::content_type;

/// The most violations that one problem lists.
pub const MOST_VIOLATIONS: usize = 64;

/// The longest piece of an offending value that is shown, in characters.
const LONGEST_VALUE: usize = 128;

/// An answer of status 4xx or 5xx, as `application/problem+json`.
///
/// ```
/// use brrtrouter::Problem;
///
/// let problem = Problem::not_found("no such pet").with("petId", "7");
/// assert_eq!(problem.status().code(), 404);
/// assert_eq!(problem.to_string(), "404 Not Found: no such pet");
/// ```
#[derive(Debug, Clone)]
pub struct Problem(Box<Details>);

#[derive(Debug, Clone)]
struct Details {
    status: Status,
    kind: Option<Cow<'static, str>>,
    title: Option<Cow<'static, str>>,
    detail: Option<Cow<'static, str>>,
    violations: Vec<Violation>,
    members: Vec<(Cow<'static, str>, Value)>,
    fields: Vec<HeaderLine>,
}

/// One field of a request that breaks a rule of the document.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Violation {
    /// Where the field stands.
    #[serde(flatten)]
    pub place: ViolationPlace,
    /// The rule: a keyword of JSON Schema such as `maximum`, or `required`, `malformed`.
    pub rule: Cow<'static, str>,
    /// What is wrong, in words.
    pub detail: String,
    /// The offending value, cut short.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// Where an offending field stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "in", rename_all = "lowercase")]
#[non_exhaustive]
pub enum ViolationPlace {
    /// In the body, at a JSON pointer (RFC 6901); empty for the body as a whole.
    Body {
        /// The pointer.
        pointer: String,
    },
    /// In a path parameter.
    Path {
        /// Its name.
        parameter: String,
    },
    /// In a query parameter.
    Query {
        /// Its name.
        parameter: String,
    },
    /// In a header parameter.
    Header {
        /// Its name.
        parameter: String,
    },
    /// In a cookie.
    Cookie {
        /// Its name.
        parameter: String,
    },
}

impl Violation {
    /// A violation of `rule` at `place`.
    pub fn new(
        place: ViolationPlace,
        rule: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            place,
            rule: rule.into(),
            detail: detail.into(),
            value: None,
        }
    }

    /// The same with the offending value, of which at most 128 characters are kept.
    pub fn with_value(mut self, value: &str) -> Self {
        let mut kept: String = value.chars().take(LONGEST_VALUE).collect();
        if kept.len() < value.len() {
            kept.push('…');
        }
        self.value = Some(kept);
        self
    }

    /// A violation of the body as a whole.
    pub fn of_body(rule: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        let pointer = String::new();
        Self::new(ViolationPlace::Body { pointer }, rule, detail)
    }
}

impl Problem {
    /// A problem of that status, titled with its reason phrase.
    pub fn new(status: Status) -> Self {
        Self(Box::new(Details {
            status,
            kind: None,
            title: None,
            detail: None,
            violations: Vec::new(),
            members: Vec::new(),
            fields: Vec::new(),
        }))
    }

    /// 400: the request cannot be understood.
    pub fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Status::BAD_REQUEST).with_detail(detail)
    }

    /// 400: the request breaks these rules of the document.
    pub fn violations(violations: Vec<Violation>) -> Self {
        let mut problem = Self::new(Status::BAD_REQUEST)
            .with_detail("the request does not match the API's description");
        problem.0.violations = violations;
        problem.0.violations.truncate(MOST_VIOLATIONS);
        problem
    }

    /// 404: there is no such thing.
    pub fn not_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Status::NOT_FOUND).with_detail(detail)
    }

    /// 409: the request conflicts with how things are.
    pub fn conflict(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Status::CONFLICT).with_detail(detail)
    }

    /// 403: the caller is known and may not do this.
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Status::FORBIDDEN).with_detail(detail)
    }

    /// 500 that tells the client nothing; `cause` goes to the log.
    pub fn internal(cause: impl fmt::Display) -> Self {
        log::error!("internal error: {cause}");
        Self::new(Status::INTERNAL_SERVER_ERROR)
    }

    /// The same with an explanation of this occurrence.
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// The same with a problem type, a URI reference, and the title that belongs to it.
    pub fn with_type(
        mut self,
        kind: impl Into<Cow<'static, str>>,
        title: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.0.kind = Some(kind.into());
        self.0.title = Some(title.into());
        self
    }

    /// The same with a further member.
    pub fn with(mut self, member: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.0.members.push((member.into(), value.into()));
        self
    }

    /// The same with a field of the answer, such as `Retry-After`.
    ///
    /// # Errors
    ///
    /// [`InvalidHeader`] if it cannot stand in an answer.
    pub fn with_field(mut self, name: &str, value: &str) -> Result<Self, InvalidHeader> {
        self.0.fields.push(HeaderLine::new(name, value)?);
        Ok(self)
    }

    /// The same with a field of the answer that is known to be valid.
    pub fn with_line(mut self, line: HeaderLine) -> Self {
        self.0.fields.push(line);
        self
    }

    /// The status.
    pub fn status(&self) -> Status {
        self.0.status
    }

    /// What went wrong this time.
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The fields that break a rule; at most [`MOST_VIOLATIONS`].
    pub fn listed_violations(&self) -> &[Violation] {
        &self.0.violations
    }

    /// The fields that the answer carries beside its content type.
    pub fn fields(&self) -> &[HeaderLine] {
        &self.0.fields
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.status)?;
        match &self.0.detail {
            Some(detail) => write!(f, ": {detail}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}

impl Serialize for Problem {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;

        let details = &*self.0;
        let mut map = serializer.serialize_map(None)?;
        if let Some(kind) = &details.kind {
            map.serialize_entry("type", kind)?;
        }
        let title = details.title.as_deref();
        map.serialize_entry("title", title.unwrap_or(details.status.reason()))?;
        map.serialize_entry("status", &details.status.code())?;
        if let Some(detail) = &details.detail {
            map.serialize_entry("detail", detail)?;
        }
        if !details.violations.is_empty() {
            map.serialize_entry("errors", &details.violations)?;
        }
        for (name, value) in &details.members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Turns a [`Problem`] into an answer: the one place that decides how errors look.
pub trait ErrorRenderer: Send + Sync + 'static {
    /// Writes `problem` into `response`, which is empty.
    fn render(&self, problem: &Problem, response: &mut Response);
}

/// Renders `application/problem+json`.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProblemJson;

impl ErrorRenderer for ProblemJson {
    fn render(&self, problem: &Problem, response: &mut Response) {
        response.set_status(problem.status());
        response.headers_mut().push_line(&content_type::PROBLEM);
        for line in problem.fields() {
            response.headers_mut().push_line(line);
        }
        if serde_json::to_writer(response.buffer(), problem).is_err() {
            response.buffer().clear();
        }
    }
}
