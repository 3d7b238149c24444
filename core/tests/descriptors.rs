//! Descriptors: the same constant in a template, in a request and in a URL.

#![allow(clippy::expect_used)]

use std::borrow::Cow;

use brrtrouter_core::{
    Date, DateTime, Descriptor, Lookup, Param, ParamFault, ParamValue, Params, PathParams, Place,
    Router, Source, Template, TemplateError, UrlError,
};
use proptest::prelude::*;
use uuid::Uuid;

const ID: Param<Uuid> = Param::new("id");
const NAME: Param<str> = Param::new("name");
const OWNED: Param<String> = Param::new("name");
const COUNT: Param<u8> = Param::new("count");
const OFFSET: Param<i64> = Param::new("offset");
const WEIGHT: Param<f32> = Param::new("weight");
const DEEP: Param<bool> = Param::new("deep");
const BORN: Param<Date> = Param::new("born");
const SINCE: Param<DateTime> = Param::new("since");
const LIMIT: Param<u32> = Param::new("limit").at_least(1).at_most(100);
const REST: Param<str> = Param::new("rest");

#[derive(Debug, Clone, Copy, PartialEq)]
enum Status {
    Free,
    Sold,
}

const STATUS: Param<Status> = Param::one_of(
    "status",
    &[("free", Status::Free), ("sold & gone", Status::Sold)],
);

#[derive(Debug, PartialEq)]
struct Hue(u16);

impl std::fmt::Display for Hue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}deg", self.0)
    }
}

const HUE: Param<Hue> = Param::parse_with("hue", "hue", |text| {
    Some(Hue(text.strip_suffix("deg")?.parse().ok()?))
});

/// A request for `/pets/…?…` and what `read` makes of its parameters.
fn request<T>(target: &str, fields: &[(&str, &str)], read: impl FnOnce(Params<'_>) -> T) -> T {
    let template = Template::builder()
        .literal("pets")
        .param(NAME)
        .build()
        .expect("a template");
    let router = Router::builder()
        .route("GET", template.as_str(), 0)
        .build()
        .expect("a route");
    let mut path = PathParams::new();
    let found = router.lookup("GET", target, &mut path);
    assert!(matches!(found, Lookup::Found(_)), "{target}: {found:?}");
    struct Fields<'f>(&'f [(&'f str, &'f str)]);
    impl brrtrouter_core::FieldSource for Fields<'_> {
        fn field(&self, name: &str) -> Option<&[u8]> {
            self.0.field(name)
        }

        fn field_at(&self, name: &str, index: usize) -> Option<&[u8]> {
            self.0.field_at(name, index)
        }
    }
    let fields = Fields(fields);
    read(Params::of(
        &template,
        Source {
            target,
            path: &path,
            fields: &fields,
        },
    ))
}

#[test]
fn a_template_shows_the_types_of_its_parameters() {
    let hello = Template::builder()
        .literal("v1")
        .param(ID)
        .literal("hello")
        .build()
        .expect("a template");
    assert_eq!(hello.to_string(), "/v1/{id:uuid}/hello");
    assert_eq!(hello.as_str(), "/v1/{id}/hello");
    let file = Template::builder()
        .literal("/api/v1")
        .param(STATUS)
        .literal("v")
        .then_param(COUNT)
        .then("-")
        .then_param(HUE)
        .catch_all(REST)
        .build()
        .expect("a template");
    assert_eq!(
        file.to_string(),
        "/api/v1/{status:enum}/v{count:uint8}-{hue:hue}/{*rest:string}"
    );
    assert_eq!(file.as_str(), "/api/v1/{status}/v{count}-{hue}/{*rest}");
    assert_eq!(
        Template::builder().build().expect("a template").as_str(),
        "/"
    );
}

#[test]
fn a_template_that_was_read_is_described_by_names() {
    let template = Template::parse("/pets/{id}/{name}.{count}").expect("a template");
    assert_eq!(template.to_string(), "/pets/{id}/{name}.{count}");
    let typed = template.clone().describe(&[&COUNT, &NAME, &ID]);
    assert_eq!(
        typed.expect("described").to_string(),
        "/pets/{id:uuid}/{name:string}.{count:uint8}"
    );
    assert_eq!(
        template.clone().describe(&[&COUNT, &ID]),
        Err(TemplateError::NoDescriptor("name".into()))
    );
    assert_eq!(
        template.describe(&[&COUNT, &ID, &NAME, &DEEP]),
        Err(TemplateError::NotInTemplate("deep".into()))
    );
}

#[test]
fn what_a_builder_is_given_cannot_change_its_shape() {
    const BAD: Param<str> = Param::new("a}/{b");
    const STAR: Param<str> = Param::new("*rest");
    for builder in [
        Template::builder().literal("{id}"),
        Template::builder().param(BAD),
        Template::builder().param(STAR),
        Template::builder().param(ID).then_param(NAME),
        Template::builder().param(ID).param(ID),
        Template::builder().catch_all(REST).literal("x"),
        Template::builder().literal(".."),
    ] {
        assert!(builder.clone().build().is_err(), "{builder:?}");
    }
}

#[test]
fn values_are_typed_and_borrowed() {
    let target = "/pets/rex%20ii?id=0193d2a8-0f3b-7c57-b5a1-00000000000A&count=7&offset=-1\
                  &weight=1.5&deep=true&born=2024-02-29&since=2026-01-31T12:00:00.5%2B01:00\
                  &limit=100&status=sold%20%26+gone&hue=120deg&plain=x";
    request(target, &[], |params| {
        let id = params.get(ID).expect("a uuid");
        assert_eq!(id.to_string(), "0193d2a8-0f3b-7c57-b5a1-00000000000a");
        assert_eq!(params.get(NAME).expect("a name"), "rex ii");
        assert_eq!(params.get(OWNED).expect("a name"), "rex ii");
        assert_eq!(params.get(COUNT).expect("a count"), 7);
        assert_eq!(params.get(OFFSET).expect("an offset"), -1);
        assert_eq!(params.get(WEIGHT).expect("a weight"), 1.5);
        assert!(params.get(DEEP).expect("a boolean"));
        assert_eq!(
            params.get(BORN).expect("a date"),
            Date::new(2024, 2, 29).expect("a day")
        );
        let since = params.get(SINCE).expect("a moment");
        assert_eq!(since.to_string(), "2026-01-31T12:00:00.5+01:00");
        assert_eq!(params.get(LIMIT).expect("a limit"), 100);
        assert_eq!(params.get(STATUS).expect("a status"), Status::Sold);
        assert_eq!(params.get(HUE).expect("a hue"), Hue(120));
        const PLAIN: Param<str> = Param::new("plain");
        assert!(matches!(params.get(PLAIN), Ok(Cow::Borrowed("x"))));
    });
}

#[test]
fn what_is_missing_is_told_from_what_is_wrong() {
    for (query, message) in [
        ("", r#"query parameter "count" is missing"#),
        ("count=", r#"query parameter "count" is not an integer: """#),
        (
            "count=x",
            r#"query parameter "count" is not an integer: "x""#,
        ),
        (
            "count=256",
            r#"query parameter "count" is not at most 255: "256""#,
        ),
        (
            "count=-1",
            r#"query parameter "count" is not at least 0: "-1""#,
        ),
        (
            "count=1&count=1",
            r#"query parameter "count" is there more than once: "1""#,
        ),
        (
            "count=%zz",
            r#"query parameter "count" is not properly encoded: "%zz""#,
        ),
        (
            "count=%ff",
            "query parameter \"count\" is not properly encoded: \"\u{fffd}\"",
        ),
    ] {
        request(&format!("/pets/a?{query}"), &[], |params| {
            let error = params.get(COUNT).expect_err("a fault");
            assert_eq!(error.to_string(), message);
            assert_eq!(error.is_missing(), query.is_empty());
            assert_eq!((error.name, error.place), ("count", Place::Query));
            if query.is_empty() {
                assert_eq!(params.find(COUNT).expect("nothing"), None);
            } else {
                assert!(params.find(COUNT).is_err());
            }
        });
    }
    let query =
        "/pets/a?id={}&limit=0&status=lost&hue=7&weight=1e39&deep=1&born=2023-02-29&since=now";
    request(query, &[], |params| {
        let fault = |fault: ParamFault| fault.to_string();
        let of = |text: &str| text.to_owned();
        assert_eq!(
            [
                fault(params.get(ID).expect_err("no uuid").fault),
                fault(params.get(LIMIT).expect_err("too small").fault),
                fault(params.get(STATUS).expect_err("no status").fault),
                fault(params.get(HUE).expect_err("no hue").fault),
                fault(params.get(WEIGHT).expect_err("too large").fault),
                fault(params.get(DEEP).expect_err("no boolean").fault),
                fault(params.get(BORN).expect_err("no day").fault),
                fault(params.get(SINCE).expect_err("no moment").fault),
            ],
            [
                of("is not a uuid"),
                of("is not at least 1"),
                of("is none of the values that it may have"),
                of(r#"is not of the type "hue""#),
                of("is not at most 340282346638528860000000000000000000000"),
                of("is not true or false"),
                of("is not a date such as 2026-01-31"),
                of("is not a date and time such as 2026-01-31T12:00:00Z"),
            ]
        );
    });
}

#[test]
fn the_path_is_before_the_query_and_each_can_be_asked_alone() {
    request("/pets/rex?name=max&name=tom", &[], |params| {
        assert_eq!(params.get(NAME).expect("a name"), "rex");
        assert_eq!(params.path().get(NAME).expect("a name"), "rex");
        let fault = params.query().get(NAME).expect_err("two").fault;
        assert_eq!(fault, ParamFault::Repeated);
        let names: Result<Vec<_>, _> = params.query().all(NAME).collect();
        assert_eq!(names.expect("names"), ["max", "tom"]);
        assert!(params.path().get(COUNT).expect_err("none").is_missing());
    });
}

#[test]
fn fields_and_cookies_are_read_as_they_are_written() {
    const TRACE: Param<str> = Param::new("X-Trace");
    const TAG: Param<u8> = Param::new("x-tag");
    const SESSION: Param<str> = Param::new("session");
    let fields = [
        ("x-trace", "a%20b+c"),
        ("X-Tag", "1, 2 ,,"),
        ("x-tag", "x"),
        ("Cookie", "a=b; session=s%20t+u"),
    ];
    request("/pets/a?session=q", &fields, |params| {
        assert_eq!(params.headers().get(TRACE).expect("a field"), "a%20b+c");
        let tags: Vec<_> = params
            .headers()
            .all(TAG)
            .map(|tag| tag.map_err(|error| error.to_string()))
            .collect();
        let fault = r#"header parameter "x-tag" is not an integer: "x""#.to_owned();
        assert_eq!(tags, [Ok(1), Ok(2), Err(fault)]);
        assert_eq!(
            params.headers().get(TAG).expect_err("two").fault,
            ParamFault::Repeated
        );
        assert_eq!(params.cookies().get(SESSION).expect("a cookie"), "s t+u");
    });
}

#[test]
fn names_may_come_from_elsewhere_than_a_template() {
    let router = Router::builder()
        .route("GET", "/{a}/x/{name}", 0)
        .build()
        .expect("a route");
    let mut path = PathParams::new();
    let target = "/1/x/rex";
    assert!(matches!(
        router.lookup("GET", target, &mut path),
        Lookup::Found(_)
    ));
    let source = Source {
        target,
        path: &path,
        fields: &(),
    };
    let params = Params::named(&["a", "name"], source);
    assert_eq!(params.get(NAME).expect("a name"), "rex");
}

#[test]
fn long_values_are_read_whole_though_they_are_encoded() {
    let name = format!("%41{}", "b".repeat(5000));
    request(&format!("/pets/{name}"), &[], |params| {
        assert_eq!(params.get(OWNED).expect("a name").len(), 5001);
        const LONG: Param<u8> = Param::new("name");
        let error = params.get(LONG).expect_err("no number").to_string();
        assert!(error.len() < 400 && error.ends_with('…'), "{error}");
    });
}

#[test]
fn a_url_is_refused_that_would_not_be_read_back() {
    let pets = Template::builder()
        .literal("pets")
        .param(NAME)
        .build()
        .expect("a template");
    for value in ["", ".", "..", "a\0"] {
        assert!(pets.url().path(NAME, value).build().is_err(), "{value:?}");
    }
    let url = pets.url().path(NAME, "...");
    assert_eq!(url.clone().build().as_deref(), Ok("/pets/..."));
    let again = url.clone().path(NAME, "rex").build();
    assert_eq!(again.as_deref(), Ok("/pets/rex"));
    assert_eq!(
        url.clone()
            .query(STATUS, &Status::Sold)
            .query(STATUS, &Status::Free)
            .build()
            .as_deref(),
        Ok("/pets/...?status=sold%20%26%20gone&status=free")
    );
    let refused = |error: UrlError<String>| error.to_string();
    for (error, message) in [
        (
            url.clone().query(LIMIT, &101).build(),
            r#"the value of "limit" is not at most 100"#,
        ),
        (
            url.clone().query(WEIGHT, &f32::NAN).build(),
            r#"the value of "weight" is not of the type "float""#,
        ),
        (
            url.clone().query(NAME, "\0").build(),
            r#"the value of "name" holds a nul character"#,
        ),
        (
            url.path(COUNT, &1).build(),
            r#"there is no parameter "count""#,
        ),
        (pets.url().build(), r#"the parameter "name" has no value"#),
    ] {
        assert_eq!(error.map_err(refused), Err(message.to_owned()));
    }
}

#[test]
fn a_descriptor_tells_documents_what_it_is() {
    let all: [&dyn Descriptor; 4] = [&ID, &LIMIT, &STATUS, &HUE];
    let told: Vec<String> = all
        .iter()
        .map(|own| {
            let bounds: Vec<String> = own
                .bounds()
                .iter()
                .flatten()
                .map(ToString::to_string)
                .collect();
            let choices: Vec<&str> = (0..).map_while(|at| own.choice(at)).collect();
            format!(
                "{} {} {} {bounds:?} {choices:?}",
                own.name(),
                own.json_type(),
                own.type_name()
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "id string uuid [] []",
            r#"limit integer uint32 ["at least 1", "at most 100"] []"#,
            r#"status string enum [] ["free", "sold & gone"]"#,
            "hue string hue [] []",
        ]
    );
}

fn round_trip<T: ParamValue + PartialEq + std::fmt::Debug + 'static>(
    param: Param<T>,
    value: &T,
) -> Result<(), TestCaseError> {
    let template = Template::builder()
        .param(param)
        .build()
        .expect("a template");
    let router = Router::builder()
        .route("GET", template.as_str(), 0)
        .build()
        .expect("a route");
    let target = template
        .url()
        .path(param, value)
        .query(param, value)
        .build()
        .expect("a url");
    let mut path = PathParams::new();
    let found = router.lookup("GET", &target, &mut path);
    prop_assert!(matches!(found, Lookup::Found(_)), "{target}: {found:?}");
    let source = Source {
        target: &target,
        path: &path,
        fields: &(),
    };
    let params = Params::of(&template, source);
    for values in [params.path(), params.query()] {
        match values.get(param) {
            Ok(read) => prop_assert_eq!(&read, value),
            Err(error) => prop_assert!(false, "{}", error),
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_url_is_built_from_is_read_back(
        uuid in any::<u128>(),
        offset in any::<i64>(),
        count in any::<u8>(),
        limit in 1..=100_u32,
        weight in any::<f32>().prop_filter("finite", |float| float.is_finite()),
        deep in any::<bool>(),
        text in "[^\0]{1,12}".prop_filter("no dots", |text| text != "." && text != ".."),
        time in (0..=9999_u16, 1..=12_u8, 1..=28_u8, 0..24_u8, 0..60_u8, 0..60_u8, 0..1_000_000_000_u32, -1439..1440_i32),
    ) {
        round_trip(ID, &Uuid::from_u128(uuid))?;
        round_trip(OFFSET, &offset)?;
        round_trip(COUNT, &count)?;
        round_trip(LIMIT, &limit)?;
        round_trip(WEIGHT, &weight)?;
        round_trip(DEEP, &deep)?;
        round_trip(OWNED, &text)?;
        let (year, month, day, hour, minute, second, nano, offset) = time;
        let sign = if offset < 0 { '-' } else { '+' };
        let moment = format!(
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{nano:09}{sign}{:02}:{:02}",
            offset.abs() / 60, offset.abs() % 60,
        );
        let moment = DateTime::parse(&moment).expect("a moment");
        round_trip(SINCE, &moment)?;
        round_trip(BORN, &moment.date())?;
    }
}
