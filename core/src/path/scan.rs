//! One pass over a target: slashes, escapes, the query's beginning, and what must not be there.

use super::{BadPath, LONGEST_PATH, MOST_SEGMENTS, PathParams};
use wide::u8x16;

use crate::percent;

/// What one pass over a target saw, besides the places that went into the [`PathParams`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scanned {
    /// Whether the path holds an escape, so that segments must be compared decoded.
    pub(crate) is_escaped: bool,
}

/// Takes a target apart.
pub(crate) fn scan(target: &[u8], params: &mut PathParams) -> Result<Scanned, BadPath> {
    let end = target
        .iter()
        .position(|&byte| byte == b'?')
        .unwrap_or(target.len());
    params.end = end as u32;
    let path = target.get(..end).unwrap_or_default();
    if path.first() != Some(&b'/') {
        return Err(BadPath::NoSlash);
    }
    if path.len() > LONGEST_PATH {
        return Err(BadPath::TooLong);
    }
    let mut segments = 0;
    let mut is_escaped = false;
    for (at, &byte) in path.iter().enumerate() {
        match byte {
            b'/' => {
                if segments == MOST_SEGMENTS {
                    return Err(BadPath::TooManySegments);
                }
                if let Some(end) = params.ends.get_mut(segments) {
                    *end = at as u16;
                }
                segments += 1;
            }
            b'%' => is_escaped = true,
            0 => return Err(BadPath::Nul),
            _ => {}
        }
    }
    if let Some(end) = params.ends.get_mut(segments) {
        *end = path.len() as u16;
    }
    params.segments = segments as u8;
    for segment in path.split(|&byte| byte == b'/').skip(1) {
        if is_escaped {
            percent::check_segment(segment)?;
        } else if percent::is_dots(segment) {
            return Err(BadPath::DotSegment);
        }
    }
    Ok(Scanned { is_escaped })
}

/// The longest target that is scanned at one go.
const SHORT: usize = 64;

/// A target without anything that needs a second look.
pub(crate) struct Clean {
    /// The segments that are empty.
    pub(crate) empty: u32,
}

/// Takes apart a target that has neither escapes nor empty segments within nor dot segments nor too
/// much of anything; `None` where it has, or a slash does not come first.
///
/// One shorter than 16 bytes is put into `image`, with others behind it.
#[inline(always)]
pub(crate) fn scan_clean(
    target: &[u8],
    image: &mut [u8; 16],
    params: &mut PathParams,
) -> Option<Clean> {
    if target.len().wrapping_sub(16) > SHORT - 16 {
        return if target.len() < 16 {
            scan_small(target, image, params)
        } else {
            scan_long(target, params)
        };
    }
    // Blocks of 16 bytes overlap, so that every length is covered by the same few of them.
    let last = (target.len() - 16).min(SHORT - 16);
    let mut masks = Masks::default();
    masks.add(target, 0, 0)?;
    masks.add(target, last, last)?;
    if last > 16 {
        masks.add(target, 16, 16)?;
        masks.add(target, last.min(32), last.min(32))?;
    }
    if masks.has_special() || masks.dots & masks.slashes << 1 != 0 {
        return scan_blocks(target, params);
    }
    let empty = note(masks.slashes, target.len(), params)?;
    Some(Clean { empty })
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
    /// Adds the block that begins at a place of the target, as what stands at a place of the mask.
    #[inline(always)]
    fn add(&mut self, target: &[u8], at: usize, place: usize) -> Option<()> {
        let bytes = target.get(at..at + 16)?.first_chunk()?;
        self.add_block(bytes, place);
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

    #[inline(always)]
    fn has_special(&self) -> bool {
        self.special.to_bitmask() != 0
    }
}

/// Notes where the segments of a path of at most 64 bytes end, and tells which are empty.
#[inline(always)]
fn note(slashes: u64, end: usize, params: &mut PathParams) -> Option<u32> {
    if slashes & 1 == 0 || slashes & slashes << 1 != 0 {
        return None;
    }
    params.end = end as u32;
    let mut left = slashes;
    // Most paths have no more than these, and counting them would cost more.
    let (first, rest) = params.ends.split_at_mut(6);
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
    *params.ends.get_mut(count as usize)? = end as u16;
    let is_open = (slashes >> ((end - 1) & 63)) as u32 & 1;
    Some(is_open << ((count - 1) & 31))
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
fn scan_small(target: &[u8], image: &mut [u8; 16], params: &mut PathParams) -> Option<Clean> {
    *image = small(target);
    let mut masks = Masks::default();
    masks.add_block(image, 0);
    let mut end = target.len();
    if masks.has_special() || masks.dots & masks.slashes << 1 != 0 {
        end = look_again(target)?;
    }
    let slashes = masks.slashes & !(u64::MAX << (end & 63));
    let empty = note(slashes, end, params)?;
    Some(Clean { empty })
}

/// A target of more than 64 bytes.
#[inline(never)]
fn scan_long(target: &[u8], params: &mut PathParams) -> Option<Clean> {
    if target.len() > LONGEST_PATH {
        return scan_blocks(target, params);
    }
    let mut count = 0;
    // Whether the byte before is a slash, in the lowest bit.
    let mut after_slash = 0;
    let mut at = 0;
    while at < target.len() {
        // The last 64 bytes reach back; what was seen already is shifted out.
        let from = at.min(target.len() - SHORT);
        let seen = at - from;
        let mut masks = Masks::default();
        for place in [0, 16, 32, 48] {
            masks.add(target, from + place, place)?;
        }
        let mut slashes = masks.slashes >> seen;
        let behind = slashes << 1 | after_slash;
        if masks.has_special() || (masks.dots >> seen | slashes) & behind != 0 {
            return scan_blocks(target, params);
        }
        after_slash = masks.slashes >> 63;
        while slashes != 0 {
            if count == MOST_SEGMENTS {
                return None;
            }
            *params.ends.get_mut(count)? = (at + slashes.trailing_zeros() as usize) as u16;
            slashes &= slashes - 1;
            count += 1;
        }
        at = from + SHORT;
    }
    if params.ends.first() != Some(&0) || count == 0 {
        return None;
    }
    *params.ends.get_mut(count)? = target.len() as u16;
    params.end = target.len() as u32;
    params.segments = count as u8;
    Some(Clean {
        empty: (after_slash as u32) << ((count - 1) & 31),
    })
}

/// A target of 16 bytes or more, block after block.
#[inline(never)]
fn scan_blocks(target: &[u8], params: &mut PathParams) -> Option<Clean> {
    let mut count = 0;
    // Whether the byte before the block is a slash, in the lowest bit.
    let mut after_slash = 0_u32;
    let mut end = target.len();
    let mut at = 0;
    while at < end {
        // The last block reaches back; what was seen already is shifted out.
        let from = at.min(target.len() - 16);
        let seen = (at - from) as u32;
        let bytes = u8x16::new(*target.get(from..)?.first_chunk()?);
        let of = |byte| bytes.simd_eq(u8x16::splat(byte)).to_bitmask() >> seen;
        let mut slashes = of(b'/');
        let mut special = of(b'%') | of(0);
        let queries = of(b'?');
        let mut dots = of(b'.');
        if queries != 0 {
            end = at + queries.trailing_zeros() as usize;
            let before = queries & queries.wrapping_neg();
            slashes &= before - 1;
            special &= before - 1;
            dots &= before - 1;
        }
        let behind = slashes << 1 | after_slash;
        if special | (dots | slashes) & behind != 0 || end > LONGEST_PATH {
            return None;
        }
        after_slash = slashes >> (15 - seen) & 1;
        while slashes != 0 {
            if count == MOST_SEGMENTS {
                return None;
            }
            *params.ends.get_mut(count)? = (at + slashes.trailing_zeros() as usize) as u16;
            slashes &= slashes - 1;
            count += 1;
        }
        at = from + 16;
    }
    if count == 0 || params.ends.first() != Some(&0) {
        return None;
    }
    *params.ends.get_mut(count)? = end as u16;
    params.end = end as u32;
    params.segments = count as u8;
    let is_open = target.get(end - 1) == Some(&b'/');
    Some(Clean {
        empty: u32::from(is_open) << ((count - 1) & 31),
    })
}

/// A target of fewer than 16 bytes with bytes behind it that mean nothing.
#[inline(always)]
fn small(target: &[u8]) -> [u8; 16] {
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
    (image | BEHIND << (8 * len)).to_le_bytes()
}

/// Where the path of a short target ends; `None` if something in it needs care.
#[inline(never)]
fn look_again(target: &[u8]) -> Option<usize> {
    let end = target
        .iter()
        .position(|&byte| byte == b'?')
        .unwrap_or(target.len());
    let mut before = 0;
    for &byte in target.get(..end)? {
        if byte == 0 || byte == b'%' || (byte == b'.' && before == b'/') {
            return None;
        }
        before = byte;
    }
    Some(end)
}
