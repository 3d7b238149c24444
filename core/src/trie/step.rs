//! The words that decision tables are made of.

/// What to do next: two words.
///
/// ```text
///           word 0                          word 1, from the lowest bit
/// switch    factor | offset 13 | shift 6    slots from 22 | else step 22 | column 5 | tag 7 | kind 8
/// at end    factor | which, bits | shift 6  slots from 22 | 0            | 0        | tag   | kind
/// affix     affix                           then step 22  | else step 22 | column 5 | 0     | kind
/// leaf      route 32 | captured 32          leaf 22       | 0            | 0        | tag   | kind
/// special   route 32 | captures from 32     leaf 22       | 0            | 0        | tag   | kind
/// ```
///
/// The highest bit of the kind says that it is a switch. The one below says that its slots are two
/// entries each: the step and what the segment must be, or else the other step is taken. The next one
/// says that it looks at the beginning or the end of the path, whatever segments are there.
///
/// The tag of what is in a slot is made of the bytes that lead there, so most paths that belong to no
/// slot are known without another look. The lowest but three bit of the kind says that several lead
/// there, and the tag does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Step(pub(crate) u64, pub(crate) u64);

/// The kinds of steps; any other leads nowhere.
pub(crate) const LEAF: u8 = 1;
pub(crate) const AFFIX: u8 = 2;
/// A leaf that captures more than whole segments.
pub(crate) const SPECIAL: u8 = 3;
/// The tables would have grown too large here: the plain trie knows.
pub(crate) const PLAIN: u8 = 4;
/// The highest bit, so that a test of the sign tells it.
pub(crate) const SWITCH: u8 = 0x80;
/// A switch whose outcome is compared at once, since other rows may still match.
pub(crate) const EXACT: u8 = SWITCH | 0x40;
/// A switch that looks at an end of the path.
pub(crate) const AT_END: u8 = SWITCH | 0x20;
/// Of any step, that its tag does not count.
pub(crate) const UNTAGGED: u8 = 0x10;

/// The most entries of a table that a step can tell apart.
#[cfg(feature = "alloc")]
pub(crate) const MOST_ENTRIES: usize = 1 << ENTRY_BITS;
pub(crate) const ENTRY_BITS: u32 = 22;
const ENTRY: u64 = (1 << ENTRY_BITS) - 1;
const COLUMN_SHIFT: u32 = 2 * ENTRY_BITS;
const TAG_SHIFT: u32 = COLUMN_SHIFT + 5;
const TAG: u64 = 0x7F << TAG_SHIFT;
const KIND_SHIFT: u32 = 56;

impl Step {
    pub(crate) const NOTHING: Self = Self(0, 0);

    #[cfg(feature = "alloc")]
    pub(crate) const fn new(word: u64, one: u32, other: u32, column: u8, kind: u8) -> Self {
        let low = one as u64 & ENTRY | (other as u64 & ENTRY) << ENTRY_BITS;
        let column = (column as u64 & 31) << COLUMN_SHIFT;
        Self(word, low | column | (kind as u64) << KIND_SHIFT)
    }

    /// The same with the tag of what leads to it; without one where several do.
    #[cfg(feature = "alloc")]
    pub(crate) const fn tagged(self, hash: Option<u64>) -> Self {
        let untagged = (UNTAGGED as u64) << KIND_SHIFT;
        let high = self.1 & !(TAG | untagged);
        match hash {
            Some(hash) => Self(self.0, high | hash << TAG_SHIFT & TAG),
            None => Self(self.0, high | untagged),
        }
    }

    /// Whether it cannot be what that hash leads to.
    #[inline(always)]
    pub(crate) const fn is_other(self, hash: u64) -> bool {
        (self.1 ^ hash << TAG_SHIFT) & TAG != 0 && self.1 & (UNTAGGED as u64) << KIND_SHIFT == 0
    }

    #[inline(always)]
    pub(crate) const fn one(self) -> u32 {
        (self.1 & ENTRY) as u32
    }

    #[inline(always)]
    pub(crate) const fn other(self) -> u32 {
        (self.1 >> ENTRY_BITS & ENTRY) as u32
    }

    #[inline(always)]
    pub(crate) const fn column(self) -> usize {
        (self.1 >> COLUMN_SHIFT) as usize & 31
    }

    #[inline(always)]
    pub(crate) const fn kind(self) -> u8 {
        (self.1 >> KIND_SHIFT) as u8 & !UNTAGGED
    }

    /// The route of a leaf.
    #[inline(always)]
    pub(crate) const fn route(self) -> u32 {
        self.0 as u32
    }

    /// The segments that a leaf captures as a whole; or, where it is special, where its captures are.
    #[inline(always)]
    pub(crate) const fn captured(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// Whether the plain trie has to be asked.
    #[cfg(feature = "alloc")]
    pub(crate) const fn is_plain(self) -> bool {
        self.kind() == PLAIN
    }

    #[inline(always)]
    pub(crate) const fn is_switch(self) -> bool {
        (self.1 as i64) < 0
    }

    /// Of a switch, whether its slots are compared at once.
    #[inline(always)]
    pub(crate) const fn is_exact(self) -> bool {
        self.1 & 1 << 62 != 0
    }

    /// Of a switch, whether it looks at an end of the path.
    #[inline(always)]
    pub(crate) const fn is_at_end(self) -> bool {
        self.1 & 1 << 61 != 0
    }

    /// Of a switch at an end of the path, whether at the last one.
    #[inline(always)]
    pub(crate) const fn is_at_last(self) -> bool {
        self.0 & TAIL != 0
    }

    /// Of a switch at an end of the path, how many bits of the eight bytes do not count.
    #[inline(always)]
    pub(crate) const fn unseen(self) -> u32 {
        (self.0 >> SHIFT_BITS) as u32 & 63
    }

    /// Where in the segment the eight bytes begin that a switch looks at.
    #[inline(always)]
    pub(crate) const fn offset(self) -> usize {
        (self.0 >> SHIFT_BITS) as usize & MOST_OFFSET
    }

    /// How many bits the number of a switch's slot has.
    pub(crate) const fn bits(self) -> u32 {
        64 - (self.0 & 63) as u32
    }

    /// What a switch makes of the bytes that it looks at: the slot is in the highest bits, the tag in
    /// the lowest ones.
    ///
    /// Both halves of the product count, or the last of the bytes would be mixed too little.
    #[inline(always)]
    pub(crate) const fn hash(self, window: u64) -> u64 {
        let product = window as u128 * self.0 as u128;
        product as u64 ^ (product >> 64) as u64
    }

    /// The slot of a switch that a hash belongs to, counted from its first.
    #[inline(always)]
    pub(crate) const fn place(self, hash: u64) -> usize {
        (hash >> (self.0 & 63)) as usize
    }
}

/// The lowest bits of a switch's factor are the shift, those above it the offset.
const SHIFT_BITS: u32 = 6;
const OFFSET_BITS: u32 = 13;
pub(crate) const MOST_OFFSET: usize = (1 << OFFSET_BITS) - 1;

/// The bit of a factor that says which end of the path.
const TAIL: u64 = 1 << (SHIFT_BITS + 6);

/// What stands in place of an offset: so many bytes at an end of the path.
#[cfg(feature = "alloc")]
pub(crate) const fn end_offset(is_last: bool, bytes: usize) -> usize {
    (64 - 8 * bytes) | (is_last as usize) << 6
}

/// A switch's first word: random bits for the factor, how many bits a slot's number has, and the
/// offset.
#[cfg(feature = "alloc")]
pub(crate) const fn factor(random: u64, bits: u32, offset: usize) -> u64 {
    let low = (1 << (SHIFT_BITS + OFFSET_BITS)) - 1;
    random & !low | (offset as u64) << SHIFT_BITS | (64 - bits) as u64
}

/// Bytes that must stand before the end of a segment, at most sixteen of them.
///
/// ```text
/// text from 32, so that its sixteenth byte is the last | length 5 | column 5 | back 14 | 0 8
/// ```
///
/// They end so many bytes before the end of the column's segment, and begin with a slash where no
/// other check covers what is before them; so the segments are the right ones if the bytes are.
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
        (self.0 >> 42) as usize
    }
}

/// What a leaf compares: one line of a cache.
///
/// ```text
/// beginning 16 bytes | end 16 bytes | middle 16 bytes
/// column 5, back 16, from bit 8 | other checks from 32, their count 32
/// ```
///
/// A zero stands for any byte. A path of fewer bytes than sixteen stands at the beginning of the first
/// and at the end of the second. The third ends so many bytes before the end of the column's segment.
pub(crate) type Leaf = [u64; 8];

/// The parts of a [`Leaf`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compared {
    pub(crate) head: [u8; CHUNK],
    pub(crate) tail: [u8; CHUNK],
    pub(crate) middle: [u8; CHUNK],
    pub(crate) column: usize,
    pub(crate) back: usize,
    /// Where the other checks begin, and how many they are.
    pub(crate) others: [u32; 2],
}

impl Compared {
    #[inline(always)]
    pub(crate) fn new(leaf: &Leaf) -> Self {
        let &[
            head,
            head_end,
            tail,
            tail_end,
            middle,
            middle_end,
            place,
            others,
        ] = leaf;
        let bytes = |low: u64, high: u64| bytemuck::cast([low, high]);
        Self {
            head: bytes(head, head_end),
            tail: bytes(tail, tail_end),
            middle: bytes(middle, middle_end),
            column: place as usize & 31,
            back: (place >> 8) as u16 as usize,
            others: [others as u32, (others >> 32) as u32],
        }
    }

    #[cfg(feature = "alloc")]
    pub(crate) fn leaf(&self) -> Leaf {
        let words = |bytes: [u8; CHUNK]| -> [u64; 2] { bytemuck::cast(bytes) };
        let [head, head_end] = words(self.head);
        let [tail, tail_end] = words(self.tail);
        let [middle, middle_end] = words(self.middle);
        let place = self.column as u64 | (self.back as u64) << 8;
        let [from, count] = self.others;
        let others = u64::from(from) | u64::from(count) << 32;
        [
            head, head_end, tail, tail_end, middle, middle_end, place, others,
        ]
    }
}

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

/// The roots of one method in one word: where they begin, how many segments the last one is for, and
/// whether a catch-all is among the routes. In another the root of its plain trie, counted from 1.
///
/// There are two for each count, the second one for paths that end with a slash. The last ones are for
/// all paths with more segments as well.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Method(pub(crate) u64, pub(crate) u64);

impl Method {
    #[cfg(feature = "alloc")]
    pub(crate) fn new(roots: u32, most: usize, has_catch_all: bool, plain: Option<u32>) -> Self {
        Self(
            u64::from(roots) | (most as u64) << 32 | u64::from(has_catch_all) << 63,
            plain.map_or(0, |root| u64::from(root) + 1),
        )
    }

    /// The root for paths with so many segments, of which the last one is empty or may be anything.
    #[inline(always)]
    pub(crate) const fn root(self, count: usize, is_open: bool) -> usize {
        let most = self.most();
        let count = if count < most { count } else { most };
        self.0 as u32 as usize + 2 * count + is_open as usize
    }

    #[inline(always)]
    pub(crate) const fn most(self) -> usize {
        (self.0 >> 32) as u8 as usize
    }

    #[inline(always)]
    pub(crate) const fn has_catch_all(self) -> bool {
        (self.0 as i64) < 0
    }

    /// The root of the plain trie.
    pub(crate) const fn plain(self) -> Option<usize> {
        (self.1 as usize).checked_sub(1)
    }
}

/// How one segment of a special leaf is captured.
#[cfg(feature = "alloc")]
pub(crate) const CAPTURE_SEGMENT: u32 = 0;
pub(crate) const CAPTURE_REST: u32 = 1;
pub(crate) const CAPTURE_AFFIX: u32 = 2;

/// A capture in one number: its way, the column, and the affix.
#[cfg(feature = "alloc")]
pub(crate) const fn capture(way: u32, column: u8, affix: u32) -> u32 {
    way | (column as u32) << 2 | affix << 8
}
