//! One pass over a target that needs no second look, sixteen bytes at a time.

use wide::u8x16;

use super::{LONGEST_PATH, MOST_SEGMENTS, PathParams};

/// The longest target that is scanned at one go: one less than the bits of a mask.
const SHORT: usize = 63;
/// What is scanned of a longer one at a time.
const BLOCK: usize = 64;

/// Takes apart a target that has neither escapes nor empty segments within nor dot segments nor too
/// much of anything, and tells which segments are empty; `None` where it has, or a slash does not come
/// first.
#[inline(always)]
pub(crate) fn scan_clean(target: &[u8], params: &mut PathParams) -> Option<u32> {
    if target.len().wrapping_sub(16) > SHORT - 16 {
        return if target.len() < 16 {
            scan_small(target, params)
        } else {
            scan_long(target, params)
        };
    }
    // Blocks of 16 bytes overlap, so that every length is covered by the same four of them.
    let last = target.len() - 16;
    let mut masks = Masks::default();
    masks.add(target, 0)?;
    masks.add(target, last.min(16))?;
    masks.add(target, last.min(32))?;
    masks.add(target, last)?;
    if masks.needs_care() {
        return scan_odd(target, params);
    }
    note(masks.slashes, target.len(), params)
}

/// What stands where in up to 64 bytes.
#[derive(Default)]
struct Masks {
    slashes: u64,
    dots: u64,
    /// Bytes that need a second look, in any block.
    special: u8x16,
}

impl Masks {
    /// Adds the block that begins there.
    #[inline(always)]
    fn add(&mut self, target: &[u8], at: usize) -> Option<()> {
        self.add_block(target.get(at..)?.first_chunk()?, at);
        Some(())
    }

    #[inline(always)]
    fn add_block(&mut self, bytes: &[u8; 16], place: usize) {
        let bytes = u8x16::new(*bytes);
        let of = |byte| u64::from(bytes.simd_eq(u8x16::splat(byte)).to_bitmask());
        self.slashes |= of(b'/') << place;
        self.dots |= of(b'.') << place;
        // Below `+` there are NUL and `%`, and nothing that is common in paths.
        let low = bytes.min(u8x16::splat(b'*')).simd_eq(bytes);
        self.special |= low | bytes.simd_eq(u8x16::splat(b'?'));
    }

    /// Whether there is a byte that needs a second look, or a segment that is empty or begins with a
    /// dot, or no slash at first.
    #[inline(always)]
    fn needs_care(&self) -> bool {
        let behind = self.slashes << 1;
        let odd = (self.slashes | self.dots) & behind | !self.slashes & 1;
        (u64::from(self.special.to_bitmask()) | odd) != 0
    }
}

/// Notes where the segments of a path of at most 63 bytes end, and tells which are empty.
#[inline(always)]
fn note(slashes: u64, end: usize, params: &mut PathParams) -> Option<u32> {
    params.end = end as u32;
    let mut left = slashes | 1 << (end & SHORT);
    // Most paths have no more than these, and counting them would cost more.
    let (first, rest) = params.ends.split_at_mut(7);
    for slot in first {
        *slot = left.trailing_zeros() as u16;
        left &= left.wrapping_sub(1);
    }
    let mut count = count_few(slashes);
    if left != 0 {
        count = slashes.count_ones();
        if count as usize > MOST_SEGMENTS {
            return None;
        }
        for slot in rest {
            *slot = left.trailing_zeros() as u16;
            left &= left.wrapping_sub(1);
            if left == 0 {
                break;
            }
        }
    }
    params.segments = count as u8;
    let is_open = (slashes >> (end.wrapping_sub(1) & SHORT)) as u32 & 1;
    Some(is_open << (count.wrapping_sub(1) & 31))
}

/// How many bits are set, of which no two are neighbours, and no more than 15.
#[inline(always)]
fn count_few(bits: u64) -> u32 {
    let pairs = (bits | bits >> 1) & (u64::MAX / 3);
    let fours = (pairs + (pairs >> 2)) & (u64::MAX / 5);
    (fours.wrapping_mul(u64::MAX / 15) >> 60) as u32
}

/// A target of fewer than 16 bytes.
#[inline(always)]
fn scan_small(target: &[u8], params: &mut PathParams) -> Option<u32> {
    let bytes = small(target);
    let mut masks = Masks::default();
    masks.add_block(&bytes.to_le_bytes(), 0);
    let mut end = target.len();
    if masks.needs_care() {
        end = look_again(target)?;
    }
    let slashes = masks.slashes & !(u64::MAX << end);
    note(slashes, end, params)
}

/// A target of 16 to 63 bytes that holds something unusual; a query, mostly.
#[inline(never)]
fn scan_odd(target: &[u8], params: &mut PathParams) -> Option<u32> {
    let mut of = Found::default();
    let last = target.len() - 16;
    for at in [0, last.min(16), last.min(32), last] {
        of.add(target.get(at..)?.first_chunk()?, at);
    }
    // Other odd things may be harmless, such as a star; what is not is found below.
    let end = (of.queries.trailing_zeros() as usize).min(target.len());
    let before = (1_u64 << (end & SHORT)) - 1;
    let slashes = of.slashes & before;
    let behind = slashes << 1;
    if (of.refused | (of.slashes | of.dots) & behind) & before != 0 || slashes & 1 == 0 {
        return None;
    }
    note(slashes, end, params)
}

/// What unusual things stand where in up to 64 bytes.
#[derive(Default)]
struct Found {
    slashes: u64,
    dots: u64,
    queries: u64,
    refused: u64,
}

impl Found {
    fn new(block: &[u8; BLOCK]) -> Self {
        let mut found = Self::default();
        let (parts, _) = block.as_chunks();
        for (part, place) in parts.iter().zip([0, 16, 32, 48]) {
            found.add(part, place);
        }
        found
    }

    fn add(&mut self, bytes: &[u8; 16], place: usize) {
        let bytes = u8x16::new(*bytes);
        let of = |byte| u64::from(bytes.simd_eq(u8x16::splat(byte)).to_bitmask()) << place;
        self.slashes |= of(b'/');
        self.dots |= of(b'.');
        self.queries |= of(b'?');
        self.refused |= of(b'%') | of(0);
    }
}

/// A target of more than 63 bytes.
#[inline(never)]
fn scan_long(target: &[u8], params: &mut PathParams) -> Option<u32> {
    let mut count = 0;
    // Whether the byte before is a slash, in the lowest bit.
    let mut after_slash = 0;
    let mut at = 0;
    let mut end = target.len();
    while at < end {
        // The last bytes reach back; what was seen already is shifted out.
        let from = at.min(target.len() - BLOCK);
        let seen = at - from;
        let mut masks = Masks::default();
        let block: &[u8; BLOCK] = target.get(from..)?.first_chunk()?;
        let (parts, _) = block.as_chunks();
        for (part, place) in parts.iter().zip([0, 16, 32, 48]) {
            masks.add_block(part, place);
        }
        let mut slashes = masks.slashes >> seen;
        let mut odd = (masks.dots >> seen | slashes) & (slashes << 1 | after_slash);
        if masks.special.to_bitmask() != 0 {
            let found = Found::new(block);
            let queries = found.queries >> seen;
            let mut before = u64::MAX;
            if queries != 0 {
                end = at + queries.trailing_zeros() as usize;
                before = (queries & queries.wrapping_neg()) - 1;
            }
            slashes &= before;
            odd = (odd | found.refused >> seen) & before;
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
    *params.ends.get_mut(count)? = end as u16;
    params.end = end as u32;
    params.segments = count as u8;
    let is_open = target.get(end - 1) == Some(&b'/');
    Some(u32::from(is_open) << ((count - 1) & 31))
}

/// A target of fewer than 16 bytes with bytes behind it that mean nothing.
#[inline(always)]
pub(crate) fn small(target: &[u8]) -> u128 {
    const BEHIND: u128 = u128::from_le_bytes([b'_'; 16]);
    let len = target.len() as u32 & 15;
    let image = if let (Some(head), Some(tail)) = (target.first_chunk(), target.last_chunk()) {
        let low = u64::from_le_bytes(*head);
        let high = u64::from_le_bytes(*tail);
        // They overlap, and agree where they do.
        u128::from(low) | u128::from(high) << (8 * (len - 8))
    } else if let (Some(head), Some(tail)) = (target.first_chunk(), target.last_chunk()) {
        let low = u32::from_le_bytes(*head);
        let high = u32::from_le_bytes(*tail);
        u128::from(low) | u128::from(high) << (8 * (len - 4))
    } else {
        target
            .iter()
            .rev()
            .fold(0, |image, &byte| image << 8 | u128::from(byte))
    };
    image | BEHIND << (8 * len)
}

/// Where the path of a short target ends; `None` if something in it needs care.
#[inline(never)]
fn look_again(target: &[u8]) -> Option<usize> {
    let end = target
        .iter()
        .position(|&byte| byte == b'?')
        .unwrap_or(target.len());
    let path = target.get(..end)?;
    let mut before = 0;
    for &byte in path {
        if byte == 0 || byte == b'%' || (matches!(byte, b'.' | b'/') && before == b'/') {
            return None;
        }
        before = byte;
    }
    (path.first() == Some(&b'/')).then_some(end)
}
