//! Styles, places, types and bounds, one parameter at a time.

use std::collections::BTreeMap;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use brrtrouter_spec::model::{Document, Style};
use serde::Deserialize;
use serde_json::{Value, json};

use super::plan::{Extractor, Form};
use super::{Extractors, ParameterErrorKind as Kind, Place, schema};
use crate::path::PathParams;
use crate::source::{FieldSource, Source};
use crate::{Lookup, Router, Template};

/// A parameter as a document writes it, its schema within.
fn extractor(template: &Template, document: &Document, parameter: &Value) -> Extractor {
    let text = |key: &str| parameter[key].as_str();
    let place = match text("in") {
        Some("path") => Place::Path,
        Some("header") => Place::Header,
        Some("cookie") => Place::Cookie,
        Some("querystring") => Place::QueryString,
        _ => Place::Query,
    };
    let style = match text("style") {
        Some("matrix") => Style::Matrix,
        Some("label") => Style::Label,
        Some("spaceDelimited") => Style::SpaceDelimited,
        Some("pipeDelimited") => Style::PipeDelimited,
        Some("deepObject") => Style::DeepObject,
        Some("cookie") => Style::Cookie,
        _ if matches!(place, Place::Path | Place::Header) => Style::Simple,
        _ => Style::Form,
    };
    let form = match text("content") {
        Some("application/json") => Form::Json,
        Some("application/x-www-form-urlencoded") => Form::UrlEncoded,
        Some(_) => Form::Text,
        None => Form::Style {
            style,
            explode: parameter["explode"]
                .as_bool()
                .unwrap_or(matches!(style, Style::Form | Style::Cookie)),
            allow_reserved: parameter["allowReserved"] == json!(true),
            allow_empty: parameter["allowEmptyValue"] == json!(true),
        },
    };
    let name = text("name").expect("a name");
    let known = schema::read(document, &parameter["schema"]);
    Extractor {
        name: name.into(),
        place,
        is_required: parameter["required"] == json!(true) || place == Place::Path,
        needs_validator: known.needs_validator,
        pointer: "".into(),
        form,
        shape: known.shape,
        default: known.default,
        quick: None,
        capture: template
            .names()
            .position(|own| own == name)
            .filter(|_| place == Place::Path)
            .map(|at| at as u8),
    }
}

fn extractors(path: &str, parameters: &Value) -> Extractors {
    let template = Template::parse(path).expect("a template");
    let document = Document::new(json!({
        "components": { "schemas": {
            "Limit": { "type": "integer", "minimum": 1, "maximum": 100 },
            "Name": { "type": "string", "maxLength": 3 },
        } }
    }));
    let parameters = parameters
        .as_array()
        .expect("parameters")
        .iter()
        .map(|parameter| extractor(&template, &document, parameter))
        .collect();
    Extractors::index(parameters)
}

/// What a request gives: all values as JSON by name, and all errors as text.
fn read(
    path: &str,
    parameters: Value,
    target: &str,
    fields: &[(&str, &str)],
) -> (Value, Vec<String>) {
    let extractors = extractors(path, &parameters);
    let router = Router::builder()
        .route("GET", path, 0)
        .build()
        .expect("a sound route");
    let mut params = PathParams::new();
    let found = router.lookup("GET", target, &mut params);
    assert!(matches!(found, Lookup::Found(_)), "{target}: {found:?}");
    let fields: Vec<(&str, &[u8])> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    struct Fields<'f>(&'f [(&'f str, &'f [u8])]);
    impl FieldSource for Fields<'_> {
        fn field(&self, name: &str) -> Option<&[u8]> {
            self.0.field(name)
        }

        fn field_at(&self, name: &str, index: usize) -> Option<&[u8]> {
            self.0.field_at(name, index)
        }
    }
    let fields = Fields(&fields);
    let mut slots = crate::Slots::new();
    let found = extractors.extract(
        Source {
            target,
            path: &params,
            fields: &fields,
        },
        &mut slots,
    );
    let mut errors = Vec::new();
    found.check(&mut |error| errors.push(error.to_string()));
    let mut values = serde_json::Map::new();
    for (index, parameter) in extractors.parameters().iter().enumerate() {
        if let Some(value) = found.get(index) {
            match Value::deserialize(value) {
                Ok(value) => {
                    values.insert(parameter.name().to_string(), value);
                }
                Err(error) => assert!(!errors.is_empty(), "{error} was not reported"),
            }
        }
    }
    (Value::Object(values), errors)
}

/// One parameter `color` in the query.
fn query(parameter: Value, query: &str) -> (Value, Vec<String>) {
    let mut parameter = parameter;
    parameter["name"] = json!("color");
    let (mut values, errors) = read("/", json!([parameter]), &format!("/?{query}"), &[]);
    (values["color"].take(), errors)
}

fn sound(parameter: Value, text: &str) -> Value {
    let (value, errors) = query(parameter, text);
    assert_eq!(errors, Vec::<String>::new(), "{text}");
    value
}

fn strings() -> Value {
    json!({ "type": "array", "items": { "type": "string" } })
}

fn rgb() -> Value {
    json!({ "type": "object", "properties": {
        "R": { "type": "integer" }, "G": { "type": "integer" }, "B": { "type": "integer" } } })
}

#[test]
fn query_lists_come_in_every_style() {
    let list = json!(["blue", "black", "brown"]);
    for (style, explode, text) in [
        ("form", true, "color=blue&color=black&color=brown"),
        ("form", false, "color=blue,black,brown"),
        ("spaceDelimited", false, "color=blue%20black%20brown"),
        ("spaceDelimited", false, "color=blue+black+brown"),
        ("pipeDelimited", false, "color=blue|black|brown"),
        ("pipeDelimited", false, "color=blue%7Cblack%7cbrown"),
        ("spaceDelimited", true, "color=blue&color=black&color=brown"),
        (
            "deepObject",
            true,
            "color[]=blue&color%5B%5D=black&x=1&color[2]=brown",
        ),
    ] {
        let parameter = json!({ "style": style, "explode": explode, "schema": strings() });
        assert_eq!(sound(parameter, text), list, "{text}");
    }
}

#[test]
fn a_comma_that_is_encoded_separates_nothing() {
    let parameter = json!({ "explode": false, "schema": strings() });
    assert_eq!(sound(parameter, "color=a%2Cb,c"), json!(["a,b", "c"]));
}

#[test]
fn query_objects_come_in_every_style() {
    let object = json!({ "R": 100, "G": 200, "B": 150 });
    for (style, explode, text) in [
        ("form", true, "R=100&G=200&B=150"),
        ("form", false, "color=R,100,G,200,B,150"),
        ("spaceDelimited", false, "color=R%20100%20G%20200%20B%20150"),
        ("pipeDelimited", false, "color=R|100|G|200|B|150"),
        (
            "deepObject",
            true,
            "color[R]=100&color[G]=200&color%5bB%5D=150",
        ),
    ] {
        let parameter = json!({ "style": style, "explode": explode, "schema": rgb() });
        assert_eq!(sound(parameter, text), object, "{text}");
    }
}

#[test]
fn properties_of_deep_objects_may_be_lists() {
    let schema = json!({ "type": "object", "properties": { "tags": strings() } });
    let parameter = json!({ "style": "deepObject", "explode": true, "schema": schema });
    for text in [
        "color[tags]=a&color[tags]=b",
        "color[tags][]=a&color[tags][]=b",
        "color%5Btags%5D%5B%5D=a&color[tags]=b",
    ] {
        assert_eq!(
            sound(parameter.clone(), text),
            json!({ "tags": ["a", "b"] }),
            "{text}"
        );
    }
}

#[test]
fn a_parameter_may_be_a_value_or_an_object() {
    let schema = json!({ "anyOf": [
        { "type": "object", "properties": { "gte": { "type": "integer" } } },
        { "type": "integer" } ] });
    let parameter = json!({ "style": "deepObject", "explode": true, "schema": schema });
    assert_eq!(sound(parameter.clone(), "color=5"), json!(5));
    assert_eq!(sound(parameter, "color[gte]=5"), json!({ "gte": 5 }));
}

#[test]
fn path_values_come_in_every_style() {
    let list = json!(["blue", "black"]);
    let object = json!({ "R": 100, "G": 200 });
    for (style, explode, schema, target, expected) in [
        (
            "simple",
            false,
            json!({ "type": "string" }),
            "/bl%20ue",
            json!("bl ue"),
        ),
        ("simple", false, strings(), "/blue,black", list.clone()),
        ("simple", true, strings(), "/blue,black", list.clone()),
        ("simple", false, rgb(), "/R,100,G,200", object.clone()),
        ("simple", true, rgb(), "/R=100,G=200", object.clone()),
        (
            "label",
            false,
            json!({ "type": "string" }),
            "/.blue",
            json!("blue"),
        ),
        ("label", false, strings(), "/.blue,black", list.clone()),
        ("label", false, strings(), "/.blue.black", list.clone()),
        ("label", true, strings(), "/.blue.black", list.clone()),
        ("label", false, rgb(), "/.R,100,G,200", object.clone()),
        ("label", true, rgb(), "/.R=100.G=200", object.clone()),
        (
            "matrix",
            false,
            json!({ "type": "string" }),
            "/;color=blue",
            json!("blue"),
        ),
        (
            "matrix",
            false,
            strings(),
            "/;color=blue,black",
            list.clone(),
        ),
        ("matrix", true, strings(), "/;color=blue;color=black", list),
        (
            "matrix",
            false,
            rgb(),
            "/;color=R,100,G,200",
            object.clone(),
        ),
        ("matrix", true, rgb(), "/;R=100;G=200", object),
    ] {
        let parameter = json!([{
            "name": "color", "in": "path", "style": style, "explode": explode, "schema": schema }]);
        let (values, errors) = read("/{color}", parameter, target, &[]);
        assert_eq!(errors, Vec::<String>::new(), "{style} {explode} {target}");
        assert_eq!(values["color"], expected, "{style} {explode} {target}");
    }
}

#[test]
fn header_lists_may_stand_in_several_fields() {
    let parameter = |schema: Value, explode: bool| json!([{ "name": "X-Color", "in": "header", "schema": schema, "explode": explode }]);
    let fields = [
        ("x-color", "blue , black"),
        ("Other", "x"),
        ("X-COLOR", "brown"),
    ];
    let (values, errors) = read("/", parameter(strings(), false), "/", &fields);
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(values["X-Color"], json!(["blue", "black", "brown"]));
    let (values, _) = read("/", parameter(rgb(), true), "/", &[("X-Color", "R=1, G=2")]);
    assert_eq!(values["X-Color"], json!({ "R": 1, "G": 2 }));
    let (values, _) = read("/", parameter(rgb(), false), "/", &[("X-Color", "R,1,G,2")]);
    assert_eq!(values["X-Color"], json!({ "R": 1, "G": 2 }));
    let (_, errors) = read(
        "/",
        parameter(json!({ "type": "string" }), false),
        "/",
        &fields,
    );
    assert_eq!(
        errors,
        [r#"header parameter "X-Color" is there more than once: "blue , black""#]
    );
    let (values, _) = read(
        "/",
        parameter(json!({ "type": "string" }), false),
        "/",
        &[("X-Color", "100%25")],
    );
    assert_eq!(
        values["X-Color"],
        json!("100%25"),
        "fields are not percent-encoded"
    );
}

#[test]
fn cookies_are_found_in_all_cookie_fields() {
    let parameter = |style: &str, schema: Value| json!([{ "name": "color", "in": "cookie", "style": style, "schema": schema }]);
    let fields = [
        ("Cookie", "a=b; color=bl%20ue;c=d"),
        ("cookie", "color=black"),
    ];
    let one = &fields[..1];
    let text = json!({ "type": "string" });
    assert_eq!(
        read("/", parameter("form", text.clone()), "/", one).0["color"],
        json!("bl ue")
    );
    assert_eq!(
        read("/", parameter("cookie", text), "/", one).0["color"],
        json!("bl%20ue")
    );
    assert_eq!(
        read("/", parameter("form", strings()), "/", &fields).0["color"],
        json!(["bl ue", "black"])
    );
}

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
fn faults_are_told_apart_and_name_the_parameter() {
    for (schema, text, message) in [
        (
            json!({ "type": "integer" }),
            "x",
            r#"is not an integer: "x""#,
        ),
        (json!({ "type": "integer" }), "", r#"is not an integer: """#),
        (
            json!({ "type": "integer" }),
            "1.5",
            r#"is not an integer: "1.5""#,
        ),
        (
            json!({ "type": "integer", "minimum": 1, "maximum": 100 }),
            "101",
            r#"is not at most 100: "101""#,
        ),
        (
            json!({ "type": "integer", "format": "int32" }),
            "2147483648",
            r#"is not at most 2147483647: "2147483648""#,
        ),
        (
            json!({ "type": "integer" }),
            "99999999999999999999999999999999999999999999999",
            r#"is not at most 18446744073709551615: "99999999999999999999999999999999999999999999999""#,
        ),
        (
            json!({ "type": "number", "exclusiveMinimum": 0 }),
            "0.0",
            r#"is not more than 0: "0.0""#,
        ),
        (
            json!({ "type": "number", "exclusiveMaximum": 1.5 }),
            "1.5",
            r#"is not less than 1.5: "1.5""#,
        ),
        (
            json!({ "type": "number", "multipleOf": 0.1 }),
            "0.25",
            r#"is not a multiple of 0.1: "0.25""#,
        ),
        (
            json!({ "type": "integer", "multipleOf": 5 }),
            "7",
            r#"is not a multiple of 5: "7""#,
        ),
        (
            json!({ "type": "boolean" }),
            "1",
            r#"is not true or false: "1""#,
        ),
        (
            json!({ "type": "string", "enum": ["a", "b"] }),
            "c",
            r#"is none of the values that it may have: "c""#,
        ),
        (
            json!({ "const": "a" }),
            "c",
            r#"is none of the values that it may have: "c""#,
        ),
        (
            json!({ "type": "string", "minLength": 2 }),
            "%C3%A9",
            r#"has fewer than 2 characters: "é""#,
        ),
        (
            json!({ "$ref": "#/components/schemas/Name" }),
            "abcd",
            r#"has more than 3 characters: "abcd""#,
        ),
        (
            json!({ "type": "string", "format": "uuid" }),
            "x",
            r#"is not a uuid: "x""#,
        ),
        (
            json!({ "type": "string", "format": "date" }),
            "2023-02-29",
            r#"is not a date such as 2026-01-31: "2023-02-29""#,
        ),
        (
            json!({ "type": "string" }),
            "%zz",
            r#"is not properly encoded: "%zz""#,
        ),
        (
            json!({ "type": "string" }),
            "%ff",
            r#"is not properly encoded: "%ff""#,
        ),
        (
            json!({ "type": "string" }),
            "a&color=b",
            r#"is there more than once: "a""#,
        ),
    ] {
        let (_, errors) = query(json!({ "schema": schema }), &format!("color={text}"));
        assert_eq!(
            errors,
            [format!(r#"query parameter "color" {message}"#)],
            "{schema}"
        );
    }
}

#[test]
fn lists_have_bounds_and_each_item_is_checked() {
    let list = json!({ "type": "array", "items": { "type": "integer", "maximum": 9 },
        "minItems": 2, "maxItems": 3, "uniqueItems": true });
    let parameter = json!({ "explode": false, "schema": list });
    assert_eq!(
        query(parameter.clone(), "color=1").1,
        [r#"query parameter "color" has fewer than 2 items"#]
    );
    assert_eq!(
        query(parameter.clone(), "color=1,2,3,x,10").1,
        [
            r#"query parameter "color", item 3, is not an integer: "x""#,
            r#"query parameter "color", item 4, is not at most 9: "10""#,
            r#"query parameter "color" has more than 3 items"#,
        ]
    );
    assert_eq!(
        query(parameter.clone(), "color=1,2,01").1,
        [r#"query parameter "color", item 2, is there twice: "01""#]
    );
    assert_eq!(sound(parameter, "color=1,2"), json!([1, 2]));
}

#[test]
fn objects_have_required_and_closed_properties() {
    let schema = json!({ "type": "object", "required": ["a"], "additionalProperties": false,
        "properties": { "a": { "type": "integer" }, "b": {} } });
    let parameter = json!({ "style": "deepObject", "schema": schema });
    assert_eq!(
        query(parameter.clone(), "color[b]=1&color[c]=2").1,
        [
            r#"query parameter "color", property "a", is missing"#,
            r#"query parameter "color" has no property "c": "2""#,
        ]
    );
    assert_eq!(
        query(parameter, "color[a]=x").1,
        [r#"query parameter "color", property "a", is not an integer: "x""#]
    );
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
fn a_value_may_be_empty_where_the_document_says_so() {
    let schema = json!({ "type": "integer" });
    assert_eq!(
        sound(
            json!({ "allowEmptyValue": true, "schema": schema }),
            "color"
        ),
        json!(null)
    );
    assert_eq!(query(json!({ "schema": schema }), "color=").1.len(), 1);
    assert_eq!(
        sound(json!({ "schema": { "type": "string" } }), "color="),
        json!("")
    );
    assert_eq!(
        sound(json!({ "explode": false, "schema": strings() }), "color="),
        json!([])
    );
}

#[test]
fn plus_is_a_space_unless_reserved_characters_may_stand() {
    let text = json!({ "type": "string" });
    assert_eq!(sound(json!({ "schema": text }), "color=a+b"), json!("a b"));
    let reserved = json!({ "allowReserved": true, "schema": text });
    assert_eq!(sound(reserved, "color=a+b/?c"), json!("a+b/?c"));
}

#[test]
fn content_is_read_as_its_media_type_says() {
    let json_text = json!({ "content": "application/json", "schema": { "type": "object" } });
    assert_eq!(
        sound(json_text.clone(), "color=%7B%22a%22:[1,null]%7D"),
        json!({ "a": [1, null] })
    );
    assert_eq!(
        sound(json_text.clone(), "color={\"a\":1}"),
        json!({ "a": 1 })
    );
    assert_eq!(
        query(json_text, "color={").1,
        [r#"query parameter "color" is not json: "{""#]
    );
    let whole = json!([{ "name": "q", "in": "querystring",
        "content": "application/x-www-form-urlencoded", "schema": rgb() }]);
    let (values, errors) = read("/", whole, "/?R=1&G=2&x=%20y", &[]);
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(values["q"], json!({ "R": 1, "G": 2, "x": " y" }));
}

#[test]
fn names_are_compared_decoded() {
    let parameters = json!([
        { "name": "expand[]", "schema": strings() },
        { "name": "é", "schema": { "type": "string" } },
    ]);
    let (values, _) = read("/", parameters, "/?expand%5B%5D=a&expand[]=b&%C3%A9=c", &[]);
    assert_eq!(values, json!({ "expand[]": ["a", "b"], "é": "c" }));
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
fn structs_are_filled_by_name() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Query<'q> {
        limit: u32,
        #[serde(borrow)]
        name: &'q str,
        tags: Vec<String>,
        cursor: Option<String>,
        #[serde(default)]
        deep: bool,
        color: Color,
        filter: BTreeMap<String, i64>,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Color {
        Red,
        Green,
    }
    let parameters = json!([
        { "name": "limit", "schema": { "type": "integer", "default": 20 } },
        { "name": "name", "schema": { "type": "string" } },
        { "name": "tags", "schema": strings() },
        { "name": "cursor", "schema": { "type": "string" } },
        { "name": "deep", "schema": { "type": "boolean" } },
        { "name": "color", "schema": { "type": "string", "enum": ["red", "green"] } },
        { "name": "filter", "style": "deepObject", "schema": {
            "type": "object", "additionalProperties": { "type": "integer" } } },
    ]);
    let extractors = extractors("/", &parameters);
    let params = PathParams {
        end: 1,
        ..PathParams::new()
    };
    let target = "/?name=rex&tags=a&tags=b&color=green&filter[x]=1&filter[y]=-2&other=1&an%6F=2";
    let mut slots = crate::Slots::new();
    let found = extractors.extract(
        Source {
            target,
            path: &params,
            fields: &(),
        },
        &mut slots,
    );
    assert_eq!(
        found.deserialize::<Query<'_>>(Place::Query),
        Ok(Query {
            limit: 20,
            name: "rex",
            tags: Vec::from(["a".to_string(), "b".to_string()]),
            cursor: None,
            deep: false,
            color: Color::Green,
            filter: BTreeMap::from([("x".to_string(), 1), ("y".to_string(), -2)]),
        })
    );
    assert_eq!(
        found.unknown_query().collect::<Vec<_>>(),
        ["other", "an%6F"]
    );

    let target = "/?name=rex&limit=x";
    let mut slots = crate::Slots::new();
    let found = extractors.extract(
        Source {
            target,
            path: &params,
            fields: &(),
        },
        &mut slots,
    );
    let error = found
        .deserialize::<Query<'_>>(Place::Query)
        .expect_err("no number");
    assert_eq!(
        error.to_string(),
        r#"query parameter "limit" is not an integer: "x""#
    );

    let target = "/?limit=1";
    let mut slots = crate::Slots::new();
    let found = extractors.extract(
        Source {
            target,
            path: &params,
            fields: &(),
        },
        &mut slots,
    );
    let error = found
        .deserialize::<Query<'_>>(Place::Query)
        .expect_err("no name");
    assert_eq!((error.name, &error.kind), ("name", &Kind::Missing));
}

#[test]
fn path_values_come_alone_and_as_tuples_in_the_order_of_the_template() {
    let integer = json!({ "type": "integer" });
    let parameters = json!([
        { "name": "b", "in": "path", "schema": { "type": "string" } },
        { "name": "a", "in": "path", "schema": integer },
    ]);
    let extractors_of_two = extractors("/{a}/{b}", &parameters);
    let router = Router::builder()
        .route("GET", "/{a}/{b}", 0)
        .route("GET", "/{a}", 1)
        .build()
        .expect("sound routes");
    let mut params = PathParams::new();
    let target = "/7/x%20y";
    assert!(matches!(
        router.lookup("GET", target, &mut params),
        Lookup::Found(_)
    ));
    let mut slots = crate::Slots::new();
    let found = extractors_of_two.extract(
        Source {
            target,
            path: &params,
            fields: &(),
        },
        &mut slots,
    );
    assert_eq!(
        found.deserialize::<(u8, String)>(Place::Path),
        Ok((7, "x y".to_string()))
    );
    assert!(found.deserialize::<u8>(Place::Path).is_err());

    let one = extractors(
        "/{a}",
        &json!([{ "name": "a", "in": "path", "schema": integer }]),
    );
    let target = "/300";
    assert!(matches!(
        router.lookup("GET", target, &mut params),
        Lookup::Found(_)
    ));
    let mut slots = crate::Slots::new();
    let found = one.extract(
        Source {
            target,
            path: &params,
            fields: &(),
        },
        &mut slots,
    );
    #[derive(Debug, PartialEq, Deserialize)]
    struct Id(u16);
    assert_eq!(found.deserialize::<Id>(Place::Path), Ok(Id(300)));
    assert_eq!(found.deserialize::<(u16,)>(Place::Path), Ok((300,)));
    assert_eq!(found.deserialize::<&str>(Place::Path), Ok("300"));
    assert_eq!(
        found.deserialize::<u8>(Place::Path).map_err(|error| error.to_string()),
        Err(r#"path parameter "a" is not accepted: invalid value: integer `300`, expected u8: "300""#
            .to_string())
    );
    assert_eq!(found.deserialize::<Option<u16>>(Place::Query), Ok(None));
}
