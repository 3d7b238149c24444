//! The whole of loading: whatever a text describes, it loads or has faults, and what was loaded
//! loads again from what it was written out as.

#![no_main]

use brrtrouter_spec::Loader;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Loader::new().lint(true).load_str(text, "fuzz.yaml") {
        Ok(spec) => {
            for operation in &spec.operations {
                assert!(operation.location.is_some());
            }
            let written = spec.document.root().to_string();
            let again = Loader::new().load_str(written, "fuzz.json");
            let again = again.unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(again.operations.len(), spec.operations.len());
        }
        Err(error) => assert!(error.errors().count() > 0),
    }
});
