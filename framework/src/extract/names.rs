use crate::extract::FromRequest;
use crate::handler::{HandlerRequest, Setup, SetupError};
use crate::middleware::{RequestId, TraceContext};
use crate::problem::Problem;

/// The id that [`RequestIdMiddleware`](crate::middleware::RequestIdMiddleware) gave the request.
impl FromRequest for Option<RequestId> {
    type Plan = ();

    fn prepare(_: &Setup<'_>) -> Result<(), SetupError> {
        Ok(())
    }

    fn from_request((): &(), request: &mut HandlerRequest<'_>) -> Result<Self, Problem> {
        Ok(request.context().request_id().copied())
    }
}

/// The place that [`TracingMiddleware`](crate::middleware::TracingMiddleware) gave the request in a
/// trace.
impl FromRequest for Option<TraceContext> {
    type Plan = ();

    fn prepare(_: &Setup<'_>) -> Result<(), SetupError> {
        Ok(())
    }

    fn from_request((): &(), request: &mut HandlerRequest<'_>) -> Result<Self, Problem> {
        Ok(request.context().trace())
    }
}

/// The span of the request, to be the explicit parent of events and other spans; one that records
/// nothing without [`TracingMiddleware`](crate::middleware::TracingMiddleware).
#[cfg(feature = "tracing")]
impl FromRequest for tracing::Span {
    type Plan = ();

    fn prepare(_: &Setup<'_>) -> Result<(), SetupError> {
        Ok(())
    }

    fn from_request((): &(), request: &mut HandlerRequest<'_>) -> Result<Self, Problem> {
        Ok(request.context().span())
    }
}
