//! What descriptors do without an allocator; in a build that has one, the same must come of it.

#![allow(clippy::expect_used)]

use std::fmt::{self, Write};

use brrtrouter_core::{
    Date, Encoded, Frozen, Lookup, NamedValue, Param, ParamFault, Params, PathParams, Router,
    Source, Template, TemplateRef, UrlError,
};
use proptest::prelude::*;
use uuid::Uuid;

const ID: Param<Uuid> = Param::new("id");
const NAME: Param<str> = Param::new("name");
const KIND: Param<str> = Param::new("kind");
const LIMIT: Param<u8> = Param::new("limit").at_most(100);
const DAY: Param<Date> = Param::new("day");
const REST: Param<str> = Param::new("rest");

const HELLO: TemplateRef<'_> = TemplateRef::new("/v1/{id}/hello", &[&ID]).unwrap();
const PHOTO: TemplateRef<'_> =
    TemplateRef::new("/a b/{name}.{kind}/{*rest}", &[&REST, &KIND, &NAME]).unwrap();

/// So many bytes of memory and no more.
struct Room<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Room<N> {
    fn new() -> Self {
        let bytes = [0; N];
        Self { bytes, len: 0 }
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).expect("a url is ascii")
    }
}

impl<const N: usize> Write for Room<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        let place = self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?;
        place.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

#[test]
fn templates_of_a_program_show_the_types_of_their_parameters() {
    assert_eq!(HELLO.to_string(), "/v1/{id:uuid}/hello");
    assert_eq!(HELLO.as_str(), "/v1/{id}/hello");
    assert_eq!(
        PHOTO.to_string(),
        "/a b/{name:string}.{kind:string}/{*rest:string}"
    );
    assert_eq!(PHOTO.names().collect::<Vec<_>>(), ["name", "kind", "rest"]);
    let half = TemplateRef::new("/{id}/{other}", &[&ID, &LIMIT]).expect("a template");
    assert_eq!(half.to_string(), "/{id:uuid}/{other}");
}

#[test]
fn urls_are_written_into_whatever_there_is() {
    let id = Uuid::from_u128(10);
    let mut room = Room::<64>::new();
    let written = HELLO.write_url(&mut room, &[&ID.with(&id)], &[]);
    assert_eq!(written, Ok(()));
    assert_eq!(
        room.text(),
        "/v1/00000000-0000-0000-0000-00000000000a/hello"
    );

    let mut room = Room::<128>::new();
    let path: [&dyn NamedValue<'_>; 3] =
        [&REST.with("x/y z"), &NAME.with("é/."), &KIND.with("j+g")];
    let day = Date::new(2024, 2, 29).expect("a day");
    let query: [&dyn NamedValue<'_>; 3] = [&DAY.with(&day), &NAME.with("a&b+c"), &LIMIT.with(&100)];
    assert_eq!(PHOTO.write_url(&mut room, &path, &query), Ok(()));
    assert_eq!(
        room.text(),
        "/a%20b/%C3%A9%2F..j+g/x/y%20z?day=2024-02-29&name=a%26b%2Bc&limit=100"
    );
    let wrong: [(&[&dyn NamedValue<'_>], UrlError<&str>); 7] = [
        (&path[..2], UrlError::Missing("kind")),
        (&[&LIMIT.with(&1)], UrlError::Unknown("limit")),
        (&[&NAME.with(""), path[0], path[2]], UrlError::Empty("name")),
        (
            &[&NAME.with("a\0"), path[0], path[2]],
            UrlError::Nul("name"),
        ),
        (
            &[path[1], path[2], &REST.with("a/..")],
            UrlError::DotSegment(".."),
        ),
        (
            &[path[1], path[2], &REST.with("/a")],
            UrlError::Ambiguous("{*rest}"),
        ),
        (
            &[path[0], path[1], &KIND.with("tar.gz")],
            UrlError::Ambiguous("{name}.{kind}"),
        ),
    ];
    for (path, error) in wrong {
        assert_eq!(PHOTO.write_url(&mut String::new(), path, &[]), Err(error));
    }
    let fault = PHOTO.write_url(&mut String::new(), &path, &[&LIMIT.with(&101)]);
    assert_eq!(
        fault.expect_err("too large").to_string(),
        r#"the value of "limit" is not at most 100"#
    );
    for len in 0..room.len {
        struct Short(usize);
        impl Write for Short {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.0 = self.0.checked_sub(text.len()).ok_or(fmt::Error)?;
                Ok(())
            }
        }
        let written = PHOTO.write_url(&mut Short(len), &path, &query);
        assert_eq!(written, Err(UrlError::Full), "{len}");
    }
}

#[test]
fn parameters_of_frozen_routes_are_read_by_descriptor() {
    let router = Router::builder()
        .route("GET", "/v1/{id}/{name}", 3)
        .route("GET", "/{limit}", 5)
        .build()
        .expect("routes");
    let tables = router.freeze();
    let frozen = Frozen::load(tables.as_words()).expect("tables");
    let target =
        "/v1/0193d2a8-0f3b-7c57-b5a1-00000000000a/d%C3%A9j%C3%A0%20vu?limit=7&kind=a+b&rest=%ff";
    let mut path = PathParams::new();
    let Lookup::Found(found) = frozen.lookup("GET", target, &mut path) else {
        unreachable!("there is a route")
    };
    let params = Params::frozen(&frozen, found.route, Source::new(target, &path, &()));
    let id = params.get(ID).expect("a uuid");
    assert_eq!(id.to_string(), "0193d2a8-0f3b-7c57-b5a1-00000000000a");
    assert_eq!(params.get(LIMIT).expect("a limit"), 7);
    let name: Encoded<'_> = params.text(NAME).expect("a name");
    assert_eq!(name.to_string(), "déjà vu");
    assert!(name == "déjà vu" && name != "déjà");
    assert_eq!(name.raw(), b"d%C3%A9j%C3%A0%20vu");
    assert_eq!(name.as_plain(), None);
    assert_eq!(name.decode_into(&mut [0; 9]), Some("déjà vu"));
    assert_eq!(name.decode_into(&mut [0; 8]), None);
    assert_eq!(params.text(KIND).expect("a kind").to_string(), "a b");
    assert_eq!(
        params.query().text(LIMIT_TEXT).expect("it").as_plain(),
        Some("7")
    );
    assert_eq!(
        params.text(REST).expect_err("no text").fault,
        ParamFault::Encoding
    );
    assert!(
        params
            .text(Param::new("none"))
            .expect_err("none")
            .is_missing()
    );
}

const LIMIT_TEXT: Param<str> = Param::new("limit");

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_a_template_when_a_program_is_compiled_is_one_when_it_runs(
        text in "/?([{}*./%a?éC39\0-]|%C3|%A9|\\{a\\}|\\{b\\}){0,12}",
    ) {
        let read = Template::parse(&text);
        let borrowed = TemplateRef::new(&text, &[]);
        prop_assert_eq!(read.is_ok(), borrowed.is_some(), "{:?}: {:?}", text, read);
        if let (Ok(read), Some(borrowed)) = (read, borrowed) {
            prop_assert_eq!(read.names().collect::<Vec<_>>(), borrowed.names().collect::<Vec<_>>());
            prop_assert_eq!(read.to_string(), borrowed.to_string());
        }
    }
}
