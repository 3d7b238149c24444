//! Names of requests on their way through logs and spans, where handlers wait in between.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod interleaved;
mod otlp;
mod page;
