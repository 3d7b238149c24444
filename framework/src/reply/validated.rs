use std::time::SystemTime;

use brrtrouter_transport::{Response, Status};

use crate::conditional::ETag;
use crate::problem::Problem;
use crate::reply::{AnswerShape, ContentShape, IntoResponse};

/// An answer with a validator, which is compared with what the client has
/// ([`conditional`](crate::conditional)).
///
/// ```
/// use brrtrouter::conditional::ETag;
/// use brrtrouter::prelude::*;
///
/// fn logo() -> impl IntoResponse {
///     let picture: &[u8] = b"...";
///     Binary::new(picture).with_type("image/png").with_etag(ETag::of(picture)).in_parts()
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Validated<T> {
    answer: T,
    tag: Option<ETag>,
    modified: Option<SystemTime>,
    has_parts: bool,
}

impl<T: IntoResponse> Validated<T> {
    pub(super) fn new(answer: T) -> Self {
        Self {
            answer,
            tag: None,
            modified: None,
            has_parts: false,
        }
    }

    /// The same with that entity tag.
    pub fn and_etag(mut self, tag: ETag) -> Self {
        self.tag = Some(tag);
        self
    }

    /// The same with that time of its last change, in whole seconds.
    pub fn and_last_modified(mut self, time: SystemTime) -> Self {
        self.modified = Some(time);
        self
    }

    /// The same, of which clients can ask for parts; content that is streamed has none.
    pub fn in_parts(mut self) -> Self {
        self.has_parts = true;
        self
    }
}

impl<T: IntoResponse> IntoResponse for Validated<T> {
    const STREAMS: bool = T::STREAMS;
    const STATUS: Option<Status> = T::STATUS;
    const CONTENT: ContentShape = T::CONTENT;
    const IS_CONDITIONAL: bool = true;
    const SHAPES: &'static [AnswerShape] = T::SHAPES;

    fn into_response(self, response: &mut Response) -> Result<(), Problem> {
        self.answer.into_response(response)?;
        let headers = response.headers_mut();
        if let Some(tag) = &self.tag {
            headers
                .set("etag", tag.as_str())
                .map_err(Problem::internal)?;
        }
        if let Some(time) = self.modified {
            let date = httpdate::fmt_http_date(time);
            headers
                .set("last-modified", &date)
                .map_err(Problem::internal)?;
        }
        if self.has_parts {
            headers
                .set("accept-ranges", "bytes")
                .map_err(Problem::internal)?;
        }
        Ok(())
    }
}
