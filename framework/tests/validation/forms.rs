use brrtrouter::prelude::*;
use brrtrouter::{AppService, Limits};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::{Answer, api, post};

const ORDERS: &str = "
paths:
  /orders:
    post:
      operationId: order
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema: {$ref: '#/components/schemas/Order'}
            encoding:
              colors: {style: form, explode: false}
              sizes: {style: pipeDelimited}
              filter: {style: deepObject}
              card: {style: deepObject, explode: true}
          application/json: {schema: {$ref: '#/components/schemas/Order'}}
      responses: {'200': {description: ok, content: {application/json: {}}}}
  /any:
    post:
      operationId: any
      requestBody: {content: {application/x-www-form-urlencoded: {}}}
      responses: {'200': {description: ok, content: {application/json: {}}}}
components:
  schemas:
    Order:
      type: object
      required: [item, count]
      additionalProperties: false
      properties:
        item: {type: string, minLength: 2}
        count: {type: integer, format: int32, minimum: 1}
        price: {type: number}
        gift: {type: boolean}
        note: {type: [string, 'null']}
        tags: {type: array, items: {type: string}, maxItems: 3}
        colors: {type: array, items: {type: string}}
        sizes: {type: array, items: {type: integer}}
        filter: {type: object, properties: {min: {type: integer}, tags: {type: array, items: {type: string}}}}
        address: {type: object, required: [city], properties: {city: {type: string}, zip: {type: integer}}}
        lines: {type: array, items: {type: object, properties: {sku: {type: integer}}}}
        a/b: {type: integer}
        card: {$ref: '#/components/schemas/Card'}
    Card:
      type: object
      additionalProperties: false
      properties:
        number: {type: string, pattern: '^[0-9]+$'}
        month: {type: integer, minimum: 1, maximum: 12}
        owner:
          allOf:
            - type: object
              properties:
                name: {type: string}
                married: {type: boolean}
                parent: {$ref: '#/components/schemas/Card/properties/owner'}
        items: {type: array, items: {type: object, required: [sku], properties: {sku: {type: integer}, tags: {type: array, items: {type: string}}}}}
        sizes: {type: array, items: {type: number}}
        notes: {type: object, additionalProperties: {type: string}}
";

const FORM: &str = "application/x-www-form-urlencoded";

fn service() -> AppService {
    api(ORDERS)
        .limits({
            let mut limits = Limits::new();
            limits.form_fields = 20;
            limits
        })
        .handler("order", |Form(order): Form<Value>| Json(order))
        .handler("any", |form: Option<Form<Value>>| {
            Json(form.map(|Form(form)| form))
        })
        .build()
        .expect("the service builds")
}

fn order(form: &str) -> Answer {
    post(&service(), "/orders", FORM, form.as_bytes())
}

#[test]
fn fields_have_the_types_of_their_schemas() {
    let answer = order("item=42&count=7&price=1e2&gift=true&note=a+b%26c&a%2Fb=1");
    assert_eq!(answer.status, 200, "{}", answer.text());
    let expected = json!({
        "item": "42", "count": 7, "price": 100.0, "gift": true, "note": "a b&c", "a/b": 1,
    });
    assert_eq!(answer.json(), expected);
}

#[test]
fn lists_and_objects_are_read_by_their_encoding() {
    let base = "item=ab&count=1";
    for (field, name, value) in [
        ("tags=a&tags=b%2Cc", "tags", json!(["a", "b,c"])),
        ("tags=a", "tags", json!(["a"])),
        ("colors=red,blue", "colors", json!(["red", "blue"])),
        ("sizes=1%7C2", "sizes", json!([1, 2])),
        (
            "filter%5Bmin%5D=3&filter[tags]=x&filter[tags]=y",
            "filter",
            json!({"min": 3, "tags": ["x", "y"]}),
        ),
        (
            "address=%7B%22city%22%3A%22Bern%22%2C%22zip%22%3A3000%7D",
            "address",
            json!({"city": "Bern", "zip": 3000}),
        ),
        (
            "lines=[{\"sku\":1},{\"sku\":2}]",
            "lines",
            json!([{"sku": 1}, {"sku": 2}]),
        ),
    ] {
        let answer = order(&format!("{base}&{field}"));
        assert_eq!(answer.status, 200, "{field}: {}", answer.text());
        assert_eq!(answer.json()[name], value, "{field}");
    }
}

#[test]
fn objects_within_objects_are_read_from_brackets() {
    let form = "item=ab&count=1&card[number]=42&card[month]=7&card[owner][name]=A%26B\
                &card%5Bowner%5D%5Bmarried%5D=true&card[owner][parent][parent][name]=C+D\
                &card[items][10][sku]=3&card[items][2][sku]=1&card[items][2][tags][]=x\
                &card[items][2][tags][]=y&card[sizes][0]=1.5&card[sizes][1]=2\
                &card[notes][a/b]=7&card[notes][true]=true";
    let answer = order(form);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let expected = json!({
        "number": "42", "month": 7,
        "owner": {"name": "A&B", "married": true, "parent": {"parent": {"name": "C D"}}},
        "items": [{"sku": 1, "tags": ["x", "y"]}, {"sku": 3}],
        "sizes": [1.5, 2],
        "notes": {"a/b": "7", "true": "true"},
    });
    assert_eq!(answer.json()["card"], expected);
}

#[test]
fn what_is_wrong_in_brackets_is_named_by_pointer() {
    for (field, violation) in [
        ("card[month]=13", "/card/month maximum"),
        ("card[month]=soon", "/card/month type"),
        ("card[month]=1&card[month]=2", "/card repeated"),
        ("card[owner][married]=1", "/card/owner/married type"),
        ("card[items][0][tags][0]=x", "/card/items/0/sku required"),
        ("card[items][a][sku]=1", "/card/items type"),
        ("card[else]=1", "/card/else additionalProperties"),
        ("card[owner]=1&card[owner][name]=2", "/card type"),
        ("card[owner][name]=1&card[owner]=2", "/card type"),
        ("card[number]=%FF", "/card encoding"),
        ("card[number][0]=1", "/card/number type"),
    ] {
        let answer = order(&format!("item=ab&count=1&{field}"));
        assert_eq!(answer.status, 400, "{field}");
        assert_eq!(answer.violations(), [violation], "{field}");
    }
    let deep = format!("item=ab&count=1&card{}=1", "[a]".repeat(1_000));
    assert_eq!(order(&deep).violations(), ["/card depth"]);
}

#[test]
fn all_that_is_wrong_is_named_by_pointer() {
    let form = "item=a&count=x&price=1&price=2&gift=yes&tags=1&tags=2&tags=3&tags=4&sizes=1%7Cb\
                &address=%7B%22zip%22%3A%22z%22%7D&a%2Fb=%FF&other=1";
    let expected = [
        "/address/city required",
        "/address/zip type",
        "/a~1b encoding",
        "/count type",
        "/gift type",
        "/item minLength",
        "/other additionalProperties",
        "/price repeated",
        "/sizes type",
        "/tags maxItems",
    ];
    assert_eq!(order(form).violations(), expected);
    assert_eq!(
        order("").violations(),
        ["/count required", "/item required"]
    );
    assert_eq!(
        order("item=ab&count=2147483648").violations(),
        ["/count maximum"]
    );
}

#[test]
fn json_in_a_field_is_held_to_what_a_json_body_is() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    for (text, fault) in [
        (r#"{"city":"a","city":"b"}"#, "/address json"),
        (r#"{"city":"a""#, "/address json"),
        (&nested(65), "/address depth"),
        (&nested(100_000), "/address depth"),
    ] {
        let answer = order(&format!("item=ab&count=1&address={text}"));
        assert_eq!(answer.violations(), [fault]);
    }
}

#[test]
fn a_form_of_more_fields_than_allowed_is_refused() {
    let at_most = |fields: usize| {
        let form = vec!["x=1"; fields].join("&");
        post(&service(), "/any", FORM, form.as_bytes()).status
    };
    assert_eq!((at_most(20), at_most(21)), (200, 400));
}

#[test]
fn a_form_without_schema_is_texts_by_name() {
    let answer = post(&service(), "/any", FORM, b"a=1&b=%C3%A9&c");
    assert_eq!(answer.json(), json!({"a": "1", "b": "é", "c": ""}));
    let none = crate::api::send(&service(), "POST", "/any", &[], b"");
    assert_eq!(none.json(), Value::Null);
}

#[derive(Deserialize, Serialize)]
struct Order {
    item: String,
    count: u8,
}

#[test]
fn a_typed_form_takes_json_too_and_says_what_its_type_refuses() {
    let service = api(ORDERS)
        .handler("order", |Form(order): Form<Order>| Json(order))
        .handler("any", || "")
        .build()
        .expect("the service builds");
    let form = post(&service, "/orders", FORM, b"item=ab&count=255");
    assert_eq!(form.json(), json!({"item": "ab", "count": 255}));
    let json = post(
        &service,
        "/orders",
        "application/json",
        br#"{"item": "ab", "count": 1}"#,
    );
    assert_eq!(json.json(), json!({"item": "ab", "count": 1}));
    let refused = post(&service, "/orders", FORM, b"item=ab&count=256");
    assert_eq!(refused.violations(), [" type"]);
}
