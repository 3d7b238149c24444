//! OpenAPI documents as one normalised, located model.
//!
//! ```text
//! bytes → located value → bundled references → version switch → model
//! ```
//!
//! Whatever version a document speaks, what comes out is shaped like OpenAPI 3.1 with JSON Schema
//! 2020-12; nothing later asks for the version.

#![forbid(unsafe_code)]

pub mod diagnostic;
pub mod model;

pub use diagnostic::{Diagnostic, Location, Severity};
pub use model::{Operation, OperationId, Spec};
