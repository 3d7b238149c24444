//! Every style at every place, with and without explode.

use super::*;

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
    assert_eq!(
        sound(parameter.clone(), "color[gte]=5"),
        json!({ "gte": 5 })
    );
    // Of several not one is passed over.
    for text in [
        "color=5&color=6",
        "color=5&color[gte]=5",
        "color[gte]=5&color=5",
    ] {
        let (_, errors) = query(parameter.clone(), text);
        assert!(
            errors[0].contains("is there more than once"),
            "{text}: {errors:?}"
        );
    }
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

/// One parameter `color` in the path, in a style.
fn path(style: &str, explode: bool, schema: Value, target: &str) -> (Value, Vec<String>) {
    let parameter = json!([{
        "name": "color", "in": "path", "style": style, "explode": explode, "schema": schema }]);
    let (mut values, errors) = read("/{color}", parameter, target, &[]);
    (values["color"].take(), errors)
}

#[test]
fn a_single_value_may_hold_what_separates_others() {
    let text = json!({ "type": "string" });
    for (style, explode, target, expected) in [
        ("simple", false, "/a,b", "a,b"),
        ("simple", true, "/a=b,c", "a=b,c"),
        ("label", false, "/.a,b", "a,b"),
        ("label", false, "/.a.b", "a.b"),
        ("label", true, "/.a.b", "a.b"),
        ("matrix", false, "/;color=a,b", "a,b"),
        ("matrix", true, "/;color=a;b", "a;b"),
        ("matrix", true, "/;c%6flor=a=b", "a=b"),
        ("matrix", false, "/;color=", ""),
        ("matrix", false, "/;color", ""),
    ] {
        let found = path(style, explode, text.clone(), target);
        assert_eq!(found, (json!(expected), Vec::new()), "{style} {target}");
    }
    let number = json!({ "type": "number" });
    assert_eq!(path("label", true, number, "/.1.5").0, json!(1.5));
    for (style, text) in [
        ("form", "color=a,b"),
        ("spaceDelimited", "color=a%20b"),
        ("pipeDelimited", "color=a|b"),
    ] {
        let parameter = json!({ "style": style, "explode": false, "schema": { "type": "string" } });
        let expected = text.replace("%20", " ");
        assert_eq!(json!(expected[6..]), sound(parameter, text));
    }
}

#[test]
fn a_value_without_its_style_is_refused() {
    for (style, explode, schema, target, expected) in [
        (
            "label",
            false,
            json!({ "type": "string" }),
            "/a",
            "a value in the style",
        ),
        (
            "matrix",
            false,
            json!({ "type": "string" }),
            "/color=a",
            "a value in the style",
        ),
        (
            "matrix",
            false,
            json!({ "type": "string" }),
            "/;colour=a",
            "a value in the style",
        ),
        ("matrix", true, strings(), "/;color=a;colour=b", "a list"),
        ("matrix", true, strings(), "/;colour=a", "a list"),
        ("matrix", false, strings(), "/;colour=a,b", "a list"),
        ("label", true, strings(), "/a.b", "a list"),
        ("matrix", true, rgb(), "/R=1;G=2", "names and values"),
        ("label", false, rgb(), "/R,1", "names and values"),
    ] {
        let (_, errors) = path(style, explode, schema, target);
        let is_told = |error: &String| error.contains(&format!("is not {expected}"));
        assert!(errors.iter().any(is_told), "{style} {target}: {errors:?}");
    }
}

#[test]
fn lists_may_be_empty_where_a_style_can_say_so() {
    let list = |style: &str, explode: bool| json!({ "style": style, "explode": explode, "schema": strings() });
    assert_eq!(sound(list("form", false), "color="), json!([]));
    assert_eq!(sound(list("form", false), "color"), json!([]));
    assert_eq!(sound(list("pipeDelimited", false), "color="), json!([]));
    // Exploded, each name is an item.
    assert_eq!(sound(list("form", true), "color="), json!([""]));
    assert_eq!(sound(list("form", false), "color=,"), json!(["", ""]));
    assert_eq!(path("matrix", false, strings(), "/;color").0, json!([]));
    let header = json!([{ "name": "X-Color", "in": "header", "schema": strings() }]);
    let (values, _) = read("/", header, "/", &[("X-Color", " , ")]);
    assert_eq!(values["X-Color"], json!([]));
    let object = json!({ "style": "form", "explode": false, "schema": rgb() });
    assert_eq!(sound(object, "color="), json!({}));
}

#[test]
fn cookies_hold_lists_and_objects() {
    let parameter = |explode: bool, schema: Value| json!([{ "name": "color", "in": "cookie", "explode": explode, "schema": schema }]);
    let cookies = |text: &'static str| [("Cookie", text)];
    for (explode, schema, text, expected) in [
        (
            false,
            strings(),
            "color=blue,bl%2Cack",
            json!(["blue", "bl,ack"]),
        ),
        (
            true,
            strings(),
            "a=1; color=blue;color=black",
            json!(["blue", "black"]),
        ),
        (
            false,
            rgb(),
            "color=R,100,G,200",
            json!({ "R": 100, "G": 200 }),
        ),
        (
            true,
            rgb(),
            "R=100; x=y; G=200",
            json!({ "R": 100, "G": 200 }),
        ),
    ] {
        let found = read("/", parameter(explode, schema), "/", &cookies(text));
        assert_eq!(found.1, Vec::<String>::new(), "{text}");
        assert_eq!(found.0["color"], expected, "{text}");
    }
}

#[test]
fn a_deep_object_is_taken_whole_or_not_at_all() {
    let parameter =
        json!({ "style": "deepObject", "explode": true, "required": true, "schema": rgb() });
    for (text, expected) in [
        (
            "color[R]=1&color[G]=x",
            "property \"G\", is not an integer: \"x\"",
        ),
        (
            "color[R]=1&color[R]=2",
            "property \"R\", is there more than once: \"2\"",
        ),
        ("color=1", "is missing"),
        ("colors[R]=1", "is missing"),
    ] {
        let (_, errors) = query(parameter.clone(), text);
        assert!(
            errors.iter().any(|error| error.ends_with(expected)),
            "{text}: {errors:?}"
        );
    }
}

#[test]
fn a_json_text_has_no_key_twice_and_stands_there_once() {
    let parameter = json!({ "content": "application/json", "schema": { "type": "object" } });
    for (text, expected) in [
        (r#"color={"a":1,"b":{"a":1}}"#, None),
        (
            r#"color={"a":1,"a":2}"#,
            Some("the key \"a\" is there twice"),
        ),
        (
            r#"color=[{"b":{"a":1,"c":1,"\u0061":2}}]"#,
            Some("the key \"a\" is there twice"),
        ),
        (r#"color={}&color={}"#, Some("is there more than once")),
        (r#"color={"[\\\"[":["]"]}"#, None),
        ("color={", Some("is not json")),
        ("color=", Some("is not json")),
    ] {
        let (_, errors) = query(parameter.clone(), text);
        match expected {
            None => assert_eq!(errors, Vec::<String>::new(), "{text}"),
            Some(expected) => assert!(errors[0].contains(expected), "{text}: {errors:?}"),
        }
    }
}

#[test]
fn a_json_text_that_is_nested_without_end_is_refused() {
    let parameter = json!({ "content": "application/json", "schema": { "type": "array" } });
    for (depth, is_sound) in [(64, true), (65, false), (100_000, false)] {
        let text = format!("color={}{}", "[".repeat(depth), "]".repeat(depth));
        let parameters = json!([{ "name": "color", "in": "query",
            "content": parameter["content"], "schema": parameter["schema"] }]);
        let extractors = extractors("/", &parameters);
        let path = PathParams::new();
        let source = Source::new("", &path, &());
        let mut slots = crate::Slots::new();
        let found = extractors.extract_query(text.as_bytes(), source, &mut slots);
        let mut errors = Vec::new();
        found.check(&mut |error| errors.push(error.to_string()));
        assert_eq!(errors.is_empty(), is_sound, "{depth}: {errors:?}");
    }
}

#[test]
fn reserved_characters_may_stand_as_they_are_where_that_is_allowed() {
    for allowed in [false, true] {
        let parameter = json!({ "allowReserved": allowed, "schema": { "type": "string" } });
        // A client that encodes nothing is understood either way.
        assert_eq!(
            sound(parameter.clone(), "color=a/b?c:d@e!$'()*,;="),
            json!("a/b?c:d@e!$'()*,;=")
        );
        assert_eq!(sound(parameter, "color=%2F%3F%26"), json!("/?&"));
    }
}
