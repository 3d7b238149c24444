//! OpenAPI documents as one normalised, located model.
//!
//! ```text
//! bytes → located value → bundled references → version switch → model
//! ```
//!
//! Whatever version a document speaks, what comes out is shaped like OpenAPI 3.1 with JSON Schema
//! 2020-12; nothing later asks for the version. Every fault has a code, a message and a place, and
//! loading never panics. [`load_spec`] is the way in, [`Spec`] what comes out.

#![forbid(unsafe_code)]

pub mod diagnostic;
pub mod model;

mod counts;
mod error;
mod faults;
mod grammar;
mod limits;
#[cfg(feature = "lint")]
mod lint;
mod load;
mod lower;
mod normalise;
#[cfg(feature = "lint")]
mod opinion;
mod pointer;
mod reference;
mod source;
mod sources;
mod uri;
mod version;

pub use counts::Counts;
pub use diagnostic::{Diagnostic, Location, Severity};
pub use error::LoadError;
pub use limits::Limits;
pub use load::{Loader, load_spec};
pub use model::{Operation, OperationId, Spec};
