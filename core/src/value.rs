//! What single values are read as: numbers with their bounds, days, moments and identifiers.

mod calendar;
mod expected;
mod number;
#[cfg(any(feature = "openapi", feature = "uuid"))]
mod uuid;

pub use calendar::{Date, DateTime};
pub use expected::Expected;
#[cfg(feature = "openapi")]
pub(crate) use number::beyond;
pub use number::{Bound, Number};
pub(crate) use number::{read_boolean, read_integer, read_number};
#[cfg(any(feature = "openapi", feature = "uuid"))]
pub(crate) use uuid::is_uuid;
