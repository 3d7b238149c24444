use brrtrouter_transport::Response;

use crate::extract::FromRequest;
use crate::handler::{BoundHandler, HandlerRequest, Setup, SetupError, Unbound};
use crate::problem::Problem;
use crate::reply::IntoResponse;

/// A handler as a type, with its request and its response named.
///
/// ```
/// use brrtrouter::prelude::*;
///
/// struct Greet {
///     greeting: String,
/// }
///
/// impl Handler for Greet {
///     type Request = Path<String>;
///     type Response = Text;
///
///     fn handle(&self, Path(name): Path<String>) -> Text {
///         Text::from(format!("{}, {name}!", self.greeting))
///     }
/// }
/// ```
pub trait Handler: Send + Sync + 'static {
    /// What it takes: anything that can be [extracted](crate::extract), or a tuple of such.
    type Request: FromRequest;
    /// What it answers.
    type Response: IntoResponse;

    /// Answers one request.
    fn handle(&self, request: Self::Request) -> Self::Response;
}

/// A typed handler waiting for its operation.
pub(crate) struct Typed<H>(pub(crate) H);

impl<H: Handler> Unbound for Typed<H> {
    fn bind(self: Box<Self>, setup: &Setup<'_>) -> Result<Box<dyn BoundHandler>, SetupError> {
        Ok(Box::new(BoundTyped {
            plan: H::Request::prepare(setup)?,
            handler: self.0,
        }))
    }
}

struct BoundTyped<H: Handler> {
    handler: H,
    plan: <H::Request as FromRequest>::Plan,
}

impl<H: Handler> BoundHandler for BoundTyped<H> {
    fn call(
        &self,
        request: &mut HandlerRequest<'_>,
        response: &mut Response,
    ) -> Result<(), Problem> {
        let request = H::Request::from_request(&self.plan, request)?;
        self.handler.handle(request).into_response(response)
    }

    fn streams(&self) -> bool {
        H::Response::STREAMS
    }
}
