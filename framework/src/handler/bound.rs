use brrtrouter_transport::Response;

use crate::handler::{HandlerRequest, Setup, SetupError};
use crate::problem::Problem;

/// A handler as it was registered, not yet joined to its operation.
pub(crate) trait Unbound: Send {
    /// Looks up all that the handler needs.
    fn bind(self: Box<Self>, setup: &Setup<'_>) -> Result<Box<dyn BoundHandler>, SetupError>;
}

/// A handler with all that it needs.
pub(crate) trait BoundHandler: Send + Sync {
    /// Answers one request.
    fn call(
        &self,
        request: &mut HandlerRequest<'_>,
        response: &mut Response,
    ) -> Result<(), Problem>;

    /// Whether its answers go on after the head.
    fn streams(&self) -> bool;
}
