use std::fmt;
use std::sync::OnceLock;

use brrtrouter_transport::{HeaderLine, Payload, Response};
use may::coroutine;

use crate::dispatch::{PoolLimits, Runner};
use crate::middleware::MetricsMiddleware;
use crate::operations::{Endpoint, Visit};
use crate::problem::Problem;

/// What a [`MetricsMiddleware`] has counted, in the text format that Prometheus reads.
///
/// The text is made on a thread, so that requests beside it do not wait.
pub struct MetricsPage {
    metrics: MetricsMiddleware,
    /// Started with the first request; `None` if the system has no thread for it.
    writer: OnceLock<Option<Runner>>,
}

impl MetricsPage {
    /// The page of these metrics.
    pub fn new(metrics: &MetricsMiddleware) -> Self {
        Self {
            metrics: metrics.clone(),
            writer: OnceLock::new(),
        }
    }

    fn render(&self) -> Result<String, Problem> {
        let start = || Runner::on_threads(PoolLimits::new(1, 64)).ok();
        let writer = coroutine::is_coroutine().then(|| self.writer.get_or_init(start));
        match writer {
            Some(Some(writer)) => {
                let metrics = self.metrics.clone();
                writer.run(move || metrics.render())
            }
            _ => Ok(self.metrics.render()),
        }
    }
}

impl Endpoint for MetricsPage {
    fn answer(&self, visit: Visit<'_, '_>, response: &mut Response) -> Result<(), Problem> {
        const TYPE: HeaderLine =
            HeaderLine::from_static("content-type: text/plain; version=0.0.4; charset=utf-8\r\n");
        const NO_STORE: HeaderLine = HeaderLine::from_static("cache-control: no-store\r\n");

        visit.expect_get()?;
        let text = self.render()?;
        response.headers_mut().push_line(&TYPE);
        response.headers_mut().push_line(&NO_STORE);
        // Not into the connection's buffer, which would stay as large.
        response.set_payload(Payload::Bytes(text.into()));
        Ok(())
    }
}

impl fmt::Debug for MetricsPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricsPage").finish_non_exhaustive()
    }
}
