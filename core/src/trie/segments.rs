//! The segments of a path, as tables look at them.

use core::hint::select_unpredictable;
use core::ops::Range;

use wide::u8x16;

use super::step::{CHUNK, Check, Compared, Leaf, apart, together};
use super::tables::{Tables, run};
use crate::path::{ENDS, MOST_SEGMENTS, Small};
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
    fn holds_all(&self, leaf: &Leaf, tables: &Tables<'_>) -> bool;

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

/// The first and the last sixteen bytes of a path.
#[derive(Clone, Copy)]
pub(crate) struct PathEnds<'p> {
    /// Of a shorter path, with some behind it that mean nothing.
    head: &'p [u8; CHUNK],
    /// Of a shorter path, with some before it that mean nothing.
    tail: &'p [u8; CHUNK],
}

impl<'p> PathEnds<'p> {
    /// Those of a path of sixteen bytes or more.
    #[inline(always)]
    pub(crate) fn new(path: &'p [u8]) -> Option<Self> {
        Some(Self {
            head: path.first_chunk()?,
            tail: path.last_chunk()?,
        })
    }

    /// Those of a shorter path.
    #[inline(always)]
    pub(crate) const fn small(small: &'p Small) -> Self {
        Self {
            head: &small.head,
            tail: &small.tail,
        }
    }

    /// What [`Segments::at_end`] says.
    #[inline(always)]
    pub(crate) fn look(self, is_last: bool) -> u64 {
        let [_, head @ .., _, _, _, _, _, _, _] = *self.head;
        let [_, _, _, _, _, _, _, _, tail @ ..] = *self.tail;
        let (head, tail) = (u64::from_be_bytes(head), u64::from_le_bytes(tail));
        select_unpredictable(is_last, tail, head)
    }
}

/// The segments of a path without escapes.
#[derive(Clone, Copy)]
pub(crate) struct PlainSegments<'p> {
    /// The path, and what means nothing behind it up to 16 bytes.
    path: &'p [u8],
    of: PathEnds<'p>,
    ends: &'p [u16; ENDS],
}

impl<'p> PlainSegments<'p> {
    #[inline(always)]
    pub(crate) fn new(path: &'p [u8], of: PathEnds<'p>, ends: &'p [u16; ENDS]) -> Self {
        Self { path, of, ends }
    }

    /// The sixteen bytes that end so many bytes before the end of a segment.
    #[inline(always)]
    fn before(&self, column: usize, back: usize) -> [u8; CHUNK] {
        let (_, end) = bounds(self.ends, column);
        let end = end.wrapping_sub(back);
        let bytes = self.path.get(end.wrapping_sub(CHUNK)..end);
        match bytes.and_then(<[u8]>::first_chunk) {
            Some(bytes) => *bytes,
            None => {
                let behind = 8 * (CHUNK - (end & (CHUNK - 1))) as u32;
                (u128::from_le_bytes(*self.of.head) << (behind & 127)).to_le_bytes()
            }
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
        let ours = sixteen(self.path, at - CHUNK);
        let theirs = sixteen(text, check.text() + shift);
        (ours ^ theirs) & sixteen(&MASKS, 65 * check.len() + 16 + shift)
    }
}

/// The bytes in which some differ from what is wanted, where that is not zero.
#[inline(always)]
fn differing(own: [u8; CHUNK], wanted: [u8; CHUNK]) -> u8x16 {
    let wanted = u8x16::new(wanted);
    (u8x16::new(own) ^ wanted) & !wanted.simd_eq(u8x16::ZERO)
}

fn is_zero(bytes: u8x16) -> bool {
    bytes.simd_eq(u8x16::ZERO).to_bitmask() == 0xFFFF
}

impl Segments for PlainSegments<'_> {
    #[inline(always)]
    fn window(&self, column: usize, offset: usize) -> u64 {
        let (start, end) = bounds(self.ends, column);
        let start = start + offset;
        let last = self.path.len() - 8;
        // Near the end bytes are read from before the window and shifted out. That is faster than
        // reading them from a copy that has just been written.
        let at = if start < last { start } else { last };
        let shift = (8 * (start - at) as u32) & 63;
        let bytes = match self.path.get(at..).and_then(<[u8]>::first_chunk) {
            Some(bytes) => u64::from_le_bytes(*bytes) >> shift,
            None => 0,
        };
        let len = end.wrapping_sub(start);
        bytes & WINDOWS[if len < 8 { len } else { 8 }]
    }

    #[inline(always)]
    fn at_end(&self, is_last: bool) -> u64 {
        self.of.look(is_last)
    }

    #[inline(always)]
    fn holds(&self, check: Check, text: &[u8]) -> bool {
        is_zero(self.differing(check, text))
    }

    #[inline(always)]
    fn holds_all(&self, leaf: &Leaf, tables: &Tables<'_>) -> bool {
        let leaf = Compared::new(leaf);
        let mut differing = differing(*self.of.head, leaf.head)
            | differing(*self.of.tail, leaf.tail)
            | differing(self.before(leaf.column, leaf.back), leaf.middle);
        let [from, count] = leaf.others;
        if count != 0 {
            for &check in run(tables.checks, from, count) {
                differing |= self.differing(Check(check), tables.text);
            }
        }
        is_zero(differing)
    }

    fn is(&self, column: usize, label: &[u8]) -> bool {
        self.raw(column) == label
    }

    fn raw(&self, column: usize) -> &[u8] {
        let (start, end) = bounds(self.ends, column);
        self.path.get(start..end).unwrap_or_default()
    }
}

/// The segments of any path, decoded on the way.
#[derive(Clone, Copy)]
pub(crate) struct EscapedSegments<'p> {
    path: &'p [u8],
    ends: &'p [u16; ENDS],
    count: usize,
}

impl<'p> EscapedSegments<'p> {
    pub(crate) fn new(path: &'p [u8], ends: &'p [u16; ENDS], count: usize) -> Self {
        Self { path, ends, count }
    }

    fn decoded(&self, column: usize) -> Decoded<'_> {
        Decoded::new(self.raw(column), Plus::Plus)
    }

    /// The bytes of some segments, each with the slash before it, as tables have them.
    fn bytes(&self, columns: Range<usize>) -> impl Iterator<Item = u8> + Clone {
        columns.flat_map(|column| core::iter::once(b'/').chain(self.decoded(column).map(apart)))
    }

    /// The bytes of the whole path, as tables have them.
    pub(crate) fn whole(&self) -> impl Iterator<Item = u8> + Clone {
        self.bytes(0..self.count)
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
        text.is_some_and(|text| text.iter().copied().eq(bytes))
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
        let bytes = self.whole().map(together);
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

    fn holds_all(&self, leaf: &Leaf, tables: &Tables<'_>) -> bool {
        let leaf = Compared::new(leaf);
        let head = leaf.head.iter().copied().take_while(|&byte| byte != 0);
        let ends_with = |count: usize, back: usize, text: &[u8; CHUNK]| {
            let len = text.iter().rev().take_while(|&&byte| byte != 0).count();
            self.ends_with(count, back, Some(text), len)
        };
        let [from, count] = leaf.others;
        let head_len = head.clone().count();
        head.eq(self.whole().take(head_len))
            && ends_with(self.count, 0, &leaf.tail)
            && ends_with(leaf.column + 1, leaf.back, &leaf.middle)
            && run(tables.checks, from, count)
                .iter()
                .all(|&check| self.holds(Check(check), tables.text))
    }

    fn is(&self, column: usize, label: &[u8]) -> bool {
        self.decoded(column).eq(label.iter().copied())
    }

    fn raw(&self, column: usize) -> &[u8] {
        let (start, end) = bounds(self.ends, column);
        self.path.get(start..end).unwrap_or_default()
    }
}
