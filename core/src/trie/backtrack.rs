//! The plain trie of one method, with backtracking: the form that never grows beyond its routes.
//!
//! It serves where the decision tables would grow too large, and where a catch-all meets empty
//! segments.

mod build;
mod walk;

use alloc::vec::Vec;

pub(crate) use build::Builder;
pub(crate) use walk::Segments;

use crate::affix::Literals;

/// No node, no leaf.
pub(super) const NONE: u32 = u32::MAX;

/// The flat tables of one method.
#[derive(Debug, Default)]
pub(crate) struct Backtracker {
    nodes: Vec<Node>,
    /// Static edges; those of a node stand together, sorted by their bytes.
    edges: Vec<Edge>,
    /// Affixed edges; those of a node stand together, in the order in which they are tried.
    affixed: Vec<AffixedEdge>,
    leaves: Vec<Leaf>,
    /// The captures of the leaves that have affixed segments or a catch-all.
    captures: Vec<Capture>,
    affixes: Vec<Affix>,
    /// The literals of the affixes.
    literals: Vec<Text>,
    text: Vec<u8>,
}

/// What may follow once the segments before have matched.
#[derive(Debug, Clone, Copy)]
struct Node {
    edges: Run,
    affixed: Run,
    parameter: u32,
    /// The leaf of a catch-all.
    rest: u32,
    /// The leaf of a path that ends here.
    leaf: u32,
}

/// So many neighbours in a table.
#[derive(Debug, Clone, Copy, Default)]
struct Run {
    start: u32,
    len: u32,
}

/// Bytes in `Backtracker::text`.
#[derive(Debug, Clone, Copy)]
struct Text {
    start: u32,
    len: u32,
}

#[derive(Debug, Clone, Copy)]
struct Edge {
    label: Text,
    next: u32,
}

#[derive(Debug, Clone, Copy)]
struct AffixedEdge {
    affix: u32,
    next: u32,
}

#[derive(Debug, Clone, Copy)]
struct Affix {
    literals: Run,
}

/// One route.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leaf {
    pub(crate) route: u32,
    /// The segments that are parameters as a whole.
    segments: u32,
    /// All captures, where some are not whole segments.
    captures: Run,
}

/// How one segment is captured.
#[derive(Debug, Clone, Copy)]
enum Capture {
    Segment(u8),
    Affixed(u8, u32),
    Rest(u8),
}

impl Run {
    fn of<T>(self, table: &[T]) -> &[T] {
        let start = self.start as usize;
        table
            .get(start..start + self.len as usize)
            .unwrap_or_default()
    }
}

impl Backtracker {
    fn text(&self, text: Text) -> &[u8] {
        Run {
            start: text.start,
            len: text.len,
        }
        .of(&self.text)
    }

    /// The size of the tables in bytes.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.nodes.as_slice())
            + size_of_val(self.edges.as_slice())
            + size_of_val(self.affixed.as_slice())
            + size_of_val(self.leaves.as_slice())
            + size_of_val(self.captures.as_slice())
            + size_of_val(self.affixes.as_slice())
            + size_of_val(self.literals.as_slice())
            + self.text.len()
    }
}

/// The literals of an affix in the tables.
#[derive(Clone, Copy)]
struct AffixLiterals<'t> {
    trie: &'t Backtracker,
    literals: Run,
}

impl Literals for AffixLiterals<'_> {
    fn count(self) -> usize {
        self.literals.len as usize
    }

    fn literal(&self, index: usize) -> &[u8] {
        match self.literals.of(&self.trie.literals).get(index) {
            Some(&text) => self.trie.text(text),
            None => &[],
        }
    }
}
