use brrtrouter::prelude::*;
use serde_json::Value;

use crate::api::{api, post};

const LISTS: &str = "
paths:
  /lists:
    post:
      operationId: list
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: '#/components/schemas/List'}}
          application/x-www-form-urlencoded: {schema: {type: object, additionalProperties: false}}
      responses: {'204': {description: ok}}
components:
  schemas:
    List: {type: array, items: {type: string, pattern: '^a*$'}}
";

fn refused(kind: &str, body: &str) -> Value {
    let service = api(LISTS).handler("list", || NoContent).build();
    let service = service.expect("the service builds");
    let answer = post(&service, "/lists", kind, body.as_bytes());
    assert_eq!(answer.status, 400, "{}", answer.text());
    answer.json()
}

#[test]
fn at_most_64_violations_are_listed() {
    let numbers: Vec<u32> = (0..500).collect();
    let problem = refused("application/json", &serde_json::json!(numbers).to_string());
    let errors = problem["errors"].as_array().expect("violations");
    assert_eq!(errors.len(), 64);
    assert_eq!(errors[63]["pointer"], "/63");
    assert_eq!(errors[63]["rule"], "type");
    assert_eq!(errors[63]["value"], "63");
}

#[test]
fn an_offending_value_is_cut_and_cannot_break_out_of_the_answer() {
    let odd = "\"}],\u{7}\u{2028}</script>";
    let long = format!("{odd}{}", "b".repeat(10_000));
    let problem = refused("application/json", &serde_json::json!([long]).to_string());
    let shown = problem["errors"][0]["value"].as_str().expect("a value");
    assert!(shown.starts_with(odd), "{shown}");
    assert_eq!(shown.chars().count(), 129, "{shown}");
    assert!(shown.ends_with('…'), "{shown}");
}

/// As inheritance is often written: a type is one of many, each of which is that type and more.
#[test]
fn types_that_are_made_of_themselves_become_services() {
    let names: Vec<String> = (0..16).map(|kind| format!("Kind{kind}")).collect();
    let schema = |name: &str| format!("{{$ref: '#/components/schemas/{name}'}}");
    let each: Vec<String> = names.iter().map(|name| schema(name)).collect();
    let mut paths = format!(
        "paths:
  /pets:
    post:
      operationId: post
      parameters: [{{name: pet, in: query, style: deepObject, explode: true, schema: {pet}}}]
      requestBody:
        content:
          application/json: {{schema: {pet}}}
          application/x-www-form-urlencoded: {{schema: {pet}}}
          multipart/form-data: {{schema: {pet}}}
      responses: {{'204': {{description: ok}}}}
components:
  schemas:
    Pet: {{type: object, required: [name], properties: {{name: {{type: string}}}}, anyOf: [{each}]}}
",
        pet = schema("Pet"),
        each = each.join(", "),
    );
    for name in &names {
        let all = format!(
            "[{}, {{properties: {{{name}: {{type: integer}}}}}}]",
            schema("Pet")
        );
        paths += &format!("    {name}: {{allOf: {all}}}\n");
    }
    let service = api(&paths).handler("post", || NoContent).build();
    let service = service.expect("the service builds");
    let kind = "application/json";
    let answer = post(&service, "/pets?pet[name]=a", kind, br#"{"name": 7}"#);
    assert_eq!(answer.violations(), [" anyOf", "/name type"]);
}
