//! Where walks begin.

use super::step::{ENTRY, ENTRY_BITS, Step};

/// How the routes of one method are found: two words.
///
/// ```text
/// factor 40 | offset 16 | 0 2 | shift 6
/// classes from 24 | root of the plain trie 32, counted from 1 | 0 7 | has a catch-all 1
/// ```
///
/// The first eight bytes of a segment that begins in the same place of all paths, as far as the segment
/// has them, lead to a [`Class`] as those that a switch looks at lead to a step. They are there before it is
/// known how many segments a path has.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Method(pub(crate) u64, pub(crate) u64);

impl Method {
    /// `classes` is a switch that leads to classes.
    #[cfg(feature = "alloc")]
    pub(crate) fn new(classes: Step, has_catch_all: bool, plain: Option<u32>) -> Self {
        let plain = plain.map_or(0, |root| u64::from(root) + 1);
        Self(
            classes.0,
            classes.1 & ENTRY | plain << ENTRY_BITS | u64::from(has_catch_all) << 63,
        )
    }

    /// The switch that leads to classes.
    #[inline(always)]
    pub(crate) const fn classes(self) -> Step {
        Step(self.0, self.1 & ENTRY)
    }

    /// Where in the path the bytes begin that it looks at.
    #[inline(always)]
    pub(crate) const fn head(self) -> usize {
        self.classes().offset() as u16 as usize
    }

    #[inline(always)]
    pub(crate) const fn has_catch_all(self) -> bool {
        (self.1 as i64) < 0
    }

    /// The root of the plain trie.
    pub(crate) const fn plain(self) -> Option<usize> {
        ((self.1 >> ENTRY_BITS) as u32 as usize).checked_sub(1)
    }
}

/// The roots of routes that begin alike: the first word of a step.
///
/// ```text
/// roots from 32 | fewest segments 8 | counts 8 | has roots of open paths 1
/// ```
///
/// There is one root for each count of segments from the fewest on, and one for all paths with more; and
/// as many again for paths that end with a slash, if any of the routes does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Class(pub(crate) u64);

impl Class {
    #[cfg(feature = "alloc")]
    pub(crate) const fn new(roots: u32, fewest: usize, counts: usize, has_open: bool) -> Self {
        Self(roots as u64 | (fewest as u64) << 32 | (counts as u64) << 40 | (has_open as u64) << 48)
    }

    /// The root for paths with so many segments, of which the last one is empty or may be anything.
    #[inline(always)]
    pub(crate) const fn root(self, count: usize, is_open: bool) -> usize {
        let (roots, counts) = (self.0 as u32 as usize, self.counts());
        let fewest = (self.0 >> 32) as u8 as usize;
        let at = count.wrapping_sub(fewest);
        let at = roots + if at < counts { at } else { counts };
        match (is_open, self.has_open()) {
            (false, _) => at,
            (true, true) => at + counts + 1,
            (true, false) => 0,
        }
    }

    #[inline(always)]
    const fn counts(self) -> usize {
        (self.0 >> 40) as u8 as usize
    }

    #[inline(always)]
    const fn has_open(self) -> bool {
        self.0 >> 48 & 1 != 0
    }

    /// Behind its last root.
    pub(crate) const fn end(self) -> usize {
        let roots = (self.counts() + 1) * (1 + self.has_open() as usize);
        (self.0 as u32 as usize).saturating_add(roots)
    }
}
