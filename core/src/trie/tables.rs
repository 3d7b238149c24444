//! The decision tables: plain words, so that they can be borrowed from anywhere.
//!
//! | table | an entry | words |
//! |---|---|---|
//! | `roots` | a step, for each method and count of segments | 2 |
//! | `steps` | a step, where a node has no slot for a segment | 2 |
//! | `slots` | a literal: first bytes, last bytes, and the step that follows | 4 |
//! | `labels` | for each slot where its text begins | 1/2 |
//! | `checks` | a literal or an affix that a leaf compares | 4 |
//! | `specials` | for a leaf that captures more than whole segments, its captures | 1/2 each |

use super::key::Key;
use crate::affix::Literals;

/// What to do next: two words.
///
/// ```text
///          word 0                     word 1
/// switch   slots from | else step     len | column | kind | shift | seed
/// affix    then step  | else step     len | column | kind |       | affix
/// leaf     route      | captured      len | checks | kind | special | checks from
/// ```
///
/// `len` is the length of the literal of the slot that the step stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Step(pub(crate) u64, pub(crate) u64);

/// The kinds of steps; any other leads nowhere.
pub(crate) const LEAF: u8 = 1;
pub(crate) const AFFIX: u8 = 2;
pub(crate) const SWITCH: u8 = 3;
/// The tables would have grown too large here: the plain trie knows.
pub(crate) const PLAIN: u8 = 4;
/// The length of the literal of a slot that has none.
pub(crate) const NO_LITERAL: u64 = 0xFFFF;
/// A bit of a slot's kind: a literal may stand in the next slot because this one was taken.
pub(crate) const MORE: u64 = 1 << 31;

impl Step {
    pub(crate) const NOTHING: Self = Self(0, 0);

    pub(crate) const fn new(
        low: u32,
        high: u32,
        column: u8,
        kind: u8,
        shift: u8,
        data: u32,
    ) -> Self {
        Self(
            low as u64 | (high as u64) << 32,
            (column as u64) << 16
                | (kind as u64) << 24
                | (shift as u64) << 56
                | (data as u64 & 0xFF_FFFF) << 32,
        )
    }

    #[inline(always)]
    pub(crate) const fn low(self) -> u32 {
        self.0 as u32
    }

    #[inline(always)]
    pub(crate) const fn high(self) -> u32 {
        (self.0 >> 32) as u32
    }

    #[inline(always)]
    pub(crate) const fn column(self) -> usize {
        (self.1 >> 16) as u8 as usize
    }

    #[inline(always)]
    pub(crate) const fn kind(self) -> u8 {
        (self.1 >> 24) as u8 & 0x7F
    }

    #[inline(always)]
    pub(crate) const fn shift(self) -> u32 {
        (self.1 >> 56) as u32
    }

    #[inline(always)]
    pub(crate) const fn data(self) -> u32 {
        (self.1 >> 32) as u32 & 0xFF_FFFF
    }
}

/// The slot of a switch that a key belongs to, counted from its first; a switch with one slot has the
/// seed 0.
#[inline(always)]
pub(crate) const fn place(mixed: u64, seed: u32, shift: u32) -> usize {
    ((mixed ^ mixed >> 32).wrapping_mul(seed as u64) >> (shift & 63)) as usize
}

/// The tables of a router, borrowed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tables<'t> {
    pub(crate) roots: &'t [[u64; 2]],
    pub(crate) steps: &'t [[u64; 2]],
    pub(crate) slots: &'t [[u64; 4]],
    pub(crate) labels: &'t [u32],
    pub(crate) checks: &'t [[u64; 4]],
    /// Runs of captures: a count, then as many.
    pub(crate) specials: &'t [u32],
    /// For each affix where its literals begin, and how many there are.
    pub(crate) affixes: &'t [[u32; 2]],
    /// Of each literal of an affix where its text begins, and how long it is.
    pub(crate) literals: &'t [[u32; 2]],
    pub(crate) text: &'t [u8],
}

/// What holds tables.
///
/// Functions that are seldom called take this instead of [`Tables`], which then never have to be put
/// together in memory.
pub(crate) trait HoldsTables {
    fn tables(&self) -> Tables<'_>;
}

/// The roots of one method.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Method {
    pub(crate) roots: u32,
    /// The root of that many segments is for all that have more as well.
    pub(crate) most: u8,
    /// Whether a catch-all is among its routes.
    pub(crate) has_catch_all: bool,
}

impl<'t> Tables<'t> {
    pub(crate) fn text(&self, start: u32, len: u32) -> &'t [u8] {
        let start = start as usize;
        self.text
            .get(start..start + len as usize)
            .unwrap_or_default()
    }

    pub(crate) fn affix(&self, affix: u32) -> AffixLiterals<'t> {
        let [start, count] = self
            .affixes
            .get(affix as usize)
            .copied()
            .unwrap_or_default();
        AffixLiterals {
            literals: self
                .literals
                .get(start as usize..start as usize + count as usize)
                .unwrap_or_default(),
            text: self.text,
        }
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
        let start = start as usize;
        self.text
            .get(start..start + len as usize)
            .unwrap_or_default()
    }
}

/// How one segment of a special leaf is captured.
pub(crate) const CAPTURE_SEGMENT: u32 = 0;
pub(crate) const CAPTURE_REST: u32 = 1;
pub(crate) const CAPTURE_AFFIX: u32 = 2;

/// A capture in one number: its way, the column, and the affix.
pub(crate) const fn capture(way: u32, column: u8, affix: u32) -> u32 {
    way | (column as u32) << 2 | affix << 8
}

/// A literal of a leaf: its key, its length and column, and where its text begins.
pub(crate) const fn check_literal(key: Key, column: u8, label: u32) -> [u64; 4] {
    [
        key.first,
        key.last,
        key.len as u64 | (column as u64) << 32,
        label as u64,
    ]
}

/// An affix of a leaf, marked by a bit that no length has.
pub(crate) const IS_AFFIX: u64 = 1 << 63;

pub(crate) const fn check_affix(affix: u32, column: u8) -> [u64; 4] {
    [affix as u64, 0, IS_AFFIX | (column as u64) << 32, 0]
}
