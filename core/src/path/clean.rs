//! One pass over a target that needs no second look.
//!
//! A path is clean if it has neither escapes nor empty segments within nor dot segments, and begins with
//! a slash.

use super::PathParams;
use super::masks::{Found, LAST, Masks, count};
use super::small::Small;

/// Most paths have fewer segments, and counting them would cost more than noting so many.
const FEW: usize = 8;

/// What a scan found of a clean path.
pub(crate) trait Clean: Copy {
    /// How many segments it has: 32 at most.
    fn count(self) -> usize;

    /// Notes where its segments end, and in other slots that are [`ALWAYS_NOTED`](super::ALWAYS_NOTED) a place
    /// behind its end.
    fn note(self, params: &mut PathParams);

    /// Whether the last one is empty.
    fn is_open(self) -> bool;
}

/// A clean path of at most 63 bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Short {
    /// The places of its slashes, of which no two are neighbours.
    pub(super) slashes: u64,
    pub(super) len: usize,
}

impl Clean for Short {
    #[inline(always)]
    fn count(self) -> usize {
        count(self.slashes)
    }

    #[inline(always)]
    fn note(self, params: &mut PathParams) {
        params.segments = self.count() as u8;
        params.end = self.len as u32;
        let mut left = self.slashes | 1 << (self.len & LAST);
        let (first, rest) = params.ends.split_at_mut(FEW);
        // The first is that of the slash which every path begins with.
        first[0] = 0;
        left &= left.wrapping_sub(1);
        for slot in first.iter_mut().skip(1) {
            *slot = left.trailing_zeros() as u16;
            left &= left.wrapping_sub(1);
        }
        if left != 0 {
            for slot in rest {
                *slot = left.trailing_zeros() as u16;
                left &= left.wrapping_sub(1);
                if left == 0 {
                    break;
                }
            }
        }
    }

    #[inline(always)]
    fn is_open(self) -> bool {
        self.slashes >> (self.len.wrapping_sub(1) & LAST) & 1 != 0
    }
}

/// Takes apart a target of 16 to 63 bytes that is a path without a query; `None` where it needs care.
#[inline(always)]
pub(crate) fn scan_short(target: &[u8]) -> Option<Short> {
    // Blocks of 16 bytes overlap, so that every length is covered by the same four of them.
    let len = target.len();
    let last = len.wrapping_sub(16);
    let mut masks = Masks::new(target.first_chunk()?);
    masks.add(target.get(..len.min(32))?.last_chunk()?, last.min(16));
    masks.add(target.get(..len.min(48))?.last_chunk()?, last.min(32));
    masks.add(target.last_chunk()?, last);
    if masks.needs_care() {
        return None;
    }
    Some(Short {
        slashes: masks.slashes,
        len: target.len(),
    })
}

/// Takes apart a target of fewer than 64 bytes that holds something unusual, a query mostly.
#[inline(never)]
pub(crate) fn scan_odd(target: &[u8]) -> Option<Short> {
    let mut of = Found::default();
    match target.len().checked_sub(16) {
        Some(last) => {
            for at in [0, last.min(16), last.min(32), last] {
                of.add(target.get(at..)?.first_chunk()?, at);
            }
        }
        None => of.add(&Small::new(target).head, 0),
    }
    // Other odd things may be harmless, such as a star; what is not is found below.
    let end = (of.queries.trailing_zeros() as usize).min(target.len());
    let before = (1_u64 << (end & LAST)) - 1;
    let slashes = of.slashes & before;
    let behind = slashes << 1;
    if (of.refused | (of.slashes | of.dots) & behind) & before != 0 || slashes & 1 == 0 {
        return None;
    }
    Some(Short { slashes, len: end })
}
