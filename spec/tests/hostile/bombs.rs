//! Small documents that stand for large ones, or for deep ones.

use std::fmt::Write;

/// A document that has to be refused.
pub(crate) struct Bomb {
    /// The name of its file.
    pub(crate) file: &'static str,
    pub(crate) text: String,
    /// The code for which it is refused.
    pub(crate) code: &'static str,
}

const DEEP: usize = 100_000;

/// All of them.
pub(crate) fn bombs() -> Vec<Bomb> {
    let aliases = [
        ("laughs.yaml", laughs(|items| format!("[{items}]"))),
        (
            "laughs-maps.yaml",
            laughs(|items| format!("{{m: [{items}]}}")),
        ),
        ("gigabyte.yaml", gigabyte()),
        ("merges.yaml", merges()),
    ];
    let deep = [
        ("flow-lists.yaml", "[".repeat(DEEP)),
        ("flow-maps.yaml", "{a: ".repeat(DEEP)),
        ("block-lists.yaml", "- ".repeat(DEEP)),
        ("block-maps.yaml", staircase()),
        ("lists.json", "[".repeat(DEEP)),
        ("closed-lists.json", "[".repeat(DEEP) + &"]".repeat(DEEP)),
        ("maps.json", "{\"a\":".repeat(DEEP)),
    ];
    let keys = [("block-keys.yaml", "? ".repeat(DEEP))];
    let of_code = |code| move |(file, text)| Bomb { file, text, code };
    let aliases = aliases.into_iter().map(of_code("B0106"));
    let keys = keys.into_iter().map(of_code("B0109"));
    let deep = deep.into_iter().map(of_code("B0104"));
    aliases.chain(keys).chain(deep).collect()
}

/// A billion laughs and more: ten aliases of ten aliases, 26 times over.
fn laughs(node: impl Fn(String) -> String) -> String {
    let mut text = String::from("a: &a [l, l, l, l, l, l, l, l, l, l]\n");
    for (outer, inner) in ('b'..='z').zip('a'..) {
        let items = vec![format!("*{inner}"); 10].join(", ");
        let _ = writeln!(text, "{outer}: &{outer} {}", node(items));
    }
    text
}

/// A mebibyte, a thousand times.
fn gigabyte() -> String {
    let mut text = format!("a: &a {}\nb: [", "x".repeat(1 << 20));
    text.push_str(&"*a, ".repeat(1024));
    text.push_str("]\n");
    text
}

/// Five thousand members, merged a thousand times.
fn merges() -> String {
    let mut text = String::from("a: &a {");
    for key in 0..5_000 {
        let _ = write!(text, "k{key}: 1, ");
    }
    text.push_str("}\n");
    for key in 0..1_000 {
        let _ = writeln!(text, "m{key}: {{<<: *a}}");
    }
    text
}

/// Mappings in block style, each further in than the one before: eight megabytes of them.
fn staircase() -> String {
    let mut text = String::new();
    for level in 0..4_000 {
        let _ = writeln!(text, "{:level$}a:", "");
    }
    text
}
