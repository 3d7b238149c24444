use brrtrouter::prelude::*;
use brrtrouter::{AppService, HandlerRequest};

use crate::api::{api, post, send};

const REPORT: &str = "
paths:
  /report:
    get:
      operationId: report
      responses:
        '200': {description: ok, content: {application/json: {}, text/csv: {}}}
        '404': {description: none, content: {application/problem+json: {}}}
    delete:
      operationId: remove
      responses:
        '200': {description: what was, content: {application/json: {}}}
        '204': {description: gone}
    post:
      operationId: add
      requestBody: {content: {application/json: {}, text/csv: {}}}
      responses: {'204': {description: ok}}
";

fn service() -> AppService {
    let report = |request: &mut HandlerRequest<'_>| {
        let offers = ["application/json", "text/csv"];
        request.preferred(&offers).unwrap_or("none").to_owned()
    };
    api(REPORT)
        .raw("report", report)
        .handler("remove", || NoContent)
        .raw("add", |_| NoContent)
        .build()
        .expect("the service builds")
}

#[test]
fn a_client_gets_a_type_that_it_takes() {
    let service = service();
    for (accept, given) in [
        (&[][..], "application/json"),
        (&[("accept", "*/*")][..], "application/json"),
        (
            &[("Accept", "text/csv, application/json;q=0.5")][..],
            "text/csv",
        ),
        (
            &[("accept", "image/png"), ("accept", "text/*")][..],
            "text/csv",
        ),
        (
            &[("accept", "application/json;q=0, */*;q=0.1")][..],
            "text/csv",
        ),
    ] {
        let answer = send(&service, "GET", "/report", accept, b"");
        assert_eq!(answer.status, 200, "{accept:?}");
        assert_eq!(answer.text(), given, "{accept:?}");
    }
}

#[test]
fn a_client_that_takes_none_of_the_types_is_told_them() {
    let service = service();
    for accept in [
        "text/html",
        "application/json;q=0, text/csv;q=0.0",
        "application/problem+json",
    ] {
        let answer = send(&service, "GET", "/report", &[("accept", accept)], b"");
        assert_eq!(answer.status, 406, "{accept}");
        let detail = answer.json()["detail"].to_string();
        assert!(detail.contains("application/json, text/csv"), "{detail}");
    }
}

#[test]
fn where_an_answer_may_be_empty_every_client_is_served() {
    let answer = send(
        &service(),
        "DELETE",
        "/report",
        &[("accept", "text/html")],
        b"",
    );
    assert_eq!(answer.status, 204);
}

#[test]
fn a_body_of_another_type_is_answered_with_those_that_are_taken() {
    let answer = post(&service(), "/report", "image/png", b"x");
    assert_eq!(answer.status, 415);
    assert_eq!(
        answer.field("accept-post"),
        Some("application/json, text/csv")
    );
}
