//! An HTTP server framework whose route table is an OpenAPI document.
//!
//! Hand it the document, write plain blocking handlers, and get routing, validation, security and
//! streaming that follow the document. A request travels from its socket to its handler and back on
//! one coroutine.
//!
//! ```no_run
//! use brrtrouter::prelude::*;
//!
//! # #[cfg(feature = "raw")]
//! fn main() -> brrtrouter::Result<()> {
//!     let spec = load_spec("openapi.yaml")?;
//!     let service = AppService::builder(spec).handler("hello", hello).build()?;
//!     let server = RawServer::bind("127.0.0.1:8080")?.serve(service)?;
//!     server.join()?;
//!     Ok(())
//! }
//! # #[cfg(not(feature = "raw"))]
//! # fn main() {}
//!
//! fn hello(Path(name): Path<String>) -> Text {
//!     Text::from(format!("hello, {name}"))
//! }
//! ```
//!
//! In the order a request passes through:
//!
//! | module | holds |
//! |---|---|
//! | [`service`] | [`AppService`] and its builder: the way of a request |
//! | [`middleware`] | what runs around every request |
//! | [`routes`] | routes written in code, alone or beside a document's |
//! | [`security`] | providers for the document's security schemes |
//! | `validate` | parameters and bodies against the document's schemas |
//! | [`handler`], [`extract`] | functions and types that answer, and what they take |
//! | [`dispatch`] | where a handler runs: on its connection, apart from it, or on a thread |
//! | [`operations`] | health, metrics, the document and its page, beside the document's operations |
//! | [`files`] | files of a folder beside the document's operations |
//! | [`logging`] | lines of a log, written by a thread of their own |
//! | [`reload`] | a changed document, live without a restart |
//! | [`reply`], [`stream`] | what they answer with |
//! | [`conditional`] | answers compared with what the client has: 304, 412, parts of content |
//! | [`testing`] | a client in process, for the tests of a service |
//! | [`problem`] | errors as `application/problem+json`, and the one place that renders them |

// Only `dispatch::spawn`, where coroutines are made, is allowed any.
#![deny(unsafe_code)]

mod clock;
mod coding;
pub mod conditional;
pub mod dispatch;
mod dispatcher;
pub mod extract;
pub mod files;
pub mod handler;
pub mod logging;
mod media;
pub mod middleware;
pub mod operations;
mod panics;
pub mod prelude;
pub mod problem;
pub mod reload;
pub mod reply;
mod router;
pub mod routes;
pub mod security;
pub mod service;
pub mod stream;
pub mod testing;
mod validate;
mod waiting;

pub use brrtrouter_core::{
    BasePath, Date, DateTime, Descriptor, Param, ParamError, ParamFault, Params, Template,
    TrailingSlash, UrlBuilder,
};
#[cfg(feature = "raw")]
pub use brrtrouter_raw::RawServer;
pub use brrtrouter_spec::{Diagnostic, LoadError, Loader, Spec, load_spec};
pub use brrtrouter_transport::{
    DRAIN_LIMIT, Drained, Event, HeaderLine, Headers, InvalidHeader, Payload, Response, ServeError,
    ServerHandle, Status, Transport,
};
pub use bytes;
pub use dispatch::Dispatch;
pub use dispatcher::Dispatcher;
pub use extract::FromRequest;
pub use files::StaticFiles;
pub use handler::{Handler, HandlerRequest};
pub use middleware::{Middleware, Next};
pub use problem::{ErrorRenderer, Problem, Violation};
#[cfg(feature = "reload")]
pub use reload::watch_spec;
pub use reload::{Changes, ReloadableService};
pub use reply::{HandlerResponse, IntoResponse};
pub use router::Router;
pub use routes::{Endpoint, RouterBuilder};
pub use service::{AppService, AppServiceBuilder, BuildError, Limits};

/// Any error of loading, building or serving, for a `main` that passes them on.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// The result of a `main` that passes errors on.
pub type Result<T> = std::result::Result<T, Error>;
