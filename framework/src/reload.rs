//! A changed document, live without a restart.
//!
//! ```no_run
//! use brrtrouter::prelude::*;
//! use brrtrouter::reload::{ReloadableService, watch_spec};
//!
//! # fn main() -> brrtrouter::Result<()> {
//! let spec = load_spec("openapi.yaml")?;
//! let service = ReloadableService::new(spec, |spec| {
//!     AppService::builder(spec).handler("hello", || "hello")
//! })?;
//! let _watch = watch_spec("openapi.yaml", &service, |reloaded| match reloaded {
//!     Ok(changes) => log::info!("a new document serves: {changes}"),
//!     Err(error) => log::error!("the old document goes on to serve: {error}"),
//! })?;
//! let server = RawServer::bind("127.0.0.1:8080")?.serve(service)?;
//! server.join()?;
//! # Ok(())
//! # }
//! ```
//!
//! Each document becomes a whole new [`AppService`](crate::AppService): routes, checks, security,
//! limits and handlers, made by the same function. It takes the place of the old one at once; a
//! request is answered by the one that it met, from its lookup to its end. What is to outlive a
//! document, such as state, counters or connections, is made outside of the function and shared by it:
//! clones, or an [`Arc`](std::sync::Arc), which middleware may be in as well.
//!
//! | module | holds |
//! |---|---|
//! | `service` | [`ReloadableService`]: the service that stays while its documents change |
//! | `changes` | [`Changes`]: what was added, changed and removed |
//! | `fingerprint` | what an operation depends on, as a number |
//! | `watch` | [`watch_spec`]: a thread that looks after files |

mod changes;
mod fingerprint;
mod service;
#[cfg(feature = "reload")]
mod watch;

pub use changes::{ChangedOperation, Changes};
pub use service::{ReloadError, ReloadableService};
#[cfg(feature = "reload")]
pub use watch::{SpecWatch, WatchError, watch_spec, watch_spec_with};
