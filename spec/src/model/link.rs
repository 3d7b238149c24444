use indexmap::IndexMap;
use serde_json::Value;

use super::{Extensions, Operation, Server};

/// How what an answer says leads to another operation (OpenAPI 3.1 §4.8.20).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Link {
    /// The key under `links`.
    pub name: String,
    /// The operation that it leads to.
    pub target: LinkTarget,
    /// Constants or runtime expressions by the parameters of that operation.
    pub parameters: IndexMap<String, Value>,
    /// A constant or runtime expression for its body.
    pub request_body: Option<Value>,
    /// `description`.
    pub description: Option<String>,
    /// Where that operation is served.
    pub server: Option<Server>,
    /// The extensions (`x-…`) of the link.
    pub extensions: Extensions,
    /// The JSON pointer of the link in the normalised document.
    pub pointer: String,
}

/// The operation that a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkTarget {
    /// By its `operationId`.
    OperationId(String),
    /// By a URI reference, as written.
    OperationRef(String),
}

/// Requests that the API sends because of one that it got (OpenAPI 3.1 §4.8.18).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Callback {
    /// The key under `callbacks`.
    pub name: String,
    /// The runtime expression of the URL they go to.
    pub expression: String,
    /// One for each method. A callback that stands within itself is not repeated.
    pub operations: Vec<Operation>,
    /// The extensions (`x-…`) of the callback.
    pub extensions: Extensions,
}
