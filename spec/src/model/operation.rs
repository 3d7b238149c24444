use crate::diagnostic::Location;

use super::{
    Callback, Extensions, ExternalDocs, Parameter, RequestBody, Response, SecurityRequirement,
    Server,
};

/// The place of an operation among those of its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationId(u32);

impl OperationId {
    /// The id of the operation at that place.
    pub const fn new(index: u32) -> Self {
        Self(index)
    }

    /// The place.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// One method of one path.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Operation {
    /// The place among the operations of the document.
    pub id: OperationId,
    /// The `operationId`; where the document gives none, `METHOD /path`.
    pub name: String,
    /// Whether the document gives the `operationId`.
    pub is_named: bool,
    /// The method token in upper case (`GET`), or as written under `additionalOperations`.
    pub method: String,
    /// The path template as written, without `#fragment` and `?query`; for a webhook, its name.
    pub path: String,
    /// `summary`.
    pub summary: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// The parameters of the path item and of the operation, which override them by name and place.
    pub parameters: Vec<Parameter>,
    /// The content that the operation takes.
    pub request_body: Option<RequestBody>,
    /// The answers, in the order of the document.
    pub responses: Vec<Response>,
    /// The requests that the API may send because of this one.
    pub callbacks: Vec<Callback>,
    /// What has to be shown: any one of these; empty if nothing. The document's own requirements
    /// stand here where the operation states none.
    pub security: Vec<SecurityRequirement>,
    /// The servers of the operation, or else of its path item; empty where those of the document
    /// hold.
    pub servers: Vec<Server>,
    /// The names of its tags.
    pub tags: Vec<String>,
    /// Whether it is marked as deprecated.
    pub is_deprecated: bool,
    /// Where more is written.
    pub external_docs: Option<ExternalDocs>,
    /// The extensions (`x-…`) of the operation.
    pub extensions: Extensions,
    /// The extensions (`x-…`) of its path item.
    pub item_extensions: Extensions,
    /// The operation before it, of the same method, whose template matches the same paths: that one
    /// answers, and this one never does. `None` for an operation that can be reached.
    pub shadowed_by: Option<OperationId>,
    /// The JSON pointer of the operation in the normalised document.
    pub pointer: String,
    /// Where the operation stands in its file.
    pub location: Option<Location>,
}

impl Operation {
    /// Whether one of its answers is an event stream (`text/event-stream`).
    pub fn streams_events(&self) -> bool {
        self.responses
            .iter()
            .flat_map(|response| &response.content)
            .any(|media| media.essence() == "text/event-stream")
    }
}
