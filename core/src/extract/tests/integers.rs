//! Integers, which are read where they are found: they are what the long way makes of them, however they
//! are asked for.

use std::fmt::Debug;

use serde::de::DeserializeOwned;

use super::*;
use crate::extract::{ParameterError, Parameters};

const TEXTS: [&str; 22] = [
    "0",
    "7",
    "-7",
    "-0",
    "007",
    "127",
    "-128",
    "128",
    "255",
    "256",
    "12345678",
    "123456789",
    "-12345678",
    "999999999999999999",
    "1000000000000000000",
    "9223372036854775808",
    "-9223372036854775809",
    "%37",
    "7x",
    "x",
    "1.5",
    "1234567%38",
];

fn shown<T>(outcome: Result<T, ParameterError<'_>>) -> Result<T, String> {
    outcome.map_err(|error| error.to_string())
}

#[derive(Debug, PartialEq, Deserialize)]
struct Wrapped<T>(T);

/// Asks for the only parameter in every way.
#[track_caller]
fn ask<T: DeserializeOwned + Debug + PartialEq>(found: &Parameters<'_>, place: Place) {
    let value = found.get(0).expect("it is there");
    let expected = shown(T::deserialize(value));
    assert_eq!(shown(found.deserialize::<T>(place)), expected);
    let wrapped = found.deserialize::<Wrapped<T>>(place).map(|one| one.0);
    assert_eq!(shown(wrapped), expected);
    ask_within::<T>(found, place);
}

/// Asks for the only parameter as a part of something.
#[track_caller]
fn ask_within<T: DeserializeOwned + Debug + PartialEq>(found: &Parameters<'_>, place: Place) {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Named<T> {
        a: T,
    }

    let value = found.get(0).expect("it is there");
    let expected = shown(T::deserialize(value));
    let named = found.deserialize::<Named<T>>(place).map(|named| named.a);
    assert_eq!(shown(named), expected);
    let optional = found.deserialize::<Named<Option<T>>>(place);
    let optional = optional.map(|named| named.a.expect("it is there"));
    assert_eq!(shown(optional), expected);
    let wrapped = found.deserialize::<Named<Wrapped<T>>>(place);
    assert_eq!(shown(wrapped.map(|named| named.a.0)), expected);
    let tuple = found.deserialize::<(T,)>(place).map(|one| one.0);
    assert_eq!(shown(tuple), expected);
    let map = found.deserialize::<BTreeMap<String, T>>(place);
    assert_eq!(
        shown(map.map(|mut map| map.remove("a"))),
        expected.map(Some)
    );
}

fn ask_for_all(found: &Parameters<'_>, place: Place) {
    ask::<u8>(found, place);
    ask::<i8>(found, place);
    ask::<u16>(found, place);
    ask::<i32>(found, place);
    ask::<u64>(found, place);
    ask::<i64>(found, place);
    ask::<u128>(found, place);
    ask::<i128>(found, place);
    ask::<f64>(found, place);
    ask::<bool>(found, place);
    ask::<String>(found, place);
    // All parameters together are a map to whoever takes anything.
    ask_within::<Value>(found, place);
}

/// What the long way says of a text within the bounds below.
fn fault(text: &str) -> Option<&'static str> {
    let decoded = text.replace("%37", "7").replace("%38", "8");
    match decoded.parse::<i128>() {
        Err(_) => Some("is not an integer"),
        Ok(..-100) => Some("is not at least -100"),
        Ok(100_001..) => Some("is not at most 100000"),
        Ok(_) => None,
    }
}

#[test]
fn an_integer_is_the_same_however_it_is_asked_for() {
    let schema = json!({ "type": "integer", "minimum": -100, "maximum": 100_000 });
    let of = |template, place: &str| {
        extractors(
            template,
            &json!([{ "name": "a", "in": place, "schema": schema }]),
        )
    };
    let in_path = of("/items/{a}", "path");
    let in_query = of("/", "query");
    let at_once = of("/{a}", "path");
    let router = Router::builder()
        .route("GET", "/items/{a}", 0)
        .route("GET", "/{a}", 1)
        .route("GET", "/", 2)
        .build()
        .expect("sound routes");
    for text in TEXTS {
        for (target, extractors, place) in [
            (format!("/items/{text}"), &in_path, Place::Path),
            (format!("/{text}"), &at_once, Place::Path),
            (format!("/?a={text}"), &in_query, Place::Query),
            (format!("/?b=1&a={text}&"), &in_query, Place::Query),
        ] {
            let mut path = PathParams::new();
            let found = router.lookup("GET", &target, &mut path);
            assert!(matches!(found, Lookup::Found(_)), "{target}: {found:?}");
            let mut slots = crate::Slots::new();
            let found = extractors.extract(Source::new(&target, &path, &()), &mut slots);
            ask_for_all(&found, place);
            let mut faults = Vec::new();
            found.check(&mut |error| faults.push(error.kind.to_string()));
            // Beyond 64 bits another bound is named, since no type has more.
            let is_long = text.trim_start_matches('-').len() > 18;
            match fault(text) {
                Some(_) if is_long => assert_eq!(faults.len(), 1, "{target}"),
                fault => assert_eq!(faults, Vec::from_iter(fault), "{target}"),
            }
            assert!(!found.is_sound() || faults.is_empty(), "{target}");
        }
    }
}

#[test]
fn slots_that_were_used_before_hold_nothing_of_it() {
    let schema = json!({ "type": "integer" });
    let parameters = json!([
        { "name": "b", "in": "query", "schema": schema },
        { "name": "a", "in": "query", "schema": schema },
    ]);
    let extractors = extractors("/", &parameters);
    let path = PathParams {
        end: 1,
        ..PathParams::new()
    };
    let mut slots = crate::Slots::new();
    for (target, a, b, count) in [
        ("/?a=1&b=2", Some(1), Some(2), 0),
        ("/?a=3", Some(3), None, 0),
        ("/", None, None, 0),
        ("/?b=4", None, Some(4), 0),
        ("/?a=5&a=6&b=7", None, Some(7), 1),
        ("/?a=8&b=9", Some(8), Some(9), 0),
    ] {
        let found = extractors.extract(Source::new(target, &path, &()), &mut slots);
        let read = |name| {
            let value = found.named(Place::Query, name)?;
            i64::deserialize(value).ok()
        };
        assert_eq!((read("a"), read("b")), (a, b), "{target}");
        let mut faults = 0;
        found.check(&mut |_| faults += 1);
        assert_eq!(faults, count, "{target}");
    }
}
