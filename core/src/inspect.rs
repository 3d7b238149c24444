//! A router as people see it: why a request ends where it ends, which routes cross, and all of it as
//! a tree.
//!
//! | module | holds |
//! |---|---|
//! | `routes` | the routes as they were given, which tables do not keep |
//! | `fit` | one segment of a template against one of a path |
//! | `explain`, `show` | [`Router::explain`](crate::Router::explain), and it as a text |
//! | `ambiguities` | [`Router::ambiguities`](crate::Router::ambiguities) |
//! | `pairs`, `overlap` | routes that may have a path in common, and texts that two segments match |
//! | `tree` | the `Display` of a router |

mod ambiguities;
mod explain;
mod fit;
mod overlap;
mod pairs;
mod routes;
mod show;
mod tree;

pub use ambiguities::Ambiguity;
pub use explain::{Candidate, Explanation, Fate, Mismatch, Test};
pub use routes::RouteInfo;
pub(crate) use routes::Routes;
