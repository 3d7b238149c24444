//! Another router finds the same routes, wherever both take the same templates.

#![allow(clippy::expect_used)]

#[path = "matchit/mod.rs"]
mod both;
#[allow(dead_code, reason = "no slash policy is asked for here")]
mod oracle;

use both::{Both, Said};
use oracle::{Slash, Verdict, judge};
use proptest::prelude::*;

/// Templates of few words, so that they meet; parameters are named by their place.
fn template(segment: &'static [&'static str]) -> impl Strategy<Value = String> {
    let segments = prop::collection::vec(prop::sample::select(segment), 1..5);
    (segments, 0..8_u8).prop_map(|(segments, rest)| {
        let mut text = String::new();
        for (place, segment) in segments.into_iter().enumerate() {
            text.push('/');
            text.push_str(&segment.replace("{}", &format!("{{p{place}}}")));
        }
        if rest == 0 {
            text.push_str("/{*rest}");
        }
        text
    })
}

fn path() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "a",
        "b",
        "ab",
        "abc",
        "a.b",
        "b.a",
        "x",
        "longer-than-sixteen-bytes",
    ];
    prop::collection::vec(prop::sample::select(WORDS), 1..6)
        .prop_map(|segments| format!("/{}", segments.join("/")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whole_segments_are_routed_alike(
        templates in prop::collection::vec(
            template(&["a", "b", "ab", "abc", "longer-than-sixteen-bytes", "{}", "{}"]), 1..16,
        ),
        paths in prop::collection::vec(path(), 1..40),
    ) {
        let numbered = templates.iter().enumerate();
        let both = Both::new(numbered.map(|(number, text)| (number as u32, text.as_str())));
        for path in &paths {
            let said = both.ask(path).map_err(TestCaseError::fail)?;
            prop_assert_ne!(said, Said::FoundHereOnly, "{} of {:?}", path, templates);
        }
    }

    #[test]
    fn suffixes_that_both_find_are_the_same(
        templates in prop::collection::vec(template(&["a", "b", "{}.b", "{}.a", "{}"]), 1..8),
        paths in prop::collection::vec(path(), 1..40),
    ) {
        let numbered = templates.iter().enumerate();
        let both = Both::new(numbered.map(|(number, text)| (number as u32, text.as_str())));
        for path in &paths {
            // It does not go back to a wider segment, and may find another that the rules put behind.
            if both.ask(path).is_err() {
                let own = both.own(path).map_or(Verdict::NotFound, |(route, captured)| {
                    let place = both.taken.iter().position(|(number, _)| *number == route);
                    let captured = captured.into_iter().map(str::to_owned).collect();
                    Verdict::Found(place.unwrap_or(usize::MAX), captured, false)
                });
                let taken = both.taken.iter().map(|(_, template)| ("GET", template.as_str()));
                let taken: Vec<(&str, &str)> = taken.collect();
                prop_assert_eq!(own, judge(&taken, Slash::Strict, "GET", path), "{}", path);
            }
        }
    }
}

#[test]
fn a_suffix_beside_a_parameter_is_found_here() {
    let both = Both::new([(0, "/{a}.png/x"), (1, "/{a}/y")].into_iter());
    assert_eq!(both.taken.len(), 2);
    assert_eq!(both.ask("/q.png/x"), Ok(Said::Found));
    assert_eq!(both.ask("/q/y"), Ok(Said::Found));
    assert_eq!(both.ask("/q.png/y"), Ok(Said::FoundHereOnly));
}
