use super::{Example, Extensions, Link, ParameterShape, SchemaRef};

/// The content that an operation takes.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RequestBody {
    /// Whether a request must have it.
    pub is_required: bool,
    /// `description`.
    pub description: Option<String>,
    /// The media types it may come in, in the order of the document.
    pub content: Vec<MediaType>,
    /// The extensions (`x-…`) of the body.
    pub extensions: Extensions,
    /// The JSON pointer of the body in the normalised document.
    pub pointer: String,
}

/// One answer of an operation.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Response {
    /// The statuses that it stands for.
    pub status: ResponseKey,
    /// `summary` (3.2).
    pub summary: Option<String>,
    /// `description`.
    pub description: String,
    /// The fields that it carries.
    pub headers: Vec<Header>,
    /// The media types it may come in, in the order of the document; none for an empty answer.
    pub content: Vec<MediaType>,
    /// What may be asked for next.
    pub links: Vec<Link>,
    /// The extensions (`x-…`) of the response.
    pub extensions: Extensions,
    /// The JSON pointer of the response in the normalised document.
    pub pointer: String,
}

/// The statuses that a response stands for; an exact code is before a range, and a range before the
/// default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResponseKey {
    /// One code, such as 200.
    Code(u16),
    /// A range by its first digit: `2` for `2XX`.
    Range(u8),
    /// Every code that is not named otherwise.
    Default,
}

/// One response field.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Header {
    /// The field's name.
    pub name: String,
    /// Whether the answer must have it.
    pub is_required: bool,
    /// Whether it is marked as deprecated.
    pub is_deprecated: bool,
    /// How its value is written.
    pub shape: ParameterShape,
    /// `description`.
    pub description: Option<String>,
    /// Values it may have.
    pub examples: Vec<Example>,
    /// The extensions (`x-…`) of the header.
    pub extensions: Extensions,
}

/// Content of one media type.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MediaType {
    /// The media type or range as written, such as `application/json; charset=utf-8`, `text/*`.
    pub name: String,
    /// What the content must be.
    pub schema: Option<SchemaRef>,
    /// What each item of a sequential media type must be (3.2).
    pub item_schema: Option<SchemaRef>,
    /// How properties are written, for forms and multipart.
    pub encoding: Vec<Encoding>,
    /// How the first items are written, by their places, for multipart (3.2).
    pub prefix_encoding: Vec<Encoding>,
    /// How every other item is written, for multipart (3.2).
    pub item_encoding: Option<Box<Encoding>>,
    /// What the content may be.
    pub examples: Vec<Example>,
    /// The extensions (`x-…`) of the media type.
    pub extensions: Extensions,
    /// The JSON pointer of the media type in the normalised document.
    pub pointer: String,
}

impl MediaType {
    /// Type and subtype, without parameters.
    pub fn essence(&self) -> &str {
        self.name.split(';').next().unwrap_or_default().trim()
    }
}

/// How one property of a form or one part of a multipart body is written (OpenAPI 3.1 §4.8.15).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Encoding {
    /// The property's name; empty for what is encoded by its place.
    pub property: String,
    /// The media types that the part may have, as written.
    pub content_type: Option<String>,
    /// The fields of the part.
    pub headers: Vec<Header>,
    /// The style and explode, for forms.
    pub style: Option<super::Style>,
    /// Whether arrays and objects are taken apart into several values.
    pub explode: Option<bool>,
    /// Whether reserved characters may stand as they are.
    pub allow_reserved: bool,
    /// How the properties within the part are written (3.2).
    pub encoding: Vec<Encoding>,
    /// How the first items within the part are written (3.2).
    pub prefix_encoding: Vec<Encoding>,
    /// How every other item within the part is written (3.2).
    pub item_encoding: Option<Box<Encoding>>,
    /// The extensions (`x-…`) of the encoding.
    pub extensions: Extensions,
}
