//! Whatever a template is, it is read or refused; one that is read makes paths that lead back to it.
#![no_main]

use brrtrouter_core::{Lookup, PathParams, Router, Template};

libfuzzer_sys::fuzz_target!(|input: (&str, Vec<&str>)| {
    let (text, values) = input;
    let Ok(template) = Template::parse(text) else {
        return;
    };
    let router = Router::builder()
        .route("GET", text, 7)
        .build()
        .expect("what is read is routed");
    let values: Vec<(&str, &str)> = template.names().zip(values).collect();
    if let Ok(path) = template.expand(&values) {
        let mut params = PathParams::new();
        let found = router.lookup("GET", &path, &mut params);
        let is_long = path.len() > brrtrouter_core::path::LONGEST_PATH
            || path.matches('/').count() > brrtrouter_core::path::MOST_SEGMENTS;
        assert!(is_long || matches!(found, Lookup::Found(_)), "{path:?}: {found:?}");
    }
});
