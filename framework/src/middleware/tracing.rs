//! Where a request belongs in a trace that runs through several services.
//!
//! | module | holds |
//! |---|---|
//! | `numbers` | ids of traces and spans |
//! | `span` | [`FinishedSpan`], and [`SpanExporter`]: where they go |
//! | `otlp` | [`OtlpExporter`]: to a collector, on a thread of its own |

mod numbers;
#[cfg(feature = "otlp")]
mod otlp;
mod span;

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use brrtrouter_transport::{HeaderLine, Request, Response};

use crate::middleware::{Middleware, Next, TraceContext, path_of};

use numbers::Numbers;

#[cfg(feature = "otlp")]
pub use otlp::{OtlpError, OtlpExporter};
pub use span::{FinishedSpan, SpanExporter};

/// Gives every request a span: below the one that its `traceparent` field names, or the first of a
/// new trace (W3C Trace Context).
///
/// The span is a value in the [`Context`](crate::middleware::Context), never the current one of a thread, since a coroutine
/// may go on on another thread whenever it waits. A handler takes an `Option` of
/// [`TraceContext`] as an argument, and calls others with its
/// [`traceparent`](TraceContext::traceparent). The answer says it in the same field.
///
/// With the feature `tracing` each request also has a span of the `tracing` crate, which a handler
/// takes as an argument (`tracing::Span`) and gives as an explicit parent: `info!(parent: &span, …)`.
pub struct TracingMiddleware {
    numbers: Numbers,
    share: f64,
    is_trusting: bool,
    exporters: Vec<Arc<dyn SpanExporter>>,
}

impl TracingMiddleware {
    /// Spans for all requests, whose traces go on if they are part of one.
    pub fn new() -> Self {
        Self {
            numbers: Numbers::new(),
            share: 1.0,
            is_trusting: true,
            exporters: Vec::new(),
        }
    }

    /// Records that share of the traces that begin here, from 0 to 1; those that begin elsewhere are
    /// recorded if they are there.
    pub fn sample(mut self, share: f64) -> Self {
        self.share = share;
        self
    }

    /// Begins a new trace for every request: for services that anybody may call.
    pub fn untrusting(mut self) -> Self {
        self.is_trusting = false;
        self
    }

    /// Sends the spans of recorded traces there as well.
    pub fn export(mut self, exporter: impl SpanExporter) -> Self {
        self.exporters.push(Arc::new(exporter));
        self
    }

    fn context(&self, request: &Request<'_>) -> TraceContext {
        let span = self.numbers.next();
        match self.parent(request) {
            Some(parent) => parent.child(span),
            None => {
                let (high, low) = (self.numbers.next(), self.numbers.next());
                let trace = u128::from(high) << 64 | u128::from(low);
                TraceContext::root(trace, span, low as f64 / u64::MAX as f64 <= self.share)
            }
        }
    }

    /// The one span that the request names; of several fields none can be believed.
    fn parent(&self, request: &Request<'_>) -> Option<TraceContext> {
        if !self.is_trusting {
            return None;
        }
        let mut fields = request.fields_named("traceparent");
        let parent = TraceContext::parse(fields.next()?);
        if fields.next().is_some() {
            None
        } else {
            parent
        }
    }
}

impl Default for TracingMiddleware {
    fn default() -> Self {
        Self::new()
    }
}

const FIELD: HeaderLine = HeaderLine::from_static("traceparent: \r\n");

impl Middleware for TracingMiddleware {
    fn handle(&self, request: &mut Request<'_>, response: &mut Response, mut next: Next<'_>) {
        let trace = self.context(request);
        next.context_mut().begin();
        let start = SystemTime::now();
        next.context_mut().set_trace(trace);
        #[cfg(feature = "tracing")]
        next.context_mut().set_span(new_span(request, trace));
        let target = request.target;
        let mut outcome = next.run(request, response);
        #[cfg(feature = "tracing")]
        {
            let span = outcome.context().span();
            if let Some(target) = outcome.operation() {
                span.record("http.route", target.template());
                span.record("operation", target.name());
            }
            span.record("http.response.status_code", response.status().code());
        }
        // A traceparent is made of digits and dashes.
        let traceparent = trace.traceparent();
        let _ = response.headers_mut().set_value(&FIELD, &traceparent);
        if !trace.is_sampled() || self.exporters.is_empty() {
            return;
        }
        let took = outcome.context_mut().took();
        let span = FinishedSpan {
            trace,
            start,
            took,
            method: request.method,
            path: path_of(target),
            operation: outcome.operation(),
            status: response.status(),
            request_id: outcome.context().request_id(),
        };
        for exporter in &self.exporters {
            exporter.export(&span);
        }
    }
}

/// A span of the `tracing` crate, with no parent but what its fields say.
#[cfg(feature = "tracing")]
fn new_span(request: &Request<'_>, trace: TraceContext) -> tracing::Span {
    use tracing::field::Empty;

    let path = path_of(request.target);
    let span = tracing::info_span!(
        parent: None,
        "request",
        otel.kind = "server",
        http.request.method = request.method,
        url.path = path,
        http.route = Empty,
        http.response.status_code = Empty,
        operation = Empty,
        trace_id = Empty,
        span_id = Empty,
        parent_id = Empty,
    );
    if !span.is_disabled() {
        span.record(
            "trace_id",
            tracing::field::display(format_args!("{:032x}", trace.trace_id())),
        );
        span.record(
            "span_id",
            tracing::field::display(format_args!("{:016x}", trace.span_id())),
        );
        if let Some(parent) = trace.parent_id() {
            span.record(
                "parent_id",
                tracing::field::display(format_args!("{parent:016x}")),
            );
        }
    }
    span
}

impl fmt::Debug for TracingMiddleware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TracingMiddleware")
            .field("share", &self.share)
            .field("is_trusting", &self.is_trusting)
            .field("exporters", &self.exporters.len())
            .finish_non_exhaustive()
    }
}
