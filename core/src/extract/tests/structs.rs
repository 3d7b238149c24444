//! Structs, tuples and single values by serde.

use super::*;

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
    let source = |target| Source {
        target,
        path: &params,
        fields: &(),
    };
    let target = "/?name=rex&tags=a&tags=b&color=green&filter[x]=1&filter[y]=-2&other=1&an%6F=2";
    let mut slots = crate::Slots::new();
    let found = extractors.extract(source(target), &mut slots);
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
    let found = extractors.extract(source(target), &mut slots);
    let error = found
        .deserialize::<Query<'_>>(Place::Query)
        .expect_err("no number");
    assert_eq!(
        error.to_string(),
        r#"query parameter "limit" is not an integer: "x""#
    );

    let target = "/?limit=1";
    let mut slots = crate::Slots::new();
    let found = extractors.extract(source(target), &mut slots);
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

#[test]
fn what_is_empty_null_or_too_large_is_so_in_every_type() {
    let parameters = json!([
        { "name": "tags", "allowEmptyValue": true, "schema": strings() },
        { "name": "json", "content": "application/json", "schema": { "type": ["integer", "null"] } },
        { "name": "weight", "schema": { "type": "number" } },
    ]);
    let extractors = extractors("/", &parameters);
    let params = PathParams {
        end: 1,
        ..PathParams::new()
    };
    let target = "/?tags=&json=null&weight=1e999";
    let source = Source {
        target,
        path: &params,
        fields: &(),
    };
    let mut slots = crate::Slots::new();
    let found = extractors.extract(source, &mut slots);
    let value = |at: usize| found.get(at).expect("it is there");
    assert_eq!(Vec::<String>::deserialize(value(0)), Ok(Vec::new()));
    assert_eq!(Option::<String>::deserialize(value(0)), Ok(None));
    assert_eq!(Option::<i32>::deserialize(value(1)), Ok(None));
    let error = f64::deserialize(value(2)).expect_err("beyond all bounds");
    assert!(matches!(error.kind, Kind::OutOfRange { .. }), "{error}");
    assert!(f32::deserialize(value(2)).is_err());
}
