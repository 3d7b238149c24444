use crate::extract::FromRequest;
use crate::handler::HandlerFunction;
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

/// A typed handler as a function of one argument.
pub(crate) struct Typed<H>(pub(crate) H);

impl<H: Handler> HandlerFunction<H::Request> for Typed<H> {
    type Answer = H::Response;

    fn invoke(&self, request: H::Request) -> H::Response {
        self.0.handle(request)
    }
}
