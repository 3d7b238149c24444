use brrtrouter_spec::Loader;

use crate::input;

/// The YAML composer: any text is a value or has faults with places.
pub fn spec_yaml(bytes: &[u8]) {
    let Some(text) = input::read::<&str>(bytes) else {
        return;
    };
    if let Err(error) = Loader::new().strict(true).value(text, "fuzz.yaml") {
        assert!(error.errors().count() > 0);
        let lines = input::lines(text);
        for diagnostic in error.diagnostics() {
            let location = diagnostic
                .location
                .as_ref()
                .expect("a fault of a text has a place");
            assert!((1..=lines).contains(&location.line), "{diagnostic}");
        }
    }
}
