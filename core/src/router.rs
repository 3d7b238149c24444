//! All tries of an API: a method and a target in, a route out.
//!
//! | module | holds |
//! |---|---|
//! | `lookup` | the lookup, over whatever holds tables |
//! | `outcome`, `allow` | what it finds |
//! | `compiled` | [`Router`], which was compiled here |
//! | `build`, `fault`, `allow_values` | routes and documents → [`Router`] |

mod allow;
#[cfg(feature = "alloc")]
mod allow_values;
#[cfg(feature = "alloc")]
mod build;
#[cfg(feature = "alloc")]
mod compiled;
#[cfg(feature = "alloc")]
mod fault;
pub(crate) mod lookup;
mod outcome;

pub use allow::Allow;
#[cfg(feature = "alloc")]
pub use build::{BasePath, RouterBuilder};
#[cfg(feature = "alloc")]
pub use compiled::Router;
#[cfg(feature = "alloc")]
pub use fault::{BuildError, BuildErrors};
pub use outcome::{Lookup, Match, Redirect};

/// What a slash at the end of a path means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum TrailingSlash {
    /// With and without it are different paths.
    #[default]
    Strict,
    /// As [`Strict`](TrailingSlash::Strict), but where only the other path is there, the answer is
    /// [`Lookup::Redirect`].
    Redirect,
    /// Where only the other path is there, it is taken.
    Ignore,
}
