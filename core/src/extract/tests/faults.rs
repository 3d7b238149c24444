//! What is wrong with a value, one parameter at a time.

use super::*;

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
fn names_of_undeclared_properties_have_to_be_properly_encoded() {
    let schema = json!({ "type": "object", "properties": { "a": { "type": "integer" } } });
    let parameter = json!({ "style": "deepObject", "schema": schema });
    assert_eq!(
        query(parameter.clone(), "color[b%.]=1").1,
        [r#"query parameter "color" is not properly encoded: "b%.""#]
    );
    assert_eq!(sound(parameter, "color[b%20]=1"), json!({ "b ": "1" }));
}
