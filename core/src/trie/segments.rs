//! The segments of a path, as tables look at them.

use core::hint::select_unpredictable;
use core::ops::Range;

use wide::u8x16;

use super::step::{CHUNK, Check, Ends};
use crate::path::{ENDS, MOST_SEGMENTS, small};
use crate::percent::{Decoded, Plus};

/// The segments of a path.
///
/// They are handed on by value, so that they need not stand in memory where they are used most.
pub(crate) trait Segments: Copy {
    /// Eight bytes of a segment, decoded, from an offset on, the first one lowest; zeros behind its
    /// end. What it is for an offset behind the end means nothing.
    fn window(&self, column: usize, offset: usize) -> u64;

    /// Eight bytes at an end of the path, decoded: those behind the first slash, the first one
    /// highest, or the last ones, the last one highest. Where there are fewer, the others mean nothing.
    fn at_end(&self, is_last: bool) -> u64;

    /// Whether the path has the bytes that a check asks for.
    fn holds(&self, check: Check, text: &[u8]) -> bool;

    /// Whether the path has all that a leaf asks for.
    fn holds_all(&self, checks: &[u64], text: &[u8]) -> bool;

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
    match bytes
        .get(at..at.wrapping_add(CHUNK))
        .and_then(<[u8]>::first_chunk)
    {
        Some(&bytes) => u8x16::new(bytes),
        None => u8x16::ZERO,
    }
}

/// The segments of a path without escapes.
#[derive(Clone, Copy)]
pub(crate) struct PlainSegments<'p> {
    /// The path and whatever is behind it, never fewer than 16 bytes.
    source: &'p [u8],
    ends: &'p [u16; ENDS],
    /// How long the path is.
    len: usize,
    /// The first sixteen bytes, of which those behind the path mean nothing.
    head: &'p [u8; CHUNK],
    /// The last sixteen bytes; a shorter path stands at their end.
    tail: &'p [u8; CHUNK],
}

/// A path of fewer than sixteen bytes, once at the beginning and once at the end.
pub(crate) struct Short {
    head: [u8; CHUNK],
    tail: [u8; CHUNK],
}

impl Short {
    /// `target` is the path, so many bytes, with whatever is behind it.
    #[inline(always)]
    pub(crate) fn new(target: &[u8], len: usize) -> Self {
        let bytes = match target.first_chunk() {
            Some(head) => u128::from_le_bytes(*head),
            None => small(target),
        };
        let behind = 8 * (CHUNK - (len & (CHUNK - 1))) as u32;
        Self {
            head: bytes.to_le_bytes(),
            tail: (bytes << (behind & 127)).to_le_bytes(),
        }
    }
}

impl<'p> PlainSegments<'p> {
    /// Of a path of sixteen bytes or more: so many of the target.
    #[inline(always)]
    pub(crate) fn long(target: &'p [u8], len: usize, ends: &'p [u16; ENDS]) -> Option<Self> {
        Some(Self {
            source: target,
            ends,
            len,
            head: target.first_chunk()?,
            tail: target.get(..len)?.last_chunk()?,
        })
    }

    /// Of a shorter path.
    #[inline(always)]
    pub(crate) fn short(
        short: &'p Short,
        target: &'p [u8],
        len: usize,
        ends: &'p [u16; ENDS],
    ) -> Self {
        Self {
            source: if target.len() < CHUNK {
                &short.head
            } else {
                target
            },
            ends,
            len,
            head: &short.head,
            tail: &short.tail,
        }
    }

    /// The bytes in which the path differs from a check.
    #[inline(always)]
    fn differing(&self, check: Check, text: &[u8]) -> u8x16 {
        let (_, end) = bounds(self.ends, check.column());
        let end = end.wrapping_sub(check.back());
        // Near the beginning the bytes that count stand further to the front.
        let at = if end > CHUNK { end } else { CHUNK };
        let shift = at.wrapping_sub(end) & 31;
        let ours = sixteen(self.source, at - CHUNK);
        let theirs = sixteen(text, check.text() + shift);
        (ours ^ theirs) & sixteen(&MASKS, 65 * check.len() + 16 + shift)
    }
}

fn is_zero(bytes: u8x16) -> bool {
    bytes.simd_eq(u8x16::ZERO).to_bitmask() == 0xFFFF
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
    fn at_end(&self, is_last: bool) -> u64 {
        let [_, head @ .., _, _, _, _, _, _, _] = *self.head;
        let [_, _, _, _, _, _, _, _, tail @ ..] = *self.tail;
        let (head, tail) = (u64::from_be_bytes(head), u64::from_le_bytes(tail));
        select_unpredictable(is_last, tail, head)
    }

    #[inline(always)]
    fn holds(&self, check: Check, text: &[u8]) -> bool {
        is_zero(self.differing(check, text))
    }

    #[inline(always)]
    fn holds_all(&self, checks: &[u64], text: &[u8]) -> bool {
        let Some((&[head, tail], checks)) = checks.split_first_chunk() else {
            return false;
        };
        let ends = Ends(head, tail);
        let edge = |own: &[u8; CHUNK], from: usize, mask: usize| {
            (u8x16::new(*own) ^ sixteen(text, from)) & sixteen(&MASKS, mask)
        };
        let (from, len) = ends.head();
        let mut differing = edge(self.head, from, 64 * len + 32);
        let (from, len) = ends.tail();
        differing |= edge(self.tail, from, 65 * len + 16);
        let whole = ends.whole();
        let is_as_long = whole == 0 || whole == self.len;
        for &check in checks {
            differing |= self.differing(Check(check), text);
        }
        is_zero(differing) & is_as_long
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
#[derive(Clone, Copy)]
pub(crate) struct EscapedSegments<'p> {
    path: &'p [u8],
    ends: &'p [u16; ENDS],
    count: usize,
}

/// A slash between segments, and one that an escape stands for.
const SLASH: u16 = 0x100;
const ESCAPED_SLASH: u16 = 0x101;

/// The bytes of a text in which slashes part segments and NUL is a slash that does not.
fn parted(text: &[u8]) -> impl Iterator<Item = u16> {
    text.iter().map(|&byte| match byte {
        b'/' => SLASH,
        0 => ESCAPED_SLASH,
        byte => byte.into(),
    })
}

impl<'p> EscapedSegments<'p> {
    pub(crate) fn new(path: &'p [u8], ends: &'p [u16; ENDS], count: usize) -> Self {
        Self { path, ends, count }
    }

    fn decoded(&self, column: usize) -> Decoded<'_> {
        Decoded::new(self.raw(column), Plus::Plus)
    }

    /// The bytes of some segments, each with the slash before it.
    fn bytes(&self, columns: Range<usize>) -> impl Iterator<Item = u16> {
        columns.flat_map(|column| {
            let decoded = self.decoded(column).map(|byte| match byte {
                b'/' => ESCAPED_SLASH,
                byte => u16::from(byte),
            });
            core::iter::once(SLASH).chain(decoded)
        })
    }

    /// Whether the last bytes but some of the first segments are the last so many of sixteen.
    fn ends_with(&self, count: usize, back: usize, text: Option<&[u8]>, len: usize) -> bool {
        let text = text.and_then(|text| text.get(CHUNK.checked_sub(len)?..CHUNK));
        let Some(start) = self
            .bytes(0..count)
            .count()
            .checked_sub(back)
            .and_then(|end| end.checked_sub(len))
        else {
            return false;
        };
        let bytes = self.bytes(0..count).skip(start).take(len);
        text.is_some_and(|text| parted(text).eq(bytes))
    }

    fn has_ends(&self, ends: Ends, text: &[u8]) -> bool {
        let (head, head_len) = ends.head();
        let (tail, tail_len) = ends.tail();
        let head = text.get(head..head + head_len).unwrap_or_default();
        (ends.whole() == 0 || ends.whole() == self.bytes(0..self.count).count())
            && parted(head).eq(self.bytes(0..self.count).take(head.len()))
            && self.ends_with(self.count, 0, text.get(tail..), tail_len)
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

    fn at_end(&self, is_last: bool) -> u64 {
        let bytes = self.bytes(0..self.count).map(|byte| match byte {
            SLASH | ESCAPED_SLASH => b'/',
            byte => byte as u8,
        });
        if is_last {
            return bytes.fold(0, |window, byte| window >> 8 | u64::from(byte) << 56);
        }
        let mut head = [0; 8];
        for (slot, byte) in head.iter_mut().zip(bytes.skip(1)) {
            *slot = byte;
        }
        u64::from_be_bytes(head)
    }

    fn holds(&self, check: Check, text: &[u8]) -> bool {
        let count = check.column() + 1;
        self.ends_with(count, check.back(), text.get(check.text()..), check.len())
    }

    fn holds_all(&self, checks: &[u64], text: &[u8]) -> bool {
        checks
            .split_first_chunk()
            .is_some_and(|(&[head, tail], checks)| {
                self.has_ends(Ends(head, tail), text)
                    && checks.iter().all(|&check| self.holds(Check(check), text))
            })
    }

    fn is(&self, column: usize, label: &[u8]) -> bool {
        self.decoded(column).eq(label.iter().copied())
    }

    fn raw(&self, column: usize) -> &[u8] {
        let (start, end) = bounds(self.ends, column);
        self.path.get(start..end).unwrap_or_default()
    }
}
