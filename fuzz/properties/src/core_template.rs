use brrtrouter_core::{Fate, Lookup, PathParams, Router, Template};

use crate::input;

/// Whatever a template is, it is read or refused; one that is read makes paths that lead back to it,
/// and a path that it has in common with another one is a path of both.
pub fn core_template(bytes: &[u8]) {
    let Some(input) = input::read::<(&str, &str, &str, Vec<&str>)>(bytes) else {
        return;
    };
    let (text, other, target, values) = input;
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
        assert!(
            is_long || matches!(found, Lookup::Found(_)),
            "{path:?}: {found:?}"
        );
    }
    explain(&router, target);
    let both = Router::builder()
        .route("GET", text, 0)
        .route("GET", other, 1)
        .build();
    if let Ok(both) = both {
        explain(&both, target);
        assert!(both.to_string().contains("GET"));
        for crossing in both.ambiguities() {
            let mut params = PathParams::new();
            let found = both.lookup("GET", &crossing.witness, &mut params);
            let is_winner =
                matches!(found, Lookup::Found(own) if own.route == crossing.winner.route);
            assert!(is_winner, "{crossing}: {found:?}");
        }
    }
}

fn explain(router: &Router, target: &str) {
    let explanation = router.explain("GET", target);
    let _ = explanation.to_string();
    let mut candidates = explanation.candidates.iter();
    let winner = candidates.find(|one| one.fate == Fate::Wins);
    let is_found = matches!(explanation.lookup, Lookup::Found(_));
    assert_eq!(is_found, winner.is_some(), "{explanation}");
}
