//! The normalised model of an API, on which all else is built.
//!
//! Everything that describes data stays JSON inside one [`Document`]; the model holds typed views of
//! the rest and [`SchemaRef`]s into it. References between path items, parameters, bodies, responses
//! and headers are resolved; those between schemas are kept, as `$ref`s into the document.

mod description;
mod example;
mod link;
mod media;
mod operation;
mod parameter;
mod security;
mod server;

use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::counts::Counts;
use crate::diagnostic::Diagnostic;

pub use description::{Contact, ExternalDocs, Info, License, Tag};
pub use example::Example;
pub use link::{Callback, Link, LinkTarget};
pub use media::{Encoding, Header, MediaType, RequestBody, Response, ResponseKey};
pub use operation::{Operation, OperationId};
pub use parameter::{Parameter, ParameterIn, ParameterShape, Style};
pub use security::{OAuthFlow, SecurityRequirement, SecurityScheme, SecuritySchemeKind};
pub use server::{Server, ServerVariable};

/// A loaded document.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Spec {
    /// The version that the document states, such as `3.1.0`.
    pub openapi: String,
    /// The URI that the document gives itself (`$self`, 3.2), as written.
    pub self_uri: Option<String>,
    /// `info.title`.
    pub title: String,
    /// `info.version`.
    pub version: String,
    /// All of `info`.
    pub info: Info,
    /// The operations under `paths`, in the order of the document; an [`OperationId`] is an index
    /// into this.
    pub operations: Vec<Operation>,
    /// The operations under `webhooks`, which the API calls and does not serve.
    pub webhooks: Vec<Operation>,
    /// The servers at the root of the document.
    pub servers: Vec<Server>,
    /// What every operation asks for that states nothing itself.
    pub security: Vec<SecurityRequirement>,
    /// `components.securitySchemes`, in the order of the document.
    pub security_schemes: IndexMap<String, SecurityScheme>,
    /// The tags, in the order of the document.
    pub tags: Vec<Tag>,
    /// Where more is written.
    pub external_docs: Option<ExternalDocs>,
    /// The extensions (`x-…`) at the root of the document.
    pub extensions: Extensions,
    /// What was found wrong and tolerated; never an error.
    pub diagnostics: Vec<Diagnostic>,
    /// How much the entry document describes.
    pub counts: Counts,
    /// The files that were read, the entry document first, with symbolic links resolved; behind them
    /// the links that led to some, and those that were looked for in vain. Empty for a document that was loaded from a text.
    pub files: Vec<PathBuf>,
    /// The whole document: one file, shaped like 3.1, every `$ref` local.
    pub document: Document,
}

/// Extensions by their full names (`x-…`), in the order of the document.
pub type Extensions = IndexMap<String, Value>;

/// The normalised document, shared by all that looks into it.
///
/// It is an OpenAPI document itself, of 3.1 or 3.2, of one file: written out, it loads to the same
/// model.
#[derive(Debug, Clone)]
pub struct Document(Arc<Value>);

/// The place of a schema in the [`Document`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SchemaRef {
    pointer: String,
}

impl Spec {
    /// The operation of that id.
    pub fn operation(&self, id: OperationId) -> Option<&Operation> {
        let at_its_place = self.operations.get(id.index());
        at_its_place
            .filter(|operation| operation.id == id)
            .or_else(|| self.operations.iter().find(|operation| operation.id == id))
    }

    /// The operation of that `operationId`.
    pub fn operation_named(&self, name: &str) -> Option<&Operation> {
        self.operations
            .iter()
            .find(|operation| operation.name == name)
    }
}

impl Document {
    /// A document of that root.
    pub fn new(root: Value) -> Self {
        Self(Arc::new(root))
    }

    /// The root.
    pub fn root(&self) -> &Value {
        &self.0
    }

    /// The extensions (`x-…`) of the object at that JSON pointer (RFC 6901): of those too that the
    /// model has no view of, such as `/paths`, `/components` or `responses`.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let text = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {x-owner: me}\n";
    /// let spec = brrtrouter_spec::Loader::new().load_str(text, "pets.yaml")?;
    /// assert_eq!(spec.document.extensions("/paths")["x-owner"], "me");
    /// # Ok(())
    /// # }
    /// ```
    pub fn extensions(&self, pointer: &str) -> Extensions {
        self.0
            .pointer(pointer)
            .and_then(Value::as_object)
            .map(extensions)
            .unwrap_or_default()
    }

    /// The schema at that place: an object or a boolean.
    pub fn schema(&self, schema: &SchemaRef) -> Option<&Value> {
        self.0.pointer(&schema.pointer)
    }
}

/// The members whose names begin with `x-`.
pub(crate) fn extensions(object: &Map<String, Value>) -> Extensions {
    object
        .iter()
        .filter(|(name, _)| name.starts_with("x-"))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

impl SchemaRef {
    /// The schema at that JSON pointer (RFC 6901) of the document.
    pub fn new(pointer: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
        }
    }

    /// The schema that a local `$ref` leads to; `None` if the reference is not local.
    pub fn from_fragment(reference: &str) -> Option<Self> {
        let pointer = crate::reference::local(reference)?;
        Some(Self::new(pointer))
    }

    /// The JSON pointer within the document.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The pointer as the fragment of a URI, `#` included (RFC 6901 §6): what a `$ref` to the schema
    /// says.
    ///
    /// ```
    /// use brrtrouter_spec::model::SchemaRef;
    ///
    /// let schema = SchemaRef::new("/paths/~1pets~1{id}/get");
    /// assert_eq!(schema.fragment(), "#/paths/~1pets~1%7Bid%7D/get");
    /// ```
    pub fn fragment(&self) -> String {
        crate::reference::to_pointer(&self.pointer)
    }
}
