use std::fmt;

use crate::extract::{BodyShape, FromRequest};
use crate::handler::{Function, Handler, HandlerFunction, Raw, RawFunction, Typed, Unbound};
use crate::reply::IntoResponse;
use crate::routes::Endpoint;

/// One method of one path, with its handler.
pub(super) struct Route {
    pub(super) method: String,
    pub(super) endpoint: Endpoint,
    pub(super) body: BodyShape,
    pub(super) handler: Box<dyn Unbound>,
}

impl Route {
    pub(super) fn of_function<F, Args>(method: &str, endpoint: Endpoint, function: F) -> Self
    where
        F: HandlerFunction<Args, Answer: IntoResponse>,
        Args: FromRequest,
    {
        let handler = Box::new(Function::new(function));
        Self::new::<F::Answer>(method, endpoint, Args::BODY, handler)
    }

    pub(super) fn of_handler<H: Handler>(method: &str, endpoint: Endpoint, handler: H) -> Self {
        let body = H::Request::BODY;
        let handler = Box::new(Function::new(Typed(handler)));
        Self::new::<H::Response>(method, endpoint, body, handler)
    }

    pub(super) fn of_raw<F, R>(method: &str, endpoint: Endpoint, function: F) -> Self
    where
        F: RawFunction<R>,
        R: IntoResponse + 'static,
    {
        let handler = Box::new(Raw::new(function));
        Self::new::<R>(method, endpoint, BodyShape::None, handler)
    }

    fn new<R: IntoResponse>(
        method: &str,
        mut endpoint: Endpoint,
        body: BodyShape,
        handler: Box<dyn Unbound>,
    ) -> Self {
        for shape in R::SHAPES {
            endpoint.answers_by_itself(Some(shape.status), shape.content);
        }
        if R::SHAPES.is_empty() && endpoint.answers.is_empty() {
            endpoint.answers_by_itself(R::STATUS, R::CONTENT);
        }
        Self {
            method: method.to_ascii_uppercase(),
            endpoint,
            body,
            handler,
        }
    }

    /// The same behind a prefix.
    pub(super) fn behind(mut self, prefix: &str) -> Self {
        let prefix = prefix.trim_end_matches('/');
        let path = &self.endpoint.path;
        self.endpoint.path = match path.as_str() {
            "" | "/" if !prefix.is_empty() => prefix.to_owned(),
            path if path.starts_with('/') => format!("{prefix}{path}"),
            // No path at all, which is told where all routes are.
            path => path.to_owned(),
        };
        self
    }

    /// The name of the operation, as a document without `operationId` has it too.
    pub(super) fn name(&self) -> String {
        match &self.endpoint.name {
            Some(name) => name.clone(),
            None => format!("{} {}", self.method, self.endpoint.path),
        }
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.endpoint.path)
    }
}
