use brrtrouter::prelude::*;
use brrtrouter::service::ResponseCheck;
use brrtrouter::{AppService, BuildError, HandlerResponse, Payload};
use serde_json::json;

use crate::api::{api, get};

const THINGS: &str = "
paths:
  /things:
    get:
      operationId: list
      responses:
        '200':
          description: all
          headers:
            X-Total: {required: true, schema: {type: integer, minimum: 1}}
            X-Codes: {schema: {type: array, items: {type: string, pattern: '^[a-z]+$'}}}
            X-Page: {content: {application/json: {schema: {type: object, required: [next]}}}}
            Content-Type: {schema: {type: integer}}
          content:
            application/json: {schema: {type: array, items: {type: integer}}}
            text/csv: {}
        '2XX': {description: nothing}
        '404': {description: none, content: {application/problem+json: {}}}
";

fn service(check: ResponseCheck, answer: fn() -> Result<HandlerResponse, Problem>) -> AppService {
    api(THINGS)
        .check_responses(ResponseCheck::Off)
        .check_responses_of("list", check)
        .raw("list", move |_| answer())
        .build()
        .expect("the service builds")
}

fn json(value: serde_json::Value) -> HandlerResponse {
    let answer = HandlerResponse::json(&value).expect("a value");
    answer.with_field("x-total", "1").expect("a field")
}

fn of_type(kind: &str, content: &'static str) -> HandlerResponse {
    let answer = HandlerResponse::bytes(kind, content).expect("a type");
    answer.with_field("x-total", "1").expect("a field")
}

#[test]
fn answers_as_declared_pass() {
    for answer in [
        (|| Ok(json(json!([1, 2])))) as fn() -> _,
        || Ok(of_type("application/json; charset=utf-8", "[]")),
        || Ok(of_type("text/csv", "a,b")),
        || Ok(HandlerResponse::no_content()),
        || Ok(HandlerResponse::new(Status::ACCEPTED)),
    ] {
        let sent = get(&service(ResponseCheck::Off, answer), "/things");
        let checked = get(&service(ResponseCheck::Enforce, answer), "/things");
        assert!(checked.status < 300, "{}", checked.text());
        assert_eq!(checked.content, sent.content);
    }
}

#[test]
fn answers_that_break_the_document_are_bare_problems() {
    for answer in [
        // The schema.
        (|| Ok(json(json!(["secret"])))) as fn() -> _,
        // Not JSON, and a key that stands twice.
        || Ok(of_type("application/json", "secret")),
        || Ok(of_type("application/json", r#"{"secret": 1, "secret": 2}"#)),
        // A media type, none, and content where none is declared.
        || Ok(of_type("text/plain", "secret")),
        || Ok(json(json!([])).with_payload(Payload::Static(b"secret"))),
        || Ok(HandlerResponse::text("secret").with_status(Status::ACCEPTED)),
        // A field.
        || Ok(HandlerResponse::json(&json!([1])).expect("a value")),
        // A status.
        || Ok(HandlerResponse::text("secret").with_status(Status::CONFLICT)),
    ] {
        let sent = get(&service(ResponseCheck::Off, answer), "/things");
        let logged = get(&service(ResponseCheck::Log, answer), "/things");
        assert_eq!(logged.status, sent.status);
        assert_eq!(logged.content, sent.content);
        let enforced = get(&service(ResponseCheck::Enforce, answer), "/things");
        assert_eq!(enforced.status, 500, "{}", sent.text());
        let kind = enforced.field("content-type");
        assert_eq!(kind, Some("application/problem+json"));
        assert_eq!(
            enforced.json(),
            json!({"title": "Internal Server Error", "status": 500}),
        );
    }
}

#[test]
fn fields_are_held_to_their_schemas() {
    let with = |name: &'static str, value: &'static str| {
        let answer = move || -> Result<HandlerResponse, Problem> {
            let answer = HandlerResponse::json(&json!([1])).expect("a value");
            let answer = match name.eq_ignore_ascii_case("x-total") {
                true => answer,
                false => answer.with_field("X-Total", "7").expect("a field"),
            };
            Ok(answer.with_field(name, value).expect("a field"))
        };
        let service = api(THINGS)
            .check_responses(ResponseCheck::Enforce)
            .raw("list", move |_| answer())
            .build()
            .expect("the service builds");
        get(&service, "/things").status
    };
    for (name, value, status) in [
        ("X-Total", "1", 200),
        ("x-total", "0", 500),
        ("X-Total", "many", 500),
        ("X-Codes", "a,b", 200),
        ("X-Codes", "a,B", 500),
        ("X-Page", r#"{"next": 2}"#, 200),
        ("X-Page", r#"{"last": 2}"#, 500),
        ("X-Page", "{", 500),
        ("X-Else", "anything", 200),
    ] {
        assert_eq!(with(name, value), status, "{name}: {value}");
    }
}

#[test]
fn problems_and_streams_are_not_looked_into() {
    let problem = service(ResponseCheck::Enforce, || Err(Problem::conflict("taken")));
    assert_eq!(get(&problem, "/things").status, 409);
    let stream = service(ResponseCheck::Enforce, || {
        let write = |out: &mut dyn std::io::Write| out.write_all(b"not json");
        Ok(of_type("application/json", "").with_payload(Payload::Stream(Box::new(write))))
    });
    assert_eq!(get(&stream, "/things").status, 200);
}

#[test]
fn a_check_for_no_operation_stops_the_start() {
    let error: BuildError = api(THINGS)
        .check_responses_of("lists", ResponseCheck::Log)
        .handler("list", || NoContent)
        .build()
        .expect_err("there is no such operation");
    assert!(error.to_string().contains("\"lists\""), "{error}");
}
