//! What stops a service from being built, and how it is named.

#![allow(clippy::expect_used)]

use brrtrouter::prelude::*;
use brrtrouter::service::BuildFault;
use brrtrouter::testing::TestClient;
use brrtrouter::{AppServiceBuilder, BuildError};
use brrtrouter_spec::Loader;

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /pets/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: integer}}
    get:
      operationId: getPet
      responses: {'200': {description: ok}}
    delete:
      operationId: deletePet
      security: [{key: []}]
      responses: {'204': {description: gone}}
  /open:
    get:
      operationId: open
      responses: {'200': {description: ok}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
";

fn builder() -> AppServiceBuilder {
    let spec = Loader::new().load_str(DOCUMENT, "pets.yaml");
    AppService::builder(spec.expect("the document loads"))
}

fn keys() -> ApiKeys {
    ApiKeys::new([("me", "0123456789abcdef")]).expect("the key is good")
}

fn faults(builder: AppServiceBuilder) -> Vec<String> {
    let error: BuildError = builder.build().expect_err("something is missing");
    error.faults().iter().map(BuildFault::to_string).collect()
}

fn complete() -> AppServiceBuilder {
    builder()
        .security("key", keys())
        .handler("getPet", |Path(id): Path<i64>| id.to_string())
        .handler("deletePet", || NoContent)
        .handler("open", || "open")
}

#[test]
fn all_that_is_missing_is_named_at_once() {
    let faults = faults(builder().handler("getpet", || "?"));
    assert_eq!(
        faults,
        [
            "there is no operation \"getpet\" for the handler of that name; did you mean \"getPet\"?",
            "operation \"getPet\" (GET /pets/{id}) has no handler",
            "operation \"deletePet\" (DELETE /pets/{id}) has no handler",
            "security scheme \"key\" has no provider; operation \"deletePet\" demands it",
            "operation \"open\" (GET /open) has no handler",
        ]
    );
}

#[test]
fn a_missing_handler_is_named_with_the_place_of_its_operation() {
    let error = builder().security("key", keys()).build().unwrap_err();
    let text = error.to_string();
    assert!(text.contains("pets.yaml:8:"), "{text}");
}

#[test]
fn missing_state_stops_the_start() {
    let faults = faults(
        builder()
            .security("key", keys())
            .handler("getPet", |Path(id): Path<i64>| id.to_string())
            .handler("deletePet", || NoContent)
            .typed("open", NeedsState),
    );
    let expected = "the handler of operation \"open\" does not fit: it takes State<alloc::string::String>, \
                    and no such state was given";
    assert_eq!(faults, [expected]);
}

struct NeedsState;

impl Handler for NeedsState {
    type Request = State<String>;
    type Response = String;

    fn handle(&self, state: State<String>) -> String {
        state.to_string()
    }
}

#[test]
fn arguments_that_the_document_does_not_have_stop_the_start() {
    let base = || {
        builder()
            .security("key", keys())
            .handler("getPet", |Path(id): Path<i64>| id.to_string())
            .handler("deletePet", || NoContent)
    };
    let query = faults(base().handler("open", |_: Query<Vec<String>>| "?"));
    assert_eq!(
        query,
        [
            "the handler of operation \"open\" does not fit: it takes query parameters, and the \
          document declares none"
        ]
    );
    let body = faults(base().handler("open", |_: Json<String>| "?"));
    assert_eq!(
        body,
        [
            "the handler of operation \"open\" does not fit: it takes a JSON body, and the document \
          declares none"
        ]
    );
    let identity = faults(base().handler("open", |_: Identity| "?"));
    assert_eq!(
        identity,
        [
            "the handler of operation \"open\" does not fit: it takes an Identity, and the document \
          demands none"
        ]
    );
}

#[test]
fn a_provider_for_no_scheme_stops_the_start() {
    let faults = faults(complete().security("keys", keys()));
    assert_eq!(
        faults,
        ["there is no security scheme \"keys\" for the provider of that name"]
    );
}

#[test]
fn a_document_without_operations_stops_the_start() {
    let document = "{openapi: 3.1.0, info: {title: t, version: '1'}, paths: {}}";
    let spec = Loader::new().load_str(document, "empty.yaml");
    let builder = AppService::builder(spec.expect("the document loads"));
    assert_eq!(faults(builder), ["the document has no operations"]);
}

#[test]
fn a_complete_service_is_built() {
    assert!(complete().build().is_ok());
}

#[test]
fn operations_that_were_taken_out_of_the_document_leave_the_others_where_they_are() {
    let spec = Loader::new().load_str(DOCUMENT, "pets.yaml");
    let mut spec = spec.expect("the document loads");
    spec.operations.retain(|one| one.name != "getPet");
    let service = AppService::builder(spec)
        .security("key", keys())
        .handler("deletePet", || NoContent)
        .handler("open", || "open")
        .build()
        .expect("all is there");
    let client = TestClient::new(service);
    assert_eq!(client.get("/open").send().text(), "open");
    assert_eq!(client.delete("/pets/7").send().status(), 401);
    assert_eq!(client.get("/pets/7").send().status(), 405);
}

#[test]
fn a_handler_of_an_operation_that_is_left_out_is_not_missed() {
    assert!(complete().without("open").build().is_ok());
}

const TWICE: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /token:
    post: {operationId: token, responses: {'200': {description: ok}}}
  /token#refresh:
    post: {operationId: refresh, responses: {'200': {description: ok}}}
";

fn twice() -> AppServiceBuilder {
    let spec = Loader::new().load_str(TWICE, "twice.yaml");
    AppService::builder(spec.expect("the document loads"))
        .handler("token", || "token")
        .handler("refresh", || "refresh")
}

#[test]
fn operations_that_no_path_tells_apart_are_named_with_a_way_out() {
    assert_eq!(
        faults(twice()),
        [
            "operation \"refresh\" (POST /token) matches the same paths as \"token\"; leave one of them \
          out with `without`"
        ]
    );
}

#[test]
fn one_that_is_left_out_makes_way_for_the_other() {
    for (left_out, served) in [("token", "refresh"), ("refresh", "token")] {
        let service = twice()
            .without(left_out)
            .build()
            .expect("the service builds");
        let client = brrtrouter::testing::TestClient::new(service);
        assert_eq!(client.post("/token").send().text(), served);
    }
    let service = twice().without("token").without("refresh").build();
    let client = brrtrouter::testing::TestClient::new(service.expect("the service builds"));
    assert_eq!(client.post("/token").send().status(), 501);
}

#[test]
fn paths_are_put_behind_servers_and_slashes_forgiven_on_demand() {
    use brrtrouter::testing::TestClient;
    use brrtrouter::{BasePath, TrailingSlash};

    let document = "
openapi: 3.1.0
info: {title: t, version: '1'}
servers: [{url: 'https://example.com/v1'}]
paths:
  /pets:
    get: {operationId: pets, responses: {'200': {description: ok}}}
";
    let builder = || {
        let spec = Loader::new().load_str(document, "pets.yaml");
        AppService::builder(spec.expect("the document loads")).handler("pets", || "pets")
    };
    let status = |builder: AppServiceBuilder, target: &str| {
        let client = TestClient::new(builder.build().expect("the service builds"));
        let answer = client.get(target).send();
        (answer.status(), answer.field("location").to_owned())
    };
    let nowhere = String::new();
    assert_eq!(status(builder(), "/pets").0, 200);
    assert_eq!(status(builder(), "/v1/pets").0, 404);
    assert_eq!(status(builder(), "/pets/"), (404, nowhere.clone()));
    let behind = || builder().base_path(BasePath::FirstServer);
    assert_eq!(status(behind(), "/v1/pets").0, 200);
    assert_eq!(status(behind(), "/pets").0, 404);
    let redirecting = builder().trailing_slash(TrailingSlash::Redirect);
    assert_eq!(
        status(redirecting, "/pets/?a=b"),
        (308, "/pets?a=b".to_owned())
    );
    let forgiving = builder().trailing_slash(TrailingSlash::Ignore);
    assert_eq!(status(forgiving, "/pets/"), (200, nowhere));
}
