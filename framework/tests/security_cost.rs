//! What security costs a request: nothing where nothing is asked for, and no allocation for an API key or
//! a token that is known.
//!
//! `cargo test --release -p brrtrouter --test security_cost -- --ignored --nocapture` prints times.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::io::Write as _;
use std::time::{Duration, Instant, SystemTime};

use allocation_counter::measure;
use brrtrouter::AppService;
use brrtrouter::security::ApiKeys;
use brrtrouter::security::jwt::{Algorithm, Issuer, Jwt, KeySet};
use brrtrouter_spec::Loader;
use brrtrouter_transport::body::BufferedBody;
use brrtrouter_transport::{Body, Field, Request, Response, Service};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /public: {get: {operationId: public, responses: &ok {'200': {description: ok}}}}
  /key: {get: {operationId: key, security: [{key: []}], responses: *ok}}
  /token: {get: {operationId: token, security: [{token: [read]}], responses: *ok}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    token: {type: http, scheme: bearer}
";

const KEY: &str = "0123456789abcdef0123456789abcdef";
const SECRET: [u8; 32] = [7; 32];

fn service(tokens: Jwt) -> AppService {
    let spec = Loader::new().load_str(DOCUMENT, "cost.yaml").unwrap();
    let keys = (0..100).map(|number| (format!("owner-{number}"), format!("{KEY}-{number}")));
    AppService::builder(spec)
        .security("key", ApiKeys::new(keys))
        .security("token", tokens)
        .handler("public", || "hello")
        .handler("key", || "hello")
        .handler("token", || "hello")
        .build()
        .unwrap()
}

fn tokens() -> Jwt {
    let keys = KeySet::new().hmac("k1", Algorithm::HS256, &SECRET).unwrap();
    Jwt::new(Issuer::new("https://login.example", "pets", keys)).unwrap()
}

/// A token as issuers make them, of some 500 bytes.
fn token() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = since.unwrap().as_secs();
    let claims = json!({
        "iss": "https://login.example", "aud": "pets", "sub": "4d1c5f7e-7a57-4bb1-9d3a-6f5f0a3ce1aa",
        "iat": now, "exp": now + 3600, "scope": "openid profile email read write",
        "email": "somebody@example.com", "name": "Somebody Or Other", "roles": ["one", "two", "three"],
        "sid": "b0d9f0c2-6d0a-4d5b-8a35-0f4f3f0b8c11",
    });
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("k1".to_owned());
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(&SECRET)).unwrap()
}

fn call(service: &AppService, target: &str, fields: &[Field<'_>], response: &mut Response) {
    response.reset();
    let mut source = BufferedBody::new(b"");
    let body = Body::new(&mut source, 0);
    service.call(&mut Request::new("GET", target, fields, body), response);
    assert_eq!(response.status().code(), 200, "{target}");
}

/// Requests with a good credential for each operation.
fn with_each(look: impl Fn(&str, &[Field<'_>])) {
    let key = format!("{KEY}-57");
    let bearer = format!("Bearer {}", token());
    for (target, name, value) in [
        ("/public", "X-Other", "nothing"),
        ("/key", "X-Key", key.as_str()),
        ("/token", "Authorization", bearer.as_str()),
    ] {
        let fields = [
            Field::new("Host", b"localhost"),
            Field::new("Accept", b"*/*"),
            Field::new(name, value.as_bytes()),
        ];
        look(target, &fields);
    }
}

#[test]
fn known_credentials_are_checked_without_an_allocation() {
    let service = service(tokens());
    with_each(|target, fields| {
        let mut response = Response::new();
        for _ in 0..2 {
            call(&service, target, fields, &mut response);
        }
        let counted = measure(|| call(&service, target, fields, &mut response));
        assert_eq!(counted.count_total, 0, "{target}");
    });
}

#[test]
fn the_counter_counts() {
    let service = service(tokens().cache(0));
    with_each(|target, fields| {
        let mut response = Response::new();
        call(&service, target, fields, &mut response);
        let counted = measure(|| call(&service, target, fields, &mut response));
        assert_eq!(counted.count_total > 0, target == "/token", "{target}");
    });
}

/// The shortest that one request took, of many batches: what else runs makes others longer.
fn shortest(service: &AppService, target: &str, fields: &[Field<'_>]) -> Duration {
    const BATCH: u32 = 200;
    let mut response = Response::new();
    let batches = (0..2_000).map(|_| {
        let begun = Instant::now();
        for _ in 0..BATCH {
            call(service, target, fields, &mut response);
        }
        begun.elapsed() / BATCH
    });
    batches.min().unwrap()
}

#[test]
#[ignore = "times mean something in a release build only"]
fn a_check_takes_a_microsecond_and_a_known_token_two() {
    let (known, unknown) = (service(tokens()), service(tokens().cache(0)));
    let base = std::cell::Cell::new(Duration::ZERO);
    with_each(|target, fields| {
        let whole = shortest(&known, target, fields);
        if target == "/public" {
            base.set(whole);
        }
        let cost = whole.saturating_sub(base.get());
        writeln!(
            std::io::stdout(),
            "{target}: {whole:?}, of it security {cost:?}"
        )
        .unwrap();
        let bound = if target == "/key" { 1 } else { 2 };
        assert!(cost <= Duration::from_micros(bound), "{target}: {cost:?}");
        if target == "/token" {
            let first = shortest(&unknown, target, fields).saturating_sub(base.get());
            writeln!(std::io::stdout(), "{target}, not known: {first:?}").unwrap();
        }
    });
}
