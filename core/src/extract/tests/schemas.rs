//! Types, defaults and what is left to a validator.

use super::*;

#[test]
fn types_follow_the_schema() {
    for (schema, text, expected) in [
        (json!({ "type": "integer" }), "-12", json!(-12)),
        (
            json!({ "type": "integer" }),
            "18446744073709551615",
            json!(u64::MAX),
        ),
        (json!({ "type": "number" }), "1.5e2", json!(150.0)),
        (json!({ "type": "boolean" }), "true", json!(true)),
        (json!({ "type": "string" }), "12", json!("12")),
        (json!({ "type": "string" }), "a%20b+c", json!("a b c")),
        (json!({}), "12", json!("12")),
        (json!({ "type": ["integer", "string"] }), "12", json!(12)),
        (json!({ "type": ["integer", "string"] }), "x", json!("x")),
        (json!({ "type": ["integer", "null"] }), "null", json!(null)),
        (json!({ "enum": [1, 2] }), "2", json!(2)),
        (
            json!({ "enum": [1, 2.5], "type": "number" }),
            "2.5",
            json!(2.5),
        ),
        (json!({ "enum": [1, 2], "type": "number" }), "2", json!(2.0)),
        (
            json!({ "allOf": [{ "type": "number" }, { "type": "integer" }] }),
            "2",
            json!(2),
        ),
        (
            json!({ "type": ["string", "integer"], "allOf": [{ "type": "number" }] }),
            "2",
            json!(2),
        ),
        (
            json!({ "$ref": "#/components/schemas/Limit" }),
            "7",
            json!(7),
        ),
    ] {
        let value = sound(json!({ "schema": schema }), &format!("color={text}"));
        assert_eq!(value, expected, "{schema} {text}");
    }
}

#[test]
fn what_is_required_must_be_there_and_defaults_fill_in() {
    let parameter = json!({ "required": true, "schema": { "type": "integer" } });
    assert_eq!(
        query(parameter, "colour=1").1,
        [r#"query parameter "color" is missing"#]
    );
    let parameter = json!({ "schema": { "type": "integer", "default": 20 } });
    assert_eq!(sound(parameter, "x=1"), json!(20));
    assert_eq!(
        sound(json!({ "schema": { "type": "integer" } }), "x=1"),
        json!(null)
    );
}

#[test]
fn what_the_plan_does_not_check_is_said() {
    for (schema, needs) in [
        (
            json!({ "type": "integer", "minimum": 1, "format": "int32", "description": "x" }),
            false,
        ),
        (json!({ "type": "string", "format": "uuid" }), false),
        (json!({ "type": "string", "pattern": "^a" }), true),
        (json!({ "type": "string", "format": "email" }), true),
        (
            json!({ "oneOf": [{ "type": "integer" }, { "type": "string" }] }),
            true,
        ),
        (
            json!({ "type": "array", "items": { "type": "string", "pattern": "a" } }),
            true,
        ),
        (json!({ "type": "array", "items": strings() }), true),
        (
            json!({ "type": "object", "properties": { "a": rgb() } }),
            true,
        ),
        (
            json!({ "allOf": [{ "type": "integer" }, { "minimum": 1 }] }),
            false,
        ),
        (json!({ "$ref": "#/nowhere" }), true),
        (
            json!({ "allOf": [{ "type": "integer" }, { "type": "string" }] }),
            true,
        ),
        (
            json!({ "allOf": [rgb()], "additionalProperties": false }),
            true,
        ),
        (
            json!({ "type": "object", "additionalProperties": false }),
            false,
        ),
    ] {
        let extractors = extractors("/", &json!([{ "name": "a", "schema": schema }]));
        assert_eq!(
            extractors.parameters()[0].needs_validator(),
            needs,
            "{schema}"
        );
    }
}

#[test]
fn references_that_go_in_circles_end() {
    let document = Document::new(json!({ "a": { "$ref": "#/a" }, "b": { "allOf": [
        { "$ref": "#/b" }, { "$ref": "#/b" } ] } }));
    let known = schema::read(&document, &document.root()["a"]);
    assert!(known.needs_validator);
    let known = schema::read(&document, &document.root()["b"]);
    assert!(known.needs_validator);
}

#[test]
fn combinations_of_combinations_end_soon() {
    let mut schemas = serde_json::Map::new();
    let parts = |name: &str| -> Vec<Value> {
        (0..10)
            .map(|_| json!({ "$ref": format!("#/{name}") }))
            .collect()
    };
    for level in 0..30 {
        let part = json!({ "allOf": parts(&format!("level{}", level + 1)) });
        schemas.insert(format!("level{level}"), part);
    }
    schemas.insert("level30".into(), json!({ "type": "integer" }));
    // The way of a type whose alternatives are of that type.
    schemas.insert(
        "pet".into(),
        json!({ "type": "object", "oneOf": parts("cat") }),
    );
    schemas.insert("cat".into(), json!({ "allOf": parts("pet") }));
    let document = Document::new(Value::Object(schemas));
    for start in ["level0", "pet", "cat"] {
        let known = schema::read(&document, &document.root()[start]);
        assert!(known.needs_validator, "{start}");
    }
}

#[test]
fn alternatives_that_name_no_type_leave_the_one_that_is_named() {
    let schema = json!({ "type": "object", "properties": { "R": { "type": "integer" } },
        "anyOf": [{ "required": ["R"] }, { "required": ["G"] }] });
    let parameter = json!({ "style": "deepObject", "explode": true, "schema": schema });
    assert_eq!(sound(parameter, "color[R]=7"), json!({ "R": 7 }));
}

#[test]
fn defaults_of_lists_and_objects_fill_in() {
    let list = json!({ "type": "array", "items": { "type": "string" }, "default": ["a", "b"] });
    assert_eq!(sound(json!({ "schema": list }), "x=1"), json!(["a", "b"]));
    let object = json!({ "type": "object", "properties": { "R": { "type": "integer" } },
        "default": { "R": 7 } });
    for style in ["form", "deepObject"] {
        let parameter = json!({ "style": style, "explode": true, "schema": object });
        assert_eq!(
            sound(parameter.clone(), "x=1"),
            json!({ "R": 7 }),
            "{style}"
        );
    }
    // What is there and empty is there.
    let text = json!({ "schema": { "type": "string", "default": "a" } });
    assert_eq!(sound(text, "color="), json!(""));
}

#[test]
fn more_parameters_than_can_be_numbered_are_refused() {
    let properties: serde_json::Map<String, Value> = (0..=u16::MAX)
        .map(|at| (format!("p{at}"), json!({})))
        .collect();
    let document = json!({ "openapi": "3.1.0", "info": { "title": "a", "version": "1" },
        "paths": { "/": { "post": { "responses": {}, "requestBody": { "content": {
            "application/x-www-form-urlencoded": { "schema": { "properties": properties } } } } } } } });
    let spec = brrtrouter_spec::Loader::new().load_str(document.to_string(), "a.json");
    let spec = spec.expect("a document");
    let body = spec.operations[0].request_body.as_ref().expect("a body");
    let refused = Extractors::compile_form(&spec, &body.content[0]).expect_err("too many");
    assert_eq!(
        refused.to_string(),
        "there are 65537 parameters, more than 65535"
    );
}
