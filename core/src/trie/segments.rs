//! The segments of a path, as tables look at them.

use core::ops::Range;

use wide::u8x16;

use super::leaf::{CHUNK, Check, Chunk, Compared, apart, together};
use super::step::Step;
use super::tables::Tables;
use crate::path::{ENDS, MOST_SEGMENTS, Small};
use crate::percent::{Decoded, Plus};

/// The segments of a path.
///
/// They are handed on by value, so that they need not stand in memory where they are used most.
pub(crate) trait Segments: Copy {
    /// Eight bytes from a place of the path on, decoded, the first one lowest; zeros behind the next slash, and
    /// behind the path.
    fn head(&self, place: usize) -> u64;

    /// The bytes that a switch looks at, decoded, the first one lowest; zeros behind them, and where the
    /// window begins behind its limit. Where it begins before the path they mean nothing.
    fn window(&self, step: Step) -> u64;

    /// Whether the path has the bytes that a check asks for.
    fn holds(&self, check: Check, text: &[u8]) -> bool;

    /// Whether the path has all that a leaf compares, but for the shape and the others.
    fn holds_all(&self, leaf: Compared, tables: &Tables<'_>) -> bool;

    /// Whether the path has the others that a leaf compares.
    fn holds_others(&self, leaf: Compared, tables: &Tables<'_>) -> bool {
        let others = tables.others(leaf.others);
        others
            .iter()
            .all(|&check| self.holds(Check(check), tables.text))
    }

    /// Whether a segment, decoded, is this.
    fn is(&self, column: usize, label: &[u8]) -> bool;

    /// The raw segment.
    fn raw(&self, column: usize) -> &[u8];
}

/// What [`Segments::window`] takes of eight bytes, by how many there are.
const WINDOWS: [u64; 16] = {
    let mut masks = [0; 16];
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
}

/// What has the first and the last bytes of a path of any length.
#[inline(always)]
pub(crate) fn with_ends<R>(path: &[u8], then: impl FnOnce(&[u8], PathEnds<'_>) -> R) -> R {
    match PathEnds::new(path) {
        Some(ends) => then(path, ends),
        None => {
            let small = Small::new(path);
            then(&small.head, PathEnds::small(&small))
        }
    }
}

/// What [`Segments::head`] says of a path without escapes, which has zeros behind it if it has fewer than
/// sixteen bytes.
#[inline(always)]
pub(crate) fn head(path: &[u8], place: usize) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    let bytes = match path.get(place..place + 8).and_then(<[u8]>::first_chunk) {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => eight_at_end(path, place),
    };
    // A byte that is zero is where the slash was, and so is the lowest that is found, if there is one.
    let slashes = bytes ^ (ONES * b'/' as u64);
    let found = slashes.wrapping_sub(ONES) & !slashes & (ONES << 7);
    bytes & (found ^ found.wrapping_sub(1))
}

#[cold]
#[inline(never)]
fn eight_at_end(path: &[u8], place: usize) -> u64 {
    if place < path.len() {
        eight(path, place)
    } else {
        0
    }
}

/// Eight bytes from a place before the end on, with zeros in place of those behind that.
#[inline(always)]
fn eight(path: &[u8], place: usize) -> u64 {
    // Near the end bytes are read from before the place and shifted out. That is faster than reading them
    // from a copy that has just been written.
    let at = place.min(path.len().wrapping_sub(8));
    let shift = place.wrapping_sub(at).wrapping_mul(8) as u32 & 63;
    match path.get(at..).and_then(<[u8]>::first_chunk) {
        Some(bytes) => u64::from_le_bytes(*bytes) >> shift,
        None => 0,
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
            None => before_of_head(self.of.head, end),
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

/// The sixteen bytes before an end that is nearer to the beginning, with zeros in place of those that are not there.
#[inline(never)]
fn before_of_head(head: &[u8; CHUNK], end: usize) -> [u8; CHUNK] {
    let behind = 8 * (CHUNK - (end & (CHUNK - 1))) as u32;
    (u128::from_le_bytes(*head) << (behind & 127)).to_le_bytes()
}

/// The bytes in which some differ from a chunk.
#[inline(always)]
fn differing(own: [u8; CHUNK], chunk: Chunk) -> u8x16 {
    let wanted = u8x16::new(bytemuck::cast(chunk));
    (u8x16::new(own) ^ wanted) & !wanted.simd_eq(u8x16::ZERO)
}

fn is_zero(bytes: u8x16) -> bool {
    bytes.simd_eq(u8x16::ZERO).to_bitmask() == 0xFFFF
}

impl Segments for PlainSegments<'_> {
    #[inline(always)]
    fn head(&self, place: usize) -> u64 {
        head(self.path, place)
    }

    #[inline(always)]
    fn window(&self, step: Step) -> u64 {
        let anchor = usize::from(self.ends[step.anchor()]);
        let start = anchor.wrapping_add_signed(step.offset().into());
        let left = usize::from(self.ends[step.limit() + 1]).wrapping_sub(start);
        let bytes = eight(self.path, start);
        // All ones where it begins before the end.
        let is_there = (start.wrapping_sub(self.path.len()) as isize >> (isize::BITS - 1)) as usize;
        bytes & WINDOWS[left.min(step.most()) & is_there]
    }

    #[inline(always)]
    fn holds(&self, check: Check, text: &[u8]) -> bool {
        is_zero(self.differing(check, text))
    }

    #[inline(always)]
    fn holds_all(&self, leaf: Compared, tables: &Tables<'_>) -> bool {
        let middle = self.before(leaf.column, leaf.back);
        let differing = differing(*self.of.head, tables.chunk(leaf.head))
            | differing(*self.of.tail, tables.chunk(leaf.tail))
            | differing(middle, tables.chunk(leaf.middle));
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

/// The first eight of some bytes, the first one lowest.
fn packed(bytes: impl Iterator<Item = u8>) -> u64 {
    let mut packed = [0; 8];
    for (slot, byte) in packed.iter_mut().zip(bytes) {
        *slot = byte;
    }
    u64::from_le_bytes(packed)
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
    fn head(&self, place: usize) -> u64 {
        let mut is_before = true;
        let bytes = self.whole().skip(place).take_while(|&byte| {
            let is_taken = is_before;
            is_before &= byte != b'/';
            is_taken
        });
        packed(bytes.map(together))
    }

    fn window(&self, step: Step) -> u64 {
        let before = |column: usize| self.bytes(0..column.min(self.count)).count();
        // Behind the path there is nothing.
        if step.anchor() > self.count {
            return 0;
        }
        let start = before(step.anchor()).checked_add_signed(step.offset().into());
        let Some(start) = start else {
            return 0;
        };
        let len = before(step.limit() + 1)
            .saturating_sub(start)
            .min(step.most());
        packed(self.whole().map(together).skip(start).take(len))
    }

    fn holds(&self, check: Check, text: &[u8]) -> bool {
        let count = check.column() + 1;
        self.ends_with(count, check.back(), text.get(check.text()..), check.len())
    }

    fn holds_all(&self, leaf: Compared, tables: &Tables<'_>) -> bool {
        let chunk = |at: usize| -> [u8; CHUNK] { bytemuck::cast(tables.chunk(at)) };
        let ends_with = |count: usize, back: usize, text: [u8; CHUNK]| {
            let len = text.iter().rev().take_while(|&&byte| byte != 0).count();
            self.ends_with(count, back, Some(&text), len)
        };
        let head = chunk(leaf.head);
        let head = head.iter().copied().take_while(|&byte| byte != 0);
        let head_len = head.clone().count();
        head.eq(self.whole().take(head_len))
            && ends_with(self.count, 0, chunk(leaf.tail))
            && ends_with(leaf.column + 1, leaf.back, chunk(leaf.middle))
    }

    fn is(&self, column: usize, label: &[u8]) -> bool {
        self.decoded(column).eq(label.iter().copied())
    }

    fn raw(&self, column: usize) -> &[u8] {
        let (start, end) = bounds(self.ends, column);
        self.path.get(start..end).unwrap_or_default()
    }
}
