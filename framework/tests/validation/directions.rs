use brrtrouter::AppService;
use brrtrouter::prelude::*;
use brrtrouter::service::ResponseCheck;
use serde_json::{Value, json};

use crate::api::{Answer, api, post};

const ACCOUNTS: &str = "
paths:
  /accounts:
    post:
      operationId: create
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Account'}}}
      responses:
        '200':
          description: as it was sent, with what the server adds
          content: {application/json: {schema: {$ref: '#/components/schemas/Account'}}}
components:
  schemas:
    Id: {type: integer, readOnly: true}
    Base:
      type: object
      required: [id]
      properties: {id: {$ref: '#/components/schemas/Id'}}
    Account:
      allOf:
        - $ref: '#/components/schemas/Base'
        - required: [id, name, secret]
      properties:
        name: {type: string}
        secret: {type: string, writeOnly: true}
        owner: {type: object, properties: {since: {type: string, readOnly: true}}}
";

/// A service that answers with these members and the name that it was sent.
fn service(answer: Value) -> AppService {
    api(ACCOUNTS)
        .check_responses(ResponseCheck::Enforce)
        .handler("create", move |Json(sent): Json<Value>| {
            let mut answer = answer.clone();
            answer["name"] = sent["name"].clone();
            Json(answer)
        })
        .build()
        .expect("the service builds")
}

fn send(service: &AppService, body: Value) -> Answer {
    let body = body.to_string();
    post(service, "/accounts", "application/json", body.as_bytes())
}

#[test]
fn what_is_read_only_is_required_of_answers_alone() {
    let sent = json!({"name": "Ann", "secret": "s"});
    let good = send(&service(json!({"id": 7})), sent.clone());
    assert_eq!(good.status, 200, "{}", good.text());
    assert_eq!(good.json(), json!({"id": 7, "name": "Ann"}));
    assert_eq!(send(&service(json!({})), sent).status, 500);
}

#[test]
fn what_is_read_only_is_refused_in_requests() {
    let service = service(json!({"id": 7}));
    let sent = json!({"id": 1, "name": "Ann", "secret": "s", "owner": {"since": "now"}});
    let answer = send(&service, sent);
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.violations(),
        ["/id readOnly", "/owner/since readOnly"]
    );
}

#[test]
fn what_is_write_only_is_refused_in_answers_and_required_of_requests() {
    let service = service(json!({"id": 7, "secret": "s"}));
    let answer = send(&service, json!({"name": "Ann", "secret": "s"}));
    assert_eq!(answer.status, 500);
    assert!(!answer.text().contains("secret"), "{}", answer.text());
    let answer = send(&service, json!({"name": "Ann"}));
    assert_eq!(answer.violations(), ["/secret required"]);
}
