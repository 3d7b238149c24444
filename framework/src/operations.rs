//! What those who run a service want to see of it, beside what its document describes.
//!
//! ```
//! use brrtrouter::middleware::MetricsMiddleware;
//! use brrtrouter::operations::{DocumentPage, Health, MetricsPage};
//! use brrtrouter::prelude::*;
//! use brrtrouter::testing::TestClient;
//! # use brrtrouter_spec::Loader;
//!
//! # let spec = Loader::new().load_str(
//! #     "{openapi: 3.1.0, info: {title: t, version: '1'}, paths: {/hello: {get: {operationId: hello,
//! #       responses: {'200': {description: ok}}}}}}", "t.yaml")?;
//! let metrics = MetricsMiddleware::new();
//! let health = Health::new();
//! let service = AppService::builder(spec)
//!     .handler("hello", || "hello")
//!     .middleware(metrics.clone())
//!     .mount("/livez", health.liveness())
//!     .mount("/readyz", health.readiness())
//!     .mount("/metrics", MetricsPage::new(&metrics))
//!     .mount("/openapi.json", DocumentPage::json())
//!     .mount("/openapi.yaml", DocumentPage::yaml())
//!     .build()?;
//!
//! let client = TestClient::new(service);
//! assert_eq!(client.get("/readyz").send().status(), 200);
//! assert_eq!(client.get("/hello").send().text(), "hello");
//! # Ok::<(), brrtrouter::Error>(())
//! ```
//!
//! Nothing is there unless it is mounted, and what is mounted never stands in the way of an operation:
//! the document is asked first, and where one of its templates matches the path, the mount is not
//! reached. Middleware runs around mounts as around operations.
//!
//! | module | holds |
//! |---|---|
//! | `endpoint` | [`Endpoint`]: what can be mounted |
//! | `mounts` | where what is mounted |
//! | `health` | [`Health`]: whether the process lives, and whether it is ready |
//! | `metrics_page` | [`MetricsPage`]: what Prometheus reads |
//! | `document_page` | [`DocumentPage`]: the document itself |
//! | `docs_page` | [`DocsPage`]: the document to read and to try, without the Internet |
//! | `conditional` | entity tags, and what a client has already |
//! | `yaml` | JSON written as YAML |

pub(crate) mod conditional;
#[cfg(feature = "docs-page")]
mod docs_page;
mod document_page;
mod endpoint;
mod health;
mod metrics_page;
mod mounts;
mod yaml;

#[cfg(feature = "docs-page")]
pub use docs_page::DocsPage;
pub use document_page::DocumentPage;
pub use endpoint::{Endpoint, Visit};
pub use health::{Health, HealthChecks, LivenessPage, ReadinessPage};
pub use metrics_page::MetricsPage;

pub(crate) use mounts::Mounts;
