//! Paths made from values lead back to them.

#![allow(clippy::expect_used)]

use brrtrouter_core::{Lookup, PathParams, Router, Template, UrlError};
use proptest::prelude::*;

fn expand(template: &str, values: &[(&str, &str)]) -> Result<String, UrlError<String>> {
    Template::parse(template)
        .expect("a template")
        .expand(values)
}

#[test]
fn values_that_would_not_come_back_are_refused() {
    let error = |template, values: &[_]| expand(template, values).expect_err("no path");
    let quoted = |text: &str| text.to_owned();
    assert_eq!(error("/{a}", &[]), UrlError::Missing(quoted("a")));
    assert_eq!(
        error("/{a}", &[("a", "1"), ("b", "2")]),
        UrlError::Unknown(quoted("b"))
    );
    assert_eq!(error("/{a}", &[("a", "")]), UrlError::Empty(quoted("a")));
    assert_eq!(error("/{a}", &[("a", "\0")]), UrlError::Nul(quoted("a")));
    assert_eq!(error("/{a}", &[("a", "..")]), UrlError::DotSegment(".."));
    assert_eq!(error("/{a}.", &[("a", ".")]), UrlError::DotSegment(".."));
    assert_eq!(
        error("/{a}.{b}", &[("a", "x"), ("b", "y.z")]),
        UrlError::Ambiguous(quoted("{a}.{b}"))
    );
    assert_eq!(
        error("/{*a}", &[("a", "x/../y")]),
        UrlError::DotSegment("..")
    );
    assert_eq!(
        error("/{*a}", &[("a", "/x")]),
        UrlError::Ambiguous(quoted("{*a}"))
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
        template in prop::sample::select(vec![
            "/{a}", "/x/{a}/{b}", "/{a}.{b}", "/v{a}-{b}é", "/{a}/{*b}", "/{a}aa{b}", "/{a}a%2Ea{b}-",
        ]),
        a in "[a.%/é \u{1F980}-]{1,6}",
        b in "[a.%é \u{1F980}-]{1,6}",
    ) {
        let template = Template::parse(template).expect("a template");
        let all = [("a", a.as_str()), ("b", b.as_str())];
        let values = &all[..template.names().count()];
        let read = |path: &str| {
            let router = Router::builder().route("GET", template.as_str(), 0).build().expect("a route");
            let mut params = PathParams::new();
            match router.lookup("GET", path, &mut params) {
                Lookup::Found(_) => (0..values.len()).map(|index| decoded(params.raw(index, path)?)).collect(),
                _ => None,
            }
        };
        let put_in: Vec<&str> = values.iter().map(|(_, value)| *value).collect();
        match template.expand(values) {
            Ok(path) => prop_assert_eq!(read(&path), Some(put_in.iter().map(|&value| value.into()).collect()), "{}", path),
            // What is refused, encoded all the same, is read as something else.
            Err(UrlError::Ambiguous(_)) => {
                let path = encoded(template.as_str(), &a, &b);
                prop_assert_ne!(read(&path), Some(put_in.iter().map(|&value| value.to_owned()).collect::<Vec<_>>()), "{}", path);
            }
            Err(UrlError::DotSegment(_)) => {}
            Err(error) => prop_assert!(false, "{}", error),
        }
    }
}

/// A path of a template with `{a}` and `{b}`, whatever it is read as.
fn encoded(template: &str, a: &str, b: &str) -> String {
    let hex =
        |value: &str| -> String { value.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    template
        .replace("{*b}", b)
        .replace("{a}", &hex(a))
        .replace("{b}", &hex(b))
}

fn decoded(raw: &str) -> Option<String> {
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
    String::from_utf8(bytes).ok()
}
