//! A client for the tests of a service: in process, with no socket, no port and no waiting, or over a
//! socket.
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
//!
//! The same requests go over a socket to a server that listens anywhere, which shows what the transport
//! makes of them too:
//!
//! ```
//! # #[cfg(feature = "raw")]
//! # fn main() -> Result<(), brrtrouter::Error> {
//! use std::time::Duration;
//!
//! use brrtrouter::prelude::*;
//! use brrtrouter::testing::TestClient;
//!
//! let routes = Router::builder().get("/greet/{name}", |Path(name): Path<String>| format!("hello, {name}"));
//! let service = routes.service("Greetings", "1.0.0").build()?;
//! let server = RawServer::bind("127.0.0.1:0")?.serve(service)?;
//!
//! let client = TestClient::at(server.local_addr());
//! let answer = client.get("/greet/you").send();
//! assert_eq!((answer.status(), answer.text()), (200, "hello, you"));
//! assert_eq!(answer.field("content-length"), "10");
//! server.shutdown(Duration::from_secs(1));
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "raw"))]
//! # fn main() {}
//! ```

mod answer;
mod client;
mod events;
mod source;
mod wire;

use std::fmt;

pub use answer::TestAnswer;
pub use client::{TestClient, TestRequest};
pub use events::TestEvents;

/// Ends a test: this module is for tests, where a panic is the report.
#[allow(clippy::panic)]
#[track_caller]
fn fail(reason: fmt::Arguments<'_>) -> ! {
    panic!("{reason}")
}
