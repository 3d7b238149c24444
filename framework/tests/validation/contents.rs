use brrtrouter::AppService;
use brrtrouter::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::api::{Answer, api, get, send};

const SEARCH: &str = "
paths:
  /search/{at}:
    get:
      operationId: search
      parameters:
        - {name: at, in: path, required: true, content: {application/json: {schema: {$ref: '#/components/schemas/At'}}}}
        - {name: filter, in: query, content: {application/json: {schema: {$ref: '#/components/schemas/Filter'}}}}
        - {name: X-Hints, in: header, content: {application/vnd.hints+json: {schema: {type: array, items: {type: integer}}}}}
        - {name: seen, in: cookie, content: {application/json: {schema: {type: object, properties: {n: {type: integer}}}}}}
      responses: {'200': {description: ok, content: {application/json: {}}}}
components:
  schemas:
    At: {type: array, items: {type: number}, minItems: 2, maxItems: 2}
    Filter:
      type: object
      required: [name]
      additionalProperties: false
      properties:
        name: {type: string, pattern: '^[a-z]+$'}
        sizes: {type: array, items: {type: object, required: [min], properties: {min: {type: integer}}}}
";

#[derive(Debug, Serialize, Deserialize)]
struct Asked {
    filter: Option<Filter>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Filter {
    name: String,
    #[serde(default)]
    sizes: Vec<Size>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Size {
    min: i32,
}

#[derive(Debug, Serialize, Deserialize)]
struct Hints {
    #[serde(rename = "X-Hints")]
    hints: Option<Vec<i32>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Seen {
    seen: Option<serde_json::Value>,
}

fn service() -> AppService {
    let search = |Path((at,)): Path<((f64, f64),)>,
                  Query(asked): Query<Asked>,
                  Header(hints): Header<Hints>,
                  Cookie(seen): Cookie<Seen>| {
        Json(json!({
            "at": [at.0, at.1], "filter": asked.filter, "hints": hints.hints, "seen": seen.seen,
        }))
    };
    let service = api(SEARCH).handler("search", search);
    service.build().expect("the service builds")
}

fn ask(query: &str, fields: &[(&str, &str)]) -> Answer {
    send(
        &service(),
        "GET",
        &format!("/search/%5B1,2.5%5D{query}"),
        fields,
        b"",
    )
}

#[test]
fn json_in_a_parameter_is_read_into_the_handlers_type() {
    let filter = r#"?filter=%7B%22name%22%3A%22ab%22,%22sizes%22:[%7B%22min%22:3%7D]%7D"#;
    let fields = [("X-Hints", "[1, 2]"), ("Cookie", r#"seen=%7B%22n%22:1%7D"#)];
    let answer = ask(filter, &fields);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let expected = json!({
        "at": [1.0, 2.5],
        "filter": {"name": "ab", "sizes": [{"min": 3}]},
        "hints": [1, 2],
        "seen": {"n": 1},
    });
    assert_eq!(answer.json(), expected);
    let nothing = ask("", &[]);
    assert_eq!(nothing.json()["filter"], json!(null));
}

#[test]
fn json_in_a_parameter_is_held_to_its_schema() {
    for (query, fields, violation) in [
        ("?filter=%7B%7D", &[][..], "filter required"),
        ("?filter=%7B%22name%22:%22A%22%7D", &[], "filter pattern"),
        (
            "?filter=%7B%22name%22:%22a%22,%22x%22:1%7D",
            &[],
            "filter additionalProperties",
        ),
        ("?filter=%7B", &[], "filter type"),
        ("?filter=1", &[], "filter type"),
        ("", &[("X-Hints", "[\"a\"]")], "X-Hints type"),
        ("", &[("Cookie", "seen=[]")], "seen type"),
    ] {
        let answer = ask(query, fields);
        assert_eq!(answer.status, 400, "{query}: {}", answer.text());
        assert_eq!(answer.violations(), [violation], "{query} {fields:?}");
    }
    let far = get(&service(), "/search/%5B1%5D");
    assert_eq!(far.violations(), ["at minItems"]);
}
