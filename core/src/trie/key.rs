//! What a segment is compared by: its first eight bytes, its last eight bytes, and its length.
//!
//! That is all of a segment of at most 16 bytes, since no segment holds NUL; of a longer one the
//! middle is compared besides.

use core::hint::select_unpredictable;

use crate::path::{ENDS, MOST_SEGMENTS};
use crate::percent::{Decoded, Plus};

/// The key of one segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Key {
    /// The first eight bytes, the first one lowest; zero beyond the end.
    pub(crate) first: u64,
    /// The last eight bytes; as `first` where there are no more than eight.
    pub(crate) last: u64,
    pub(crate) len: u32,
}

/// Segments longer than this are not told by their keys alone.
pub(crate) const WHOLE: u32 = 16;

impl Key {
    #[cfg(feature = "alloc")]
    pub(crate) fn new(segment: &[u8]) -> Self {
        Self::of(segment.iter().copied())
    }

    fn of(bytes: impl Iterator<Item = u8>) -> Self {
        let mut key = Self::default();
        for byte in bytes {
            if key.len < 8 {
                key.first |= u64::from(byte) << (8 * key.len);
                key.last = key.first;
            } else {
                key.last = key.last >> 8 | u64::from(byte) << 56;
            }
            key.len += 1;
        }
        key
    }

    /// Bits that differ between any two keys but for the rarest pairs.
    #[inline(always)]
    pub(crate) const fn mixed(self) -> u64 {
        let mixed = self.first ^ self.last.rotate_left(21) ^ ((self.len as u64) << 57);
        mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}

/// The segments of a path as keys.
pub(crate) trait Keys {
    /// The key of a segment; that of nothing where there is none.
    fn key(&self, column: usize) -> Key;

    /// Whether the middle of a segment, all but its first and last eight bytes, is this.
    fn has_middle(&self, column: usize, middle: &[u8]) -> bool;

    /// The raw segment.
    fn raw(&self, column: usize) -> &[u8];
}

/// The segments of a path without escapes.
pub(crate) struct PlainKeys<'p> {
    /// The path and whatever is behind it, 16 bytes or more.
    source: &'p [u8],
    ends: &'p [u16; ENDS],
}

impl<'p> PlainKeys<'p> {
    /// `None` where the source is too short.
    #[inline(always)]
    pub(crate) fn new(source: &'p [u8], ends: &'p [u16; ENDS]) -> Option<Self> {
        (source.len() >= 16).then_some(Self { source, ends })
    }

    #[inline(always)]
    fn bounds(&self, column: usize) -> (usize, usize) {
        // The mask takes nothing off a column, and the bounds check with it.
        let column = column & (MOST_SEGMENTS - 1);
        (
            usize::from(self.ends[column]) + 1,
            usize::from(self.ends[column + 1]),
        )
    }

    #[inline(always)]
    fn word(&self, at: usize) -> u64 {
        match self.source.get(at..).and_then(|rest| rest.first_chunk()) {
            Some(chunk) => u64::from_le_bytes(*chunk),
            None => 0,
        }
    }
}

/// Ones in so many of the lowest bytes.
const LOW_BYTES: [u64; 9] = [
    0,
    0xFF,
    0xFFFF,
    0xFF_FFFF,
    0xFFFF_FFFF,
    0xFF_FFFF_FFFF,
    0xFFFF_FFFF_FFFF,
    0xFF_FFFF_FFFF_FFFF,
    u64::MAX,
];

impl Keys for PlainKeys<'_> {
    #[inline(always)]
    fn key(&self, column: usize) -> Key {
        let (start, end) = self.bounds(column);
        let len = end.wrapping_sub(start);
        let last_word = self.source.len() - 8;
        // Near the end a word is read from before the segment and shifted.
        let at = start.min(last_word);
        let shift = 8 * (start - at) as u32;
        let short = if len < 8 { len } else { 8 };
        let first = (self.word(at).wrapping_shr(shift)) & LOW_BYTES[short];
        // Read again where it is short, rather than asking whether it is.
        let is_long = len > 8;
        let at = select_unpredictable(is_long, end.wrapping_sub(8), at);
        let shift = select_unpredictable(is_long, 0, shift);
        let last = (self.word(at).wrapping_shr(shift)) & LOW_BYTES[short];
        Key {
            first,
            last,
            len: len as u32,
        }
    }

    fn has_middle(&self, column: usize, middle: &[u8]) -> bool {
        let (start, end) = self.bounds(column);
        self.source.get(start + 8..end.saturating_sub(8)) == Some(middle)
    }

    fn raw(&self, column: usize) -> &[u8] {
        let (start, end) = self.bounds(column);
        self.source.get(start..end).unwrap_or_default()
    }
}

/// The segments of any path, decoded on the way.
pub(crate) struct EscapedKeys<'p> {
    path: &'p [u8],
    ends: &'p [u16; ENDS],
}

impl<'p> EscapedKeys<'p> {
    pub(crate) fn new(path: &'p [u8], ends: &'p [u16; ENDS]) -> Self {
        Self { path, ends }
    }
}

impl Keys for EscapedKeys<'_> {
    fn key(&self, column: usize) -> Key {
        Key::of(Decoded::new(self.raw(column), Plus::Plus))
    }

    fn has_middle(&self, column: usize, middle: &[u8]) -> bool {
        Decoded::new(self.raw(column), Plus::Plus)
            .skip(8)
            .take(middle.len())
            .eq(middle.iter().copied())
    }

    fn raw(&self, column: usize) -> &[u8] {
        let (Some(&start), Some(&end)) = (self.ends.get(column), self.ends.get(column + 1)) else {
            return &[];
        };
        self.path
            .get(usize::from(start) + 1..usize::from(end))
            .unwrap_or_default()
    }
}
