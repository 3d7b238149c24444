//! All tables of a router: plain slices, so that they can be borrowed from anywhere.
//!
//! | table | an entry | |
//! |---|---|---|
//! | `methods` | the roots of a method | [`Method`] |
//! | `steps` | a step; roots, slots, and what else steps lead to | [`Step`](super::step::Step) |
//! | `leaves` | what a leaf compares | [`Leaf`](super::leaf::Leaf) |
//! | `chunks` | sixteen bytes that leaves compare; the first are any | [`Chunk`] |
//! | `others` | where a run of checks begins, how many there are; the first has none | |
//! | `checks` | what else leaves compare | [`Check`](super::leaf::Check) |
//! | `specials` | runs of captures: a count, then as many | |
//! | `affixes` | where the literals of an affix begin, how many there are | |
//! | `literals` | where the text of such a literal begins, its length | |
//! | `nodes` | a node of a plain trie | [`plain`](super::plain) |
//! | `edges` | a literal of a node: its text, its length, the next node | |
//! | `fits` | an affix of a node, the next node | |
//! | `goals` | a leaf of a plain trie | [`Step`](super::step::Step) that compares nothing |
//! | `displacements` | what parts routes without parameters | [`concrete`](super::concrete) |
//! | `concrete` | a route without parameters, or nothing | [`Concrete`](super::concrete::Concrete) |
//! | `text` | literals, with room before and behind them | |
//! | `allow` | a set of methods, where the value of `Allow` begins, its length | sorted |
//! | `customs` | where the name of a method without a fixed number begins, its length | |
//! | `routes` | a route, the run of its parameters' names | sorted |
//! | `route_names` | a route that has a name, where that begins, its length | sorted |
//! | `parameters` | runs of names: a count, then where each begins and its length | |
//! | `names` | what has a name | |
//!
//! A step leads to steps of lower numbers only, and a node to nodes of higher ones: so no walk is
//! endless.

use super::concrete::{Concrete, Hashing};
use super::leaf::Chunk;
use super::roots::Method;
use crate::affix::Literals;
use crate::method::{self, MethodSet, Number};
use crate::router::TrailingSlash;

/// Bytes of the text that belong to no literal, before the first one and behind the last.
#[cfg(feature = "alloc")]
pub(crate) const MARGIN: usize = super::leaf::CHUNK;

/// The roots of each method.
pub(crate) type Methods = [[u64; 2]; method::MOST];

/// The tables of a router, borrowed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tables<'t> {
    pub(crate) methods: &'t Methods,
    pub(crate) steps: &'t [[u64; 2]],
    pub(crate) leaves: &'t [[u64; 2]],
    pub(crate) chunks: &'t [Chunk],
    pub(crate) others: &'t [[u32; 2]],
    pub(crate) checks: &'t [u64],
    pub(crate) specials: &'t [u32],
    pub(crate) affixes: &'t [[u32; 2]],
    pub(crate) literals: &'t [[u32; 2]],
    pub(crate) nodes: &'t [[u32; 8]],
    pub(crate) edges: &'t [[u32; 3]],
    pub(crate) fits: &'t [[u32; 2]],
    pub(crate) goals: &'t [[u64; 2]],
    pub(crate) displacements: &'t [u32],
    pub(crate) concrete: &'t [Concrete],
    pub(crate) text: &'t [u8],
    pub(crate) allow: &'t [[u32; 3]],
    pub(crate) customs: &'t [[u32; 2]],
    pub(crate) routes: &'t [[u32; 2]],
    pub(crate) route_names: &'t [[u32; 3]],
    pub(crate) parameters: &'t [[u32; 2]],
    pub(crate) names: &'t str,
    pub(crate) hashing: Hashing,
    /// The methods that have routes.
    pub(crate) used: MethodSet,
    /// The number of the only method that has routes, where a path that none of them has belongs to none at
    /// all; else one that no method has.
    pub(crate) only: Number,
    pub(crate) trailing_slash: TrailingSlash,
}

/// [`Tables::only`] of some methods.
pub(crate) fn only(used: MethodSet, trailing_slash: TrailingSlash) -> Number {
    let mut numbers = used.numbers();
    match (numbers.next(), numbers.next(), trailing_slash) {
        (Some(number), None, TrailingSlash::Strict) => number,
        _ => Number::MAX,
    }
}

/// What holds tables.
///
/// Functions that are seldom called take this instead of [`Tables`], which then never have to be put
/// together in memory.
pub(crate) trait HoldsTables {
    fn tables(&self) -> Tables<'_>;
}

impl HoldsTables for Tables<'_> {
    #[inline(always)]
    fn tables(&self) -> Tables<'_> {
        *self
    }
}

/// So many neighbours in a table; none where they are not there.
#[inline(always)]
pub(crate) fn run<T>(table: &[T], start: u32, count: u32) -> &[T] {
    let start = start as usize;
    table.get(start..start + count as usize).unwrap_or_default()
}

impl<'t> Tables<'t> {
    #[inline(always)]
    pub(crate) fn method(&self, number: Number) -> Method {
        let [low, high] = self.methods[number as usize % method::MOST];
        Method(low, high)
    }

    #[inline(always)]
    pub(crate) fn chunk(&self, at: usize) -> Chunk {
        self.chunks.get(at).copied().unwrap_or_default()
    }

    /// What else a leaf compares.
    #[inline(always)]
    pub(crate) fn others(&self, others: usize) -> &'t [u64] {
        match self.others.get(others) {
            Some(&[from, count]) => run(self.checks, from, count),
            None => &[],
        }
    }

    pub(crate) fn text(&self, [start, len]: [u32; 2]) -> &'t [u8] {
        run(self.text, start, len)
    }

    pub(crate) fn name(&self, start: u32, len: u32) -> &'t str {
        let start = start as usize;
        self.names
            .get(start..start + len as usize)
            .unwrap_or_default()
    }

    /// What a route is called, if anything.
    pub(crate) fn route_name(&self, route: u32) -> Option<&'t str> {
        let names = self.route_names;
        let at = names.binary_search_by(|[own, ..]| own.cmp(&route)).ok()?;
        let &[_, start, len] = names.get(at)?;
        Some(self.name(start, len))
    }

    /// The names of the parameters of a route.
    pub(crate) fn parameter_names(self, route: u32) -> impl ExactSizeIterator<Item = &'t str> {
        let at = self.routes.binary_search_by(|[own, _]| own.cmp(&route));
        let route = at.ok().and_then(|at| self.routes.get(at));
        let run = route.and_then(|&[_, start]| {
            let &[count, _] = self.parameters.get(start as usize)?;
            Some(run(self.parameters, start + 1, count))
        });
        run.unwrap_or_default()
            .iter()
            .map(move |&[start, len]| self.name(start, len))
    }

    pub(crate) fn affix(&self, affix: u32) -> AffixLiterals<'t> {
        let [start, count] = self
            .affixes
            .get(affix as usize)
            .copied()
            .unwrap_or_default();
        AffixLiterals {
            literals: run(self.literals, start, count),
            text: self.text,
        }
    }
}

impl Tables<'_> {
    /// The size of all tables.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.methods)
            + size_of_val(self.steps)
            + size_of_val(self.leaves)
            + size_of_val(self.chunks)
            + size_of_val(self.others)
            + size_of_val(self.checks)
            + size_of_val(self.specials)
            + size_of_val(self.affixes)
            + size_of_val(self.literals)
            + size_of_val(self.nodes)
            + size_of_val(self.edges)
            + size_of_val(self.fits)
            + size_of_val(self.goals)
            + size_of_val(self.displacements)
            + size_of_val(self.concrete)
            + size_of_val(self.text)
            + size_of_val(self.allow)
            + size_of_val(self.customs)
            + size_of_val(self.routes)
            + size_of_val(self.route_names)
            + size_of_val(self.parameters)
            + self.names.len()
    }
}

/// The literals of an affix in the tables.
#[derive(Clone, Copy)]
pub(crate) struct AffixLiterals<'t> {
    literals: &'t [[u32; 2]],
    text: &'t [u8],
}

impl Literals for AffixLiterals<'_> {
    fn count(self) -> usize {
        self.literals.len()
    }

    fn literal(&self, index: usize) -> &[u8] {
        let [start, len] = self.literals.get(index).copied().unwrap_or_default();
        run(self.text, start, len)
    }
}
