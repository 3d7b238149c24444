//! Paths that are longer than what one mask can tell of.

use super::clean::Clean;
use super::masks::{BLOCK, Found, LAST, Masks, count};
use super::{ALWAYS_NOTED, ENDS, LONGEST_PATH, MOST_SEGMENTS, PathParams};

/// A clean path of 64 to 127 bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Long {
    /// The slashes of the first 64 bytes.
    slashes: u64,
    /// Those of the others.
    behind: u64,
    len: usize,
}

impl Clean for Long {
    #[inline(always)]
    fn count(self) -> usize {
        count(self.slashes) + count(self.behind)
    }

    #[inline(always)]
    fn note(self, params: &mut PathParams) {
        let before = count(self.slashes);
        params.segments = self.count() as u8;
        params.end = self.len as u32;
        note(&mut params.ends, 0, self.slashes, 0);
        let behind = self.behind | 1 << (self.len & LAST);
        note(&mut params.ends, before, behind, BLOCK as u16);
    }

    #[inline(always)]
    fn is_open(self) -> bool {
        let places = if self.len > BLOCK {
            self.behind
        } else {
            self.slashes
        };
        places >> (self.len.wrapping_sub(1) & LAST) & 1 != 0
    }
}

/// Notes places from a slot on, and one behind the block in those behind them.
#[inline(always)]
fn note(ends: &mut [u16; ENDS], slot: usize, places: u64, first: u16) {
    let mut left = places;
    let mut next = || {
        let place = first + left.trailing_zeros() as u16;
        left &= left.wrapping_sub(1);
        (place, left != 0)
    };
    let slots = ends.get_mut(slot..).unwrap_or_default();
    // Most blocks have no more than these, and counting them would cost more.
    let few = slots.len().min(ALWAYS_NOTED - 1);
    let (few, others) = slots.split_at_mut(few);
    let mut is_more = true;
    for slot in few {
        (*slot, is_more) = next();
    }
    for slot in others {
        if !is_more {
            break;
        }
        (*slot, is_more) = next();
    }
}

/// Takes apart a target of 64 to 127 bytes, as [`scan_short`](super::scan_short) does.
#[inline(always)]
pub(crate) fn scan_longer(target: &[u8]) -> Option<Long> {
    let first = Masks::of(target.first_chunk()?);
    let last = Masks::of(target.last_chunk()?);
    // The last bytes reach back over so many of the first, one at least.
    let over = (2 * BLOCK).wrapping_sub(target.len());
    let shift = over.wrapping_sub(1) & LAST;
    let (behind, dots) = (last.slashes >> 1 >> shift, last.dots >> 1 >> shift);
    let slashes = first.slashes;
    let odd = (slashes | first.dots) & slashes << 1
        | (behind | dots) & (behind << 1 | slashes >> LAST)
        | !slashes & 1;
    let clean = Long {
        slashes,
        behind,
        len: target.len(),
    };
    let needs_care = first.has_odd() | last.has_odd() | (odd != 0);
    (!needs_care && clean.count() <= MOST_SEGMENTS).then_some(clean)
}

/// Takes apart a target of more than 63 bytes, as [`scan_short`](super::scan_short) does, and notes where the segments end.
#[inline(never)]
pub(crate) fn scan_long(target: &[u8], params: &mut PathParams) -> Option<()> {
    let mut count = 0;
    // Whether the byte before is a slash, in the lowest bit.
    let mut after_slash = 0;
    let mut at = 0;
    let mut end = target.len();
    while at < end {
        // The last bytes reach back; what was seen already is shifted out.
        let from = at.min(target.len() - BLOCK);
        let seen = at - from;
        let block: &[u8; BLOCK] = target.get(from..)?.first_chunk()?;
        let masks = Masks::of(block);
        let mut slashes = masks.slashes >> seen;
        let mut odd = (masks.dots >> seen | slashes) & (slashes << 1 | after_slash);
        if masks.has_odd() {
            let found = Found::new(block);
            odd |= found.refused >> seen;
            let queries = found.queries >> seen;
            if queries != 0 {
                end = at + queries.trailing_zeros() as usize;
                let before = (queries & queries.wrapping_neg()) - 1;
                slashes &= before;
                odd &= before;
            }
        }
        if odd != 0 || end > LONGEST_PATH {
            return None;
        }
        after_slash = masks.slashes >> 63;
        while slashes != 0 {
            *params.ends.get_mut(count)? = (at + slashes.trailing_zeros() as usize) as u16;
            slashes &= slashes - 1;
            count += 1;
        }
        at = from + BLOCK;
    }
    if params.ends.first() != Some(&0) || count == 0 || count > MOST_SEGMENTS {
        return None;
    }
    params.note_end(count, end);
    params.end = end as u32;
    params.segments = count as u8;
    Some(())
}
