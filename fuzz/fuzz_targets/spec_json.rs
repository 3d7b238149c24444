//! The JSON loader: what is well-formed and has no key twice is read as `serde_json` reads it.

#![no_main]

use brrtrouter_spec::Loader;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let told = Loader::new().value(text, "fuzz.json");
    match (told, serde_json::from_str::<serde_json::Value>(text.trim_start_matches('\u{feff}'))) {
        (Ok(value), Ok(expected)) if !text.contains("\":") => assert_eq!(value, expected),
        (Ok(_), Err(error)) => panic!("taken although it is not JSON: {error}"),
        (Err(told), Ok(_)) => {
            for error in told.errors() {
                assert!(["B0103", "B0104"].contains(&error.code), "{error}");
            }
        }
        _ => {}
    }
});
