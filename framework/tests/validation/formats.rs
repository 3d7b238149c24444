use brrtrouter::AppService;
use brrtrouter::prelude::*;
use serde_json::{Value, json};

use crate::api::{api, get, post, send};

/// A service whose only body member and whose only parameter have that schema.
fn service(schema: &str) -> AppService {
    api(&format!(
        "
paths:
  /it:
    get:
      operationId: read
      parameters: [{{name: it, in: query, schema: {schema}}}]
      responses: {{'204': {{description: ok}}}}
    post:
      operationId: write
      requestBody:
        required: true
        content: {{application/json: {{schema: {{type: object, properties: {{it: {schema}}}}}}}}}
      responses: {{'204': {{description: ok}}}}
"
    ))
    .handler("read", || NoContent)
    .handler("write", |_: Json<Value>| NoContent)
    .build()
    .expect("the service builds")
}

/// Sends a value in a body and, as a text, in the query; both must be judged alike.
#[track_caller]
fn judge(service: &AppService, value: &Value, rule: Option<&str>) {
    let body = json!({ "it": value }).to_string();
    let posted = post(service, "/it", "application/json", body.as_bytes());
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let escaped: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let got = get(service, &format!("/it?it={escaped}"));
    match rule {
        None => {
            assert_eq!(posted.status, 204, "{value}: {}", posted.text());
            assert_eq!(got.status, 204, "{value}: {}", got.text());
        }
        Some(rule) => {
            assert_eq!(posted.violations(), [format!("/it {rule}")], "{value}");
            assert_eq!(got.status, 400, "{value}");
        }
    }
}

#[test]
fn formats_of_numbers_are_ranges() {
    for (schema, good, bad) in [
        (
            "{type: integer, format: int32}",
            json!([0, 2_147_483_647, -2_147_483_648_i64]),
            json!([
                [2_147_483_648_i64, "maximum"],
                [-2_147_483_649_i64, "minimum"]
            ]),
        ),
        (
            "{type: integer, format: int64}",
            json!([0, i64::MAX, i64::MIN]),
            json!([[u64::MAX, "maximum"]]),
        ),
        (
            "{type: number, format: float}",
            json!([0, 1.5, 3.4e38]),
            json!([[3.5e38, "maximum"], [-3.5e38, "minimum"]]),
        ),
        (
            "{type: number, format: double}",
            json!([0, 1.5, 3.5e38, 1.7e308]),
            json!([]),
        ),
        (
            "{type: integer, format: int32, minimum: 5, maximum: 5000000000}",
            json!([5, 2_147_483_647]),
            json!([[4, "minimum"], [2_147_483_648_i64, "maximum"]]),
        ),
    ] {
        let service = service(schema);
        for value in good.as_array().expect("a list") {
            judge(&service, value, None);
        }
        for case in bad.as_array().expect("a list") {
            judge(&service, &case[0], case[1].as_str());
        }
    }
}

/// Formats of texts, with texts that are and are not of them.
const TEXTS: &[(&str, &[&str], &[&str])] = &[
    ("byte", &["", "TWFu", "TWE="], &["TWF", "***"]),
    (
        "date",
        &["2024-02-29"],
        &["2023-02-29", "2024-1-1", "today"],
    ),
    (
        "date-time",
        &["2024-02-29T23:59:59Z", "2024-01-01T00:00:00.5+02:00"],
        &["2024-02-29", "2024-02-29T25:00:00Z", "2024-02-29 10:00"],
    ),
    (
        "uuid",
        &["6f1f9c3e-3f0e-4c6c-8a39-6f6f7f0d9a11"],
        &["6f1f9c3e3f0e4c6c8a396f6f7f0d9a11", "x"],
    ),
    ("email", &["a@example.org"], &["a", "@example.org", "a@"]),
    ("uri", &["https://example.org/a?b#c"], &["/a", "a b"]),
    ("ipv4", &["127.0.0.1"], &["127.0.0", "256.0.0.1", "::1"]),
    ("ipv6", &["::1", "2001:db8::1"], &["127.0.0.1", ":::1"]),
    ("hostname", &["example.org", "a"], &["-a", "a_b", "a..b"]),
    ("password", &["", "anything at all"], &[]),
    ("binary", &["", "anything at all"], &[]),
];

#[test]
fn formats_of_texts_are_asserted() {
    for (format, good, bad) in TEXTS {
        let service = service(&format!("{{type: string, format: {format}}}"));
        for text in *good {
            judge(&service, &json!(text), None);
        }
        for text in *bad {
            judge(&service, &json!(text), Some("format"));
        }
    }
}

#[test]
fn formats_are_asserted_wherever_a_parameter_stands() {
    const NUMBERS: &[(&str, &[&str], &[&str])] = &[
        ("int32", &["-2147483648"], &["2147483648", "1.5"]),
        ("int64", &["9223372036854775807"], &["9223372036854775808"]),
        ("float", &["1.5"], &["3.5e38", "x"]),
        ("double", &["3.5e38"], &["x"]),
    ];
    let numbers = NUMBERS.iter().map(|row| match row.0 {
        "float" | "double" => ("number", row),
        _ => ("integer", row),
    });
    let texts = TEXTS.iter().map(|row| ("string", row));
    for (kind, (format, good, bad)) in numbers.chain(texts) {
        let schema = format!("{{type: {kind}, format: {format}}}");
        let service = api(&format!(
            "
paths:
  /in/{{p}}:
    get:
      operationId: read
      parameters:
        - {{name: p, in: path, required: true, schema: {schema}}}
        - {{name: q, in: query, schema: {schema}}}
        - {{name: X-H, in: header, schema: {schema}}}
        - {{name: c, in: cookie, schema: {schema}}}
      responses: {{'204': {{description: ok}}}}
"
        ))
        .handler("read", || NoContent)
        .build()
        .expect("the service builds");
        let ask = |text: &str| {
            let escaped: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let cookie = format!("c={escaped}");
            let fields = [("X-H", text), ("Cookie", cookie.as_str())];
            let target = format!("/in/{escaped}?q={escaped}");
            send(&service, "GET", &target, &fields, b"")
        };
        for text in good.iter().filter(|text| !text.is_empty()) {
            let answer = ask(text);
            assert_eq!(answer.status, 204, "{format} {text:?}: {}", answer.text());
        }
        for text in *bad {
            let refused: Vec<String> = ask(text)
                .violations()
                .iter()
                .filter_map(|one| Some(one.split_once(' ')?.0.to_owned()))
                .collect();
            assert_eq!(refused, ["X-H", "c", "p", "q"], "{format} {text:?}");
        }
    }
}

#[test]
fn formats_are_asserted_behind_references_and_in_lists() {
    let service = api("
paths:
  /it:
    post:
      operationId: write
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/List'}}}
      responses: {'204': {description: ok}}
components:
  schemas:
    List: {type: array, items: {oneOf: [{$ref: '#/components/schemas/Small'}, {type: 'null'}]}}
    Small: {type: integer, format: int8}
")
    .handler("write", |_: Json<Value>| NoContent)
    .build()
    .expect("the service builds");
    let good = post(&service, "/it", "application/json", b"[1, null, -128]");
    assert_eq!(good.status, 204);
    let bad = post(&service, "/it", "application/json", b"[1, 128]");
    assert_eq!(bad.violations(), ["/1 oneOf"]);
}

#[test]
fn a_value_under_a_key_called_format_is_no_schema() {
    let service = service(
        "{type: object, required: [format], properties: {format: {const: int8}, minimum: {}}}",
    );
    let body = br#"{"it": {"format": "int8", "minimum": "x"}}"#;
    let answer = post(&service, "/it", "application/json", body);
    assert_eq!(answer.status, 204, "{}", answer.text());
}
