//! Paths made from values lead back to them.

#![allow(clippy::expect_used)]

use brrtrouter_core::{ExpandError, Lookup, PathParams, Router, Template};
use proptest::prelude::*;

fn expand(template: &str, values: &[(&str, &str)]) -> Result<String, ExpandError> {
    Template::parse(template)
        .expect("a template")
        .expand(values)
}

#[test]
fn values_that_would_not_come_back_are_refused() {
    let error = |template, values: &[_]| expand(template, values).expect_err("no path");
    let quoted = |text: &str| text.to_owned();
    assert_eq!(error("/{a}", &[]), ExpandError::Missing(quoted("a")));
    assert_eq!(
        error("/{a}", &[("a", "1"), ("b", "2")]),
        ExpandError::Unknown(quoted("b"))
    );
    assert_eq!(error("/{a}", &[("a", "")]), ExpandError::Empty(quoted("a")));
    assert_eq!(error("/{a}", &[("a", "\0")]), ExpandError::Nul(quoted("a")));
    assert_eq!(
        error("/{a}", &[("a", "..")]),
        ExpandError::DotSegment(quoted(".."))
    );
    assert_eq!(
        error("/{a}.", &[("a", ".")]),
        ExpandError::DotSegment(quoted(".."))
    );
    assert_eq!(
        error("/{a}.{b}", &[("a", "x"), ("b", "y.z")]),
        ExpandError::Ambiguous(quoted("x.y.z"))
    );
    assert_eq!(
        error("/{*a}", &[("a", "x/../y")]),
        ExpandError::DotSegment(quoted(".."))
    );
    assert_eq!(
        error("/{*a}", &[("a", "/x")]),
        ExpandError::Ambiguous(quoted("/x"))
    );
}

#[test]
fn literals_and_values_are_encoded() {
    assert_eq!(
        expand("/a b/{x}/100%25", &[("x", "50% off/é")]),
        Ok("/a%20b/50%25%20off%2F%C3%A9/100%25".to_owned())
    );
    assert_eq!(
        expand("/s/{*rest}", &[("rest", "a/b c/")]),
        Ok("/s/a/b%20c/".to_owned())
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_lookup_captures_is_what_was_put_in(
        template in prop::sample::select(vec!["/{a}", "/x/{a}/{b}", "/{a}.{b}", "/v{a}-{b}é", "/{a}/{*b}"]),
        a in "[a.%/é \u{1F980}-]{1,6}",
        b in "[a.%é \u{1F980}-]{1,6}",
    ) {
        let template = Template::parse(template).expect("a template");
        let all = [("a", a.as_str()), ("b", b.as_str())];
        let values = &all[..template.names().count()];
        if let Ok(path) = template.expand(values) {
            let router = Router::builder().route("GET", template.as_str(), 0).build().expect("a route");
            let mut params = PathParams::new();
            prop_assert!(matches!(router.lookup("GET", &path, &mut params), Lookup::Found(_)), "{path}");
            for (index, (_, value)) in values.iter().enumerate() {
                let raw = params.raw(index, &path).expect("a capture");
                prop_assert_eq!(&decoded(raw), value);
            }
        }
    }
}

fn decoded(raw: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = raw.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%' {
            let digits = std::str::from_utf8(&tail[..2]).expect("two digits");
            bytes.push(u8::from_str_radix(digits, 16).expect("hex digits"));
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).expect("utf-8")
}
