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
//! | `bracket`, `split` | the punctuation of styles |
//! | `view` | style and place → scalar, items or entries |
//! | `quick` | the kinds of single values that need no more than a glance |
//! | `json` | JSON texts within parameters |
//! | `check` | values against what is planned → [`ParameterError`]s |
//! | `de` | values → serde |

mod bracket;
mod check;
mod compile;
mod de;
mod error;
mod form;
mod json;
mod plan;
mod quick;
mod scalar;
mod schema;
mod source;
mod split;
#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests;
mod view;

use alloc::boxed::Box;
use alloc::vec::Vec;

use quick::Quick;

pub use de::ParameterValue;
pub use error::{ParameterError, ParameterErrorKind, Part};
pub use plan::{Extractor, PlanError};
pub use source::{Parameters, Slots};

pub(crate) use crate::source::Place;

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
    /// Whether a parameter stands in a header field or takes the whole query.
    has_whole_values: bool,
    /// All parameters in the order of the path's template, if they all stand there and are quick.
    segments: Box<[Segment]>,
    /// The parameters of each place: those of the path in the order of the template, others in that of
    /// the document.
    places: [Box<[u16]>; Place::COUNT],
}

/// A parameter that is a segment of the path.
#[derive(Debug)]
struct Segment {
    parameter: u16,
    kind: Quick,
}

/// A name that belongs to a parameter.
#[derive(Debug)]
struct Key {
    name: Box<[u8]>,
    parameter: u16,
    /// Whether it is the name before brackets: `filter[…]`.
    is_bracketed: bool,
}
