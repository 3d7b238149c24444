//! Who is let in, and what the others are told.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod api_keys;
mod basic;
mod cancelling;
mod challenges;
mod combinations;
mod identities;
mod jwks;
mod mutual_tls;
mod start;
mod tokens;

use brrtrouter::AppServiceBuilder;
use brrtrouter::prelude::*;
use brrtrouter_spec::Loader;

/// A service over a document that stands in the test, to be built.
fn service_of(document: &str) -> AppServiceBuilder {
    let spec = Loader::new().load_str(document, "secured.yaml");
    AppService::builder(spec.expect("the document loads"))
}

/// A document of one operation, `GET /`, with these requirements and schemes.
fn one_operation(security: &str, schemes: &str) -> String {
    format!(
        "openapi: 3.1.0\ninfo: {{title: t, version: '1'}}\npaths:\n  /:\n    get:\n      \
         operationId: it\n      security: {security}\n      \
         responses: {{'200': {{description: ok}}}}\ncomponents:\n  securitySchemes:\n{schemes}"
    )
}

/// What the handler of a test answers: subject, scheme and scopes of who asks.
fn who(identity: Option<Identity>) -> String {
    match identity {
        None => "nobody".to_owned(),
        Some(one) => format!(
            "{} by {} for {:?}",
            one.subject(),
            one.scheme(),
            one.scopes()
        ),
    }
}
