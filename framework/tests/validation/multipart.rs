use brrtrouter::prelude::*;
use brrtrouter::{AppService, Limits, Response};
use brrtrouter_transport::body::{BodyError, BodySource};
use brrtrouter_transport::{Body, Field, Request, Service};
use serde_json::{Value, json};

use crate::api::{Answer, api, post};

const UPLOADS: &str = "
paths:
  /pets:
    post:
      operationId: add
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [name, photo]
              additionalProperties: false
              properties:
                name: {type: string, minLength: 2}
                age: {type: integer, minimum: 0}
                tags: {type: array, items: {type: string}}
                owner: {type: object, required: [id], properties: {id: {type: integer}}}
                photo: {type: string, format: binary, minLength: 1, maxLength: 100000}
                scans: {type: array, maxItems: 2, items: {contentMediaType: image/png}}
            encoding: {photo: {contentType: 'image/png, image/jpeg'}}
      responses: {'200': {description: ok, content: {application/json: {}}}}
  /any:
    post:
      operationId: any
      requestBody: {content: {multipart/form-data: {}}}
      responses: {'200': {description: ok, content: {application/json: {}}}}
";

/// What was received, for a test to compare.
fn show(mut parts: Multipart) -> Json<Value> {
    let fields = Value::Object(parts.fields().clone());
    let names: Vec<String> = parts
        .files()
        .iter()
        .map(|one| one.name().to_owned())
        .collect();
    let mut files = Vec::new();
    for name in names {
        let mut file = parts.take_file(&name).expect("it was listed");
        let bytes = file.bytes().expect("it can be read");
        assert_eq!(bytes.len() as u64, file.len());
        files.push(json!({
            "name": file.name(),
            "file_name": file.file_name(),
            "content_type": file.content_type(),
            "is_on_disk": file.is_on_disk(),
            "content": String::from_utf8_lossy(&bytes),
        }));
    }
    Json(json!({"fields": fields, "files": files}))
}

fn service() -> AppService {
    let mut limits = Limits::new();
    limits.parts = 10;
    limits.part_memory = 1_000;
    limits.part_text = 2_000;
    limits.part_head = 500;
    api(UPLOADS)
        .limits(limits)
        .handler("add", show)
        .handler("any", show)
        .build()
        .expect("the service builds")
}

const KIND: &str = "multipart/form-data; boundary=\"-- b\"";

/// A body of parts, each its fields and its content.
fn body(parts: &[(&str, &str)]) -> String {
    let mut body = String::new();
    for (fields, content) in parts {
        let fields = fields.replace('\n', "\r\n");
        body.push_str(&format!(
            "---- b\r\nContent-Disposition: form-data; {fields}\r\n\r\n"
        ));
        body.push_str(&format!("{content}\r\n"));
    }
    body + "---- b--\r\n"
}

fn add(parts: &[(&str, &str)]) -> Answer {
    post(&service(), "/pets", KIND, body(parts).as_bytes())
}

const NAME: (&str, &str) = ("name=\"name\"", "Rex");
const PHOTO: (&str, &str) = (
    "name=photo; filename=\"r.png\"\nContent-Type: image/png",
    "\u{89}PNG\r\n",
);

#[test]
fn parts_have_the_types_of_their_schemas_and_files_stand_apart() {
    let answer = add(&[
        NAME,
        ("name=\"age\"", "7"),
        ("name=\"tags\"", "a"),
        PHOTO,
        ("name=\"tags\"", "b&c"),
        (
            "name=\"owner\"\nContent-Type: application/json",
            "{\"id\": 3}",
        ),
        ("name=\"scans\"; filename=1", "one"),
        ("name=\"scans\"; filename=2", "two"),
    ]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let taken = answer.json();
    let fields = json!({"name": "Rex", "age": 7, "tags": ["a", "b&c"], "owner": {"id": 3}});
    assert_eq!(taken["fields"], fields);
    assert_eq!(
        taken["files"][0],
        json!({
            "name": "photo", "file_name": "r.png", "content_type": "image/png",
            "is_on_disk": false, "content": "\u{89}PNG\r\n",
        }),
    );
    assert_eq!(taken["files"][2]["content"], "two");
}

#[test]
fn all_that_is_wrong_is_named_by_pointer() {
    let answer = add(&[("name=name", "R"), ("name=age", "old"), ("name=other", "x")]);
    let expected = [
        "/age type",
        "/name minLength",
        "/other additionalProperties",
        "/photo required",
    ];
    assert_eq!(answer.violations(), expected);
    let scan = ("name=scans; filename=a", "x");
    let answer = add(&[
        NAME,
        ("name=owner", "{}"),
        ("name=photo; filename=a\nContent-Type: image/gif", ""),
        ("name=virus; filename=a", "x"),
        scan,
        scan,
        scan,
    ]);
    let expected = [
        "/owner/id required",
        "/photo contentType",
        "/photo minLength",
        "/scans maxItems",
        "/virus additionalProperties",
    ];
    assert_eq!(answer.violations(), expected);
    assert_eq!(add(&[NAME, PHOTO, PHOTO]).violations(), ["/photo repeated"]);
    let latin = ("name=name\nContent-Type: text/plain; charset=latin1", "Rex");
    assert!(
        add(&[latin, PHOTO])
            .violations()
            .contains(&"/name encoding".to_owned())
    );
}

#[test]
fn a_large_file_goes_to_disk_and_comes_back_whole() {
    let content = "0123456789abcdef\r\n--".repeat(2_000);
    let photo = (PHOTO.0, content.as_str());
    let answer = add(&[NAME, photo]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let file = &answer.json()["files"][0];
    assert_eq!(file["is_on_disk"], true);
    assert_eq!(file["content"], content);
    let large = "x".repeat(100_001);
    assert_eq!(
        add(&[NAME, (PHOTO.0, &large)]).violations(),
        ["/photo maxLength"]
    );
}

/// A body that arrives in pieces of a few bytes.
struct Pieces<'a> {
    rest: &'a [u8],
    size: usize,
}

impl BodySource for Pieces<'_> {
    fn fill(&mut self) -> Result<bool, BodyError> {
        Ok(!self.rest.is_empty())
    }

    fn buffered(&self) -> &[u8] {
        &self.rest[..self.size.min(self.rest.len())]
    }

    fn consume(&mut self, count: usize) {
        self.rest = &self.rest[count..];
    }

    fn remaining(&self) -> Option<u64> {
        None
    }

    fn is_finished(&self) -> bool {
        self.rest.is_empty()
    }
}

#[test]
fn a_body_is_taken_apart_alike_however_it_arrives() {
    let service = service();
    // Ends that look like boundaries, and ones that nearly are.
    let parts = [
        ("name=a", "\r\n---- \r\n---- c\r"),
        ("name=b; filename=f", "\r\n----\r\n\r\n---- "),
        ("name=c", ""),
    ];
    let preamble = format!("no part\r\n{}epilogue", body(&parts));
    for text in [body(&parts), preamble] {
        let whole = post(&service, "/any", KIND, text.as_bytes());
        assert_eq!(whole.status, 200, "{}", whole.text());
        let fields = json!({"a": parts[0].1, "c": ""});
        assert_eq!(whole.json()["fields"], fields);
        assert_eq!(whole.json()["files"][0]["content"], parts[1].1);
        for size in 1..40 {
            let mut source = Pieces {
                rest: text.as_bytes(),
                size,
            };
            let fields = [Field {
                name: "content-type",
                value: KIND.as_bytes(),
            }];
            let mut request = Request::new("POST", "/any", &fields, Body::new(&mut source, 0));
            let mut response = Response::new();
            service.call(&mut request, &mut response);
            assert_eq!(response.content(), Some(&whole.content[..]), "{size}");
        }
    }
}

#[test]
fn a_body_that_is_not_well_formed_is_refused() {
    let service = service();
    let good = body(&[("name=a", "1"), ("name=b; filename=c", "2")]);
    // Cut anywhere before its last boundary is complete, it is no body.
    for end in 0..good.len() - 2 {
        let answer = post(&service, "/any", KIND, &good.as_bytes()[..end]);
        assert_eq!(answer.status, 400, "{end}");
        assert_eq!(answer.violations(), [" malformed"], "{end}");
    }
    for text in [
        "---- bx\r\n\r\n---- b--",
        "---- b\r\n\r\n1\r\n---- b--",
        "---- b\r\nContent-Disposition: form-data\r\n\r\n1\r\n---- b--",
        "---- b\r\nno field\r\n\r\n1\r\n---- b--",
    ] {
        let answer = post(&service, "/any", KIND, text.as_bytes());
        assert_eq!(answer.violations(), [" malformed"], "{text}");
    }
    let long = format!("multipart/form-data; boundary={}", "b".repeat(71));
    for kind in [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        &long,
    ] {
        let answer = post(&service, "/any", kind, good.as_bytes());
        assert_eq!(answer.violations(), [" malformed"], "{kind}");
    }
}

#[test]
fn what_is_past_a_limit_is_refused() {
    let service = service();
    let any = |parts: &[(&str, &str)]| post(&service, "/any", KIND, body(parts).as_bytes());
    assert_eq!(any(&vec![("name=a; filename=b", ""); 10]).status, 200);
    assert_eq!(
        any(&vec![("name=a; filename=b", ""); 11]).violations(),
        [" parts"]
    );
    assert_eq!(any(&[("name=a", &"x".repeat(2_000))]).status, 200);
    let answer = any(&[("name=a", &"x".repeat(2_001))]);
    assert_eq!(answer.status, 413);
    assert!(answer.text().contains("\\\"a\\\""), "{}", answer.text());
    let head = format!("name=a\nX: {}", "x".repeat(500));
    assert_eq!(any(&[(&head, "1")]).violations(), [" malformed"]);
    let fields = "name=a".to_owned() + &"\nX: y".repeat(16);
    assert_eq!(any(&[(&fields, "1")]).violations(), [" malformed"]);
    let whole = "x".repeat((1 << 20) + 1);
    assert_eq!(any(&[("name=a; filename=b", &whole)]).status, 413);
}
