use brrtrouter::AppService;
use brrtrouter::prelude::*;
use brrtrouter::service::UnknownQuery;

use crate::api::{api, get};

const SEARCH: &str = "
paths:
  /search:
    get:
      operationId: search
      security: [{key: []}]
      parameters:
        - {name: q, in: query, schema: {type: string}}
        - {name: filter, in: query, style: deepObject, schema: {type: object, properties: {a: {type: string}}}}
      responses: {'204': {description: ok}}
  /open:
    get:
      operationId: open
      parameters:
        - {name: all, in: query, schema: {type: object, additionalProperties: {type: string}}}
      responses: {'204': {description: ok}}
components:
  securitySchemes: {key: {type: apiKey, in: query, name: api key}}
";

fn service(policy: UnknownQuery) -> AppService {
    api(SEARCH)
        .unknown_query(policy)
        .security(
            "key",
            ApiKeys::new([("me", "0123456789abcdef")]).expect("a key"),
        )
        .handler("search", || NoContent)
        .handler("open", || NoContent)
        .build()
        .expect("the service builds")
}

const KNOWN: &str = "/search?api%20key=0123456789abcdef&q=1&filter%5Ba%5D=2";

#[test]
fn unknown_names_are_passed_over_unless_said_otherwise() {
    assert_eq!(UnknownQuery::default(), UnknownQuery::Ignore);
    let service = service(UnknownQuery::Ignore);
    assert_eq!(get(&service, &format!("{KNOWN}&p=1")).status, 204);
}

#[test]
fn unknown_names_are_refused_by_name() {
    let service = service(UnknownQuery::Reject);
    assert_eq!(get(&service, KNOWN).status, 204);
    let answer = get(&service, &format!("{KNOWN}&p=1&%C3%A9+e&Q=2"));
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.violations(),
        ["Q unknown", "p unknown", "é e unknown"]
    );
}

#[test]
fn a_parameter_that_takes_all_names_leaves_none_unknown() {
    assert_eq!(
        get(&service(UnknownQuery::Reject), "/open?a=1&b=2").status,
        204
    );
}

#[test]
fn many_unknown_names_are_listed_up_to_a_bound() {
    let names: String = (0..500).map(|at| format!("&n{at}=")).collect();
    let answer = get(&service(UnknownQuery::Reject), &format!("{KNOWN}{names}"));
    assert_eq!(answer.violations().len(), 64);
}
