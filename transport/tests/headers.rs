//! What may stand in an answer's fields, and in which order it goes on the wire.

#![allow(clippy::unwrap_used)]

use brrtrouter_transport::header::TRANSPORT_OWNED;
use brrtrouter_transport::{HeaderLine, Headers, InvalidHeader};

const NO_STORE: HeaderLine = HeaderLine::from_static("cache-control: no-store\r\n");
static EMPTY: HeaderLine = HeaderLine::from_static("x-empty: \r\n");

fn headers(fields: &[(&str, &str)]) -> Headers {
    let mut headers = Headers::new();
    for (name, value) in fields {
        headers.append(name, value).unwrap();
    }
    headers
}

fn pairs(headers: &Headers) -> Vec<(&str, &str)> {
    headers.iter().collect()
}

#[test]
fn fields_go_on_the_wire_in_the_order_they_were_appended() {
    let headers = headers(&[("Location", "/pets/7"), ("etag", "\"1\""), ("X-A", "")]);
    assert_eq!(
        headers.wire(),
        "Location: /pets/7\r\netag: \"1\"\r\nX-A: \r\n"
    );
    assert_eq!(headers.len(), 3);
    assert!(!headers.is_empty());
}

#[test]
fn append_keeps_fields_of_the_same_name() {
    let headers = headers(&[
        ("set-cookie", "a=1"),
        ("vary", "origin"),
        ("Set-Cookie", "b=2"),
    ]);
    assert_eq!(
        pairs(&headers),
        [
            ("set-cookie", "a=1"),
            ("vary", "origin"),
            ("Set-Cookie", "b=2")
        ]
    );
    assert_eq!(headers.get("SET-COOKIE"), Some("a=1"));
    assert!(headers.contains("Vary"));
    assert_eq!(headers.get("var"), None);
}

#[test]
fn set_takes_the_place_of_all_of_that_name_at_the_end() {
    let mut headers = headers(&[("a", "1"), ("b", "2"), ("A", "3"), ("c", "4")]);
    headers.set("A", "5").unwrap();
    assert_eq!(pairs(&headers), [("b", "2"), ("c", "4"), ("A", "5")]);
    assert_eq!(headers.wire(), "b: 2\r\nc: 4\r\nA: 5\r\n");
}

#[test]
fn remove_takes_out_every_field_of_that_name_and_moves_the_others_up() {
    let mut headers = headers(&[
        ("a", "1"),
        ("b", "22"),
        ("a", "333"),
        ("c", "4"),
        ("A", "5"),
    ]);
    assert!(headers.remove("a"));
    assert!(!headers.remove("a"));
    assert_eq!(headers.wire(), "b: 22\r\nc: 4\r\n");
    assert_eq!(pairs(&headers), [("b", "22"), ("c", "4")]);
    headers.append("d", "6").unwrap();
    assert_eq!(headers.get("d"), Some("6"));
}

#[test]
fn more_fields_than_fit_inline_stay_in_order() {
    let mut headers = Headers::new();
    for number in 0..100 {
        headers.append("x-n", &number.to_string()).unwrap();
    }
    let values: Vec<String> = headers.iter().map(|(_, value)| value.to_owned()).collect();
    let expected: Vec<String> = (0..100).map(|number: i32| number.to_string()).collect();
    assert_eq!(values, expected);
    headers.clear();
    assert!(headers.is_empty());
    assert_eq!(headers.wire(), "");
}

#[test]
fn names_that_are_no_tokens_are_refused() {
    for name in [
        "", " a", "a ", "a b", "a:", "a\r\nb", "é", "a\0", "(a)", "a/b", "a,b",
    ] {
        assert_eq!(
            Headers::new().append(name, "v"),
            Err(InvalidHeader::Name(name.to_owned())),
            "{name:?}"
        );
        assert!(HeaderLine::new(name, "v").is_err(), "{name:?}");
    }
    assert!(Headers::new().append("!#$%&'*+-.^_`|~09azAZ", "v").is_ok());
}

#[test]
fn values_that_could_end_the_line_are_refused_and_leave_the_fields_as_they_were() {
    let mut headers = headers(&[("a", "1")]);
    for value in [
        "\r",
        "\n",
        "x\r\nset-cookie: a",
        "\0",
        "a\u{7f}",
        "\u{1b}[0m",
        "\u{b}",
    ] {
        let refused = InvalidHeader::Value {
            name: "a".to_owned(),
            value: value.to_owned(),
        };
        assert_eq!(
            headers.append("a", value),
            Err(refused.clone()),
            "{value:?}"
        );
        assert_eq!(headers.set("a", value), Err(refused), "{value:?}");
        assert!(HeaderLine::new("a", value).is_err(), "{value:?}");
    }
    assert_eq!(headers.wire(), "a: 1\r\n");
}

#[test]
fn values_may_hold_tabs_and_text_beyond_ascii() {
    let headers = headers(&[("a", "tab\there"), ("b", "größer")]);
    assert_eq!(headers.wire(), "a: tab\there\r\nb: größer\r\n");
}

#[test]
fn fields_of_framing_and_connection_are_the_transports() {
    for owned in TRANSPORT_OWNED {
        for name in [owned.to_owned(), owned.to_uppercase()] {
            let refused = Err(InvalidHeader::TransportOwned(name.clone()));
            assert_eq!(Headers::new().append(&name, "1"), refused);
            assert_eq!(Headers::new().set(&name, "1"), refused);
            assert!(HeaderLine::new(&name, "1").is_err());
        }
    }
    for owned in ["content-length", "transfer-encoding", "connection", "date"] {
        assert!(TRANSPORT_OWNED.contains(&owned));
    }
    assert!(Headers::new().append("content-lengths", "1").is_ok());
}

#[test]
fn a_field_longer_than_the_limit_is_refused_with_the_start_of_its_name() {
    let long = "v".repeat(32 * 1024);
    assert_eq!(
        Headers::new().append("x-long", &long),
        Err(InvalidHeader::TooLong("x-long".to_owned()))
    );
    let name = "n".repeat(40_000);
    assert_eq!(
        Headers::new().append(&name, ""),
        Err(InvalidHeader::TooLong("n".repeat(64)))
    );
    assert!(Headers::new().append("x", &long[1..]).is_ok());
}

#[test]
fn errors_say_what_was_refused() {
    let error = Headers::new().append("a", "b\r\nc").unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"the value of "a" holds a control character: "b\r\nc""#
    );
    let error = Headers::new().append("Date", "now").unwrap_err();
    assert_eq!(error.to_string(), r#""Date" is written by the transport"#);
}

#[test]
fn a_constant_line_has_its_parts() {
    assert_eq!(NO_STORE.name(), "cache-control");
    assert_eq!(NO_STORE.value(), "no-store");
    assert_eq!(NO_STORE.wire(), "cache-control: no-store\r\n");
    assert_eq!((EMPTY.name(), EMPTY.value()), ("x-empty", ""));
}

#[test]
fn a_line_made_at_run_time_equals_the_constant() {
    assert_eq!(HeaderLine::new("cache-control", "no-store"), Ok(NO_STORE));
}

#[test]
fn lines_append_and_replace_like_fields() {
    let mut headers = headers(&[("Cache-Control", "private"), ("a", "1")]);
    headers.push_line(&NO_STORE);
    assert_eq!(headers.len(), 3);
    headers.set_line(&NO_STORE);
    assert_eq!(headers.wire(), "a: 1\r\ncache-control: no-store\r\n");
    headers.push_line(&EMPTY);
    assert_eq!(headers.get("x-empty"), Some(""));
}

#[test]
fn a_line_that_is_none_panics_where_it_stands() {
    for wire in [
        "",
        "\r\n",
        "a",
        "a:b\r\n",
        "a: b",
        "a: b\n",
        "a: b\r\nc: d\r\n",
        " a: b\r\n",
        "a : b\r\n",
        ": b\r\n",
        "a: b\0\r\n",
        "content-length: 5\r\n",
        "Connection: close\r\n",
    ] {
        let made = std::panic::catch_unwind(|| HeaderLine::from_static(wire));
        assert!(made.is_err(), "{wire:?}");
    }
}
