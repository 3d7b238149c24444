//! The pet store with all that is built in around it: middleware, health, metrics, the document and its
//! page. For tools that look at them from outside.

#![forbid(unsafe_code)]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use brrtrouter::middleware::{
    AccessLogMiddleware, ClientAddressMiddleware, CompressionMiddleware,
    ConcurrencyLimitMiddleware, CorsMiddleware, CorsPolicy, MetricKind, MetricsMiddleware,
    RateLimitMiddleware, RequestIdMiddleware, SecurityHeadersMiddleware, TracingMiddleware,
};
use brrtrouter::operations::{DocsPage, DocumentPage, HealthChecks, MetricsPage};
use brrtrouter::prelude::*;
use brrtrouter::{DRAIN_LIMIT, StaticFiles};
use whole_server_tests::server::pet_store_builder;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "operated: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Serves until it is told to stop; the first line of the output is the address. An argument is a folder
/// whose files are served below `/files`.
fn run() -> brrtrouter::Result<()> {
    let metrics = MetricsMiddleware::new().with(|text| {
        text.family(
            "pets_by \"kind\"",
            MetricKind::Gauge,
            "How many\nof each \\ kind.",
        );
        text.sample("pets_by \"kind\"", &[("kind", "a \"cat\"\n\\")], 2.5);
        text.sample("pets_by \"kind\"", &[("kind", "none")], f64::INFINITY);
    });
    let health = HealthChecks::new()
        .with("always", || Ok::<(), String>(()))
        .start()?;
    let mut builder = pet_store_builder()
        .middleware(RequestIdMiddleware::new())
        .middleware(ClientAddressMiddleware::new())
        .middleware(TracingMiddleware::new())
        .middleware(AccessLogMiddleware::json(std::io::stderr())?)
        .middleware(metrics.clone())
        .middleware(SecurityHeadersMiddleware::new())
        .middleware(RateLimitMiddleware::per_second(10_000))
        .middleware(ConcurrencyLimitMiddleware::new(1_000))
        .middleware(CorsMiddleware::new(CorsPolicy::origins([
            "https://app.example",
        ])?))
        .middleware(CompressionMiddleware::new())
        .mount("/livez", health.liveness())
        .mount("/readyz", health.readiness())
        .mount("/metrics", MetricsPage::new(&metrics))
        .mount("/openapi.json", DocumentPage::json())
        .mount("/openapi.yaml", DocumentPage::yaml())
        .mount("/docs", DocsPage::new());
    if let Some(folder) = std::env::args_os().nth(1) {
        builder = builder.mount("/files", StaticFiles::new(PathBuf::from(folder))?);
    }
    let server = RawServer::bind("127.0.0.1:0")?
        .serve(builder.build()?)?
        .on_drain(move || health.start_draining())
        .drain_after(Duration::ZERO)
        .drain_on_signals(DRAIN_LIMIT)?;
    writeln!(std::io::stdout(), "http://{}", server.local_addr())?;
    server.join()?;
    Ok(())
}
