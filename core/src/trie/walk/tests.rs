//! How much of a path walks look at, among routes that are made to be hard.
#![allow(clippy::expect_used)]

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;

use super::{Start, class, walk, walk_ahead};
use crate::path::{PathParams, scan};
use crate::router::Router;
use crate::trie::crossing::{Numbers, crossing, router};
use crate::trie::leaf::{Check, Compared};
use crate::trie::segments::{PathEnds, PlainSegments, Segments};
use crate::trie::shape::Shape;
use crate::trie::step::Step;
use crate::trie::tables::Tables;

/// What was looked at.
#[derive(Debug, Default)]
struct Looks {
    probes: Cell<usize>,
    affixes: Cell<usize>,
    leaves: Cell<usize>,
}

fn count(looks: &Cell<usize>) {
    looks.set(looks.get() + 1);
}

/// Segments that count what is looked at.
#[derive(Clone, Copy)]
struct Counted<'c>(PlainSegments<'c>, &'c Looks);

impl Segments for Counted<'_> {
    fn head(&self, place: usize) -> u64 {
        self.0.head(place)
    }

    fn window(&self, step: Step) -> u64 {
        count(&self.1.probes);
        self.0.window(step)
    }

    fn holds(&self, check: Check, text: &[u8]) -> bool {
        self.0.holds(check, text)
    }

    fn holds_all(&self, leaf: Compared, tables: &Tables<'_>) -> bool {
        count(&self.1.leaves);
        self.0.holds_all(leaf, tables)
    }

    fn is(&self, column: usize, label: &[u8]) -> bool {
        self.0.is(column, label)
    }

    fn raw(&self, column: usize) -> &[u8] {
        count(&self.1.affixes);
        self.0.raw(column)
    }
}

/// Holds a path that both walks are made for to what is stated of walks; `affixes` are those of all routes.
fn check(router: &Router, path: &str, affixes: usize) -> usize {
    let mut params = PathParams::new();
    assert!(scan(path.as_bytes(), &mut params).is_ok(), "{path}");
    let ends = PathEnds::new(path.as_bytes()).expect("sixteen bytes");
    let segments = PlainSegments::new(path.as_bytes(), ends, &params.ends);
    let tables = router.tables();
    let get = tables.method(crate::method::GET);
    let class = class(&tables, get, segments.head(get.head()));
    let count = usize::from(params.segments);
    let start = Start::new(&tables, class, Shape::new(count, path.ends_with('/')));
    let mut most = 0;
    for is_careful in [false, true] {
        let looks = Looks::default();
        let counted = Counted(segments, &looks);
        match is_careful {
            false => walk_ahead(&tables, start, counted),
            true => walk(&tables, start, counted),
        };
        assert!(looks.probes.get() <= 2 * (count + 2), "{looks:?} of {path}");
        assert!(looks.affixes.get() <= affixes, "{looks:?} of {path}");
        assert!(looks.leaves.get() <= 2, "{looks:?} of {path}");
        most = most.max(looks.probes.get());
    }
    most
}

#[test]
fn routes_that_cross_are_walked_in_as_many_probes_as_stated() {
    let mut numbers = Numbers(7);
    for (routes, segments) in [(20, 3), (60, 5), (200, 8), (400, 12)] {
        let templates = crossing(&mut numbers, routes, segments);
        let router = router(&templates);
        for _ in 0..2000 {
            let path: String = (0..segments)
                .map(|_| format!("/segment{}", numbers.below(7)))
                .collect();
            check(&router, &path, 0);
        }
    }
}

#[test]
fn crowds_of_literals_are_walked_in_as_many_probes_as_stated() {
    // More in one segment than can all have slots of their own, in several shapes; some with a parameter beside.
    for literals in [10, 100, 1000, 5000] {
        let templates: Vec<String> = (0..literals)
            .flat_map(|number| {
                [
                    format!("/crowd/{{id}}/literal{number}"),
                    format!("/crowd/{{id}}/literal{number}/{{part}}"),
                    format!("/crowd/{{id}}/{{part}}/literal{number}/names"),
                    format!("/crowd/{number}/literals"),
                ]
            })
            .chain(["/crowd/{id}/{part}/{name}/names".into()])
            .collect();
        let router = router(&templates);
        let mut most = 0;
        for number in 0..2 * literals {
            for path in [
                format!("/crowd/{number}/literal{number}"),
                format!("/crowd/7/literal{number}/7"),
                format!("/crowd/seven/x/literal{number}/names"),
                format!("/crowd/{number}/literals"),
            ] {
                if path.len() >= 16 {
                    most = most.max(check(&router, &path, 0));
                }
            }
        }
        assert!(most >= 2, "crowds make steps");
    }
}

#[test]
fn affixes_are_tested_once_each_at_most() {
    let templates: Vec<String> = (0..30)
        .flat_map(|number| {
            [
                format!("/affixes/{{name}}.kind{number}/info"),
                format!("/affixes/part{number}-{{name}}/info"),
            ]
        })
        .chain([
            "/affixes/{name}/info".into(),
            "/affixes/literal/info".into(),
        ])
        .collect();
    let router = router(&templates);
    for number in 0..60 {
        for name in [
            format!("x.kind{number}"),
            format!("part{number}-x"),
            format!("part{number}-x.kind{number}"),
            format!("other{number}"),
        ] {
            check(&router, &format!("/affixes/{name}/info"), 60);
        }
    }
}

#[test]
fn literals_that_no_few_bytes_tell_apart_are_walked_in_as_many_probes_as_stated() {
    // Blocks of sixteen bytes, of which eight bytes see two at most.
    let literal = |number: usize| -> String {
        let block = |bit: usize| if number >> bit & 1 == 0 { "a" } else { "b" };
        (0..10).map(|bit| block(bit).repeat(16)).collect()
    };
    let templates: Vec<String> = (0..1024)
        .map(|number| format!("/{}/{{id}}", literal(number)))
        .collect();
    let router = router(&templates);
    let mut params = PathParams::new();
    for number in 0..1024 {
        let path = format!("/{}/7", literal(number));
        check(&router, &path, 0);
        let found = router.lookup("GET", &path, &mut params);
        assert!(
            matches!(found, crate::router::Lookup::Found(own) if own.route == number as u32),
            "{path}"
        );
    }
}
