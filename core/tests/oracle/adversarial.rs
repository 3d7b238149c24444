//! Route sets made to be hard: the answers stay right, and tables and lookups stay bounded.

use crate::oracle::{Slash, Verdict, judge};
use brrtrouter_core::{Lookup, PathParams, Router};

/// A generator of numbers that is the same everywhere.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) % most
    }
}

/// Templates in which each segment is one of few literals or a parameter, at random.
fn crossing(count: usize, segments: u64, seed: u64) -> Vec<String> {
    let mut numbers = Numbers(seed);
    let mut templates = std::collections::BTreeMap::new();
    while templates.len() < count {
        let mut shape = String::new();
        let mut template = String::new();
        for segment in 0..segments {
            template.push('/');
            shape.push('/');
            if numbers.below(3) == 0 {
                template.push_str(&format!("{{p{segment}}}"));
                shape.push_str("{}");
            } else {
                let literal = format!("s{}", numbers.below(6));
                template.push_str(&literal);
                shape.push_str(&literal);
            }
        }
        templates.insert(shape, template);
    }
    templates.into_values().collect()
}

fn router(templates: &[String]) -> Router {
    let mut builder = Router::builder();
    for (number, template) in templates.iter().enumerate() {
        builder.add("GET", template, number as u32);
    }
    builder.build().expect("sound routes")
}

#[test]
fn crossing_routes_are_answered_as_the_rules_say() {
    for (count, segments) in [(30, 3), (300, 6), (600, 9)] {
        let templates = crossing(count, segments, 7);
        let router = router(&templates);
        let routes: Vec<(&str, &str)> = templates
            .iter()
            .map(|template| ("GET", template.as_str()))
            .collect();
        let mut numbers = Numbers(11);
        let mut params = PathParams::new();
        let mut found = 0;
        for _ in 0..60 {
            let target: String = (0..segments)
                .map(|_| format!("/s{}", numbers.below(7)))
                .collect();
            let verdict = match router.lookup("GET", &target, &mut params) {
                Lookup::Found(own) => {
                    found += 1;
                    Some(own.route as usize)
                }
                _ => None,
            };
            let expected = match judge(&routes, Slash::Strict, "GET", &target) {
                Verdict::Found(route, ..) => Some(route),
                _ => None,
            };
            assert_eq!(verdict, expected, "{target}");
        }
        assert!(found > 0, "some of {count} routes match");
    }
}

#[test]
fn tables_stay_within_four_times_the_routes_and_some() {
    for (count, segments) in [(500, 8), (2000, 10)] {
        let templates = crossing(count, segments, 3);
        let routes: usize = templates.iter().map(String::len).sum();
        let bytes = router(&templates).table_bytes();
        // Beyond the cap the plain trie serves: some bytes for each of its nodes.
        let plain = count * segments as usize * 40;
        let most = 4 * routes + 32 * 1024 + plain;
        assert!(
            bytes <= most,
            "{bytes} bytes for {routes} bytes of {count} routes"
        );
    }
}

#[test]
fn ten_thousand_routes_stay_under_a_mebibyte() {
    let templates: Vec<String> = (0..10_000)
        .map(|number| match number % 4 {
            0 => format!("/v1/things{:04}", number / 4),
            1 => format!("/v1/things{:04}/{{id}}", number / 4),
            2 => format!("/v1/things{:04}/{{id}}/parts", number / 4),
            _ => format!("/v1/things{:04}/{{id}}/parts/{{part}}", number / 4),
        })
        .collect();
    let router = router(&templates);
    assert!(router.table_bytes() <= 1 << 20, "{}", router.table_bytes());
    let mut params = PathParams::new();
    for (number, template) in templates.iter().enumerate() {
        let target = template.replace("{id}", "7").replace("{part}", "x");
        let found = router.lookup("GET", &target, &mut params);
        assert!(
            matches!(found, Lookup::Found(own) if own.route == number as u32),
            "{target}"
        );
    }
}

#[test]
fn literals_that_share_their_beginnings_are_told_apart() {
    let templates: Vec<String> = (0..200)
        .flat_map(|number| {
            [
                format!("/sixteen-bytes-ab/{number:03}-{}", "x".repeat(number)),
                format!("/a-long-literal-that-goes-on-{number:03}/{{x}}"),
            ]
        })
        .collect();
    let router = router(&templates);
    let mut params = PathParams::new();
    for (number, template) in templates.iter().enumerate() {
        let target = template.replace("{x}", "1");
        let found = router.lookup("GET", &target, &mut params);
        assert!(
            matches!(found, Lookup::Found(own) if own.route == number as u32),
            "{target}"
        );
        let other = target.replace("-on-", "-no-").replace("ab/", "ac/");
        assert_eq!(router.lookup("GET", &other, &mut params), Lookup::NotFound);
    }
}
