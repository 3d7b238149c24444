//! One pass over a target that needs no second look, sixteen bytes at a time.

use wide::u8x16;

use super::{LONGEST_PATH, MOST_SEGMENTS, PathParams};

/// The longest target that is scanned at one go: one less than the bits of a mask.
const SHORT: usize = 63;
/// What is scanned of a longer one at a time.
const BLOCK: usize = 64;

/// A path of at most 63 bytes that needs no second look: it has neither escapes nor empty segments
/// within nor dot segments, and begins with a slash.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clean {
    /// The places of its slashes, of which no two are neighbours.
    slashes: u64,
    len: usize,
}

impl Clean {
    /// How many segments it has: 32 at most.
    #[inline(always)]
    pub(crate) const fn count(self) -> usize {
        let pairs = (self.slashes | self.slashes >> 1) & (u64::MAX / 3);
        let fours = (pairs + (pairs >> 2)) & (u64::MAX / 5);
        let eights = (fours + (fours >> 4)) & (u64::MAX / 17);
        (eights.wrapping_mul(u64::MAX / 255) >> 56) as usize
    }

    /// Whether its last segment is empty.
    #[inline(always)]
    pub(crate) const fn is_open(self) -> bool {
        self.slashes >> (self.len.wrapping_sub(1) & SHORT) & 1 != 0
    }

    /// Notes where its segments end.
    #[inline(always)]
    pub(crate) fn note(self, params: &mut PathParams) {
        params.segments = self.count() as u8;
        params.end = self.len as u32;
        let mut left = self.slashes | 1 << (self.len & SHORT);
        // Most paths have no more than these, and counting them would cost more.
        let (first, rest) = params.ends.split_at_mut(7);
        for slot in first {
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
}

/// Takes apart a target of 16 to 63 bytes that is a path without a query; `None` where it needs care.
#[inline(always)]
pub(crate) fn scan_clean(target: &[u8]) -> Option<Clean> {
    // Blocks of 16 bytes overlap, so that every length is covered by the same four of them.
    let last = target.len().wrapping_sub(16);
    let mut masks = Masks::new(target.first_chunk()?);
    masks.add(target.get(last.min(16)..)?.first_chunk()?, last.min(16));
    masks.add(target.get(last.min(32)..)?.first_chunk()?, last.min(32));
    masks.add(target.last_chunk()?, last);
    if masks.needs_care() {
        return None;
    }
    Some(Clean {
        slashes: masks.slashes,
        len: target.len(),
    })
}

/// Fewer than sixteen bytes, once at the beginning of sixteen and once at the end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Small {
    /// With bytes behind them that mean nothing.
    pub(crate) head: [u8; 16],
    /// With bytes before them that mean nothing.
    pub(crate) tail: [u8; 16],
}

impl Small {
    /// Those bytes.
    #[inline(always)]
    pub(crate) fn new(bytes: &[u8]) -> Self {
        const BEHIND: u64 = u64::from_le_bytes([b'_'; 8]);
        let len = bytes.len() & 15;
        let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
        let half = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
        let [low, high, before, last] = match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => {
                // The two overlap by so many bits, fewer than 64 and one.
                let over = 8 * (16 - len) as u32;
                let (first, last) = (word(first), word(last));
                let behind = last.checked_shr(over).unwrap_or_default();
                let filled = behind | BEHIND << (64 - over);
                [
                    first,
                    filled,
                    first.checked_shl(over).unwrap_or_default(),
                    last,
                ]
            }
            _ => {
                let bytes = match (bytes.first_chunk(), bytes.last_chunk()) {
                    (Some(first), Some(last)) => half(first) | half(last) << (8 * (len - 4)),
                    _ => bytes
                        .iter()
                        .rev()
                        .fold(0, |bytes, &byte| bytes << 8 | u64::from(byte)),
                };
                let free = 64 - 8 * len as u32;
                let at_end = bytes.checked_shl(free).unwrap_or_default();
                [bytes | BEHIND << (8 * len), BEHIND, 0, at_end]
            }
        };
        let join = |low: u64, high: u64| bytemuck::cast([low.to_le(), high.to_le()]);
        Self {
            head: join(low, high),
            tail: join(before, last),
        }
    }
}

/// Takes apart a target of fewer than 16 bytes, as [`scan_clean`] does.
#[inline(always)]
pub(crate) fn scan_small(target: &[u8], small: &Small) -> Option<Clean> {
    let masks = Masks::new(&small.head);
    let clean = Clean {
        slashes: masks.slashes,
        len: target.len(),
    };
    (!masks.needs_care()).then_some(clean)
}

/// Takes apart a target of fewer than 64 bytes that holds something unusual, a query mostly.
#[inline(never)]
pub(crate) fn scan_odd(target: &[u8]) -> Option<Clean> {
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
    let before = (1_u64 << (end & SHORT)) - 1;
    let slashes = of.slashes & before;
    let behind = slashes << 1;
    if (of.refused | (of.slashes | of.dots) & behind) & before != 0 || slashes & 1 == 0 {
        return None;
    }
    Some(Clean { slashes, len: end })
}

/// What stands where in up to 64 bytes.
struct Masks {
    slashes: u64,
    dots: u64,
    /// The least bytes of all blocks.
    least: u8x16,
    /// The question marks of all blocks.
    queries: u8x16,
}

impl Default for Masks {
    fn default() -> Self {
        Self {
            slashes: 0,
            dots: 0,
            least: u8x16::splat(u8::MAX),
            queries: u8x16::ZERO,
        }
    }
}

impl Masks {
    #[inline(always)]
    fn new(bytes: &[u8; 16]) -> Self {
        let mut masks = Self::default();
        masks.add(bytes, 0);
        masks
    }

    /// Adds the block that begins there.
    #[inline(always)]
    fn add(&mut self, bytes: &[u8; 16], place: usize) {
        let bytes = u8x16::new(*bytes);
        let of =
            |byte| u64::from(bytes.simd_eq(u8x16::splat(byte)).to_bitmask()) << (place & SHORT);
        self.slashes |= of(b'/');
        self.dots |= of(b'.');
        self.least = self.least.min(bytes);
        self.queries |= bytes.simd_eq(u8x16::splat(b'?'));
    }

    fn of(block: &[u8; BLOCK]) -> Self {
        let (parts, _) = block.as_chunks();
        let mut masks = Self::default();
        for (part, place) in parts.iter().zip([0, 16, 32, 48]) {
            masks.add(part, place);
        }
        masks
    }

    /// Whether there is a byte that needs a second look.
    #[inline(always)]
    fn has_odd(&self) -> bool {
        // Below `+` there are NUL and `%`, and nothing that is common in paths.
        let low = self.least.min(u8x16::splat(b'*')).simd_eq(self.least);
        (low | self.queries).to_bitmask() != 0
    }

    /// Whether there is such a byte, an empty or dotted segment, or no slash at first.
    #[inline(always)]
    fn needs_care(&self) -> bool {
        let odd = (self.slashes | self.dots) & self.slashes << 1 | !self.slashes & 1;
        self.has_odd() | (odd != 0)
    }
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

/// Takes apart a target of more than 63 bytes, as [`scan_clean`] does, notes where the segments end, and
/// tells whether the last one is empty.
#[inline(never)]
pub(crate) fn scan_long(target: &[u8], params: &mut PathParams) -> Option<bool> {
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
    *params.ends.get_mut(count)? = end as u16;
    params.end = end as u32;
    params.segments = count as u8;
    Some(target.get(end - 1) == Some(&b'/'))
}
