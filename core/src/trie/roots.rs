//! Where walks begin.

use super::shape::Shape;
use super::step::{ENTRY, ENTRY_BITS, Step};

/// How the routes of one method are found: two words.
///
/// ```text
/// factor 40 | offset 16 | 0 2 | shift 6
/// classes from 24 | root of the plain trie 32, counted from 1 | 0 7 | has a catch-all 1
/// ```
///
/// Eight bytes that stand in the same place of all paths, or fewer up to the end of the segment, lead to a
/// class of routes that begin alike, as those that a switch looks at lead to a step. They are there before it is
/// known how many segments a path has. A class is the first step of a walk; or [`Class`], where one of its
/// routes ends with a catch-all.
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

/// The roots of routes that begin alike, where some take any number of segments: the first word of a step.
///
/// ```text
/// roots from 32 | counts 8
/// ```
///
/// There is one root for each count of segments from none on, and one for all paths with more. Where a path ends
/// with a slash, only the plain trie knows what a catch-all takes of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Class(pub(crate) u64);

impl Class {
    #[cfg(feature = "alloc")]
    pub(crate) const fn new(roots: u32, counts: usize) -> Self {
        Self(roots as u64 | (counts as u64) << 32)
    }

    /// The root for paths of a shape; none for those that end with a slash.
    pub(crate) const fn root(self, shape: Shape) -> Option<usize> {
        let (roots, counts) = (self.0 as u32 as usize, self.counts());
        let count = shape.count();
        match (shape.is_open(), count < counts) {
            (true, _) => None,
            (false, true) => Some(roots + count),
            (false, false) => Some(roots + counts),
        }
    }

    const fn counts(self) -> usize {
        (self.0 >> 32) as u8 as usize
    }

    /// Behind its last root.
    pub(crate) const fn end(self) -> usize {
        (self.0 as u32 as usize).saturating_add(self.counts() + 1)
    }
}
