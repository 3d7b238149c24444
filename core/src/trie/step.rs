//! The words that decision tables are made of.

use super::leaf::{CHUNK, Compared};
use super::shape::Shape;

/// What to do next: two words.
///
/// ```text
///           word 0                                word 1, the lowest 24 bits
/// switch    factor 40 | offset 16 | 0 2 | shift 6 one 24
/// affix     affix                                 one 24
/// near      route 32 | head 16 | tail 16          middle 16 | captured 8
/// leaf      route 32 | captured 32                leaf 24
/// special   route 32 | captures from 32           leaf 24
/// class     [`Class`](super::roots::Class)        0 24
///
/// the others, of all   tag 8 | shape 8 | column 5 | unsure 1 | counted 1
///         of a switch  0 1 | limit 8 | most 4 | kind 4
///         of a near    more 1 | its shape 8 | sixteenths back 4 | kind 4
/// ```
///
/// A switch looks at a window of bytes, [`Window`], to which the shape of the path is added, and its slots
/// begin at `one`. The step before the first slot is taken where no slot has the tag of the sum and the shape.
/// An affix leads to `one` where it fits, else to the step before that. A near leaf has in itself what most
/// leaves compare, [`Compared`], but no others, and captures of the first eight segments
/// only; where this is not all, its route is the number of a leaf that is.
///
/// The tag of what is in a slot is made of the bytes that lead there, and beside it is the shape of the paths, unless
/// several lead there; then neither counts. Where nothing leads is a shape that no path has.
///
/// Tags do not prove anything. A leaf compares what its route asks for; but where other rows may match if
/// an earlier tag has deceived, what follows is marked as unsure. If such a leaf does not hold, the walk is
/// made again, and every exact switch compares at once what each of its slots has behind the last one: the
/// check of the literal with the shape, and where the text is if that is not all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Step(pub(crate) u64, pub(crate) u64);

/// The kinds of steps; any other leads nowhere.
pub(crate) const LEAF: u8 = 1;
pub(crate) const AFFIX: u8 = 2;
/// A leaf that captures more than whole segments.
pub(crate) const SPECIAL: u8 = 3;
/// The tables would have grown too large here: the plain trie knows.
pub(crate) const PLAIN: u8 = 4;
/// An exact switch that is compared at once in any case, since an affix may match where a literal does not.
pub(crate) const CAREFUL: u8 = 5;
/// No step, but the roots of routes of which one takes any number of segments.
pub(crate) const CLASS: u8 = 6;
/// A leaf that has in itself what it compares.
pub(crate) const NEAR: u8 = 7;
/// The highest bit, so that a test of the sign tells it.
pub(crate) const SWITCH: u8 = 8;
/// A switch beside whose literals other rows may still match.
pub(crate) const EXACT: u8 = SWITCH | 1;

/// The most entries of a table that a step can tell apart.
#[cfg(feature = "alloc")]
pub(crate) const MOST_ENTRIES: usize = 1 << ENTRY_BITS;
pub(crate) const ENTRY_BITS: u32 = 24;
pub(super) const ENTRY: u64 = (1 << ENTRY_BITS) - 1;
const TAG_SHIFT: u32 = 24;
const SHAPE_SHIFT: u32 = 32;
/// The tag and the shape.
const TAGS: u64 = 0xFFFF << TAG_SHIFT | COUNTED;
const ANCHOR_SHIFT: u32 = 40;
const UNSURE: u64 = 1 << 45;
const COUNTED: u64 = 1 << 46;
/// Of a near leaf.
const MORE: u64 = 1 << 47;
const LIMIT_SHIFT: u32 = 48;
/// Of a near leaf.
const CAPTURED_SHIFT: u32 = 16;
const MOST_SHIFT: u32 = 56;
const MOST: u8 = 15;
const KIND_SHIFT: u32 = 60;
/// The lowest bits of a switch's factor are the shift, those above two others the offset.
const OFFSET_SHIFT: u32 = 8;

/// The bytes that a switch looks at: so many at most, from so far behind the slash before a column on, up to
/// the end of another column.
#[cfg(feature = "alloc")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) anchor: usize,
    /// From the slash on; before it, if it is less than zero.
    pub(crate) offset: i16,
    pub(crate) limit: usize,
    /// Eight or fewer.
    pub(crate) most: usize,
}

#[cfg(feature = "alloc")]
impl Window {
    /// No bytes at all.
    pub(crate) const NOTHING: Self = Self {
        anchor: 0,
        offset: 0,
        limit: 0,
        most: 0,
    };

    /// Eight bytes of a segment.
    pub(crate) const fn of_segment(column: usize, offset: usize) -> Self {
        Self {
            anchor: column,
            offset: offset as i16 + 1,
            limit: column,
            most: 8,
        }
    }

    const fn word(self) -> u64 {
        (self.anchor as u64) << ANCHOR_SHIFT
            | (self.limit as u64) << LIMIT_SHIFT
            | (self.most as u64) << MOST_SHIFT
    }
}

impl Step {
    pub(crate) const NOTHING: Self = Self(0, 0);

    pub(crate) const fn new(word: u64, one: u32, kind: u8) -> Self {
        Self(word, one as u64 & ENTRY | (kind as u64) << KIND_SHIFT)
    }

    /// What looks at that.
    #[cfg(feature = "alloc")]
    pub(crate) const fn at(self, window: Window) -> Self {
        Self(self.0, self.1 | window.word())
    }

    /// The same with the tag of what leads to it and the shape.
    #[cfg(feature = "alloc")]
    pub(crate) const fn tagged(self, hash: u64, shape: Shape) -> Self {
        let tags = COUNTED | (hash & 0xFF) << TAG_SHIFT | (shape.0 as u64) << SHAPE_SHIFT;
        Self(self.0, self.1 & !TAGS | tags)
    }

    /// The same where many lead to it.
    #[cfg(feature = "alloc")]
    pub(crate) const fn untagged(self) -> Self {
        Self(self.0, self.1 & !TAGS)
    }

    /// Whether this is where nothing leads.
    pub(crate) const fn is_empty_slot(self) -> bool {
        self.0 == 0 && self.1 & !TAGS == 0
    }

    /// The same where an earlier tag may have deceived.
    #[cfg(feature = "alloc")]
    pub(crate) const fn unsure(self) -> Self {
        Self(self.0, self.1 | UNSURE)
    }

    #[inline(always)]
    pub(crate) const fn is_unsure(self) -> bool {
        self.1 & UNSURE != 0
    }

    /// Whether it can be what that hash leads to, and is for paths of the shape.
    #[inline(always)]
    pub(crate) const fn has_tag(self, hash: u64, shape: Shape) -> bool {
        let tag = hash as u8 as u16 | (shape.0 as u16) << (SHAPE_SHIFT - TAG_SHIFT);
        (self.1 >> TAG_SHIFT) as u16 == tag || self.1 & COUNTED == 0
    }

    #[inline(always)]
    pub(crate) const fn one(self) -> usize {
        (self.1 & ENTRY) as usize
    }

    /// Where an affix that fits has its column.
    #[inline(always)]
    pub(crate) const fn anchor(self) -> usize {
        (self.1 >> ANCHOR_SHIFT) as usize & 31
    }

    #[inline(always)]
    pub(crate) const fn limit(self) -> usize {
        (self.1 >> LIMIT_SHIFT) as usize & 31
    }

    #[inline(always)]
    pub(crate) const fn most(self) -> usize {
        (self.1 >> MOST_SHIFT) as usize & MOST as usize
    }

    #[inline(always)]
    pub(crate) const fn offset(self) -> i16 {
        (self.0 >> OFFSET_SHIFT) as i16
    }

    #[inline(always)]
    pub(crate) const fn kind(self) -> u8 {
        (self.1 >> KIND_SHIFT) as u8
    }

    /// The route of a leaf.
    #[inline(always)]
    pub(crate) const fn route(self) -> u32 {
        self.0 as u32
    }

    /// A leaf that has in itself what it compares but for the others, if it can; it captures these segments as
    /// a whole.
    #[cfg(feature = "alloc")]
    pub(crate) fn near(route: u32, captured: u8, compared: Compared) -> Option<Self> {
        if !compared.back.is_multiple_of(CHUNK) || compared.back > CHUNK * usize::from(MOST) {
            return None;
        }
        let chunk = |number: usize| u16::try_from(number).ok().map(u64::from);
        let low = u64::from(route) | chunk(compared.head)? << 32 | chunk(compared.tail)? << 48;
        let one = chunk(compared.middle)? | u64::from(captured) << CAPTURED_SHIFT;
        let high = one
            | (compared.column as u64) << ANCHOR_SHIFT
            | u64::from(compared.shape.0) << LIMIT_SHIFT
            | ((compared.back / CHUNK) as u64) << MOST_SHIFT
            | u64::from(NEAR) << KIND_SHIFT;
        Some(Self(low, high))
    }

    /// The same where the route is the number of another leaf, which compares all.
    #[cfg(feature = "alloc")]
    pub(crate) const fn with_more(self) -> Self {
        Self(self.0, self.1 | MORE)
    }

    /// The leaf that compares all, where a near one does not.
    #[inline(always)]
    pub(crate) const fn more(self) -> Option<usize> {
        if self.1 & MORE != 0 {
            Some(self.route() as usize)
        } else {
            None
        }
    }

    /// What a near leaf compares.
    #[inline(always)]
    pub(crate) const fn compared(self) -> Compared {
        Compared {
            head: (self.0 >> 32) as u16 as usize,
            tail: (self.0 >> 48) as usize,
            middle: self.1 as u16 as usize,
            column: self.anchor(),
            back: CHUNK * self.most(),
            others: 0,
            shape: Shape((self.1 >> LIMIT_SHIFT) as u8),
        }
    }

    /// The segments that a leaf captures as a whole; none where it is special.
    #[inline(always)]
    pub(crate) const fn captured(self) -> Option<u32> {
        match self.kind() {
            NEAR => Some((self.1 >> CAPTURED_SHIFT) as u8 as u32),
            LEAF => Some((self.0 >> 32) as u32),
            _ => None,
        }
    }

    /// Where the captures of a special leaf are.
    pub(crate) const fn captures(self) -> Option<u32> {
        match self.kind() {
            SPECIAL => Some((self.0 >> 32) as u32),
            _ => None,
        }
    }

    #[inline(always)]
    pub(crate) const fn is_switch(self) -> bool {
        (self.1 as i64) < 0
    }

    /// How many bits the number of a switch's slot has.
    pub(crate) const fn bits(self) -> u32 {
        64 - (self.0 & 63) as u32
    }

    /// What a switch makes of a window with the shape added: the slot is in the highest bits, the tag in
    /// the lowest ones.
    ///
    /// Both halves of the product count, or the last of the bytes would be mixed too little; and so they
    /// would if the lowest bits of the factor were not made random.
    #[inline(always)]
    pub(crate) const fn hash(self, window: u64) -> u64 {
        let product = window as u128 * (self.0 ^ self.0 >> 32) as u128;
        product as u64 ^ (product >> 64) as u64
    }

    /// The slot of a switch that a hash belongs to, counted from its first.
    #[inline(always)]
    pub(crate) const fn place(self, hash: u64) -> usize {
        (hash >> (self.0 & 63)) as usize
    }
}

/// A switch's first word: random bits for the factor, how many bits a slot's number has, and the
/// offset.
#[cfg(feature = "alloc")]
pub(crate) const fn factor(random: u64, bits: u32, offset: i16) -> u64 {
    let low = (1 << (OFFSET_SHIFT + 16)) - 1;
    random & !low | (offset as u16 as u64) << OFFSET_SHIFT | (64 - bits) as u64
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
