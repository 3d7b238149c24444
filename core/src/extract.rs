//! Parameters of an operation: planned once, taken from a request without copying.
//!
//! In the order data passes through:
//!
//! | module | holds |
//! |---|---|
//! | `schema` | a parameter's schema → what is checked, and whether there is more to it |
//! | `compile` | an operation's parameters → [`Extractors`] |
//! | `form` | the properties of a form body → the same |
//! | `source` | one pass over query and cookies → where each value stands |
//! | `view` | style and place → scalar, items or entries |
//! | `check` | values against what is planned → [`ParameterError`]s |
//! | `de` | values → serde |

mod check;
mod compile;
mod de;
mod error;
mod form;
mod plan;
mod scalar;
mod schema;
mod source;
#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests;
mod text;
mod view;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

pub use de::ParameterValue;
pub use error::{Bound, Expected, Number, ParameterError, ParameterErrorKind, Part};
pub use plan::{Extractor, PlanError};
pub use source::{FieldSource, Parameters, Source};

/// Where a parameter stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// In a segment of the path.
    Path,
    /// In the query.
    Query,
    /// The whole query.
    QueryString,
    /// In a header field.
    Header,
    /// In the `Cookie` field.
    Cookie,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Place::Path => "path",
            Place::Query => "query",
            Place::QueryString => "query string",
            Place::Header => "header",
            Place::Cookie => "cookie",
        })
    }
}

/// The compiled plan of one operation's parameters.
///
/// Compiled once; [`extract`](Extractors::extract) then serves every request.
#[derive(Debug)]
pub struct Extractors {
    parameters: Vec<Extractor>,
    /// The names to look for in a query, and whose they are.
    query: Vec<Key>,
    /// The names to look for among cookies, and whose they are.
    cookies: Vec<Key>,
    /// The parameter that takes all names of the query that no other has.
    rest: Option<u16>,
    /// Whether a parameter takes the whole query.
    takes_query: bool,
}

/// A name that belongs to a parameter.
#[derive(Debug)]
struct Key {
    name: Box<[u8]>,
    parameter: u16,
    /// Whether it is the name before brackets: `filter[…]`.
    is_bracketed: bool,
}
