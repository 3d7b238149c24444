use std::borrow::Cow;

use brrtrouter_transport::{Payload, Response, Status};
use bytes::Bytes;

use crate::problem::Problem;
use crate::reply::{ContentShape, IntoResponse, content_type};

/// 204: done, and there is nothing to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NoContent;

impl IntoResponse for NoContent {
    const STATUS: Option<Status> = Some(Status::NO_CONTENT);
    const CONTENT: ContentShape = ContentShape::None;

    fn into_response(self, response: &mut Response) -> Result<(), Problem> {
        response.set_status(Status::NO_CONTENT);
        Ok(())
    }
}

/// 201 with the place of what was created.
#[derive(Debug, Clone)]
pub struct Created<T> {
    /// The URI reference of what was created, for the `Location` field.
    pub location: String,
    /// The answer's content.
    pub content: T,
}

impl<T: IntoResponse> IntoResponse for Created<T> {
    const STREAMS: bool = T::STREAMS;
    const STATUS: Option<Status> = Some(Status::CREATED);
    const CONTENT: ContentShape = T::CONTENT;

    fn into_response(self, response: &mut Response) -> Result<(), Problem> {
        self.content.into_response(response)?;
        response
            .headers_mut()
            .set("location", &self.location)
            .map_err(Problem::internal)?;
        response.set_status(Status::CREATED);
        Ok(())
    }
}

/// Plain text in UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(pub Cow<'static, str>);

impl<T: Into<Cow<'static, str>>> From<T> for Text {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl IntoResponse for Text {
    const STATUS: Option<Status> = Some(Status::OK);
    const CONTENT: ContentShape = ContentShape::Of("text/plain");

    fn into_response(self, response: &mut Response) -> Result<(), Problem> {
        response.headers_mut().push_line(&content_type::TEXT);
        match self.0 {
            Cow::Borrowed(text) => response.set_payload(Payload::Static(text.as_bytes())),
            Cow::Owned(text) => response.set_payload(Payload::Bytes(Bytes::from(text))),
        };
        Ok(())
    }
}

impl IntoResponse for &'static str {
    const STATUS: Option<Status> = Text::STATUS;
    const CONTENT: ContentShape = Text::CONTENT;

    fn into_response(self, response: &mut Response) -> Result<(), Problem> {
        response.headers_mut().push_line(&content_type::TEXT);
        response.set_payload(Payload::Static(self.as_bytes()));
        Ok(())
    }
}

impl IntoResponse for String {
    const STATUS: Option<Status> = Text::STATUS;
    const CONTENT: ContentShape = Text::CONTENT;

    fn into_response(self, response: &mut Response) -> Result<(), Problem> {
        Text::from(self).into_response(response)
    }
}

/// Bytes of a media type, `application/octet-stream` unless said otherwise.
#[derive(Debug, Clone)]
pub struct Binary {
    bytes: Bytes,
    content_type: Option<Cow<'static, str>>,
}

impl Binary {
    /// These bytes.
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self {
            bytes: bytes.into(),
            content_type: None,
        }
    }

    /// The same, of that media type.
    pub fn with_type(mut self, content_type: impl Into<Cow<'static, str>>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }
}

impl IntoResponse for Binary {
    const STATUS: Option<Status> = Some(Status::OK);

    fn into_response(self, response: &mut Response) -> Result<(), Problem> {
        match &self.content_type {
            None => response.headers_mut().push_line(&content_type::OCTETS),
            Some(content_type) => response
                .headers_mut()
                .set("content-type", content_type)
                .map_err(Problem::internal)?,
        }
        response.set_payload(Payload::Bytes(self.bytes));
        Ok(())
    }
}

impl IntoResponse for Bytes {
    const STATUS: Option<Status> = Some(Status::OK);

    fn into_response(self, response: &mut Response) -> Result<(), Problem> {
        Binary::new(self).into_response(response)
    }
}
