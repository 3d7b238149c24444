//! What runs around every request.
//!
//! Middleware sees all that a service answers: what no route has, what a check refuses, and the 500
//! that a panic becomes. It runs in the order in which it was added, the first outermost, on the
//! coroutine of the connection; without any, a request takes the same way as if there were no such
//! thing.
//!
//! ```
//! use brrtrouter::middleware::{Middleware, Next};
//! use brrtrouter::{HeaderLine, Response};
//! use brrtrouter_transport::Request;
//!
//! /// Says which operation answered.
//! struct Named;
//!
//! impl Middleware for Named {
//!     fn handle(&self, request: &mut Request<'_>, response: &mut Response, next: Next<'_>) {
//!         let outcome = next.run(request, response);
//!         if let Some(operation) = outcome.operation() {
//!             let _ = response.headers_mut().set("x-operation", operation.name());
//!         }
//!     }
//! }
//! ```
//!
//! | middleware | does |
//! |---|---|
//! | [`RequestIdMiddleware`] | gives each request a name |
//! | [`ClientAddressMiddleware`] | finds the client behind trusted proxies |
//! | [`AccessLogMiddleware`] | writes a line for each request |
//! | [`MetricsMiddleware`] | counts requests for Prometheus |
//! | [`TracingMiddleware`] | gives each request a span of its trace |
//! | [`SecurityHeadersMiddleware`] | tells browsers to be careful |
//! | [`RateLimitMiddleware`] | answers 429 to who asks too often |
//! | [`ConcurrencyLimitMiddleware`] | answers 503 when too much is asked at once |
//! | [`CorsMiddleware`] | lets pages of other origins call, and answers preflights |
//! | `CompressionMiddleware` (feature `compression`) | makes answers smaller |
//!
//! In this order, the outermost first, each of them sees what the others need of it. The way itself:
//!
//! | module | holds |
//! |---|---|
//! | `chain` | [`Middleware`], and [`Next`]: the way inwards |
//! | `context` | [`Context`]: what is known of one request, by name and by type |
//! | `extensions` | [`Extensions`]: values of one request by their types |
//! | `outcome` | [`Outcome`]: which operation answered whom |
//! | `request_id`, `trace_context` | [`RequestId`], [`TraceContext`]: the names of a request |

mod access_log;
mod chain;
mod client_address;
#[cfg(feature = "compression")]
mod compression;
mod concurrency_limit;
mod context;
mod cors;
mod extensions;
mod metrics;
mod outcome;
mod rate_limit;
mod request_id;
mod security_headers;
mod trace_context;
mod tracing;
mod vary;

pub use access_log::AccessLogMiddleware;
pub use chain::{Middleware, Next};
pub use client_address::{ClientAddressMiddleware, InvalidNetwork};
#[cfg(feature = "compression")]
pub use compression::CompressionMiddleware;
pub use concurrency_limit::ConcurrencyLimitMiddleware;
pub use context::Context;
pub use cors::{CorsError, CorsMiddleware, CorsPolicy};
pub use extensions::Extensions;
pub use metrics::{MetricKind, MetricsMiddleware, MetricsText};
pub use outcome::{Outcome, Target};
pub use rate_limit::{LocalBuckets, Quota, RateKey, RateLimitMiddleware, RateStore};
pub use request_id::{LONGEST_REQUEST_ID, RequestId, RequestIdMiddleware};
pub use security_headers::SecurityHeadersMiddleware;
pub use trace_context::{TraceContext, Traceparent};
pub use tracing::{FinishedSpan, SpanExporter, TracingMiddleware};

pub use crate::logging::{LogFormat, LogWriter};
#[cfg(feature = "otlp")]
pub use tracing::{OtlpError, OtlpExporter};

pub(crate) use chain::Innermost;
pub(crate) use context::Reached;

/// A target without its query.
pub(crate) fn path_of(target: &str) -> &str {
    let end = memchr::memchr(b'?', target.as_bytes());
    end.and_then(|end| target.get(..end)).unwrap_or(target)
}
