use super::{Example, Extensions, MediaType, SchemaRef};

/// One parameter of an operation (OpenAPI 3.1 §4.8.12).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Parameter {
    /// The name; for a header in any case.
    pub name: String,
    /// Where it stands in a request.
    pub location: ParameterIn,
    /// Whether a request must have it; a path parameter always.
    pub is_required: bool,
    /// Whether it is marked as deprecated.
    pub is_deprecated: bool,
    /// How its value is written.
    pub shape: ParameterShape,
    /// `description`.
    pub description: Option<String>,
    /// Values it may have.
    pub examples: Vec<Example>,
    /// The extensions (`x-…`) of the parameter.
    pub extensions: Extensions,
    /// The JSON pointer of the parameter in the normalised document.
    pub pointer: String,
}

/// Where a parameter stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParameterIn {
    /// In a segment of the path.
    Path,
    /// In the query.
    Query,
    /// The whole query (3.2).
    QueryString,
    /// In a header field.
    Header,
    /// In the `Cookie` field.
    Cookie,
}

/// How a parameter's value is written.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ParameterShape {
    /// By style, after a schema.
    Schema {
        /// What the value must be; `None` where the document says nothing.
        schema: Option<SchemaRef>,
        /// The style, the default of its place where none is given.
        style: Style,
        /// Whether arrays and objects are taken apart into several values.
        explode: bool,
        /// Whether reserved characters may stand as they are.
        allow_reserved: bool,
        /// Whether the value may be empty.
        allow_empty_value: bool,
    },
    /// As one document of a media type (`content`).
    Content(Box<MediaType>),
}

/// The style of a parameter (OpenAPI 3.1 §4.8.12.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Style {
    /// `;color=blue,black`
    Matrix,
    /// `.blue.black`
    Label,
    /// `blue,black`
    Simple,
    /// `color=blue,black` or `color=blue&color=black`
    Form,
    /// `color=blue%20black`
    SpaceDelimited,
    /// `color=blue|black`
    PipeDelimited,
    /// `color[R]=100&color[G]=200`
    DeepObject,
    /// As [`Form`](Style::Form), in a cookie, without percent-encoding (3.2).
    Cookie,
}
