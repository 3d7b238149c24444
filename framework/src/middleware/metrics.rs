//! Counters and histograms of requests, for Prometheus.
//!
//! | module | holds |
//! |---|---|
//! | `registry` | all series, kept across reloads |
//! | `series` | what is counted of one operation |
//! | `text` | [`MetricsText`]: the text format, version 0.0.4 |

mod registry;
mod series;
mod text;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use brrtrouter_spec::Spec;
use brrtrouter_transport::{Request, Response};

use crate::middleware::concurrency_limit::Counted;
use crate::middleware::{Middleware, Next};

use registry::Registry;
use series::Series;

pub use text::{MetricKind, MetricsText};

/// Counts requests by operation and status class, and how long they took.
///
/// | metric | labels | |
/// |---|---|---|
/// | `http_requests_total` | `method`, `route`, `status` (`2xx`) | counter |
/// | `http_request_duration_seconds` | `method`, `route` | histogram |
/// | `http_requests_in_flight` | | gauge |
///
/// `route` is the template of the document, and empty for whatever is not in it; a method that no
/// operation has is `other`. So the document bounds how many series there are. A request counts with
/// an atomic addition each, without a lock or an allocation; a stream's time ends with its head.
///
/// Clones share what they count. A
/// [`MetricsPage`](crate::operations::MetricsPage) is where Prometheus finds it.
///
/// ```
/// use brrtrouter::middleware::MetricsMiddleware;
/// use brrtrouter::operations::MetricsPage;
///
/// let metrics = MetricsMiddleware::new();
/// // builder.middleware(metrics.clone()).mount("/metrics", MetricsPage::new(&metrics))
/// let page = MetricsPage::new(&metrics);
/// # let _ = page;
/// ```
#[derive(Clone)]
pub struct MetricsMiddleware {
    registry: Arc<Registry>,
}

impl MetricsMiddleware {
    /// Counts from zero, with buckets from half a millisecond to ten seconds.
    pub fn new() -> Self {
        const BUCKETS: [u64; 14] = [
            500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
            2_500_000, 5_000_000, 10_000_000,
        ];
        Self::with_buckets(BUCKETS.map(Duration::from_micros))
    }

    /// Counts from zero, with buckets up to these times; at most 64 are kept.
    pub fn with_buckets(upper_bounds: impl IntoIterator<Item = Duration>) -> Self {
        Self {
            registry: Arc::new(Registry::new(upper_bounds)),
        }
    }

    /// The same with more on the page: what `collect` writes whenever it is asked for.
    ///
    /// ```
    /// use brrtrouter::middleware::{MetricKind, MetricsMiddleware};
    ///
    /// let metrics = MetricsMiddleware::new().with(|text| {
    ///     text.family("pets", MetricKind::Gauge, "How many pets there are.");
    ///     text.sample("pets", &[("kind", "cat")], 7.0);
    /// });
    /// assert!(metrics.render().ends_with("pets{kind=\"cat\"} 7\n"));
    /// ```
    pub fn with(self, collect: impl Fn(&mut MetricsText) + Send + Sync + 'static) -> Self {
        self.registry.add_collector(Box::new(collect));
        self
    }

    /// All that was counted, in the text format.
    pub fn render(&self) -> String {
        self.registry.render()
    }
}

impl Default for MetricsMiddleware {
    fn default() -> Self {
        Self::new()
    }
}

impl Middleware for MetricsMiddleware {
    fn handle(&self, request: &mut Request<'_>, response: &mut Response, next: Next<'_>) {
        // Without a document nothing has a series of its own.
        self.registry.bind(&[]).handle(request, response, next);
    }

    fn for_document(&self, spec: &Spec) -> Option<Box<dyn Middleware>> {
        Some(Box::new(self.registry.bind(&spec.operations)))
    }
}

/// The series of one document, by the places of its operations.
pub(super) struct BoundMetrics {
    registry: Arc<Registry>,
    operations: Box<[Arc<Series>]>,
    /// By the places of their methods in [`METHODS`]; the last is of all others.
    others: Box<[Arc<Series>]>,
}

/// The methods by which requests are told apart that reach no operation.
const METHODS: [&str; 8] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other",
];

impl Middleware for BoundMetrics {
    fn handle(&self, request: &mut Request<'_>, response: &mut Response, mut next: Next<'_>) {
        next.context_mut().begin();
        let (_counted, _) = Counted::new(self.registry.in_flight());
        let method = request.method;
        let mut outcome = next.run(request, response);
        let took = outcome.context_mut().elapsed();
        let operation = outcome.reached();
        let series = match operation.and_then(|id| self.operations.get(id.index())) {
            Some(series) => Some(series),
            None => self.other(method),
        };
        if let Some(series) = series {
            let bounds = self.registry.bounds();
            series.count(response.status(), took, bounds);
        }
    }
}

impl BoundMetrics {
    /// The series of what reaches no operation.
    #[cold]
    fn other(&self, method: &str) -> Option<&Arc<Series>> {
        let known = METHODS.iter().position(|known| *known == method);
        self.others.get(known.unwrap_or(METHODS.len() - 1))
    }
}

impl fmt::Debug for MetricsMiddleware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricsMiddleware").finish_non_exhaustive()
    }
}
