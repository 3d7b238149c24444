//! Path templates, per-method tries, lookup and parameter extraction, without allocation.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod affix;
#[cfg(feature = "openapi")]
mod extract;
mod method;
#[cfg(feature = "openapi")]
mod openapi;
pub mod path;
mod percent;
#[cfg(feature = "alloc")]
mod router;
#[cfg(feature = "alloc")]
mod template;
#[cfg(feature = "alloc")]
mod trie;

#[cfg(feature = "openapi")]
pub use extract::{
    Bound, Expected, Extractor, Extractors, FieldSource, Number, ParameterError,
    ParameterErrorKind, ParameterValue, Parameters, Part, Place, PlanError, Source,
};
pub use method::MethodSet;
pub use path::{BadPath, PathParams, Spans};
#[cfg(feature = "alloc")]
pub use router::{
    Allow, BasePath, BuildError, BuildErrors, Lookup, Match, Redirect, Router, RouterBuilder,
    TrailingSlash,
};
#[cfg(feature = "alloc")]
pub use template::{Template, TemplateError};
