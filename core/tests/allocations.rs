//! Lookups allocate nothing, and neither does the extraction of single values.

#![allow(clippy::expect_used)]

use std::borrow::Cow;

use brrtrouter_core::{
    DateTime, Extractors, Lookup, Param, Params, PathParams, Place, Router, Slots, Source,
    Template, TrailingSlash,
};
use brrtrouter_spec::Loader;
use serde::Deserialize;

fn allocations(run: impl FnOnce()) -> u64 {
    allocation_counter::measure(run).count_total
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(vec![1_u8]))), 1);
}

#[test]
fn no_lookup_allocates() {
    let router = Router::builder()
        .route("GET", "/a/{b}/c/{d}/{e}/{f}/{g}", 0)
        .route("GET", "/files/{name}.{ext}", 1)
        .route("GET", "/static/{*rest}", 2)
        .route("POST", "/caf%C3%A9/{x}", 3)
        .route("PURGE", "/a", 4)
        .trailing_slash(TrailingSlash::Ignore)
        .build()
        .expect("sound routes");
    let long = format!("/a/{}/c/1/2/3/4", "x".repeat(5000));
    let mut params = PathParams::new();
    let targets = [
        "/a/1/c/2/3/4/5?q=%zz",
        "/a/1/c/2/3/4/5/",
        "/files/a.b.c",
        "/files/%61.b",
        "/static/a/b/c",
        "/caf%c3%a9/%2F",
        "/nothing/here",
        "/%zz",
        "/../a",
        "*",
        &long,
    ];
    let mut found = 0;
    for target in targets {
        for method in ["GET", "HEAD", "POST", "OPTIONS", "PURGE", "BREW"] {
            let count = allocations(|| {
                let lookup = router.lookup(method, target, &mut params);
                found += usize::from(matches!(lookup, Lookup::Found(_)));
                std::hint::black_box(params.raw(0, target));
            });
            assert_eq!(count, 0, "{method} {target:.40}");
        }
    }
    assert!(found > 10, "lookups find something: {found}");
}

const DOCUMENT: &str = r#"
openapi: 3.1.0
info: {title: Pets, version: '1'}
paths:
  /pets/{petId}/visits/{visitId}:
    get:
      operationId: getVisit
      parameters:
        - {name: petId, in: path, required: true, schema: {type: string, format: uuid}}
        - {name: visitId, in: path, required: true, schema: {type: integer, minimum: 1}}
        - {name: limit, in: query, schema: {type: integer, maximum: 100, default: 20}}
        - {name: since, in: query, schema: {type: string, format: date-time}}
        - {name: kind, in: query, schema: {type: string, enum: [check, 'cut & go'], maxLength: 9}}
        - {name: deep, in: query, schema: {type: boolean}}
        - {name: weight, in: query, schema: {type: number, exclusiveMinimum: 0}}
        - {name: X-Trace, in: header, schema: {type: string}}
        - {name: session, in: cookie, schema: {type: string}}
      responses: {'200': {description: The visit.}}
"#;

#[test]
fn no_extraction_of_single_values_allocates() {
    #[derive(Deserialize)]
    struct Query<'q> {
        limit: u8,
        since: &'q str,
        deep: bool,
        weight: f64,
    }
    let spec = Loader::new()
        .load_str(DOCUMENT, "pets.yaml")
        .expect("a sound document");
    let router = Router::compile(&spec).expect("sound routes");
    let operation = spec.operation_named("getVisit").expect("the operation");
    let extractors = Extractors::compile(&spec, operation).expect("sound parameters");
    let target = "/pets/0193d2a8-0f3b-7c57-b5a1-000000000001/visits/12?kind=cut%20%26+go&limit=7\
                  &other=1&since=2026-01-31T12:00:00Z&deep=true&weight=1.5";
    let fields = [
        ("X-Trace", "abc"),
        ("Cookie", "a=b; session=s%20t"),
        ("Accept", "*/*"),
    ];
    let mut params = PathParams::new();
    let mut faults = 0;
    let mut slots = Slots::new();
    let mut query = None;
    let count = allocations(|| {
        let lookup = router.lookup("GET", target, &mut params);
        assert!(matches!(lookup, Lookup::Found(_)));
        let found = extractors.extract(
            Source {
                target,
                path: &params,
                fields: &fields,
            },
            &mut slots,
        );
        found.check(&mut |_| faults += 1);
        query = found.deserialize::<Query<'_>>(Place::Query).ok();
        let visit = found.named(Place::Path, "visitId").expect("a visit");
        assert_eq!(u64::deserialize(visit), Ok(12));
        assert_eq!(found.unknown_query().count(), 1);
    });
    let query = query.expect("a query");
    assert_eq!((query.limit, query.deep, query.weight), (7, true, 1.5));
    assert_eq!(query.since, "2026-01-31T12:00:00Z");
    assert_eq!(faults, 0);
    assert_eq!(count, 0);
}

#[test]
fn no_single_value_by_descriptor_allocates() {
    const PET: Param<uuid::Uuid> = Param::new("petId");
    const VISIT: Param<u32> = Param::new("visitId").at_least(1);
    const LIMIT: Param<u8> = Param::new("limit");
    const SINCE: Param<DateTime> = Param::new("since");
    const KIND: Param<bool> = Param::one_of("kind", &[("check", true), ("cut & go", false)]);
    const WEIGHT: Param<f64> = Param::new("weight");
    const NAME: Param<str> = Param::new("name");
    const TRACE: Param<str> = Param::new("X-Trace");
    const SESSION: Param<u8> = Param::new("session");
    let template = Template::builder()
        .literal("pets")
        .param(PET)
        .literal("visits")
        .param(VISIT)
        .build()
        .expect("a template");
    let router = Router::builder()
        .route("GET", template.as_str(), 0)
        .build()
        .expect("a route");
    let target = "/pets/0193d2a8-0f3b-7c57-b5a1-000000000001/visits/%31?kind=cut%20%26+go&limit=7\
                  &since=2026-01-31T12:00:00%2B01:00&weight=1.5&name=rex&limits=x";
    let fields = [("X-Trace", "abc"), ("Cookie", "a=b; session=8")];
    let mut path = PathParams::new();
    let mut count = 0;
    let allocated = allocations(|| {
        let lookup = router.lookup("GET", target, &mut path);
        assert!(matches!(lookup, Lookup::Found(_)));
        let params = Params::of(&template, Source::new(target, &path, &fields));
        count += usize::from(params.get(PET).is_ok());
        count += usize::from(matches!(params.get(VISIT), Ok(1)));
        count += usize::from(matches!(params.get(LIMIT), Ok(7)));
        count += usize::from(params.get(SINCE).is_ok());
        count += usize::from(matches!(params.get(KIND), Ok(false)));
        count += usize::from(matches!(params.get(WEIGHT), Ok(1.5)));
        count += usize::from(matches!(params.get(NAME), Ok(Cow::Borrowed("rex"))));
        count += usize::from(params.headers().get(TRACE).is_ok());
        count += usize::from(matches!(params.cookies().all(SESSION).next(), Some(Ok(8))));
        count += usize::from(
            params
                .query()
                .get(VISIT)
                .is_err_and(|error| error.is_missing()),
        );
    });
    assert_eq!((count, allocated), (10, 0));
}
