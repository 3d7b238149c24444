use brrtrouter_spec::{Diagnostic, Loader};

use crate::input;

/// The whole of loading: whatever a text describes, it loads or has faults, each with its place; and
/// what was loaded loads again, unchanged, from what it was written out as.
pub fn spec_load(bytes: &[u8]) {
    let Some(text) = input::read::<&str>(bytes) else {
        return;
    };
    match Loader::new().lint(true).load_str(text, "fuzz.yaml") {
        Ok(spec) => {
            have_places(&spec.diagnostics, text);
            for operation in spec.operations.iter().chain(&spec.webhooks) {
                assert!(operation.location.is_some());
            }
            let written = spec.document.root().to_string();
            let again = Loader::new().load_str(written, "fuzz.json");
            let again = again.unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(again.document.root(), spec.document.root());
            assert_eq!(again.operations.len(), spec.operations.len());
            assert_eq!(again.webhooks.len(), spec.webhooks.len());
        }
        Err(error) => {
            assert!(error.errors().count() > 0);
            have_places(error.diagnostics(), text);
        }
    }
}

fn have_places(diagnostics: &[Diagnostic], text: &str) {
    let lines = input::lines(text);
    for diagnostic in diagnostics {
        let location = diagnostic.location.as_ref();
        let is_within = location.is_some_and(|at| (1..=lines).contains(&at.line) && at.column > 0);
        // That others are not listed has no place.
        assert!(is_within || diagnostic.code == "B0999", "{diagnostic}");
    }
}
