//! A client in process, for the tests of a service: no socket, no port, no waiting.
//!
//! ```
//! use brrtrouter::prelude::*;
//! use brrtrouter::testing::TestClient;
//! use brrtrouter_spec::Loader;
//!
//! let spec = Loader::new().load_str(
//!     "{openapi: 3.1.0, info: {title: t, version: '1'}, paths: {'/greet/{name}': {
//!         parameters: [{name: name, in: path, required: true, schema: {type: string}}],
//!         get: {operationId: greet, responses: {'200': {description: ok}}}}}}",
//!     "greet.yaml",
//! )?;
//! let service = AppService::builder(spec)
//!     .handler("greet", |Path(name): Path<String>| format!("hello, {name}"))
//!     .build()?;
//!
//! let client = TestClient::new(service);
//! let answer = client.get("/greet/you").send();
//! assert_eq!(answer.status(), 200);
//! assert_eq!(answer.text(), "hello, you");
//! # Ok::<(), brrtrouter::Error>(())
//! ```

mod answer;
mod client;
mod source;

pub use answer::{TestAnswer, TestEvents};
pub use client::{TestClient, TestRequest};
