//! What a segment is compared by: its first sixteen bytes.
//!
//! No segment holds NUL, so with zeros behind it that is all of a segment of at most sixteen bytes,
//! its length included. Of a longer one the first byte is left out, which no other key has, and the
//! whole text is compared besides.

use crate::path::{ENDS, MOST_SEGMENTS};
use crate::percent::{Decoded, Plus};

/// The key of one segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Key {
    /// Bytes 0 to 7, the first one lowest.
    pub(crate) first: u64,
    /// Bytes 8 to 15.
    pub(crate) second: u64,
}

/// Segments longer than this are not told by their keys alone.
pub(crate) const WHOLE: usize = 16;

/// What a key takes of a segment's first sixteen bytes, by the segment's length.
const MASKS: [[u64; 2]; WHOLE + 2] = {
    let mut masks = [[0; 2]; WHOLE + 2];
    let mut len = 1;
    while len <= WHOLE {
        masks[len] = if len <= 8 {
            [u64::MAX >> (64 - 8 * len), 0]
        } else {
            [u64::MAX, u64::MAX >> (128 - 8 * len)]
        };
        len += 1;
    }
    masks[WHOLE + 1] = [!0xFF, u64::MAX];
    masks
};

impl Key {
    #[cfg(feature = "alloc")]
    pub(crate) fn new(segment: &[u8]) -> Self {
        Self::of(segment.iter().copied())
    }

    fn of(bytes: impl Iterator<Item = u8>) -> Self {
        let mut words = [0; WHOLE];
        let mut len = 0;
        for byte in bytes {
            match words.get_mut(len) {
                Some(slot) => *slot = byte,
                None => {
                    len = WHOLE + 1;
                    break;
                }
            }
            len += 1;
        }
        Self::masked(u128::from_le_bytes(words), len)
    }

    /// The key of a segment of that length, whatever is behind it.
    #[inline(always)]
    fn masked(bytes: u128, len: usize) -> Self {
        let [first, second] = MASKS[if len <= WHOLE { len } else { WHOLE + 1 }];
        Self {
            first: bytes as u64 & first,
            second: (bytes >> 64) as u64 & second,
        }
    }

    /// Bits that differ between most keys; a factor spreads them.
    #[inline(always)]
    pub(crate) const fn mixed(self) -> u64 {
        self.first ^ self.second.rotate_left(23)
    }
}

/// The segments of a path as keys.
pub(crate) trait Keys {
    /// The key of a segment; that of nothing where there is none.
    fn key(&self, column: usize) -> Key;

    /// Whether a segment, decoded, is this.
    fn is(&self, column: usize, label: &[u8]) -> bool;

    /// The raw segment.
    fn raw(&self, column: usize) -> &[u8];
}

/// Where a segment begins and ends.
#[inline(always)]
fn bounds(ends: &[u16; ENDS], column: usize) -> (usize, usize) {
    // The mask takes nothing off a column, and the bounds check with it.
    let column = column & (MOST_SEGMENTS - 1);
    (usize::from(ends[column]) + 1, usize::from(ends[column + 1]))
}

/// The segments of a path without escapes.
pub(crate) struct PlainKeys<'p> {
    /// The path and whatever is behind it, never fewer than 16 bytes.
    source: &'p [u8],
    ends: &'p [u16; ENDS],
}

impl<'p> PlainKeys<'p> {
    /// `None` where the source is too short.
    #[inline(always)]
    pub(crate) fn new(source: &'p [u8], ends: &'p [u16; ENDS]) -> Option<Self> {
        (source.len() >= WHOLE).then_some(Self { source, ends })
    }
}

impl Keys for PlainKeys<'_> {
    #[inline(always)]
    fn key(&self, column: usize) -> Key {
        let (start, end) = bounds(self.ends, column);
        let last = self.source.len() - WHOLE;
        // Near the end bytes are read from before the segment and shifted out. That is faster than
        // reading them from a copy that has just been written.
        let at = if start < last { start } else { last };
        let shift = (8 * (start - at) as u32) & 127;
        let bytes = match self
            .source
            .get(at..at + WHOLE)
            .and_then(<[u8]>::first_chunk)
        {
            Some(bytes) => u128::from_le_bytes(*bytes) >> shift,
            None => 0,
        };
        Key::masked(bytes, end.wrapping_sub(start))
    }

    fn is(&self, column: usize, label: &[u8]) -> bool {
        self.raw(column) == label
    }

    fn raw(&self, column: usize) -> &[u8] {
        let (start, end) = bounds(self.ends, column);
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

    fn is(&self, column: usize, label: &[u8]) -> bool {
        Decoded::new(self.raw(column), Plus::Plus).eq(label.iter().copied())
    }

    fn raw(&self, column: usize) -> &[u8] {
        let (start, end) = bounds(self.ends, column);
        self.path.get(start..end).unwrap_or_default()
    }
}
