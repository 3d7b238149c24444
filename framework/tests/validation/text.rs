use brrtrouter::AppService;
use brrtrouter::prelude::*;

use crate::api::{api, post};

fn service() -> AppService {
    api("
paths:
  /note:
    post:
      operationId: note
      requestBody:
        required: true
        content:
          text/plain: {schema: {type: string, minLength: 2, pattern: '^[a-zé]+$'}}
          text/*: {}
      responses: {'200': {description: ok, content: {text/plain: {}}}}
  /size:
    post:
      operationId: size
      requestBody: {required: true, content: {text/plain: {schema: {enum: [S, M, L]}}}}
      responses: {'200': {description: ok, content: {text/plain: {}}}}
")
    .handler("note", |text: Text| text)
    .handler("size", |text: Text| text)
    .build()
    .expect("the service builds")
}

#[test]
fn a_text_is_checked_by_its_schema() {
    let service = service();
    let good = post(
        &service,
        "/note",
        "text/plain; charset=UTF-8",
        "été".as_bytes(),
    );
    assert_eq!((good.status, good.text().as_str()), (200, "été"));
    let answer = post(&service, "/note", "text/plain", b"A");
    assert_eq!(answer.violations(), [" minLength", " pattern"]);
    assert_eq!(post(&service, "/size", "text/plain", b"M").status, 200);
    assert_eq!(
        post(&service, "/size", "text/plain", b"XL").violations(),
        [" enum"]
    );
}

#[test]
fn a_text_without_schema_is_taken_as_it_is() {
    let answer = post(&service(), "/note", "text/markdown", b"# A");
    assert_eq!(answer.text(), "# A");
}

#[test]
fn a_text_that_is_not_utf8_is_refused() {
    let service = service();
    for kind in [
        "text/plain",
        "text/markdown",
        "text/plain; charset=us-ascii",
    ] {
        let answer = post(&service, "/note", kind, b"\xff\xfe");
        assert_eq!(answer.violations(), [" encoding"], "{kind}");
    }
    for kind in [
        "text/plain; charset=iso-8859-1",
        "text/plain;x=\";\"; Charset=\"utf-16\"",
    ] {
        assert_eq!(post(&service, "/note", kind, b"ab").status, 415, "{kind}");
    }
}
