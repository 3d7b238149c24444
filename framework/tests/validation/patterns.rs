use std::time::{Duration, Instant};

use brrtrouter::AppService;
use brrtrouter::prelude::*;
use serde_json::{Value, json};

use crate::api::{Answer, api, post};

fn service(pattern: &str) -> AppService {
    api(&format!(
        "
paths:
  /it:
    post:
      operationId: write
      requestBody:
        required: true
        content: {{application/json: {{schema: {{type: string, pattern: '{pattern}'}}}}}}
      responses: {{'204': {{description: ok}}}}
"
    ))
    .handler("write", |_: Json<Value>| NoContent)
    .build()
    .expect("the service builds")
}

fn send(service: &AppService, text: &str) -> Answer {
    let body = json!(text).to_string();
    post(service, "/it", "application/json", body.as_bytes())
}

/// What would take a backtracking engine longer than anyone waits.
const LONG_ENOUGH: Duration = Duration::from_secs(5);

#[test]
fn a_plain_pattern_runs_in_linear_time() {
    let service = service("^(a+)+$");
    let hostile = format!("{}!", "a".repeat(10_000));
    let start = Instant::now();
    assert_eq!(send(&service, &hostile).violations(), [" pattern"]);
    assert!(start.elapsed() < LONG_ENOUGH);
    assert_eq!(send(&service, &"a".repeat(10_000)).status, 204);
}

#[test]
fn a_pattern_that_must_step_back_is_taken_and_bounded() {
    let service = service("^(?!admin)(a+)+\\1?$");
    assert_eq!(send(&service, "aaa").status, 204);
    assert_eq!(send(&service, "admin").violations(), [" pattern"]);
    let hostile = format!("{}!", "a".repeat(10_000));
    let start = Instant::now();
    assert_eq!(send(&service, &hostile).violations(), [" pattern"]);
    assert!(start.elapsed() < LONG_ENOUGH);
}
