//! Handlers: what runs when an operation is asked for.
//!
//! There are three ways to write one and a single mechanism behind them:
//!
//! | written as | registered with | for |
//! |---|---|---|
//! | a function of [extracted](crate::extract) arguments | [`Dispatcher::register`] | nearly everything |
//! | a type that implements [`Handler`] | [`Dispatcher::register_typed`] | generated code, handlers with fields |
//! | a closure over the [`HandlerRequest`] | [`Dispatcher::register_handler`] | full control |
//!
//! Each is *prepared* once, when the service is built: what its arguments need (shared state, a body
//! in the document) is looked up then, and what is missing stops the start.
//!
//! [`Dispatcher::register`]: crate::Dispatcher::register
//! [`Dispatcher::register_typed`]: crate::Dispatcher::register_typed
//! [`Dispatcher::register_handler`]: crate::Dispatcher::register_handler

mod bound;
mod function;
mod raw;
mod request;
mod setup;
mod typed;

pub use function::HandlerFunction;
pub use raw::RawFunction;
pub use request::HandlerRequest;
pub use setup::{Setup, SetupError};
pub use typed::Handler;

pub(crate) use bound::{BoundHandler, Unbound};
pub(crate) use function::Function;
pub(crate) use raw::Raw;
pub(crate) use request::body_problem;
pub(crate) use setup::States;
pub(crate) use typed::Typed;
