//! What is refused, how, and that the connection can go on.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::io::{Read as _, Write as _};
use std::time::Duration;

use brrtrouter::prelude::*;
use brrtrouter::{ErrorRenderer, Response};
use pet_store::store::SAMPLE;
use serde_json::json;
use whole_server_tests::client::{connect, exchange};
use whole_server_tests::server::{KEY, pet_store_builder};
use whole_server_tests::{On, on_both, pet_store, service_of};

on_both!(
    an_unknown_path_is_404,
    an_undeclared_method_is_405_with_allow,
    a_malformed_path_is_400,
    every_bad_parameter_is_named,
    a_bad_path_parameter_is_named,
    a_bad_header_parameter_is_named,
    every_bad_field_of_a_body_is_named_by_its_pointer,
    a_body_that_is_not_json_is_400,
    a_key_that_stands_twice_is_400,
    a_missing_body_is_400,
    json_nested_deeper_than_64_is_400,
    an_undeclared_media_type_is_415_and_names_the_declared,
    a_body_over_the_limit_is_413,
    a_secured_operation_needs_its_key_in_its_place,
    security_comes_before_parameters,
    a_panic_is_500_without_internals_and_the_connection_lives,
    an_operation_left_out_is_501,
    what_is_no_request_is_refused_as_all_else_is,
    one_renderer_is_the_look_of_every_error,
    a_renderer_that_panics_is_500_and_the_connection_lives,
);

fn an_unknown_path_is_404(on: On) {
    let server = pet_store(on);
    for path in ["/", "/pet", "/pets/", "/pets//visits", "/PETS"] {
        server.client().get(path).problem(404);
    }
}

fn an_undeclared_method_is_405_with_allow(on: On) {
    let server = pet_store(on);
    let client = server.client();
    let refused = client.send("DELETE", "/pets", &[], b"");
    refused.problem(405);
    let mut methods: Vec<&str> = refused.header("allow").split(", ").collect();
    methods.sort_unstable();
    assert_eq!(methods, ["GET", "HEAD", "OPTIONS", "POST"]);
    client.send("BREW", "/pets", &[], b"").problem(405);
    client.send("BREW", "/pot", &[], b"").problem(404);
}

fn a_malformed_path_is_400(on: On) {
    let server = pet_store(on);
    for path in [
        "/pets/%zz",
        "/pets/%ff",
        "/pets/../pets",
        "/pets/%2e%2E",
        "/pets/a%00",
    ] {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let mut stream = connect(server.address());
        stream.write_all(request.as_bytes()).unwrap();
        let mut start = [0; 12];
        stream.read_exact(&mut start).unwrap();
        assert_eq!(&start, b"HTTP/1.1 400", "{path}");
    }
}

fn every_bad_parameter_is_named(on: On) {
    let server = pet_store(on);
    let client = server.client();
    let refused = client.get("/pets?status=lost&limit=0&cursor=1");
    let expected = ["query:cursor", "query:limit", "query:status"];
    assert_eq!(refused.offenders(), expected);
    assert_eq!(client.get("/pets?limit=abc").offenders(), ["query:limit"]);
    assert_eq!(client.get("/pets?limit=101").offenders(), ["query:limit"]);
    assert_eq!(client.get("/pets?cursor=xyz").offenders(), ["query:cursor"]);
    let species = client.get("/pets/search?species=cat%7Ccow");
    assert_eq!(species.offenders(), ["query:species"]);
    let long = client.get(&format!("/pets?limit={}", "9".repeat(5_000)));
    assert_eq!(long.offenders(), ["query:limit"]);
    assert!(long.body.len() < 1_000, "a value is shown cut short");
    assert_eq!(client.get("/pets?limit=1").status, 200);
}

fn a_bad_path_parameter_is_named(on: On) {
    let server = pet_store(on);
    let client = server.client();
    assert_eq!(client.get("/pets/mimi").offenders(), ["path:petId"]);
    let visit = format!("/pets/{SAMPLE}/visits/0");
    assert_eq!(client.get(&visit).offenders(), ["path:visitId"]);
    let huge = format!("/pets/{SAMPLE}/visits/99999999999999999999");
    assert_eq!(client.get(&huge).offenders(), ["path:visitId"]);
}

fn a_bad_header_parameter_is_named(on: On) {
    let server = pet_store(on);
    let fields = [
        ("content-type", "application/json"),
        ("idempotency-key", "short"),
    ];
    let body = br#"{"name": "Uno", "species": "fish"}"#;
    let refused = server.client().send("POST", "/pets", &fields, body);
    assert_eq!(refused.offenders(), ["header:Idempotency-Key"]);
}

fn every_bad_field_of_a_body_is_named_by_its_pointer(on: On) {
    let server = pet_store(on);
    let client = server.client();
    let bad = json!({"name": "", "species": "cow", "age": 300, "tags": ["", "b"], "wings": 2});
    let refused = client.json("POST", "/pets", &bad);
    let expected = [
        "body:/age",
        "body:/name",
        "body:/species",
        "body:/tags/0",
        "body:/wings",
    ];
    assert_eq!(refused.offenders(), expected);
    let missing = client.json("POST", "/pets", &json!({}));
    assert_eq!(missing.offenders(), ["body:/name", "body:/species"]);
    let not_an_object = client.json("POST", "/pets", &json!([1]));
    assert_eq!(not_an_object.offenders(), ["body:"]);
}

fn a_body_that_is_not_json_is_400(on: On) {
    let server = pet_store(on);
    let client = server.client();
    let fields = [("content-type", "application/json")];
    for body in [&b"{"[..], b"{}{}", b"nul", b"\xff\xfe", b"{\"a\": 01}"] {
        let refused = client.send("POST", "/pets", &fields, body);
        assert_eq!(refused.offenders(), ["body:"]);
    }
    assert_eq!(client.get("/pets").status, 200);
}

fn a_key_that_stands_twice_is_400(on: On) {
    let server = pet_store(on);
    let fields = [("content-type", "application/json")];
    let body = br#"{"name": "A", "species": "cat", "name": "B"}"#;
    let refused = server.client().send("POST", "/pets", &fields, body);
    assert_eq!(refused.offenders(), ["body:"]);
    let detail = &refused.json()["errors"][0]["detail"];
    assert!(
        detail.as_str().unwrap().contains("\"name\" stands twice"),
        "{detail}"
    );
}

fn a_missing_body_is_400(on: On) {
    let server = pet_store(on);
    let refused = server.client().send("POST", "/pets", &[], b"");
    assert_eq!(refused.offenders(), ["body:"]);
}

fn json_nested_deeper_than_64_is_400(on: On) {
    let server = pet_store(on);
    let client = server.client();
    let fields = [("content-type", "application/json")];
    for depth in [65, 1_000, 100_000] {
        let body = [vec![b'['; depth], vec![b']'; depth]].concat();
        let refused = client.send("POST", "/pets", &fields, &body);
        assert_eq!(refused.offenders(), ["body:"]);
        assert_eq!(refused.json()["errors"][0]["rule"], "depth");
    }
}

fn an_undeclared_media_type_is_415_and_names_the_declared(on: On) {
    let server = pet_store(on);
    let client = server.client();
    for kind in [
        "text/plain",
        "application/xml",
        "application/merge-patch+json",
        "nonsense",
    ] {
        let refused = client.send("POST", "/pets", &[("content-type", kind)], b"{}");
        refused.problem(415);
    }
    let refused = client.send("POST", "/pets", &[("content-type", "text/plain")], b"hi");
    assert_eq!(refused.header("accept-post"), "application/json");
    let unnamed = client.send("POST", "/pets", &[], b"{}");
    unnamed.problem(415);
    let with_charset = [("content-type", "Application/JSON; charset=utf-8")];
    let body = br#"{"name": "Tom", "species": "cat"}"#;
    assert_eq!(
        client.send("POST", "/pets", &with_charset, body).status,
        201
    );
}

fn a_body_over_the_limit_is_413(on: On) {
    let service = small(1000);
    let server = on.serve(service);
    let at_limit = server.client().send("POST", "/small", &[], &[b'x'; 1000]);
    assert_eq!((at_limit.status, &at_limit.body[..]), (200, &b"1000"[..]));
    server
        .client()
        .send("POST", "/small", &[], &[b'x'; 1001])
        .problem(413);
    assert_eq!(
        server.client().send("POST", "/small", &[], b"x").status,
        200
    );
}

fn a_secured_operation_needs_its_key_in_its_place(on: On) {
    let server = pet_store(on);
    let client = server.client();
    let path = format!("/pets/{SAMPLE}");
    let in_query = format!("{path}?X-API-Key={KEY}");
    let bearer = format!("Bearer {KEY}");
    let attempts: [(&str, &[(&str, &str)]); 6] = [
        (&path, &[]),
        (&path, &[("x-api-key", "another-key-of-length")]),
        (&path, &[("x-api-key", "")]),
        (&path, &[("x-api-key", KEY), ("x-api-key", KEY)]),
        (&path, &[("authorization", &bearer)]),
        (&in_query, &[]),
    ];
    for (path, fields) in attempts {
        let refused = client.send("DELETE", path, fields, b"");
        let problem = refused.problem(401);
        assert!(!refused.header("www-authenticate").is_empty());
        assert!(!problem.to_string().contains(KEY));
    }
    assert_eq!(client.get(&path).status, 200);
    let done = client.send("DELETE", &path, &[("X-API-Key", KEY)], b"");
    assert_eq!(done.status, 204);
}

fn security_comes_before_parameters(on: On) {
    let server = pet_store(on);
    let client = server.client();
    client
        .send("DELETE", "/pets/not-a-uuid", &[], b"")
        .problem(401);
    let known = client.send("DELETE", "/pets/not-a-uuid", &[("x-api-key", KEY)], b"");
    assert_eq!(known.offenders(), ["path:petId"]);
}

fn a_panic_is_500_without_internals_and_the_connection_lives(on: On) {
    let document = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /boom:
    get: {operationId: boom, responses: {'200': {description: ok}}}
  /fine:
    get: {operationId: fine, responses: {'200': {description: ok}}}
";
    fn boom() -> NoContent {
        panic!("the secret of the house")
    }
    let service = service_of(document)
        .handler("boom", boom)
        .handler("fine", || "fine")
        .build()
        .unwrap();
    let server = on.serve(service);
    let requests = "GET /boom HTTP/1.1\r\nHost: a\r\n\r\n\
                    GET /fine HTTP/1.1\r\nHost: a\r\n\r\n\
                    GET /boom HTTP/1.1\r\nHost: a\r\n\r\n\
                    GET /fine HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut stream = connect(server.address());
    stream.write_all(requests.as_bytes()).unwrap();
    let mut text = String::new();
    while text.matches("fine").count() < 2 {
        let mut piece = [0; 4096];
        let count = stream.read(&mut piece).unwrap();
        assert!(count > 0, "the connection was closed after {text}");
        text.push_str(std::str::from_utf8(&piece[..count]).unwrap());
    }
    assert_eq!(text.matches("HTTP/1.1 500 ").count(), 2, "{text}");
    assert_eq!(text.matches("HTTP/1.1 200 ").count(), 2, "{text}");
    assert!(!text.contains("secret"), "{text}");
}

fn an_operation_left_out_is_501(on: On) {
    let document = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /off:
    get: {operationId: off, responses: {'200': {description: ok}}}
";
    let server = on.serve(service_of(document).without("off").build().unwrap());
    server.client().get("/off").problem(501);
}

/// A service that takes bodies of at most that many bytes and answers their length.
fn small(most: u64) -> AppService {
    let document = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /small:
    post:
      operationId: small
      requestBody: {content: {'*/*': {}}}
      responses: {'200': {description: ok}}
";
    service_of(document)
        .handler("small", |body: brrtrouter::bytes::Bytes| {
            body.len().to_string()
        })
        .body_limit("small", most)
        .build()
        .unwrap()
}

#[test]
fn a_missing_chunked_body_is_400_on_raw() {
    let server = pet_store(On::Raw);
    let request = "POST /pets HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\
                   Connection: close\r\n\r\n0\r\n\r\n";
    let answer = exchange(server.address(), request.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("a body is required"), "{answer}");
}

#[test]
fn a_chunked_body_over_the_limit_is_413_on_raw() {
    let service = small(10);
    let server = On::Raw.serve(service);
    let request = "POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\
                   Connection: close\r\n\r\n8\r\n12345678\r\n8\r\n12345678\r\n0\r\n\r\n";
    let answer = exchange(server.address(), request.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

/// Bytes that are no request, with the status of the answer on each transport.
fn no_requests(on: On) -> Vec<(String, u16)> {
    let get = |target: &str, field: &str| {
        format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n{field}\r\n")
    };
    let mut requests = vec![
        ("\u{1}\u{2}\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), 400),
        (get("/", "Content-Length: five\r\n"), 400),
        (get(&format!("/{}", "a".repeat(9_000)), ""), 414),
        (get("/", &format!("A: {}\r\n", "a".repeat(33_000))), 431),
        (get("/", "Expect: a miracle\r\n"), 417),
    ];
    if on == On::MiniHttp {
        requests.push((get("/", "Transfer-Encoding: chunked\r\n"), 411));
    }
    requests
}

fn what_is_no_request_is_refused_as_all_else_is(on: On) {
    let server = pet_store(on);
    for (request, status) in no_requests(on) {
        let answer = exchange(server.address(), request.as_bytes());
        let (head, content) = answer.split_once("\r\n\r\n").expect("a whole head");
        let head = head.to_ascii_lowercase();
        let line = format!("http/1.1 {status} ");
        assert!(head.starts_with(&line), "{head} for {request:.60}");
        assert!(
            head.contains("content-type: application/problem+json"),
            "{head}"
        );
        let problem: serde_json::Value = serde_json::from_str(content).expect("JSON");
        assert_eq!(problem["status"], status);
        assert!(problem["detail"].is_string(), "{problem}");
    }
    assert_eq!(server.client().get("/pets").status, 200);
}

/// Renders a line of text.
struct OneLine;

impl ErrorRenderer for OneLine {
    fn render(&self, problem: &Problem, response: &mut Response) {
        response.set_status(problem.status());
        let line = format!("so it is: {}\n", problem.status().code());
        response.buffer().extend_from_slice(line.as_bytes());
    }
}

#[test]
fn a_head_that_takes_too_long_is_refused_as_all_else_is() {
    let mut limits = brrtrouter_raw::Limits::default();
    limits.head_timeout = Duration::from_millis(50);
    let service = pet_store_builder().build().expect("the pet store builds");
    let server = RawServer::bind("127.0.0.1:0").expect("an address");
    let server = server.limits(limits).serve(service).expect("it listens");
    let answer = exchange(server.local_addr(), b"GET /pets HT");
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
    server.shutdown(Duration::ZERO);
}

#[test]
fn a_connection_too_many_is_refused_as_all_else_is() {
    let mut limits = brrtrouter_raw::Limits::default();
    limits.max_connections = 1;
    let service = pet_store_builder().build().expect("the pet store builds");
    let server = RawServer::bind("127.0.0.1:0").expect("an address");
    let server = server.limits(limits).serve(service).expect("it listens");
    let mut first = connect(server.local_addr());
    first
        .write_all(b"GET /pets HTTP/1.1\r\nHost: a\r\n\r\n")
        .expect("sent");
    first.read_exact(&mut [0; 12]).expect("answered");
    let answer = exchange(server.local_addr(), b"");
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
    assert!(answer.contains("too many connections"), "{answer}");
    server.shutdown(Duration::ZERO);
}

fn one_renderer_is_the_look_of_every_error(on: On) {
    let document = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /break/{n}:
    get:
      operationId: break
      parameters: [{name: n, in: path, required: true, schema: {type: integer}}]
      responses: {'200': {description: ok}}
";
    let service = service_of(document)
        .handler("break", || -> String { panic!("a test panics") })
        .error_renderer(OneLine)
        .build()
        .expect("the service builds");
    let server = on.serve(service);
    let client = server.client();
    for (path, status) in [("/", 404), ("/break/x", 400), ("/break/1", 500)] {
        let reply = client.get(path);
        assert_eq!(reply.status, status);
        assert_eq!(reply.body, format!("so it is: {status}\n").into_bytes());
    }
    for (request, status) in no_requests(on) {
        let answer = exchange(server.address(), request.as_bytes());
        let expected = format!("so it is: {status}\n");
        assert!(answer.ends_with(&expected), "{answer} for {request:.60}");
    }
}

/// Renders nothing.
struct Broken;

impl ErrorRenderer for Broken {
    fn render(&self, _problem: &Problem, response: &mut Response) {
        response.buffer().extend_from_slice(b"half of");
        panic!("it is broken");
    }
}

fn a_renderer_that_panics_is_500_and_the_connection_lives(on: On) {
    let service = pet_store_builder().without_streams();
    let service = service.error_renderer(Broken).build();
    let server = on.serve(service.expect("the pet store builds"));
    let mut stream = connect(server.address());
    for _ in 0..2 {
        stream
            .write_all(b"GET /unknown HTTP/1.1\r\nhost: a\r\n\r\n")
            .expect("it is sent");
        let mut answer = Vec::new();
        while !answer.ends_with(b"}") {
            let mut buffer = [0; 1024];
            let count = stream.read(&mut buffer).expect("an answer");
            assert!(count > 0, "{}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&buffer[..count]);
        }
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
        assert!(answer.contains("application/problem+json"), "{answer}");
        assert!(
            !answer.contains("broken") && !answer.contains("half"),
            "{answer}"
        );
    }
}
