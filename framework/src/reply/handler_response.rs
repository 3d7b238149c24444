use brrtrouter_transport::{HeaderLine, Headers, InvalidHeader, Payload, Response, Status};
use bytes::Bytes;
use serde::Serialize;

use crate::problem::Problem;
use crate::reply::{IntoResponse, content_type};

/// An answer put together by hand: status, fields, content. The framing fields are the transport's.
///
/// ```
/// use brrtrouter::{HandlerResponse, Status};
///
/// let answer = HandlerResponse::text("brewing").with_status(Status::ACCEPTED);
/// let answer = answer.with_field("retry-after", "3")?;
/// # Ok::<(), brrtrouter::InvalidHeader>(())
/// ```
#[derive(Debug, Default)]
pub struct HandlerResponse {
    status: Status,
    headers: Headers,
    payload: Payload,
}

impl HandlerResponse {
    /// An empty answer of that status.
    pub fn new(status: Status) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    /// 204.
    pub fn no_content() -> Self {
        Self::new(Status::NO_CONTENT)
    }

    /// 404 without content.
    pub fn not_found() -> Self {
        Self::new(Status::NOT_FOUND)
    }

    /// 200 with JSON.
    ///
    /// # Errors
    ///
    /// What the value's own serialisation reports.
    pub fn json<T: Serialize>(value: &T) -> Result<Self, serde_json::Error> {
        let content = serde_json::to_vec(value)?;
        Ok(Self::content(&content_type::JSON, content))
    }

    /// 200 with plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::content(&content_type::TEXT, text.into())
    }

    /// 200 with bytes of a media type.
    ///
    /// # Errors
    ///
    /// [`InvalidHeader`] if the media type cannot stand in an answer.
    pub fn bytes(content_type: &str, bytes: impl Into<Bytes>) -> Result<Self, InvalidHeader> {
        let mut answer = Self::default();
        answer.headers.set("content-type", content_type)?;
        answer.payload = Payload::Bytes(bytes.into());
        Ok(answer)
    }

    fn content(line: &HeaderLine, bytes: impl Into<Bytes>) -> Self {
        let mut answer = Self::default();
        answer.headers.push_line(line);
        answer.payload = Payload::Bytes(bytes.into());
        answer
    }

    /// The same with another status.
    pub fn with_status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// The same with a field in the place of all of that name.
    ///
    /// # Errors
    ///
    /// [`InvalidHeader`] if it cannot stand in an answer, or is the transport's.
    pub fn with_field(mut self, name: &str, value: &str) -> Result<Self, InvalidHeader> {
        self.headers.set(name, value)?;
        Ok(self)
    }

    /// The same with another content.
    pub fn with_payload(mut self, payload: Payload) -> Self {
        self.payload = payload;
        self
    }
}

impl IntoResponse for HandlerResponse {
    const IS_CONDITIONAL: bool = true;

    fn into_response(self, response: &mut Response) -> Result<(), Problem> {
        response.set_status(self.status);
        *response.headers_mut() = self.headers;
        response.set_payload(self.payload);
        Ok(())
    }
}
