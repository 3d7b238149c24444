//! What handlers can answer with, as it leaves.

#![allow(clippy::expect_used)]

use brrtrouter::prelude::*;
use brrtrouter::reply::Cookie;
use brrtrouter::testing::{TestAnswer, TestClient};
use brrtrouter::{AppServiceBuilder, HandlerRequest};
use brrtrouter_spec::Loader;

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /run:
    get: {operationId: run, responses: {'200': {description: ok}}}
  /upload:
    post:
      operationId: upload
      requestBody: {content: {'application/octet-stream': {}, 'application/json': {}}}
      responses: {'200': {description: ok}}
";

fn builder() -> AppServiceBuilder {
    let spec = Loader::new().load_str(DOCUMENT, "run.yaml");
    AppService::builder(spec.expect("the document loads"))
}

fn answer_of<R: IntoResponse>(answer: impl Fn() -> R + Send + Sync + 'static) -> TestAnswer {
    let service = builder().without("upload").handler("run", answer).build();
    TestClient::new(service.expect("the service builds"))
        .get("/run")
        .send()
}

#[test]
fn a_redirect_has_its_status_and_its_place() {
    for (redirect, status) in [
        (Redirect::see_other("/a"), 303),
        (Redirect::temporary("/a"), 307),
        (Redirect::permanent("/a"), 308),
    ] {
        let answer = answer_of(move || redirect.clone());
        assert_eq!((answer.status(), answer.field("location")), (status, "/a"));
    }
}

#[test]
fn a_value_that_would_break_the_head_is_500() {
    let answer = answer_of(|| Redirect::see_other("/a\r\nset-cookie: stolen=1"));
    assert_eq!(answer.status(), 500);
    assert_eq!(answer.field("location"), "");
    assert_eq!(answer_of(|| "a".with_field("x", "b\nc")).status(), 500);
    assert_eq!(
        answer_of(|| "a".with_field("content-length", "9")).status(),
        500
    );
}

#[test]
fn fields_and_cookies_stand_beside_each_other() {
    let answer = answer_of(|| {
        "hello"
            .with_field("cache-control", "no-store")
            .with_cookie(Cookie::build(("a", "1")).http_only(true))
            .with_cookie(Cookie::new("b", "two words; and more"))
    });
    let cookies: Vec<&str> = answer
        .fields()
        .filter(|(name, _)| *name == "set-cookie")
        .map(|(_, value)| value)
        .collect();
    assert_eq!(cookies, ["a=1; HttpOnly", "b=two%20words%3B%20and%20more"]);
    assert_eq!(answer.field("Cache-Control"), "no-store");
    assert_eq!(answer.text(), "hello");
}

#[test]
fn a_status_can_be_put_on_any_answer() {
    let answer = answer_of(|| (Status::ACCEPTED, Json([1, 2])));
    assert_eq!((answer.status(), answer.text()), (202, "[1,2]"));
    let answer = answer_of(|| Err::<NoContent, Problem>(Problem::conflict("already there")));
    assert_eq!(answer.status(), 409);
    assert_eq!(answer.field("content-type"), "application/problem+json");
}

#[test]
fn a_stream_is_written_to_its_end() {
    let answer = answer_of(|| {
        Stream::new("text/csv", |out| {
            for row in 0..10_000 {
                writeln!(out, "{row}")?;
            }
            Ok(())
        })
    });
    assert_eq!(answer.field("content-type"), "text/csv");
    assert_eq!(answer.text().lines().count(), 10_000);
}

#[test]
fn events_are_waited_for() {
    let hub = EventHub::new(Default::default());
    let answer = {
        let hub = hub.clone();
        answer_of(move || hub.subscribe(&LastEventId::default()))
    };
    assert_eq!(answer.field("content-type"), "text/event-stream");
    let mut events = answer.events();
    let publisher = std::thread::spawn(move || hub.publish("tick", "1\n2"));
    assert_eq!(
        events.next().as_deref(),
        Some("event: tick\nid: 1\ndata: 1\ndata: 2\n\n")
    );
    publisher.join().expect("no panic").expect("a good name");
}

#[test]
fn a_raw_handler_reads_its_body_as_it_arrives() {
    let upload = |request: &mut HandlerRequest<'_>| -> std::io::Result<String> {
        use std::io::Read as _;
        let mut first = [0; 4];
        request.body_mut().read_exact(&mut first)?;
        let mut rest = Vec::new();
        request.body_mut().read_to_end(&mut rest)?;
        Ok(format!(
            "{} {}",
            String::from_utf8_lossy(&first),
            rest.len()
        ))
    };
    let upload = move |request: &mut HandlerRequest<'_>| {
        upload(request).map_err(|error| Problem::bad_request(error.to_string()))
    };
    let service = builder().without("run").raw("upload", upload).build();
    let client = TestClient::new(service.expect("the service builds"));
    let octets = "application/octet-stream";
    let whole = client.post("/upload").body(octets, "abcdefgh").send();
    assert_eq!(whole.text(), "abcd 4");
    let chunked = client
        .post("/upload")
        .chunks(octets, ["ab", "", "cde", "fghij"])
        .send();
    assert_eq!(chunked.text(), "abcd 6");
    let short = client.post("/upload").chunks(octets, ["ab"]).send();
    assert_eq!(short.status(), 400);
}

#[test]
fn the_bytes_of_a_json_body_are_there_after_it_was_checked() {
    let echo = |body: brrtrouter::bytes::Bytes| body;
    let service = builder().without("run").handler("upload", echo).build();
    let client = TestClient::new(service.expect("the service builds"));
    let text = r#"{"a":  [1, 2]}"#;
    let whole = client.post("/upload").body("application/json", text).send();
    assert_eq!(whole.text(), text);
    let pieces = ["{\"a\":  ", "[1, 2]}"];
    let chunked = client
        .post("/upload")
        .chunks("application/json", pieces)
        .send();
    assert_eq!(chunked.text(), text);
}
