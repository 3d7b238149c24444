//! Routes written in code, alone and beside a document.

#![allow(clippy::expect_used)]

use brrtrouter::prelude::*;
use brrtrouter::service::{BuildFault, ResponseCheck};
use brrtrouter::testing::TestClient;
use brrtrouter::{
    AppServiceBuilder, Dispatch, HandlerRequest, Param, ParamError, RouterBuilder, responses,
};
use brrtrouter_spec::Loader;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const ID: Param<u64> = Param::new("id");
const LIMIT: Param<u8> = Param::new("limit").at_least(1).at_most(100);
const TAG: Param<str> = Param::new("tag");
const SORT: Param<u8> = Param::one_of("sort", &[("name", 0), ("age", 1)]);
const SINCE: Param<brrtrouter::Date> = Param::new("since");
const TRACE: Param<str> = Param::new("X-Trace");

#[derive(Debug, Serialize, Deserialize)]
struct Pet {
    name: String,
    age: u8,
}

responses! {
    enum Removed {
        Now = 204,
        Later(Json<Pet>) = 202,
    }
}

fn pets() -> RouterBuilder {
    Router::builder()
        .get(
            Endpoint::new("/")
                .named("listPets")
                .summary("List pets")
                .tag("pets")
                .query(LIMIT)
                .default(20)
                .query_list(TAG)
                .query(SORT)
                .query(SINCE)
                .header(TRACE)
                .answer(Status::OK, "Some pets.", json!({"type": "object"})),
            |Query(query): Query<Value>| Json(query),
        )
        .post(
            Endpoint::new("")
                .named("createPet")
                .body(json!({"$ref": "#/components/schemas/Pet"})),
            |Json(pet): Json<Pet>| Created {
                location: format!("/pets/{}", pet.name),
                content: Json(pet),
            },
        )
        .get(Endpoint::new("/{id}").path(ID), |Path(id): Path<u64>| {
            Json(id)
        })
        .delete(
            Endpoint::new("/{id}").path(ID).secured("key", &[]),
            |Path(id): Path<u64>| match id {
                0 => Removed::Now,
                age => Removed::Later(Json(Pet {
                    name: String::new(),
                    age: age as u8,
                })),
            },
        )
        .group(
            "/{id}/toys",
            Router::builder().get("/{toy}", |Path((id, toy)): Path<(String, String)>| {
                format!("{id} {toy}")
            }),
        )
        .schema(
            "Pet",
            json!({
                "type": "object",
                "required": ["name", "age"],
                "properties": {
                    "name": {"type": "string", "minLength": 1},
                    "age": {"type": "integer", "maximum": 200},
                },
            }),
        )
        .security_scheme(
            "key",
            json!({"type": "apiKey", "in": "header", "name": "X-Key"}),
        )
}

fn builder() -> AppServiceBuilder {
    let keys = ApiKeys::new([("me", "0123456789abcdef")]).expect("the key is good");
    let look = |request: &mut HandlerRequest<'_>| -> Result<String, Problem> {
        let params = request.params();
        let tags: Result<Vec<_>, ParamError<'_>> = params.query().all(TAG).collect();
        let limit = params.find(LIMIT)?;
        Ok(format!("{} {limit:?} {:?}", params.get(ID)?, tags?))
    };
    Router::builder()
        .get("/health", || NoContent)
        .post("/note", |text: Text| text)
        .raw("GET", "/raw/{id}", look)
        .group("/pets", pets())
        .service("Pets", "1.2.3")
        .check_responses(ResponseCheck::Enforce)
        .security("key", keys)
        .routes(Router::builder().route("SEARCH", "/pets", || "found"))
}

fn client() -> TestClient {
    TestClient::new(builder().build().expect("the service builds"))
}

#[test]
fn routes_are_looked_up_and_checked_like_those_of_a_document() {
    let client = client();
    assert_eq!(client.get("/health").send().status(), 204);
    assert_eq!(client.get("/pets/7").send().text(), "7");
    assert_eq!(client.get("/pets/7/toys/ball").send().text(), "7 ball");
    assert_eq!(client.request("SEARCH", "/pets").send().text(), "found");
    assert_eq!(client.get("/pets/x").send().status(), 400);
    assert_eq!(client.get("/pet").send().status(), 404);
    let refused = client.put("/pets/7").send();
    assert_eq!(refused.status(), 405);
    assert_eq!(refused.field("allow"), "DELETE, GET, HEAD, OPTIONS");
    let listed = client
        .get("/pets?tag=a&tag=b&sort=age&since=2024-02-29")
        .send();
    let expected = json!({"limit": 20, "tag": ["a", "b"], "sort": "age", "since": "2024-02-29"});
    assert_eq!(listed.json::<Value>(), expected);
    for (query, rule) in [
        ("limit=101", "maximum"),
        ("limit=0", "minimum"),
        ("sort=size", "enum"),
        ("since=2023-02-29", "type"),
    ] {
        let refused = client.get(format!("/pets?{query}")).send();
        assert_eq!(refused.status(), 400, "{query}");
        assert_eq!(
            refused.json::<Value>()["errors"][0]["rule"],
            rule,
            "{query}"
        );
    }
}

#[test]
fn bodies_and_answers_are_what_the_handler_takes_and_gives() {
    let client = client();
    let tom = Pet {
        name: "Tom".to_owned(),
        age: 3,
    };
    let created = client.post("/pets").json(&tom).send();
    assert_eq!(
        (created.status(), created.field("location")),
        (201, "/pets/Tom")
    );
    let old = Pet {
        name: String::new(),
        age: 201,
    };
    let refused: Value = client.post("/pets").json(&old).send().json();
    assert_eq!(
        refused["errors"].as_array().map(Vec::len),
        Some(2),
        "{refused}"
    );
    let wrong = client.post("/pets").body("text/plain", "Tom").send();
    assert_eq!(
        (wrong.status(), wrong.field("accept-post")),
        (415, "application/json")
    );
    let note = client.post("/note").body("text/plain", "hi").send();
    assert_eq!(note.text(), "hi");
    assert_eq!(client.delete("/pets/0").send().status(), 401);
    let key = |target: &str| {
        let request = client.delete(target).field("x-key", "0123456789abcdef");
        request.send().status()
    };
    assert_eq!((key("/pets/0"), key("/pets/9")), (204, 202));
}

#[test]
fn descriptors_give_values_or_say_what_is_missing_or_invalid() {
    let client = client();
    let answer = client.get("/raw/7?limit=3&tag=a&tag=b%20c").send();
    assert_eq!(answer.text(), r#"7 Some(3) ["a", "b c"]"#);
    let invalid: Value = client.get("/raw/7?limit=500").send().json();
    assert_eq!(invalid["errors"][0]["parameter"], "limit");
    assert_eq!(invalid["errors"][0]["in"], "query");
    assert_eq!(client.get("/raw/x").send().status(), 400);
}

#[test]
fn the_document_of_routes_loads_without_a_diagnostic_and_serves_the_same() {
    let service = builder().build().expect("the service builds");
    let document = service.to_openapi();
    assert_eq!(
        document["info"],
        json!({"title": "Pets", "version": "1.2.3"})
    );
    let list = &document["paths"]["/pets"]["get"];
    assert_eq!(list["operationId"], "listPets");
    assert_eq!(
        list["parameters"][0]["schema"],
        json!({"type": "integer", "format": "uint8", "minimum": 1, "maximum": 100, "default": 20})
    );
    let spec = Loader::new()
        .strict(true)
        .load_str(document.to_string(), "exported.json")
        .expect("the document loads");
    assert_eq!(spec.diagnostics.len(), 0, "{:?}", spec.diagnostics);
    let again = AppService::builder(spec)
        .without("SEARCH /pets")
        .without("DELETE /pets/{id}")
        .without("GET /raw/{id}")
        .security(
            "key",
            ApiKeys::new([("me", "0123456789abcdef")]).expect("a key"),
        )
        .handler("GET /health", || NoContent)
        .handler("POST /note", |text: Text| text)
        .handler("listPets", |Query(query): Query<Value>| Json(query))
        .handler("createPet", |Json(pet): Json<Pet>| Json(pet))
        .handler("GET /pets/{id}", |Path(id): Path<u64>| Json(id))
        .handler("GET /pets/{id}/toys/{toy}", || "a toy")
        .build()
        .expect("the service builds");
    assert_eq!(again.to_openapi(), document);
    let (one, other) = (client(), TestClient::new(again));
    for target in [
        "/pets/7",
        "/pets?limit=3",
        "/pets?limit=x&sort=y",
        "/pets/x",
        "/nowhere",
    ] {
        let (one, other) = (one.get(target).send(), other.get(target).send());
        assert_eq!((one.status(), one.text()), (other.status(), other.text()));
    }
}

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /pets/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {operationId: getPet, responses: {'200': {description: ok, content: {'*/*': {}}}}}
";

fn mixed(routes: RouterBuilder) -> AppServiceBuilder {
    let spec = Loader::new().load_str(DOCUMENT, "pets.yaml");
    AppService::builder(spec.expect("the document loads")).routes(routes)
}

#[test]
fn routes_stand_beside_those_of_a_document() {
    let service = mixed(
        Router::builder()
            .get("/health", || "well")
            .delete("/pets/{id}", |Path(id): Path<i64>| id.to_string()),
    )
    .handler("getPet", || "a pet")
    .dispatch("GET /health", Dispatch::blocking())
    .build()
    .expect("the service builds");
    assert_eq!(
        service.to_openapi()["paths"]["/health"]["get"]["parameters"],
        Value::Null
    );
    let client = TestClient::new(service);
    assert_eq!(client.get("/pets/7").send().text(), "a pet");
    assert_eq!(client.get("/health").send().text(), "well");
    // The parameter of the document's path is this route's too.
    assert_eq!(client.delete("/pets/7").send().text(), "7");
    assert_eq!(client.delete("/pets/x").send().status(), 400);
}

#[test]
fn the_places_of_a_documents_operations_stay_known() {
    let error = mixed(Router::builder().get("/health", || "")).build();
    let error = error.expect_err("getPet has no handler").to_string();
    assert!(error.contains("pets.yaml:7:"), "{error}");
}

fn faults(builder: AppServiceBuilder) -> Vec<String> {
    let error = builder.build().expect_err("something is wrong");
    error.faults().iter().map(BuildFault::to_string).collect()
}

#[test]
fn routes_that_are_there_already_stop_the_start_and_both_are_named() {
    let way_out = "; leave one of them out with `without`";
    let beside = mixed(Router::builder().get(Endpoint::new("/pets/{id}").named("mine"), || ""));
    assert_eq!(
        faults(beside.handler("getPet", || "")),
        [format!(
            "operation \"mine\" (GET /pets/{{id}}) matches the same paths as \"getPet\"{way_out}"
        )]
    );
    let renamed = mixed(Router::builder().get("/pets/{pet}", || ""));
    assert_eq!(
        faults(renamed.handler("getPet", || "")),
        [format!(
            "operation \"GET /pets/{{pet}}\" (GET /pets/{{pet}}) matches the same paths as \
             \"getPet\"{way_out}"
        )]
    );
    let twice = Router::builder().get("/a", || "").group(
        "/a",
        Router::builder().get(Endpoint::new("/").named("second"), || ""),
    );
    assert_eq!(
        faults(twice.service("t", "1")),
        [format!(
            "operation \"second\" (GET /a) matches the same paths as \"GET /a\"{way_out}"
        )]
    );
}

#[test]
fn what_is_no_route_stops_the_start() {
    let of = |endpoint: Endpoint| {
        let routes = Router::builder().get(endpoint, || "");
        faults(routes.service("t", "1")).concat()
    };
    for (endpoint, fault) in [
        (Endpoint::new("pets"), "GET pets: "),
        (Endpoint::new("/{id"), "GET /{id: "),
        (
            Endpoint::new("/{*rest}"),
            "cannot describe a parameter that takes the rest",
        ),
        (
            Endpoint::new("/a").path(ID),
            "the path has no parameter \"id\"",
        ),
        (
            Endpoint::new("/a").secured("key", &[]),
            "security scheme \"key\"",
        ),
    ] {
        let named = of(endpoint);
        assert!(named.contains(fault), "{named}");
    }
    let none = Router::builder().service("t", "1");
    assert_eq!(faults(none), ["the document has no operations"]);
}

#[test]
fn the_parameters_of_a_path_are_described_in_any_order() {
    const SHOP: Param<u8> = Param::new("shop");
    let routes = Router::builder().get(
        Endpoint::new("/{shop}/{id}").path(ID).path(SHOP),
        |Path((shop, id)): Path<(u8, u64)>| format!("{shop} {id}"),
    );
    let client = TestClient::new(routes.service("t", "1").build().expect("a service"));
    assert_eq!(client.get("/7/8").send().text(), "7 8");
    assert_eq!(client.get("/256/8").send().status(), 400);
    assert_eq!(client.get("/7/x").send().status(), 400);
}

#[test]
fn a_part_of_the_document_is_not_replaced_by_another_of_its_name() {
    let with = |one: &str, other: &str| {
        Router::builder()
            .get("/x", || NoContent)
            .schema("Pet", json!({"type": one}))
            .schema("Pet", json!({"type": other}))
            .service("t", "1")
    };
    assert!(with("string", "string").build().is_ok());
    assert_eq!(
        faults(with("string", "integer")),
        [r#"the routes cannot be compiled: there are two schemas named "Pet", and they differ"#]
    );
}

#[test]
fn a_path_without_a_slash_is_none_in_a_group_either() {
    let group = Router::builder().get("pets", || "");
    let faults = faults(Router::builder().group("/v1", group).service("t", "1"));
    assert_eq!(
        faults,
        ["the routes cannot be compiled: GET pets: it does not begin with a slash"]
    );
}
