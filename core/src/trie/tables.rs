//! The decision tables: plain words, so that they can be borrowed from anywhere.
//!
//! | table | an entry | words |
//! |---|---|---|
//! | `roots` | a step, for each method and count of segments | 2 |
//! | `steps` | a step, where a node has no slot for a segment | 2 |
//! | `slots` | a literal: its key, and the step that follows | 4 |
//! | `labels` | for each slot where the text of a long literal stands | 1 |
//! | `checks` | a literal or an affix that a leaf compares | 4 |
//! | `specials` | for a leaf that captures more than whole segments, its captures | 1/2 each |

use super::key::Key;
use crate::affix::Literals;

/// What to do next: two words.
///
/// ```text
///           word 0                          word 1, from the lowest bit
/// switch    factor and shift                slots from 24 | else step 24 | column 8 | kind
/// affix     affix                           then step 24  | else step 24 | column 8 | kind
/// leaf      route 32 | captured 32          checks from 24 | checks 24   |          | kind
/// special   route 32 | captures from 32     checks from 24 | checks 24   |          | kind
/// ```
///
/// The kind of a switch is the highest bit. The two below are the slot's that the step stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Step(pub(crate) u64, pub(crate) u64);

/// The kinds of steps; any other leads nowhere.
pub(crate) const LEAF: u8 = 1;
pub(crate) const AFFIX: u8 = 2;
/// A leaf that captures more than whole segments.
pub(crate) const SPECIAL: u8 = 3;
/// The tables would have grown too large here: the plain trie knows.
pub(crate) const PLAIN: u8 = 4;
/// The highest bit, so that a test of the sign tells it.
#[cfg(feature = "alloc")]
pub(crate) const SWITCH: u8 = 0x80;
/// The literal of the slot is longer than its key.
pub(crate) const LONG: u64 = 1 << LONG_BIT;
pub(crate) const LONG_BIT: u32 = 61;
/// A literal may stand in the next slot because this one was taken.
pub(crate) const MORE: u64 = LONG << 1;
/// The most entries of a table that a step can tell apart.
#[cfg(feature = "alloc")]
pub(crate) const MOST_ENTRIES: usize = 1 << 24;
/// The key of a slot that has no literal.
#[cfg(feature = "alloc")]
pub(crate) const NO_KEY: Key = Key {
    first: 0,
    second: u64::MAX,
};

impl Step {
    pub(crate) const NOTHING: Self = Self(0, 0);

    #[cfg(feature = "alloc")]
    pub(crate) const fn new(word: u64, one: u32, other: u32, column: u8, kind: u8) -> Self {
        let low = one as u64 & 0xFF_FFFF | (other as u64 & 0xFF_FFFF) << 24;
        Self(word, low | (column as u64) << 48 | (kind as u64) << 56)
    }

    #[inline(always)]
    pub(crate) const fn one(self) -> u32 {
        self.1 as u32 & 0xFF_FFFF
    }

    #[inline(always)]
    pub(crate) const fn other(self) -> u32 {
        (self.1 >> 24) as u32 & 0xFF_FFFF
    }

    #[inline(always)]
    pub(crate) const fn column(self) -> usize {
        (self.1 >> 48) as u8 as usize
    }

    #[inline(always)]
    pub(crate) const fn kind(self) -> u8 {
        (self.1 >> 56) as u8 & 0x1F
    }

    /// The route of a leaf.
    #[inline(always)]
    pub(crate) const fn route(self) -> u32 {
        self.0 as u32
    }

    /// The segments that a leaf captures as a whole; or, where it is special, where its captures are.
    #[inline(always)]
    pub(crate) const fn captured(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// Whether the plain trie has to be asked.
    pub(crate) const fn is_plain(self) -> bool {
        self.kind() == PLAIN
    }

    #[inline(always)]
    pub(crate) const fn is_switch(self) -> bool {
        (self.1 as i64) < 0
    }
}

/// The slot of a switch that a key belongs to, counted from its first.
///
/// The lowest six bits of the factor are the shift; a switch with one slot has the factor 0.
#[inline(always)]
pub(crate) const fn place(mixed: u64, factor: u64) -> usize {
    (mixed.wrapping_mul(factor) >> (factor & 63)) as usize
}

/// The tables of a router, borrowed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tables<'t> {
    pub(crate) roots: &'t [[u64; 2]],
    pub(crate) steps: &'t [[u64; 2]],
    pub(crate) slots: &'t [[u64; 4]],
    pub(crate) labels: &'t [[u32; 2]],
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

/// The roots of one method, in one word: where they begin, how many segments the last one is for,
/// and whether a catch-all is among the routes.
///
/// The last root is for all paths with more segments as well.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Method(pub(crate) u64);

impl Method {
    #[cfg(feature = "alloc")]
    pub(crate) fn new(roots: u32, most: usize, has_catch_all: bool) -> Self {
        Self(u64::from(roots) | (most as u64) << 32 | u64::from(has_catch_all) << 63)
    }

    #[inline(always)]
    pub(crate) const fn root(self, count: usize) -> usize {
        let most = (self.0 >> 32) as u8 as usize;
        let count = if count < most { count } else { most };
        self.0 as u32 as usize + count
    }

    #[inline(always)]
    pub(crate) const fn has_catch_all(self) -> bool {
        (self.0 as i64) < 0
    }
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

/// A check of a leaf that needs more than its key: a long literal, or an affix.
pub(crate) const NEEDS_CARE: u64 = 1 << 8;
/// Of these, an affix.
pub(crate) const IS_AFFIX: u64 = 1 << 9;

/// A literal of a leaf: its key, its column, and where its text stands.
#[cfg(feature = "alloc")]
pub(crate) const fn check_literal(key: Key, column: u8, label: [u32; 2]) -> [u64; 4] {
    let care = if label[1] as usize > super::key::WHOLE {
        NEEDS_CARE
    } else {
        0
    };
    [
        key.first,
        key.second,
        column as u64 | care,
        label[0] as u64 | (label[1] as u64) << 32,
    ]
}

/// An affix of a leaf.
#[cfg(feature = "alloc")]
pub(crate) const fn check_affix(affix: u32, column: u8) -> [u64; 4] {
    [0, 0, column as u64 | NEEDS_CARE | IS_AFFIX, affix as u64]
}
