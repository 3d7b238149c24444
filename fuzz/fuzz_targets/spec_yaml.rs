//! The YAML composer: any text is a value or has faults with places.

#![no_main]

use brrtrouter_spec::Loader;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(error) = Loader::new().value(text, "fuzz.yaml") {
        assert!(error.errors().count() > 0);
        let lines = text.lines().count().max(1) as u32 + 1;
        for diagnostic in error.diagnostics() {
            let location = diagnostic.location.as_ref().expect("a fault of a text has a place");
            assert!((1..=lines).contains(&location.line), "{diagnostic}");
        }
    }
});
