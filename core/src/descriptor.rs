//! Descriptors: a parameter's name and type, written once and used in templates, requests and URLs.
//!
//! | module | holds |
//! |---|---|
//! | `param` | [`Param`]: the name, how its text is read and written, and what it may be |
//! | `value` | [`ParamValue`] and the types that have it |
//! | `fault` | what may be wrong with a text, and which parameter it is |
//! | `values` | [`Params`]: a request's values, by descriptor |
//! | `given` | [`Given`]: a parameter with a value, for a URL |
//! | `url` | [`UrlBuilder`]: values → path and query, collected one by one |

mod fault;
mod given;
mod param;
#[cfg(feature = "alloc")]
mod url;
mod value;
mod values;

pub use fault::{ParamError, ParamFault};
pub use given::Given;
pub use param::{Descriptor, Param, ParamKind};
#[cfg(feature = "alloc")]
pub use url::UrlBuilder;
pub use value::{ParamNumber, ParamValue};
pub use values::{Params, Values};
