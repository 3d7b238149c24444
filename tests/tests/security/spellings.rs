//! No spelling of a request leads past security to a handler.

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use brrtrouter::TrailingSlash;
use brrtrouter::middleware::{CorsMiddleware, CorsPolicy};
use brrtrouter::prelude::*;
use whole_server_tests::client::connect;
use whole_server_tests::{On, on_both, service_of};

on_both!(
    no_spelling_leads_past_security,
    security_comes_before_all_that_could_tell_something,
    preflights_pass_without_credentials_and_nothing_else_does,
);

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /secret/{id}:
    get: &secured
      operationId: look
      security: [{key: []}]
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {'200': {description: ok}}
    post:
      operationId: change
      security: [{key: []}]
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      requestBody: {required: true, content: {application/json: {schema: {type: object}}}}
      responses: {'200': {description: ok}}
  /secret/{id}/options:
    options: 
      operationId: choose
      security: [{key: []}]
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {'200': {description: ok}}
  /public:
    get: {operationId: public, responses: {'200': {description: ok}}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
";

const KEY: &str = "a-key-of-some-length";

/// The service, and how often one of its secured handlers has run.
fn service(slash: TrailingSlash) -> (AppService, Arc<AtomicUsize>) {
    let runs = Arc::new(AtomicUsize::new(0));
    let policy = CorsPolicy::any_origin();
    let mut builder = service_of(DOCUMENT)
        .trailing_slash(slash)
        .middleware(CorsMiddleware::new(policy))
        .security("key", ApiKeys::new([("me", KEY)]))
        .handler("public", || "public");
    for operation in ["look", "change", "choose"] {
        let runs = Arc::clone(&runs);
        builder = builder.handler(operation, move || {
            runs.fetch_add(1, Ordering::SeqCst);
            "secret"
        });
    }
    (builder.build().unwrap(), runs)
}

/// Sends a request line with fields and reads the head of the answer.
fn head(address: std::net::SocketAddr, line: &str, fields: &str) -> String {
    let mut stream = connect(address);
    let request =
        format!("{line} HTTP/1.1\r\nHost: localhost\r\n{fields}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

fn no_spelling_leads_past_security(on: On) {
    const PATHS: &[&str] = &[
        "/secret/1",
        "/secret/1/",
        "/secret/1//",
        "//secret/1",
        "/secret//1",
        "/SECRET/1",
        "/Secret/1",
        "/%73ecret/1",
        "/s%65cret/%31",
        "/secret%2F1",
        "/secret%2f1",
        "/secret/%31",
        "/./secret/1",
        "/secret/./1",
        "/public/../secret/1",
        "/public/%2e%2e/secret/1",
        "/public/..%2fsecret/1",
        "/public/..;/secret/1",
        "/secret;/1",
        "/secret;a=b/1",
        "/secret/1;a=b",
        "/secret/1;",
        "/secret/1%00",
        "/secret/1%20",
        "/secret/1?",
        "/secret/1?x=/public",
        "/secret/1#/public",
        "/secret\\1",
        "/secret/1.json",
        "/%2e/secret/1",
        "/secret/%252e/1",
        "/secret/1/options",
        "http://localhost/secret/1",
        "http://user@localhost/secret/1",
        "*",
    ];
    const METHODS: &[&str] = &[
        "GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "QUERY", "get", "Get",
        "GETX",
    ];
    const OVERRIDES: &[&str] = &[
        "",
        "X-HTTP-Method-Override: GET\r\n",
        "X-HTTP-Method: GET\r\n",
        "X-Method-Override: OPTIONS\r\n",
        "X-Original-URL: /public\r\n",
        "X-Rewrite-URL: /public\r\n",
        "X-Forwarded-Prefix: /public\r\n",
    ];
    for slash in [
        TrailingSlash::Strict,
        TrailingSlash::Redirect,
        TrailingSlash::Ignore,
    ] {
        let (service, runs) = service(slash);
        let server = on.serve(service);
        for (number, path) in PATHS.iter().enumerate() {
            for method in METHODS {
                // All overrides with two of the spellings, and one of them with each of the others.
                let few = [OVERRIDES[number % OVERRIDES.len()]];
                let overrides = if number < 2 { OVERRIDES } else { &few };
                for fields in overrides {
                    let line = format!("{method} {path}");
                    let head = head(server.address(), &line, fields);
                    let ran = runs.swap(0, Ordering::SeqCst);
                    assert_eq!(ran, 0, "{line} {fields:?}: {head}");
                }
            }
        }
        // The handlers can be reached, by those who may.
        let key = format!("X-Key: {KEY}\r\n");
        let good = head(server.address(), "GET /%73ecret/%31", &key);
        assert!(good.starts_with("HTTP/1.1 200"), "{good}");
        assert_eq!(runs.swap(0, Ordering::SeqCst), 1);
        let refused = head(server.address(), "HEAD /secret/1", "");
        assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
        assert!(refused.contains("ApiKey realm="), "{refused}");
    }
}

fn security_comes_before_all_that_could_tell_something(on: On) {
    let (service, _) = service(TrailingSlash::Strict);
    let server = on.serve(service);
    let client = server.client();
    let json = ("content-type", "application/json");
    type Fields = [(&'static str, &'static str)];
    let bodies: [(&str, &Fields, &[u8]); 6] = [
        ("/secret/x", &[json], b"{}"),
        ("/secret/1", &[json], b"{"),
        ("/secret/1", &[json], b"[]"),
        ("/secret/1", &[("content-type", "text/plain")], b"x"),
        ("/secret/1", &[json], b"{\"a\": 1, \"a\": 2}"),
        ("/secret/99999999999999999999", &[], b""),
    ];
    for (path, fields, body) in bodies {
        client.send("POST", path, fields, body).problem(401);
        let mut with_key = fields.to_vec();
        with_key.push(("x-key", KEY));
        let known = client.send("POST", path, &with_key, body);
        assert!(
            ![200, 401].contains(&known.status) || path == "/secret/1",
            "{path}"
        );
    }
}

fn preflights_pass_without_credentials_and_nothing_else_does(on: On) {
    let (service, runs) = service(TrailingSlash::Strict);
    let server = on.serve(service);
    let preflight = "Origin: https://shop.example\r\nAccess-Control-Request-Method: GET\r\n";
    for path in ["/secret/1", "/public"] {
        let answer = head(server.address(), &format!("OPTIONS {path}"), preflight);
        assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
        let lower = answer.to_ascii_lowercase();
        assert!(lower.contains("access-control-allow-origin"), "{answer}");
    }
    let origin = "Origin: https://shop.example\r\n";
    for line in ["GET /secret/1", "OPTIONS /secret/1/options"] {
        let answer = head(server.address(), line, origin);
        assert!(answer.starts_with("HTTP/1.1 401"), "{line}: {answer}");
    }
    assert_eq!(runs.load(Ordering::SeqCst), 0);
}
