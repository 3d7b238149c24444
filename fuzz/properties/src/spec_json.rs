use brrtrouter_spec::Loader;
use serde_json::Value;

use crate::input;

/// What a strict loader refuses although it is JSON: keys that stand twice, integers beyond 64 bits,
/// and what is nested too deeply.
const REFUSED: &[&str] = &["B0103", "B0104", "B0111", "B0117"];

/// The JSON loader: what is well-formed and has no key twice is read as `serde_json` reads it.
pub fn spec_json(bytes: &[u8]) {
    let Some(text) = input::read::<&str>(bytes) else {
        return;
    };
    let found = Loader::new().strict(true).value(text, "fuzz.json");
    // A byte order mark is no part of the text.
    let expected = serde_json::from_str::<Value>(text.strip_prefix('\u{feff}').unwrap_or(text));
    match (found, expected) {
        (Ok(value), Ok(expected)) => assert_eq!(value, expected),
        (Ok(_), Err(error)) => panic!("taken although it is not JSON: {error}"),
        (Err(told), Ok(_)) => {
            for error in told.errors() {
                assert!(REFUSED.contains(&error.code), "{error}");
            }
        }
        (Err(told), Err(_)) => assert!(told.errors().count() > 0),
    }
}
