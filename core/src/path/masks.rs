//! What stands where among up to 64 bytes, found sixteen bytes at a time.

use wide::u8x16;

/// How many bytes have a mask of their own.
pub(super) const BLOCK: usize = 64;
/// One less than the bits of a mask.
pub(super) const LAST: usize = BLOCK - 1;

/// How many slashes there are, of which no two are neighbours.
#[inline(always)]
pub(super) const fn count(slashes: u64) -> usize {
    let pairs = (slashes | slashes >> 1) & (u64::MAX / 3);
    let fours = (pairs + (pairs >> 2)) & (u64::MAX / 5);
    let eights = (fours + (fours >> 4)) & (u64::MAX / 17);
    (eights.wrapping_mul(u64::MAX / 255) >> 56) as usize
}

/// What stands where in up to 64 bytes.
pub(super) struct Masks {
    pub(super) slashes: u64,
    pub(super) dots: u64,
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
    pub(super) fn new(bytes: &[u8; 16]) -> Self {
        let mut masks = Self::default();
        masks.add(bytes, 0);
        masks
    }

    /// Adds the block that begins there.
    #[inline(always)]
    pub(super) fn add(&mut self, bytes: &[u8; 16], place: usize) {
        let bytes = u8x16::new(*bytes);
        let of = |byte| u64::from(bytes.simd_eq(u8x16::splat(byte)).to_bitmask()) << (place & LAST);
        self.slashes |= of(b'/');
        self.dots |= of(b'.');
        self.least = self.least.min(bytes);
        self.queries |= bytes.simd_eq(u8x16::splat(b'?'));
    }

    #[inline(always)]
    pub(super) fn of(block: &[u8; BLOCK]) -> Self {
        let (parts, _) = block.as_chunks();
        let mut masks = Self::default();
        for (part, place) in parts.iter().zip([0, 16, 32, 48]) {
            masks.add(part, place);
        }
        masks
    }

    /// Whether there is a byte that needs a second look.
    #[inline(always)]
    pub(super) fn has_odd(&self) -> bool {
        // Below `+` there are NUL and `%`, and nothing that is common in paths.
        let low = self.least.min(u8x16::splat(b'*')).simd_eq(self.least);
        (low | self.queries).to_bitmask() != 0
    }

    /// Whether there is such a byte, an empty or dotted segment, or no slash at first.
    #[inline(always)]
    pub(super) fn needs_care(&self) -> bool {
        let odd = (self.slashes | self.dots) & self.slashes << 1 | !self.slashes & 1;
        self.has_odd() | (odd != 0)
    }
}

/// What unusual things stand where in up to 64 bytes.
#[derive(Default)]
pub(super) struct Found {
    pub(super) slashes: u64,
    pub(super) dots: u64,
    pub(super) queries: u64,
    pub(super) refused: u64,
}

impl Found {
    pub(super) fn new(block: &[u8; BLOCK]) -> Self {
        let mut found = Self::default();
        let (parts, _) = block.as_chunks();
        for (part, place) in parts.iter().zip([0, 16, 32, 48]) {
            found.add(part, place);
        }
        found
    }

    pub(super) fn add(&mut self, bytes: &[u8; 16], place: usize) {
        let bytes = u8x16::new(*bytes);
        let of = |byte| u64::from(bytes.simd_eq(u8x16::splat(byte)).to_bitmask()) << place;
        self.slashes |= of(b'/');
        self.dots |= of(b'.');
        self.queries |= of(b'?');
        self.refused |= of(b'%') | of(0);
    }
}
