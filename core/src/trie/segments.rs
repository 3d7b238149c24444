//! The segments of a path, as tables look at them.

use wide::u8x16;

use super::step::{CHUNK, Check};
use crate::path::{ENDS, MOST_SEGMENTS};
use crate::percent::{Decoded, Plus};

/// The segments of a path.
pub(crate) trait Segments {
    /// Eight bytes of a segment, decoded, from an offset on, the first one lowest; zeros behind its
    /// end. What it is for an offset behind the end means nothing.
    fn window(&self, column: usize, offset: usize) -> u64;

    /// Whether the path has these bytes of a text.
    fn holds(&self, checks: &[u64], text: &[u8]) -> bool;

    /// Whether a segment, decoded, is this.
    fn is(&self, column: usize, label: &[u8]) -> bool;

    /// The raw segment.
    fn raw(&self, column: usize) -> &[u8];
}

/// What [`Segments::window`] takes of eight bytes, by how many there are.
const WINDOWS: [u64; 9] = {
    let mut masks = [0; 9];
    let mut len = 1;
    while len <= 8 {
        masks[len] = u64::MAX >> (64 - 8 * len);
        len += 1;
    }
    masks
};

/// For each length 32 zeros, as many ones, and zeros: read from a place before the ones on, they are
/// the mask of bytes that stand that much further behind.
const MASKS: [u8; 32 * 64] = {
    let mut masks = [0; 32 * 64];
    let mut len = 0;
    while len <= CHUNK {
        let mut at = 0;
        while at < len {
            masks[64 * len + 32 + at] = 0xFF;
            at += 1;
        }
        len += 1;
    }
    masks
};

/// Where a segment begins and ends.
#[inline(always)]
fn bounds(ends: &[u16; ENDS], column: usize) -> (usize, usize) {
    // The mask takes nothing off a column, and the bounds check with it.
    let column = column & (MOST_SEGMENTS - 1);
    (usize::from(ends[column]) + 1, usize::from(ends[column + 1]))
}

#[inline(always)]
fn sixteen(bytes: &[u8], at: usize) -> u8x16 {
    match bytes.get(at..).and_then(<[u8]>::first_chunk) {
        Some(&bytes) => u8x16::new(bytes),
        None => u8x16::ZERO,
    }
}

/// The segments of a path without escapes.
pub(crate) struct PlainSegments<'p> {
    /// The path and whatever is behind it, never fewer than 16 bytes.
    source: &'p [u8],
    ends: &'p [u16; ENDS],
}

impl<'p> PlainSegments<'p> {
    /// `None` where the source is too short.
    #[inline(always)]
    pub(crate) fn new(source: &'p [u8], ends: &'p [u16; ENDS]) -> Option<Self> {
        (source.len() >= CHUNK).then_some(Self { source, ends })
    }
}

impl Segments for PlainSegments<'_> {
    #[inline(always)]
    fn window(&self, column: usize, offset: usize) -> u64 {
        let (start, end) = bounds(self.ends, column);
        let start = start + offset;
        let last = self.source.len() - 8;
        // Near the end bytes are read from before the window and shifted out. That is faster than
        // reading them from a copy that has just been written.
        let at = if start < last { start } else { last };
        let shift = (8 * (start - at) as u32) & 63;
        let bytes = match self.source.get(at..).and_then(<[u8]>::first_chunk) {
            Some(bytes) => u64::from_le_bytes(*bytes) >> shift,
            None => 0,
        };
        let len = end.wrapping_sub(start);
        bytes & WINDOWS[if len < 8 { len } else { 8 }]
    }

    #[inline(always)]
    fn holds(&self, checks: &[u64], text: &[u8]) -> bool {
        let mut differing = u8x16::ZERO;
        let mut beyond = 0;
        for &check in checks {
            let check = Check(check);
            let (begin, _) = bounds(self.ends, check.column());
            let start = begin - 1 + check.delta();
            let last = self.source.len() - CHUNK;
            let at = if start < last { start } else { last };
            let shift = start - at;
            let ours = sixteen(self.source, at);
            let theirs = sixteen(text, check.text().wrapping_sub(shift));
            let mask = sixteen(&MASKS, 64 * check.len() + 32 - (shift & 31));
            differing |= (ours ^ theirs) & mask;
            let (_, end) = bounds(self.ends, check.end_column());
            beyond |= (end.wrapping_sub(start + check.len())) & check.last_mask();
        }
        let is_same = differing.simd_eq(u8x16::ZERO).to_bitmask() == 0xFFFF;
        is_same & (beyond == 0)
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
pub(crate) struct EscapedSegments<'p> {
    path: &'p [u8],
    ends: &'p [u16; ENDS],
}

impl<'p> EscapedSegments<'p> {
    pub(crate) fn new(path: &'p [u8], ends: &'p [u16; ENDS]) -> Self {
        Self { path, ends }
    }

    fn decoded(&self, column: usize) -> Decoded<'_> {
        Decoded::new(self.raw(column), Plus::Plus)
    }

    fn holds_one(&self, check: Check, text: &[u8]) -> bool {
        let columns = check.column()..check.end_column() + 1;
        // No literal of a run of several holds a slash, so there every slash parts two segments.
        let parts = columns.len() > 1;
        let slash = 0x100;
        let mut bytes = columns
            .flat_map(|column| {
                let decoded = self.decoded(column).map(move |byte| match byte {
                    b'/' if parts => 0x101,
                    byte => u16::from(byte),
                });
                core::iter::once(slash).chain(decoded)
            })
            .skip(check.delta());
        let start = check.text();
        let literal = text.get(start..start + check.len()).unwrap_or_default();
        let is_same = literal.iter().all(|&byte| {
            let expected = if byte == b'/' && parts {
                slash
            } else {
                byte.into()
            };
            bytes.next() == Some(expected)
        });
        is_same && (check.last_mask() == 0 || bytes.next().is_none())
    }
}

impl Segments for EscapedSegments<'_> {
    fn window(&self, column: usize, offset: usize) -> u64 {
        let mut bytes = [0; 8];
        for (slot, byte) in bytes.iter_mut().zip(self.decoded(column).skip(offset)) {
            *slot = byte;
        }
        u64::from_le_bytes(bytes)
    }

    fn holds(&self, checks: &[u64], text: &[u8]) -> bool {
        checks
            .iter()
            .all(|&check| self.holds_one(Check(check), text))
    }

    fn is(&self, column: usize, label: &[u8]) -> bool {
        self.decoded(column).eq(label.iter().copied())
    }

    fn raw(&self, column: usize) -> &[u8] {
        let (start, end) = bounds(self.ends, column);
        self.path.get(start..end).unwrap_or_default()
    }
}
