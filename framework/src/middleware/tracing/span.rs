use std::time::{Duration, SystemTime};

use brrtrouter_transport::Status;

use crate::middleware::{RequestId, Target, TraceContext};

/// The span of one request, once it is answered.
#[derive(Debug)]
#[non_exhaustive]
pub struct FinishedSpan<'s> {
    /// Its place in the trace.
    pub trace: TraceContext,
    /// When it began.
    pub start: SystemTime,
    /// How long it took.
    pub took: Duration,
    /// The method as it was sent.
    pub method: &'s str,
    /// The path as it was sent, without the query.
    pub path: &'s str,
    /// What was reached.
    pub operation: Option<Target<'s>>,
    /// The status of the answer.
    pub status: Status,
    /// The id of the request, if it has one.
    pub request_id: Option<&'s RequestId>,
}

/// Where spans go.
pub trait SpanExporter: Send + Sync + 'static {
    /// Takes a span over. Runs on the connection's coroutine, so it must not wait.
    fn export(&self, span: &FinishedSpan<'_>);
}
