//! Requests checked against the document before any handler sees them, and answers after it.
//!
//! | module | holds |
//! |---|---|
//! | `view` | the document as requests and as responses are checked against it |
//! | `format` | formats that JSON Schema leaves open |
//! | `schema` | JSON Schema validators for places in the document, compiled once |
//! | `json` | JSON text to a value, refusing what is too deep and keys that stand twice |
//! | `tape` | JSON text as a flat list of its values, which is what is checked |
//! | `form` | a form to a JSON object, typed by its schema |
//! | `multipart` | the parts of a multipart body: fields typed the same way, and files |
//! | `body` | one operation's body: media types, limit, schema |
//! | `parameters` | one operation's parameters: the core's checks, and schemas where they go further |
//! | `accept` | the media types that a client takes, against those of an operation's answers |
//! | `response` | one operation's answers: statuses, media types, fields, schemas |

mod accept;
mod body;
mod form;
mod format;
mod json;
mod multipart;
mod parameters;
mod response;
mod schema;
mod tape;
mod view;

pub(crate) use accept::{AcceptPlan, quality};
pub(crate) use body::{BodyPlan, Content, not_utf8};
pub(crate) use json::parse as parse_json;
pub use parameters::UnknownQuery;
pub(crate) use parameters::{ParameterFault, ParameterPlan, parameter_violation};
pub use response::ResponseCheck;
pub(crate) use response::ResponsePlan;
pub(crate) use schema::{SchemaCompiler, SchemaFault};
pub(crate) use view::{Direction, of as view_of};
