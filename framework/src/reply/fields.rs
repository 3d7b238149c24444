use std::time::SystemTime;

use brrtrouter_transport::{Response, Status};

use crate::conditional::ETag;
use crate::problem::Problem;
use crate::reply::{AnswerShape, ContentShape, IntoResponse, Validated};

/// Puts fields and cookies on any answer.
///
/// ```
/// use brrtrouter::prelude::*;
/// use brrtrouter::reply::Cookie;
///
/// fn login() -> impl IntoResponse {
///     let session = Cookie::build(("session", "3f9a"))
///         .http_only(true)
///         .secure(true);
///     NoContent.with_cookie(session).with_field("cache-control", "no-store")
/// }
/// ```
pub trait WithFields: IntoResponse + Sized {
    /// The same answer with a field in the place of all of that name.
    ///
    /// A field that cannot stand in an answer makes it a 500, and is named in the log.
    fn with_field(self, name: impl Into<String>, value: impl Into<String>) -> Fielded<Self> {
        Fielded {
            answer: self,
            field: (name.into(), value.into()),
            replaces: true,
        }
    }

    /// The same answer that sets a cookie beside any others (RFC 6265 §4.1).
    fn with_cookie(self, cookie: impl Into<cookie::Cookie<'static>>) -> Fielded<Self> {
        let cookie = cookie.into();
        Fielded {
            answer: self,
            field: ("set-cookie".to_owned(), cookie.encoded().to_string()),
            replaces: false,
        }
    }

    /// The same answer with its entity tag: a client that has it already gets a 304
    /// ([`conditional`](crate::conditional)).
    fn with_etag(self, tag: ETag) -> Validated<Self> {
        Validated::new(self).and_etag(tag)
    }

    /// The same answer with the time of its last change, in whole seconds.
    fn with_last_modified(self, time: SystemTime) -> Validated<Self> {
        Validated::new(self).and_last_modified(time)
    }
}

impl<T: IntoResponse> WithFields for T {}

/// An answer with one more field.
#[derive(Debug, Clone)]
pub struct Fielded<T> {
    answer: T,
    field: (String, String),
    replaces: bool,
}

impl<T: IntoResponse> IntoResponse for Fielded<T> {
    const STREAMS: bool = T::STREAMS;
    const STATUS: Option<Status> = T::STATUS;
    const CONTENT: ContentShape = T::CONTENT;
    const IS_CONDITIONAL: bool = T::IS_CONDITIONAL;
    const SHAPES: &'static [AnswerShape] = T::SHAPES;

    fn into_response(self, response: &mut Response) -> Result<(), Problem> {
        self.answer.into_response(response)?;
        let (name, value) = &self.field;
        let headers = response.headers_mut();
        let put = if self.replaces {
            headers.set(name, value)
        } else {
            headers.append(name, value)
        };
        put.map_err(Problem::internal)
    }
}
