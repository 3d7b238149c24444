//! What is known of a path once its slashes are.

/// How many segments a path has, and whether the last one is empty; or that this does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Shape(pub(crate) u8);

/// How many bits a shape takes.
pub(crate) const SHAPE_BITS: u32 = 7;
const OPEN_SHIFT: u32 = 6;
const MIX: u64 = 0xD6E8_FEB8_6659_FD93;

impl Shape {
    /// That of routes which are there for paths of many shapes.
    pub(crate) const ANY: Self = Self(0);

    /// One that no path has.
    #[cfg(feature = "alloc")]
    pub(crate) const NONE: Self = Self((1 << SHAPE_BITS) - 1);

    /// So many segments, [`MOST_SEGMENTS`](crate::path::MOST_SEGMENTS) at most and one at least.
    #[inline(always)]
    pub(crate) const fn new(count: usize, is_open: bool) -> Self {
        Self(count as u8 | (is_open as u8) << OPEN_SHIFT)
    }

    pub(crate) const fn count(self) -> usize {
        (self.0 & ((1 << OPEN_SHIFT) - 1)) as usize
    }

    /// Whether the last segment is empty.
    pub(crate) const fn is_open(self) -> bool {
        self.0 >> OPEN_SHIFT & 1 != 0
    }

    /// What is added to the bytes that a switch looks at, so that the same bytes in paths of other shapes
    /// lead elsewhere.
    #[inline(always)]
    pub(crate) const fn mix(self) -> u64 {
        (self.0 as u64).wrapping_mul(MIX)
    }
}
