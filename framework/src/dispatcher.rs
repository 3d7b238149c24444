//! Which handler answers which operation.

use std::fmt;

use crate::extract::FromRequest;
use crate::handler::{Function, Handler, HandlerFunction, Raw, RawFunction, Typed, Unbound};
use crate::reply::IntoResponse;

/// Handlers by the names of their operations, to be joined with a document by
/// [`AppService`](crate::AppService).
#[derive(Default)]
pub struct Dispatcher {
    handlers: Vec<(String, Box<dyn Unbound>)>,
}

impl Dispatcher {
    /// No handlers yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers a function of extracted arguments.
    pub fn register<F, Args>(&mut self, operation: impl Into<String>, function: F) -> &mut Self
    where
        F: HandlerFunction<Args, Answer: IntoResponse>,
        Args: FromRequest,
    {
        self.add(operation, Box::new(Function::new(function)))
    }

    /// Registers a type that implements [`Handler`].
    pub fn register_typed<H>(&mut self, operation: impl Into<String>, handler: H) -> &mut Self
    where
        H: Handler,
    {
        self.add(operation, Box::new(Function::new(Typed(handler))))
    }

    /// Registers a function of the whole [`HandlerRequest`](crate::HandlerRequest).
    pub fn register_handler<F, R>(&mut self, operation: impl Into<String>, function: F) -> &mut Self
    where
        F: RawFunction<R>,
        R: IntoResponse + 'static,
    {
        self.add(operation, Box::new(Raw::new(function)))
    }

    fn add(&mut self, operation: impl Into<String>, handler: Box<dyn Unbound>) -> &mut Self {
        self.handlers.push((operation.into(), handler));
        self
    }

    pub(crate) fn extend(&mut self, handlers: Vec<(String, Box<dyn Unbound>)>) {
        self.handlers.extend(handlers);
    }

    /// The handlers in the order of their registration.
    pub(crate) fn into_handlers(self) -> Vec<(String, Box<dyn Unbound>)> {
        self.handlers
    }
}

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.handlers.iter().map(|(name, _)| name))
            .finish()
    }
}
