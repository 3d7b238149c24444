use std::sync::OnceLock;

use brrtrouter_core::{Frozen, FrozenTables, Lookup, PathParams, Router, TrailingSlash};

use crate::input;

const TEMPLATES: [(&str, &str); 14] = [
    ("GET", "/a"),
    ("GET", "/a/{b}"),
    ("GET", "/a/b"),
    ("POST", "/a/{b}/c"),
    ("GET", "/{a}/b/{c}"),
    ("GET", "/a/{b}/c/{d}.{e}"),
    ("GET", "/a/x{b}"),
    ("GET", "/a/x{b}.json"),
    ("GET", "/a/b/c/d"),
    ("GET", "/s/{*rest}"),
    ("PURGE", "/s/{*rest}"),
    (
        "GET",
        "/a-literal-of-more-than-sixteen-bytes/{x}/and-another-one-of-them",
    ),
    (
        "GET",
        "/a-literal-of-more-than-sixteen-bytes/y/and-another-one-of-that",
    ),
    ("PURGE", "/b%2Fc/{x}"),
];

fn tables() -> &'static [FrozenTables; 3] {
    static TABLES: OnceLock<[FrozenTables; 3]> = OnceLock::new();
    TABLES.get_or_init(|| {
        [
            TrailingSlash::Strict,
            TrailingSlash::Redirect,
            TrailingSlash::Ignore,
        ]
        .map(|policy| {
            let mut builder = Router::builder().trailing_slash(policy);
            for (number, (method, template)) in TEMPLATES.iter().enumerate() {
                builder.add(method, template, number as u32);
            }
            builder.build().expect("sound routes").freeze()
        })
    })
}

fn ask(frozen: &Frozen<'_>, target: &str) {
    let mut params = PathParams::new();
    for method in ["GET", "POST", "HEAD", "OPTIONS", "PURGE", "BREW"] {
        if let Lookup::Found(found) = frozen.lookup(method, target, &mut params) {
            let _ = frozen.name(found.route);
            let _ = frozen.parameter_names(found.route).count();
            for index in 0..params.len() {
                let _ = params.raw(index, target);
            }
        }
    }
}

/// Tables with any words changed, summed up anew: refused, or every lookup comes to an end.
pub fn core_frozen(bytes: &[u8]) {
    let Some(input) = input::read::<(u8, Vec<(u16, u8, u64)>, Vec<String>)>(bytes) else {
        return;
    };
    let (policy, changes, targets) = input;
    let words = tables()[usize::from(policy) % 3].as_words();
    let mut forged = words.to_vec();
    for (at, kind, word) in changes {
        let at = usize::from(at) % forged.len();
        forged[at] = match kind % 4 {
            0 => word,
            1 => forged[at] ^ 1 << (word % 64),
            2 => forged[at].wrapping_add(word % 64),
            _ => forged[word as usize % words.len()],
        };
    }
    let _ = Frozen::load(&forged);
    forged[4] = Frozen::checksum(&forged);
    let Ok(frozen) = Frozen::load(&forged) else {
        return;
    };
    for target in &targets {
        ask(&frozen, target);
    }
    for (_, template) in TEMPLATES {
        ask(&frozen, template);
        ask(&frozen, &template.replace(['{', '}', '*'], ""));
    }
}
