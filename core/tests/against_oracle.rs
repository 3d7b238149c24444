//! The router and the rules agree, on small worlds where everything collides.

#![allow(clippy::expect_used, clippy::panic)]

#[path = "oracle/adversarial.rs"]
mod adversarial;
mod oracle;

use brrtrouter_core::{Fate, Lookup, PathParams, Router, TrailingSlash};
use oracle::{Slash, Verdict, judge};
use proptest::prelude::*;

/// What the router says, in the oracle's words.
fn ask(router: &Router, method: &str, target: &str) -> Verdict {
    let mut params = PathParams::new();
    let names = |value: &str| value.split(", ").map(str::to_owned).collect::<Vec<_>>();
    match router.lookup(method, target, &mut params) {
        Lookup::Found(found) => Verdict::Found(
            found.route as usize,
            (0..params.len())
                .map(|index| params.raw(index, target).expect("a capture").to_owned())
                .collect(),
            found.head_from_get,
        ),
        Lookup::Options(allow) => Verdict::Options(names(allow.header_value())),
        Lookup::NotFound => Verdict::NotFound,
        Lookup::MethodNotAllowed(allow) => Verdict::NotAllowed(names(allow.header_value())),
        Lookup::Redirect(redirect) => Verdict::Redirect(redirect.location(target).to_string()),
        Lookup::BadPath(_) => Verdict::Bad,
        other => panic!("{other:?}"),
    }
}

/// The winner that is explained is the one that answers, and those that lose match as well.
fn check_explanation(
    router: &Router,
    slash: Slash,
    method: &str,
    target: &str,
) -> Result<(), TestCaseError> {
    let explanation = router.explain(method, target);
    let mut candidates = explanation.candidates.iter();
    let winner = candidates.find(|one| one.fate == Fate::Wins);
    match explanation.lookup {
        Lookup::Found(found) => {
            let winner = winner.map(|winner| winner.route.route);
            prop_assert_eq!(winner, Some(found.route), "{}", explanation);
        }
        _ => prop_assert_eq!(winner, None, "{}", explanation),
    }
    for candidate in &explanation.candidates {
        let own = candidate.route;
        let alone = judge(
            &[(own.method, own.template)],
            slash,
            own.method,
            &explanation.path,
        );
        let is_right = match candidate.fate {
            Fate::Fails(_) => !matches!(alone, Verdict::Found(..)),
            Fate::OtherEnd => matches!(alone, Verdict::Redirect(_)),
            _ => matches!(alone, Verdict::Found(..)),
        };
        prop_assert!(is_right, "{} is {:?} in {}", own, alone, explanation);
    }
    Ok(())
}

fn segment() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        6 => prop::sample::select(vec!["a", "b", "ab", "a.b", "aab", "abcdefgh", "abcdefghi",
            "abcdefghijklmnopqr", "abcdefghijklmnopqs", "%61", "é", "%C3%A9", ""]),
        4 => Just("{}"),
        4 => prop::sample::select(vec!["a{}", "{}b", "{}.b", "a{}b", "{}.{}", "{}a{}", "{}.{}.b",
            "a{}b{}", "{}é", "{}%2E{}"]),
    ]
}

/// A template with parameters that have names of their own.
fn template() -> impl Strategy<Value = String> {
    (prop::collection::vec(segment(), 1..5), 0..8u8).prop_map(|(segments, rest)| {
        let mut text = String::new();
        for segment in segments {
            text.push('/');
            text.push_str(segment);
        }
        if rest == 0 {
            text.push_str("/{*}");
        }
        let mut named = String::new();
        for (number, part) in text.split('{').enumerate() {
            if number > 0 {
                named.push('{');
                match part.strip_prefix('*') {
                    Some(part) => named.push_str(&format!("*p{number}{part}")),
                    None => named.push_str(&format!("p{number}{part}")),
                }
            } else {
                named.push_str(part);
            }
        }
        named
    })
}

fn path_segment() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(vec!["a", "b", "ab", "a.b", "aab", "abcdefgh", "abcdefghi",
            "abcdefghijklmnopqr", "abcdefghijklmnopqs", "abcdefghXXXXXXlmnopqr", "%61", "é",
            "%c3%a9", "x", "aXb", "", "a.b.c", "%2F", "a%2Eb", "...", ".b", "b.", "a%62"])
            .prop_map(str::to_owned),
        1 => prop::sample::select(vec![".", "..", "%2e", "%zz", "%", "%ff", "%00", "\0"])
            .prop_map(str::to_owned),
        1 => "[ab.%é]{0,5}",
    ]
}

fn target() -> impl Strategy<Value = String> {
    prop_oneof![
        20 => (prop::collection::vec(path_segment(), 1..6), prop::option::of("[a/?%.]{0,4}"))
            .prop_map(|(segments, query)| {
                let mut text = String::new();
                for segment in segments {
                    text.push('/');
                    text.push_str(&segment);
                }
                if let Some(query) = query {
                    text.push('?');
                    text.push_str(&query);
                }
                text
            }),
        1 => "[/a.%*?]{0,40}",
        1 => Just("*".to_owned()),
        1 => (0..40usize).prop_map(|count| "/a".repeat(count)),
    ]
}

fn method() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "GET", "GET", "GET", "POST", "HEAD", "OPTIONS", "PURGE",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_request_gets_what_the_rules_say(
        routes in prop::collection::vec((method(), template()), 1..14),
        slash in prop::sample::select(vec![Slash::Strict, Slash::Redirect, Slash::Ignore]),
        requests in prop::collection::vec((method(), target()), 1..40),
    ) {
        let mut kept: Vec<(&str, &str)> = Vec::new();
        for (method, template) in &routes {
            let mut all = kept.clone();
            all.push((method, template));
            let mut builder = Router::builder();
            for (number, (method, template)) in all.iter().enumerate() {
                builder.add(method, template, number as u32);
            }
            // What is refused is refused for its shape or its form alone.
            if builder.build().is_ok() {
                kept = all;
            }
        }
        let mut builder = Router::builder().trailing_slash(match slash {
            Slash::Strict => TrailingSlash::Strict,
            Slash::Redirect => TrailingSlash::Redirect,
            Slash::Ignore => TrailingSlash::Ignore,
        });
        for (number, (method, template)) in kept.iter().enumerate() {
            builder.add(method, template, number as u32);
        }
        let router = builder.build().expect("what was kept");
        for (number, (method, target)) in requests.iter().enumerate() {
            prop_assert_eq!(
                ask(&router, method, target),
                judge(&kept, slash, method, target),
                "{} {} in {:?}", method, target, kept
            );
            // Which are slower by far, so not of each.
            if number % 8 == 0 {
                check_explanation(&router, slash, method, target)?;
            }
        }
        for crossing in router.ambiguities().into_iter().take(3) {
            for own in [crossing.winner, crossing.loser] {
                let alone = Router::builder().route(own.method, own.template, 0).build();
                let found = ask(&alone.expect("one of them"), own.method, &crossing.witness);
                prop_assert!(matches!(found, Verdict::Found(..)), "{}", crossing);
            }
            let both = Router::builder()
                .route(crossing.winner.method, crossing.winner.template, 0)
                .route(crossing.loser.method, crossing.loser.template, 1)
                .build();
            let found = ask(&both.expect("both of them"), crossing.winner.method, &crossing.witness);
            prop_assert!(matches!(found, Verdict::Found(0, ..)), "{}", crossing);
        }
    }
}
