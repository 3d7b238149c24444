//! Tables as words: they answer as the router does, and nothing that was done to them does harm.

#![allow(clippy::expect_used, clippy::panic)]

use brrtrouter_core::{
    Frozen, FrozenError, FrozenTables, Lookup, PathParams, Router, TrailingSlash,
};
use proptest::prelude::*;

/// Routes of every kind, so that no table is empty: several methods, affixes, a catch-all, and a crowd
/// that is too much for the decision tables.
fn router(policy: TrailingSlash) -> Router {
    let mut builder = Router::builder().trailing_slash(policy).name(0, "listPets");
    for (number, (method, template)) in [
        ("GET", "/pets"),
        ("GET", "/pets/{id}"),
        ("GET", "/pets/mine"),
        ("POST", "/pets"),
        ("GET", "/files/{name}.{ext}"),
        ("GET", "/files/{name}.json"),
        ("GET", "/files/readme.md"),
        ("PURGE", "/caf%C3%A9/{x}"),
        ("GET", "/a-literal-of-more-than-sixteen-bytes/{x}/end"),
        (
            "GET",
            "/a-literal-of-more-than-sixteen-bytes/and-another-one-of-that-kind/{y}",
        ),
        ("GET", "/static/{*rest}"),
        ("GET", "/slash/"),
    ]
    .into_iter()
    .enumerate()
    {
        builder.add(method, template, number as u32);
    }
    let mut number = 100;
    for first in 0..4 {
        for second in 0..4 {
            for third in 0..4 {
                let mut template = String::from("/x");
                for (column, choice) in [first, second, third].into_iter().enumerate() {
                    for turn in 0..2 {
                        match (choice + turn) % 3 {
                            0 => template.push_str(&format!("/{{p{column}{turn}}}")),
                            kind => template.push_str(&format!("/s{}", (kind + choice) % 4)),
                        }
                    }
                }
                number += 1;
                builder.add("PUT", &template, number);
            }
        }
    }
    builder.keep_first().build().expect("sound routes")
}

const TARGETS: [&str; 20] = [
    "/",
    "/pets",
    "/pets/",
    "/pets/7?x=1",
    "/pets/mine",
    "/%70ets/mine",
    "/files/a.b.c",
    "/files/x.json",
    "/files/readme.md",
    "/café/1",
    "/caf%c3%a9/1",
    "/a-literal-of-more-than-sixteen-bytes/1/end",
    "/a-literal-of-more-than-sixteen-bytes/and-another-one-of-that-kind/1",
    "/static/a//b",
    "/slash",
    "/x/s1/s2/s3/s1/s2/s3",
    "/x/1/s2/s0/s1/2/s3",
    "/x/s1/1/s3/s3/s2/1",
    "/%zz",
    "*",
];
const METHODS: [&str; 6] = ["GET", "POST", "PUT", "HEAD", "OPTIONS", "PURGE"];

/// The words, some of them replaced and summed up anew.
fn forged(tables: &FrozenTables, changes: &[(usize, u64)]) -> Vec<u64> {
    let mut words = tables.as_words().to_vec();
    for &(at, word) in changes {
        let len = words.len();
        words[at % len] = word;
    }
    words[4] = Frozen::checksum(&words);
    words
}

/// Where the steps begin, and how many there are: the second table behind a head of six words.
fn table_of_steps(words: &[u64]) -> (usize, usize) {
    ((words[7] & 0xFFFF_FFFF) as usize, (words[7] >> 32) as usize)
}

/// Asks for everything; that it ends is what matters.
fn ask_all(frozen: &Frozen<'_>) -> usize {
    let mut params = PathParams::new();
    let mut found = 0;
    for target in TARGETS {
        for method in METHODS {
            if let Lookup::Found(own) = frozen.lookup(method, target, &mut params) {
                found += 1;
                let _ = frozen.name(own.route);
                let _ = frozen.parameter_names(own.route).count();
                for index in 0..params.len() {
                    let _ = params.raw(index, target);
                }
            }
        }
    }
    found
}

#[test]
fn a_frozen_router_answers_as_the_router_does() {
    for policy in [
        TrailingSlash::Strict,
        TrailingSlash::Redirect,
        TrailingSlash::Ignore,
    ] {
        let router = router(policy);
        let tables = router.freeze();
        let frozen = Frozen::load(tables.as_words()).expect("sound tables");
        let (mut own, mut others) = (PathParams::new(), PathParams::new());
        for target in TARGETS {
            for method in METHODS {
                assert_eq!(
                    router.lookup(method, target, &mut own),
                    frozen.lookup(method, target, &mut others),
                    "{method} {target}"
                );
                assert!(own.spans().eq(others.spans()), "{method} {target}");
            }
        }
        assert!(ask_all(&frozen) > 20);
        assert_eq!(frozen.table_bytes(), router.table_bytes());
    }
}

#[test]
fn names_go_with_the_tables() {
    let router = router(TrailingSlash::Strict);
    let tables = router.freeze();
    let frozen = Frozen::load(tables.as_words()).expect("sound tables");
    assert_eq!(frozen.name(0), Some("listPets"));
    assert_eq!(router.name(0), Some("listPets"));
    assert_eq!(frozen.name(1), None);
    assert!(frozen.parameter_names(4).eq(["name", "ext"]));
    assert!(router.parameter_names(1).eq(["id"]));
    assert_eq!(frozen.parameter_names(0).len(), 0);
    assert_eq!(frozen.parameter_names(99).len(), 0);
}

#[test]
fn bytes_are_read_where_they_stand_at_whole_words() {
    let tables = router(TrailingSlash::Strict).freeze();
    let bytes = tables.as_bytes();
    assert!(Frozen::from_bytes(bytes).is_ok());
    let misplaced = Frozen::from_bytes(&bytes[1..bytes.len() - 7]);
    assert_eq!(misplaced.err(), Some(FrozenError::Alignment));
    let cut = Frozen::from_bytes(&bytes[..bytes.len() - 1]);
    assert_eq!(cut.err(), Some(FrozenError::Alignment));
}

#[test]
fn every_changed_byte_is_seen() {
    let tables = router(TrailingSlash::Strict).freeze();
    let mut words = tables.as_words().to_vec();
    for at in 0..words.len() {
        for shift in (0..64).step_by(8) {
            for change in [0x01, 0xFF] {
                words[at] ^= change << shift;
                assert!(Frozen::load(&words).is_err(), "word {at}");
                words[at] ^= change << shift;
            }
        }
    }
    assert!(Frozen::load(&words).is_ok());
}

#[test]
fn every_missing_word_is_seen() {
    let tables = router(TrailingSlash::Strict).freeze();
    let words = tables.as_words();
    for len in 0..words.len() {
        assert!(Frozen::load(&words[..len]).is_err(), "{len} words");
    }
    let mut longer = words.to_vec();
    longer.push(0);
    assert!(Frozen::load(&longer).is_err());
}

#[test]
fn what_is_wrong_with_tables_is_said() {
    let tables = router(TrailingSlash::Strict).freeze();
    let words = tables.as_words();
    let error = |words: &[u64]| Frozen::load(words).expect_err("no tables").to_string();
    assert_eq!(error(&[]), "the words do not begin as tables do");
    assert_eq!(
        error(&forged(&tables, &[(0, 7)])),
        "the words do not begin as tables do"
    );
    assert_eq!(
        error(&forged(&tables, &[(1, 9)])),
        "the tables are of version 9, not 5"
    );
    assert_eq!(
        error(&forged(&tables, &[(2, words[2].swap_bytes())])),
        "the tables were written in another byte order"
    );
    assert!(error(&words[..words.len() - 1]).contains("words where the tables say"));
    let mut changed = words.to_vec();
    changed[30] ^= 1;
    assert!(error(&changed).starts_with("the checksum of the tables is 0x"));
    let (steps, _) = table_of_steps(words);
    assert_eq!(
        error(&forged(&tables, &[(steps + 5, 0x8000_3000_003F_FFFF)])),
        "entry 2 of the table \"steps\" leads nowhere"
    );
}

#[test]
fn a_step_that_leads_to_itself_is_refused() {
    let tables = router(TrailingSlash::Strict).freeze();
    let words = tables.as_words();
    let (start, count) = table_of_steps(words);
    let mut switches = 0;
    for entry in 0..count {
        let high = words[start + 2 * entry + 1];
        if high >> 63 == 1 {
            switches += 1;
            let itself = high & !0xFF_FFFF | entry as u64;
            assert!(Frozen::load(&forged(&tables, &[(start + 2 * entry + 1, itself)])).is_err());
        }
    }
    assert!(switches > 5);
}

#[test]
fn one_forged_word_after_the_other_does_no_harm() {
    let tables = router(TrailingSlash::Ignore).freeze();
    let mut accepted = 0;
    for at in 0..tables.as_words().len() {
        let word = tables.as_words()[at];
        let others = [
            0,
            u64::MAX,
            word ^ 1,
            word ^ 1 << 25,
            word ^ 1 << 40,
            word << 8,
            word >> 8,
        ];
        // Each is tried on words of every table; all on every word would take long.
        for turn in [0, 3] {
            let other = others[(at + turn) % others.len()];
            let words = forged(&tables, &[(at, other)]);
            if let Ok(frozen) = Frozen::load(&words) {
                accepted += 1;
                ask_all(&frozen);
            }
        }
    }
    assert!(accepted > 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn forged_tables_are_refused_or_do_no_harm(
        changes in prop::collection::vec((any::<usize>(), any::<u64>(), 0..4_u8), 1..6),
    ) {
        static TABLES: std::sync::OnceLock<FrozenTables> = std::sync::OnceLock::new();
        let tables = TABLES.get_or_init(|| router(TrailingSlash::Redirect).freeze());
        let words = tables.as_words();
        // Most changes are small ones, since large ones are refused at once.
        let changes: Vec<(usize, u64)> = changes
            .into_iter()
            .map(|(at, change, kind)| {
                let at = at % words.len();
                let word = match kind {
                    0 => change,
                    1 => words[at] ^ 1 << (change % 64),
                    2 => words[at].wrapping_add(change % 16),
                    _ => words[change as usize % words.len()],
                };
                (at, word)
            })
            .collect();
        if let Ok(frozen) = Frozen::load(&forged(tables, &changes)) {
            ask_all(&frozen);
        }
    }

    #[test]
    fn any_words_are_refused(words in prop::collection::vec(any::<u64>(), 0..60)) {
        prop_assert!(Frozen::load(&words).is_err());
    }
}
