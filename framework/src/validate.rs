//! Requests checked against the document, before any handler sees them.
//!
//! | module | holds |
//! |---|---|
//! | `schema` | JSON Schema validators for places in the document, compiled once |
//! | `json` | JSON text to a value, refusing what is too deep and keys that stand twice |
//! | `body` | one operation's body: media types, limit, schema |
//! | `parameters` | one operation's parameters: the core's checks, and schemas where they go further |

mod body;
mod json;
mod parameters;
mod schema;

pub(crate) use body::BodyPlan;
pub(crate) use parameters::{ParameterFault, ParameterPlan, parameter_violation};
pub(crate) use schema::{SchemaCompiler, SchemaFault};
