//! The API that measurements run against: the whole way of a request, and handlers that do nothing
//! worth mentioning.

#![forbid(unsafe_code)]

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
        .handler("echo", |body: Bytes| body)
}
