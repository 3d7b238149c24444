//! The API that measurements run against: the whole way of a request, and handlers that do nothing
//! worth mentioning.

#![forbid(unsafe_code)]

use brrtrouter::middleware::{
    AccessLogMiddleware, ConcurrencyLimitMiddleware, CorsMiddleware, CorsPolicy, MetricsMiddleware,
    RateLimitMiddleware, RequestIdMiddleware,
};
use brrtrouter::operations::MetricsPage;
use brrtrouter::prelude::*;
use brrtrouter::{AppServiceBuilder, Spec};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

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

/// The body of `order`.
#[derive(Debug, Deserialize)]
pub struct Order {
    id: String,
    customer: String,
    email: Option<String>,
    express: bool,
    address: Address,
    lines: Vec<Line>,
}

/// Where an order goes.
#[derive(Debug, Deserialize)]
pub struct Address {
    street: String,
    city: String,
    zip: String,
    country: String,
}

/// One thing that is ordered.
#[derive(Debug, Deserialize)]
pub struct Line {
    sku: String,
    quantity: u32,
    price: u64,
}

/// The answer of `order`.
#[derive(Debug, Serialize)]
pub struct Receipt {
    id: String,
    lines: usize,
    total: u64,
}

impl Order {
    /// What it comes to. Every field is looked at, so that none is read in vain.
    pub fn receipt(self) -> Receipt {
        let lines = self.lines.iter();
        let total: u64 = lines
            .filter(|line| !line.sku.is_empty())
            .map(|line| u64::from(line.quantity) * line.price)
            .sum();
        let address = &self.address;
        let texts = [&self.customer, &address.street, &address.city, &address.zip];
        let is_complete = texts.iter().all(|text| !text.is_empty());
        let is_abroad = address.country != "CH" && self.email.is_some();
        Receipt {
            id: self.id,
            lines: self.lines.len(),
            total: total * u64::from(is_complete) + u64::from(self.express && is_abroad),
        }
    }
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
