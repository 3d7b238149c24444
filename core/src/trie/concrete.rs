//! The routes without parameters: each is found by one probe and one comparison.
//!
//! Such a route wins over all others that have the path, since a literal wins in every segment; and a
//! path that equals it byte for byte needs no other look, since no clean path is told from it. So where most routes
//! are such they stand here, and are asked for before the path is scanned, unless it is longer than all of
//! them. Else they stand among the others, as those do which are very long, and this table is empty.
//!
//! A key is made of the method and two windows of eight bytes: the last ones, and others in
//! front of them, where the routes of the router differ most. The high bits of the key choose a
//! displacement, which together with the low bits is the place of the only route that it can be.

use super::tables::{HoldsTables, run};
use crate::method::Number;

/// How keys are made.
///
/// ```text
/// the longest route's length 8 | shift 6 | all bytes count 1 | salt 35 | how far the second window is in front of the first 14
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Hashing(pub(crate) u64);

/// The farthest that a second window is in front of the first.
#[cfg(feature = "alloc")]
pub(crate) const FARTHEST: usize = crate::path::LONGEST_PATH;
/// The longest that a route in this table may be.
#[cfg(feature = "alloc")]
pub(crate) const LONGEST: usize = u8::MAX as usize;
const SHIFT_SHIFT: u32 = 8;
const ALL: u64 = 1 << 14;
#[cfg(feature = "alloc")]
const SALT_SHIFT: u32 = 15;
const FAR_SHIFT: u32 = 50;
/// Where among the bits of a window the number of the method is added.
const METHOD_SHIFT: u32 = 40;
const MIX: u64 = 0x9E37_79B9_7F4A_7C15;

impl Hashing {
    /// `far` is how far the second window is in front of the first, eight bytes at least; without it all
    /// bytes count. Of the salt 35 bits do.
    #[cfg(feature = "alloc")]
    pub(crate) const fn new(bits: u32, far: Option<usize>, salt: u64) -> Self {
        let shift = (64 - bits) as u64 & 63;
        let way = match far {
            Some(far) => (far as u64) << FAR_SHIFT,
            None => ALL,
        };
        let salt = salt & ((1 << (FAR_SHIFT - SALT_SHIFT)) - 1);
        Self(shift << SHIFT_SHIFT | way | salt << SALT_SHIFT)
    }

    /// The same for routes of at most so many bytes.
    #[cfg(feature = "alloc")]
    pub(crate) fn up_to(self, longest: usize) -> Self {
        Self(self.0 & !(LONGEST as u64) | longest.min(LONGEST) as u64)
    }

    /// Whether there may be routes of so many bytes.
    #[inline(always)]
    pub(crate) const fn may_have(self, len: usize) -> bool {
        len <= self.0 as u8 as usize
    }

    /// Where in the displacements the one of a key is.
    #[inline(always)]
    pub(crate) const fn displacement(self, key: u64) -> usize {
        (key >> (self.0 >> SHIFT_SHIFT & 63)) as usize
    }

    #[inline(always)]
    const fn far(self) -> usize {
        (self.0 >> FAR_SHIFT) as usize
    }

    #[inline(always)]
    const fn mix(self, one: u64, other: u64, method: Number) -> u64 {
        // The salt reaches the lowest bits as well, without which windows that differ in one byte only may have
        // the same low bits of their keys under every salt.
        let salt = self.0 ^ self.0 >> 32;
        let one = one ^ salt ^ (method as u64) << METHOD_SHIFT;
        let product = one as u128 * (other ^ MIX) as u128;
        product as u64 ^ (product >> 64) as u64
    }

    /// The key of a path.
    #[inline(always)]
    pub(crate) fn key(self, path: &[u8], method: Number) -> u64 {
        if self.0 & ALL != 0 {
            return self.key_of_all(path.iter().copied(), method);
        }
        let Some(last) = path.last_chunk() else {
            return self.mix(short(path), 0, method);
        };
        let before = (path.len() - 8).saturating_sub(self.far());
        let before = path.get(before..).and_then(<[u8]>::first_chunk);
        let window = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
        self.mix(window(last), before.map_or(0, window), method)
    }

    /// The key of a path that is not there as one piece.
    fn key_of(self, path: impl Iterator<Item = u8> + Clone, len: usize, method: Number) -> u64 {
        if self.0 & ALL != 0 {
            return self.key_of_all(path, method);
        }
        let window = |from: usize| {
            let mut bytes = [0; 8];
            for (slot, byte) in bytes.iter_mut().zip(path.clone().skip(from)) {
                *slot = byte;
            }
            bytes
        };
        if len < 8 {
            let bytes = window(0);
            return self.mix(short(bytes.get(..len).unwrap_or_default()), 0, method);
        }
        let last = u64::from_le_bytes(window(len - 8));
        let before = u64::from_le_bytes(window((len - 8).saturating_sub(self.far())));
        self.mix(last, before, method)
    }

    #[inline(never)]
    fn key_of_all(self, path: impl Iterator<Item = u8>, method: Number) -> u64 {
        path.fold(MIX, |key, byte| {
            self.mix(key, u64::from(byte) ^ key.rotate_left(32), method)
        })
    }
}

/// The bytes of a path of fewer than eight.
#[inline(always)]
fn short(path: &[u8]) -> u64 {
    let four = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
    match (path.first_chunk(), path.last_chunk()) {
        (Some(first), Some(last)) => four(first) | four(last) << 32,
        _ => path
            .iter()
            .fold(0, |bytes, &byte| bytes << 8 | u64::from(byte)),
    }
}

/// A route without parameters: the high half of its key, its number, where its text begins, and its
/// length with its method above.
pub(crate) type Concrete = [u32; 4];

/// The last number of a [`Concrete`].
#[inline(always)]
pub(crate) const fn kind(len: usize, method: Number) -> u32 {
    len as u32 | method << 16
}

/// The route without parameters that is this path, byte for byte.
#[inline(always)]
pub(crate) fn find(holder: &impl HoldsTables, method: Number, path: &[u8]) -> Option<u32> {
    let tables = holder.tables();
    let key = tables.hashing.key(path, method);
    let &[high, route, start, own] = probe(holder, key)?;
    if high != (key >> 32) as u32 || own != kind(path.len(), method) {
        return None;
    }
    (run(tables.text, start, path.len() as u32) == path).then_some(route)
}

/// The only entry that a key can belong to.
#[inline(always)]
fn probe(holder: &impl HoldsTables, key: u64) -> Option<&Concrete> {
    let tables = holder.tables();
    let at = tables.hashing.displacement(key);
    let displacement = *tables.displacements.get(at)?;
    let most = tables.concrete.len().wrapping_sub(1);
    tables
        .concrete
        .get((key as usize ^ displacement as usize) & most)
}

/// The same of a path that holds escapes or supposes a slash.
#[inline(never)]
pub(crate) fn find_escaped(
    holder: &impl HoldsTables,
    method: Number,
    path: impl Iterator<Item = u8> + Clone,
) -> Option<u32> {
    let tables = holder.tables();
    let len = path.clone().count();
    let key = tables.hashing.key_of(path.clone(), len, method);
    let &[_, route, start, own] = probe(holder, key)?;
    let text = run(tables.text, start, len as u32);
    let is_same = own == kind(len, method) && text.iter().copied().eq(path);
    is_same.then_some(route)
}
