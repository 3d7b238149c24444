//! What leaves compare.

use super::shape::{SHAPE_BITS, Shape};

/// The shape is in the highest bits of its word.
const SHAPE_SHIFT: u32 = 64 - SHAPE_BITS;

/// Bytes that must stand before the end of a segment, at most sixteen of them.
///
/// ```text
/// text from 32, so that its sixteenth byte is the last | length 5 | column 5 | back 14 | 0 1 | shape 7
/// ```
///
/// They end so many bytes before the end of the column's segment, and begin with a slash where no
/// other check covers what is before them; so the segments are the right ones if the bytes are. The shape
/// counts only behind the slots of an exact switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Check(pub(crate) u64);

/// The most bytes of one check.
pub(crate) const CHUNK: usize = 16;

impl Check {
    #[cfg(feature = "alloc")]
    pub(crate) const fn new([start, len]: [u32; 2], column: usize, back: usize) -> Self {
        Self(
            (start + len - CHUNK as u32) as u64
                | (len as u64) << 32
                | (column as u64) << 37
                | (back as u64) << 42,
        )
    }

    /// The same, for paths of one shape.
    #[cfg(feature = "alloc")]
    pub(crate) const fn of(self, shape: Shape) -> Self {
        Self(self.0 | (shape.0 as u64) << SHAPE_SHIFT)
    }

    /// The only shape of paths that it is for.
    #[inline(always)]
    pub(crate) const fn shape(self) -> Shape {
        Shape((self.0 >> SHAPE_SHIFT) as u8)
    }

    #[inline(always)]
    pub(crate) const fn text(self) -> usize {
        self.0 as u32 as usize
    }

    #[inline(always)]
    pub(crate) const fn len(self) -> usize {
        (self.0 >> 32) as usize & 31
    }

    #[inline(always)]
    pub(crate) const fn column(self) -> usize {
        (self.0 >> 37) as usize & 31
    }

    #[inline(always)]
    pub(crate) const fn back(self) -> usize {
        (self.0 >> 42) as usize & ((1 << (SHAPE_SHIFT - 42)) - 1)
    }
}

/// What a leaf compares.
///
/// Head, tail and middle are chunks, of which a path holds the first at its beginning, the second at its end,
/// and the third so many bytes before the end of the column's segment. Others are a run of checks; 0 where
/// there are none. What many leaves compare is there once, so all that is compared stays near. The path must
/// have the shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Compared {
    pub(crate) head: usize,
    pub(crate) tail: usize,
    pub(crate) middle: usize,
    pub(crate) column: usize,
    pub(crate) back: usize,
    pub(crate) others: usize,
    pub(crate) shape: Shape,
}

/// The same in two words.
///
/// ```text
/// head 24   | tail 24   | back 16
/// middle 24 | others 24 | column 5 | 0 4 | shape 7
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Leaf(pub(crate) u64, pub(crate) u64);

/// The most entries of a table that a leaf can tell apart.
#[cfg(feature = "alloc")]
pub(crate) const MOST_CHUNKS: usize = 1 << CHUNK_BITS;
const CHUNK_BITS: u32 = 24;
const CHUNKS: u64 = (1 << CHUNK_BITS) - 1;
const LEAF_SHIFT: u32 = 2 * CHUNK_BITS;

impl Leaf {
    #[cfg(feature = "alloc")]
    pub(crate) const fn new(compared: Compared) -> Self {
        Self(
            compared.head as u64
                | (compared.tail as u64) << CHUNK_BITS
                | (compared.back as u64) << LEAF_SHIFT,
            compared.middle as u64
                | (compared.others as u64) << CHUNK_BITS
                | (compared.column as u64) << LEAF_SHIFT
                | (compared.shape.0 as u64) << SHAPE_SHIFT,
        )
    }

    pub(crate) const fn compared(self) -> Compared {
        Compared {
            head: (self.0 & CHUNKS) as usize,
            tail: (self.0 >> CHUNK_BITS & CHUNKS) as usize,
            middle: (self.1 & CHUNKS) as usize,
            column: (self.1 >> LEAF_SHIFT) as usize & 31,
            back: (self.0 >> LEAF_SHIFT) as usize,
            others: (self.1 >> CHUNK_BITS & CHUNKS) as usize,
            shape: Shape((self.1 >> SHAPE_SHIFT) as u8),
        }
    }
}

/// Sixteen bytes that a path must hold; a zero stands for any byte.
///
/// Fewer bytes stand at its beginning where they are compared with that of the path, else at its end.
pub(crate) type Chunk = [u64; 2];

/// A byte of a segment as tables have it: what no clean path can hold is a byte that no text has, so
/// that only an escape can stand for it.
pub(crate) const fn apart(byte: u8) -> u8 {
    match byte {
        b'/' => 0xFF,
        b'?' => 0xFE,
        b'%' => 0xFD,
        byte => byte,
    }
}

/// The byte that [`apart`] made this of.
pub(crate) const fn together(byte: u8) -> u8 {
    match byte {
        0xFF => b'/',
        0xFE => b'?',
        0xFD => b'%',
        byte => byte,
    }
}
