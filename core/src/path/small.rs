//! Paths that are shorter than what is read at a time.

use super::clean::Short;
use super::masks::Masks;

/// Fewer than sixteen bytes, once at the beginning of sixteen and once at the end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Small {
    /// With zeros behind them.
    pub(crate) head: [u8; 16],
    /// With bytes before them that mean nothing.
    pub(crate) tail: [u8; 16],
}

impl Small {
    /// Those bytes.
    #[inline(always)]
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let len = bytes.len() & 15;
        let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
        let half = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
        let [low, high, before, last] = match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => {
                // The two overlap by so many bits, fewer than 64 and one.
                let over = 8 * (16 - len) as u32;
                let (first, last) = (word(first), word(last));
                [
                    first,
                    last.checked_shr(over).unwrap_or_default(),
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
                [bytes, 0, 0, at_end]
            }
        };
        let join = |low: u64, high: u64| bytemuck::cast([low.to_le(), high.to_le()]);
        Self {
            head: join(low, high),
            tail: join(before, last),
        }
    }
}

/// Takes apart a target of fewer than 16 bytes, as [`scan_short`](super::scan_short) does.
#[inline(always)]
pub(crate) fn scan_small(target: &[u8], small: &Small) -> Option<Short> {
    // Behind the path stands what is not odd.
    let behind = (u128::from_le_bytes([b'_'; 16])) << (8 * (target.len() & 15) as u32);
    let filled = u128::from_le_bytes(small.head) | behind;
    let masks = Masks::new(&filled.to_le_bytes());
    let clean = Short {
        slashes: masks.slashes,
        len: target.len(),
    };
    (!masks.needs_care()).then_some(clean)
}
