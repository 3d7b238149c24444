//! The API that measurements run against: the whole way of a request, and handlers that do nothing
//! worth mentioning.

#![forbid(unsafe_code)]

// The peers have the same, in a workspace of their own.
#[path = "../../peers/peer/src/order.rs"]
mod order;

use brrtrouter::middleware::{
    AccessLogMiddleware, ConcurrencyLimitMiddleware, CorsMiddleware, CorsPolicy, MetricsMiddleware,
    RateLimitMiddleware, RequestIdMiddleware,
};
use brrtrouter::operations::MetricsPage;
use brrtrouter::prelude::*;
use brrtrouter::{AppServiceBuilder, Spec};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

pub use order::{Address, Line, Order, Receipt};

/// The document that the handlers were written for.
pub const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.yaml");

/// The answer of `json`.
#[derive(Debug, Serialize)]
pub struct Message {
    message: &'static str,
}

/// The path and the answer of `params`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Params {
    id: u64,
    post_id: u64,
}

/// The API over `spec`, ready to be built.
pub fn builder(spec: Spec) -> AppServiceBuilder {
    AppService::builder(spec)
        .handler("plaintext", || "Hello, World!")
        .handler("json", || {
            Json(Message {
                message: "Hello, World!",
            })
        })
        .handler("params", |Path(params): Path<Params>| Json(params))
        .handler("order", |Json(order): Json<Order>| Json(order.receipt()))
        .handler("echo", |body: Bytes| body)
}

/// The same with middleware around it: ids, a log that goes nowhere, metrics, CORS and limits.
///
/// # Errors
///
/// If the system refuses the log's thread.
pub fn wrap(builder: AppServiceBuilder) -> brrtrouter::Result<AppServiceBuilder> {
    let metrics = MetricsMiddleware::new();
    let page = MetricsPage::new(&metrics);
    Ok(builder
        .middleware(RequestIdMiddleware::new())
        .middleware(AccessLogMiddleware::json(std::io::sink())?)
        .middleware(metrics)
        .middleware(ConcurrencyLimitMiddleware::new(100_000))
        .middleware(RateLimitMiddleware::per_second(100_000_000))
        .middleware(CorsMiddleware::new(CorsPolicy::origins([
            "https://app.example",
        ])?))
        .mount("/metrics", page))
}
