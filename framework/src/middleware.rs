//! What runs around every request.
//!
//! Middleware sees all that a service answers: what no route has, what a check refuses, and the 500
//! that a panic becomes. It runs in the order in which it was added, the first outermost, on the
//! coroutine of the connection; without any, a request takes the same way as if there were no such
//! thing.
//!
//! ```
//! use brrtrouter::middleware::{Middleware, Next};
//! use brrtrouter::{HeaderLine, Response};
//! use brrtrouter_transport::Request;
//!
//! /// Says which operation answered.
//! struct Named;
//!
//! impl Middleware for Named {
//!     fn handle(&self, request: &mut Request<'_>, response: &mut Response, next: Next<'_>) {
//!         let outcome = next.run(request, response);
//!         if let Some(operation) = outcome.operation() {
//!             let _ = response.headers_mut().set("x-operation", operation.name());
//!         }
//!     }
//! }
//! ```
//!
//! | module | holds |
//! |---|---|
//! | `chain` | [`Middleware`], and [`Next`]: the way inwards |
//! | `context` | [`Context`]: what is known of one request, by name and by type |
//! | `extensions` | [`Extensions`]: values of one request by their types |
//! | `outcome` | [`Outcome`]: which operation answered whom |

mod chain;
mod context;
mod extensions;
mod outcome;

pub use chain::{Middleware, Next};
pub use context::Context;
pub use extensions::Extensions;
pub use outcome::{Outcome, Target};

pub(crate) use chain::Innermost;
pub(crate) use context::Reached;
