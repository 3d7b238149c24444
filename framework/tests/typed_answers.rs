//! Enums of answers: they leave with their statuses, and fit the document or stop the start.

#![allow(clippy::expect_used)]

use brrtrouter::prelude::*;
use brrtrouter::responses;
use brrtrouter::testing::TestClient;
use brrtrouter::{AppServiceBuilder, BuildError};
use brrtrouter_spec::Loader;

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /jobs/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    post:
      operationId: start
      responses:
        '200': {description: done, content: {application/json: {schema: {type: integer}}}}
        '2XX': {description: started, content: {'text/*': {}}}
        '204': {description: idle}
        default: {description: wrong, content: {application/problem+json: {}}}
    get:
      operationId: look
      responses: {'200': {description: ok, content: {application/json: {}}}}
";

fn builder() -> AppServiceBuilder {
    let spec = Loader::new().load_str(DOCUMENT, "jobs.yaml");
    AppService::builder(spec.expect("the document loads"))
}

responses! {
    /// What `start` answers.
    #[derive(Debug, Clone)]
    enum Start {
        /// It is done.
        Done(Json<u32>) = 200,
        /// It has been started.
        Started(Text) = 202,
        Idle = 204,
    }
}

#[test]
fn each_variant_leaves_with_its_status_and_content() {
    let service = builder()
        .without("look")
        .handler("start", |Path(id): Path<u32>| match id {
            0 => Ok(Start::Idle),
            1 => Ok(Start::Done(Json(1))),
            2 => Ok(Start::Started(Text::from("soon"))),
            _ => Err(Problem::conflict("too many")),
        })
        .build()
        .expect("the service builds");
    let client = TestClient::new(service);
    for (id, status, content) in [(0, 204, ""), (1, 200, "1"), (2, 202, "soon")] {
        let answer = client.post(format!("/jobs/{id}")).send();
        assert_eq!((answer.status(), answer.text()), (status, content));
    }
    assert_eq!(client.post("/jobs/3").send().status(), 409);
}

fn fault<R: IntoResponse>(handler: fn() -> R) -> String {
    let built = builder().without("start").handler("look", handler).build();
    let error: BuildError = built.expect_err("the answers do not fit");
    error
        .faults()
        .iter()
        .map(|fault| fault.to_string())
        .collect()
}

responses! { enum OfNoStatus { Fine(Json<u8>) = 200, Gone = 410 } }
responses! { enum OfAnotherType { Fine(Text) = 200 } }
responses! { enum WithoutContent { Fine = 200 } }
responses! { enum WithContent { Fine(Json<u8>) = 200, Idle(Json<u8>) = 204 } }

#[test]
fn what_the_document_does_not_declare_stops_the_start_and_is_named() {
    let look = "the handler of operation \"look\" does not fit: what it answers does not fit: ";
    assert_eq!(
        fault(|| OfNoStatus::Gone),
        format!("{look}the document does not declare 410 Gone")
    );
    assert_eq!(
        fault(|| Ok::<_, Problem>(OfAnotherType::Fine(Text::from("")))),
        format!("{look}the document does not declare text/plain for 200 OK, but application/json")
    );
    assert_eq!(
        fault(|| (OfNoStatus::Fine(Json(1))).with_field("x-a", "b")),
        format!("{look}the document does not declare 410 Gone")
    );
    assert_eq!(
        fault(|| WithoutContent::Fine),
        format!(
            "{look}the document declares content for 200 OK (application/json), and the answer has none"
        )
    );
    let built = builder()
        .without("look")
        .handler("start", || match true {
            true => WithContent::Fine(Json(1)),
            false => WithContent::Idle(Json(1)),
        })
        .build();
    let error = built.expect_err("204 has no content").to_string();
    assert!(
        error.contains("the document declares no content for 204 No Content"),
        "{error}"
    );
}
