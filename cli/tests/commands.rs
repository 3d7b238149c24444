//! The command as it is typed: what it prints, and how it ends.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const PETS: &str = "\
openapi: 3.0.3
info: {title: Pets, version: '1'}
paths:
  /pets/{petId}:
    get:
      operationId: getPet
      security: [{key: []}]
      parameters:
        - {name: petId, in: path, required: true, schema: {type: string, format: uuid}}
        - {name: tags, in: query, schema: {type: array, items: {type: string}}}
      responses:
        '200':
          description: A pet.
          content:
            application/json:
              schema: {$ref: 'pet.yaml'}
        default: {description: A problem.}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
";

const PET: &str = "type: object\nproperties:\n  name: {type: string, nullable: true}\n";

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("pets.yaml"), PETS).unwrap();
    std::fs::write(folder.join("pet.yaml"), PET).unwrap();
    folder
}

fn brrt(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_brrt"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_clean_document_is_counted() {
    let output = brrt(&folder("clean"), &["check", "pets.yaml"]);
    assert_eq!(
        printed(&output),
        "pets.yaml: OpenAPI 3.0.3, 1 path, 1 operation, 0 schemas, 0 webhooks: 0 errors, 0 \
         warnings\n"
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_fault_is_shown_with_its_line_and_without_colour_where_no_one_looks() {
    let folder = folder("fault");
    let faulty = PETS.replace("in: query", "in: body");
    std::fs::write(folder.join("faulty.yaml"), faulty).unwrap();
    let output = brrt(&folder, &["check", "faulty.yaml"]);
    let expected = "\
error[B0213]: a parameter cannot be in `body`
   --> faulty.yaml:10:28
    |
 10 |         - {name: tags, in: body, schema: {type: array, items: {type: string}}}
    |                            ^^^^
";
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown = printed(&output);
    assert!(squeezed(&shown).contains(&squeezed(expected)), "{shown}");
    assert!(!shown.contains('\u{1b}'), "{shown}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn json_is_one_object_for_each_file() {
    let folder = folder("json");
    std::fs::write(folder.join("old.yaml"), "swagger: '2.0'\n").unwrap();
    let output = brrt(
        &folder,
        &[
            "check",
            "--format",
            "json",
            "pets.yaml",
            "old.yaml",
            "none.yaml",
        ],
    );
    let lines: Vec<Value> = printed(&output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [pets, old, none] = lines.as_slice() else {
        panic!("{lines:?}");
    };
    assert_eq!(
        *pets,
        serde_json::json!({
            "file": "pets.yaml", "openapi": "3.0.3", "paths": 1, "operations": 1, "schemas": 0,
            "webhooks": 0, "diagnostics": [],
        })
    );
    let diagnostic = &old["diagnostics"][0];
    assert_eq!(diagnostic["code"], "B0202");
    assert_eq!(diagnostic["severity"], "error");
    assert_eq!(diagnostic["pointer"], "/swagger");
    assert_eq!(diagnostic["file"], "old.yaml");
    assert_eq!(
        (&diagnostic["line"], &diagnostic["column"]),
        (&1.into(), &10.into())
    );
    assert_eq!(none["diagnostics"][0]["code"], "B0001");
    assert_eq!(none["openapi"], Value::Null);
    assert_eq!(output.status.code(), Some(2), "the gravest of all");
}

#[test]
fn strictly_a_tolerated_fault_is_an_error() {
    let folder = folder("strict");
    std::fs::write(folder.join("number.yaml"), PETS.replace("'200'", "200")).unwrap();
    let lenient = brrt(&folder, &["check", "number.yaml"]);
    assert_eq!(lenient.status.code(), Some(0));
    assert!(printed(&lenient).contains("warning[B0108]"));
    let strict = brrt(&folder, &["check", "--strict", "number.yaml"]);
    assert_eq!(strict.status.code(), Some(1));
    assert!(printed(&strict).contains("error[B0108]"));
}

#[test]
fn routes_are_a_table() {
    let output = brrt(&folder("table"), &["routes", "pets.yaml"]);
    let shown = printed(&output);
    let row: Vec<&str> = shown
        .lines()
        .nth(1)
        .unwrap()
        .split("  ")
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .collect();
    assert_eq!(
        row,
        [
            "GET",
            "/pets/{petId}",
            "getPet",
            "petId: uuid (path), tags?: string[] (query)",
            "key",
            "200 default"
        ]
    );
}

#[test]
fn routes_are_json() {
    let output = brrt(
        &folder("rows"),
        &["routes", "--format", "json", "pets.yaml"],
    );
    let rows: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(rows[0]["operationId"], "getPet");
    assert_eq!(rows[0]["parameters"][1]["type"], "string[]");
    assert_eq!(rows[0]["security"], serde_json::json!([{"key": []}]));
}

#[test]
fn a_bundle_is_one_document_of_3_1() {
    let folder = folder("bundle");
    let output = brrt(&folder, &["bundle", "pets.yaml", "-o", "out.json"]);
    assert_eq!(output.status.code(), Some(0));
    let written = std::fs::read_to_string(folder.join("out.json")).unwrap();
    let bundle: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(bundle["openapi"], "3.1.1");
    assert_eq!(
        bundle["components"]["schemas"]["pet"]["properties"]["name"]["type"],
        serde_json::json!(["string", "null"])
    );
    let again = brrt(&folder, &["check", "out.json"]);
    assert_eq!(again.status.code(), Some(0));
}

#[test]
fn a_bundle_never_takes_the_place_of_its_document() {
    let folder = folder("itself");
    let output = brrt(&folder, &["bundle", "pets.yaml", "-o", "pets.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        std::fs::read_to_string(folder.join("pets.yaml")).unwrap(),
        PETS
    );
}

#[test]
fn what_cannot_be_loaded_is_told_on_standard_error() {
    let output = brrt(&folder("none"), &["routes", "none.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.starts_with("error[B0001]: none.yaml cannot be read"),
        "{told}"
    );
}

const SHOP: &str = "\
openapi: 3.1.0
info: {title: Shop, version: '1'}
servers: [{url: https://example.com/api}]
paths:
  /items/{id}:
    get:
      operationId: getItem
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
        - {name: tags, in: query, schema: {type: array, items: {type: string}}}
        - {name: page, in: query, schema: {type: integer, minimum: 1, default: 1}}
        - {name: X-Trace, in: header, schema: {type: string}}
      responses: {'200': {description: An item.}}
    delete:
      responses: {'204': {description: Gone.}}
  /items/new:
    get:
      operationId: newItem
      responses: {'200': {description: A form.}}
";

fn explain(name: &str, arguments: &[&str]) -> (String, Option<i32>) {
    let folder = folder(name);
    std::fs::write(folder.join("shop.yaml"), SHOP).unwrap();
    let all: Vec<&str> = ["explain", "shop.yaml"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    let output = brrt(&folder, &all);
    (printed(&output), output.status.code())
}

#[test]
fn the_operation_that_answers_is_explained_with_its_parameters() {
    let target = "/items/7?tags=a%20b&tags=c&x=1";
    let (shown, code) = explain("answers", &["GET", target, "-H", "x-trace: t1"]);
    assert_eq!(
        shown,
        "\
GET /items/7
  1  \"items\"  fits items (2 routes)
  2  \"7\"      fits {id} (1 route), and not 1 other
GET /items/{id} answers
  id = \"7\"
operation getItem, at /paths/~1items~1{id}/get
  path id = 7
  query tags = [\"a b\",\"c\"]
  query page = 1
  header X-Trace = \"t1\"
  x of the query is not declared
"
    );
    assert_eq!(code, Some(0));
}

#[test]
fn parameters_at_fault_are_explained() {
    let (shown, code) = explain("faults", &["GET", "/items/seven?page=0"]);
    let told = "\
operation getItem, at /paths/~1items~1{id}/get
  query tags is not given
  query page = 0
  header X-Trace is not given
  path parameter \"id\" is not an integer: \"seven\": 400
  query parameter \"page\" is not at least 1: \"0\": 400
";
    assert!(shown.ends_with(told), "{shown}");
    assert_eq!(code, Some(1));
}

#[test]
fn what_no_operation_answers_is_explained() {
    for (arguments, told) in [
        (
            &["POST", "/items/7"][..],
            "no POST has this path, other methods do: 405; Allow: DELETE, GET, HEAD, OPTIONS\n  \
             DELETE /items/{id} has it\n  GET /items/{id} has it\n",
        ),
        (
            &["GET", "/item/7"],
            "no route has this path: 404\n  near is GET /items/new: in segment 1 it has items, and \
             the path \"item\"\n  near is GET /items/{id}: in segment 1 it has items, and the path \
             \"item\"\n",
        ),
        (
            &["GET", "/items/%2"],
            "a percent sign of the path is not followed by two hex digits: 400, in segment 2\n",
        ),
        (
            &["GET", "/items/7/", "--slash", "redirect"],
            "the path with another end has a route: 308; Location: /items/7\n  GET /items/{id} has \
             that\n",
        ),
    ] {
        let (shown, code) = explain("none-answers", arguments);
        assert!(shown.ends_with(told), "{shown}");
        assert_eq!(code, Some(1), "{arguments:?}");
    }
}

#[test]
fn explanations_are_json() {
    let (shown, code) = explain(
        "json-explained",
        &[
            "HEAD",
            "/api/items/new",
            "--base",
            "first",
            "--format",
            "json",
        ],
    );
    let value: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(value["outcome"], "found");
    assert_eq!(value["operation"], "newItem");
    assert_eq!(value["candidates"][0]["wins"], true);
    assert_eq!(value["candidates"][1]["operation"], "getItem");
    assert_eq!(code, Some(0));
    let (shown, code) = explain("json-none", &["PUT", "/items/7", "--format", "json"]);
    let value: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(value["status"], 405);
    assert_eq!(value["allow"], "DELETE, GET, HEAD, OPTIONS");
    assert_eq!(value["operation"], Value::Null);
    assert_eq!(code, Some(1));
}

#[test]
fn a_header_that_is_none_is_a_wrong_command_line() {
    let (_, code) = explain("header", &["GET", "/items/7", "-H", "trace"]);
    assert_eq!(code, Some(2));
}
