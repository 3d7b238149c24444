//! Segments with literals around and between parameters: `{name}.{ext}`, `v{major}-beta`.
//!
//! The first parameter takes as much as it can, then the second, and so on; no parameter is empty.
//! So `{name}.{ext}` finds `a.b` and `c` in `a.b.c`. Placing each literal as far right as it goes,
//! from the last to the first, finds just that, in one pass and without going back.

use crate::percent;

/// The literals of one affixed segment, the first and the last of which may be empty.
pub(crate) trait Literals: Copy {
    /// How many there are: one more than parameters.
    fn count(self) -> usize;
    /// The literal of that number.
    fn literal(&self, index: usize) -> &[u8];
}

#[cfg(feature = "alloc")]
impl Literals for &[alloc::boxed::Box<[u8]>] {
    fn count(self) -> usize {
        self.len()
    }

    fn literal(&self, index: usize) -> &[u8] {
        self.get(index).map_or(&[], |literal| literal)
    }
}

/// Matches a raw segment and hands the spans of the parameters, last first, to `capture`: the
/// parameter's number, its beginning and its end within the segment.
pub(crate) fn matches(
    literals: impl Literals,
    segment: &[u8],
    capture: impl FnMut(usize, usize, usize),
) -> bool {
    place(literals, segment, true, capture)
}

/// Whether a segment matches that is decoded already.
#[cfg(feature = "alloc")]
pub(crate) fn matches_decoded(literals: impl Literals, segment: &[u8]) -> bool {
    place(literals, segment, false, |_, _, _| {})
}

fn place(
    literals: impl Literals,
    segment: &[u8],
    has_escapes: bool,
    mut capture: impl FnMut(usize, usize, usize),
) -> bool {
    let parameters = literals.count().saturating_sub(1);
    let Some(begin) = strip_prefix(segment, literals.literal(0), has_escapes) else {
        return false;
    };
    let Some(mut end) = strip_suffix(segment, literals.literal(parameters), has_escapes) else {
        return false;
    };
    for index in (1..parameters).rev() {
        let literal = literals.literal(index);
        // The parameter behind the literal is not empty, so the literal ends before `end`.
        let mut stop = end;
        let start = loop {
            stop = match before(segment, stop, has_escapes) {
                Some(stop) if stop > begin => stop,
                _ => return false,
            };
            let head = segment.get(..stop).unwrap_or_default();
            if let Some(start) = strip_suffix(head, literal, has_escapes) {
                break start;
            }
        };
        if start <= begin {
            return false;
        }
        capture(index, stop, end);
        end = start;
    }
    if end <= begin {
        return false;
    }
    capture(0, begin, end);
    true
}

/// Where the character before `at` begins: an escape is one.
fn before(segment: &[u8], at: usize, has_escapes: bool) -> Option<usize> {
    if has_escapes && at >= 3 && segment.get(at - 3) == Some(&b'%') {
        return Some(at - 3);
    }
    at.checked_sub(1)
}

/// Where the rest of the segment begins, if it begins with that literal.
fn strip_prefix(segment: &[u8], literal: &[u8], has_escapes: bool) -> Option<usize> {
    if !has_escapes {
        return segment.starts_with(literal).then_some(literal.len());
    }
    let mut decoded = percent::Decoded::new(segment, percent::Plus::Plus);
    for &byte in literal {
        if decoded.next() != Some(byte) {
            return None;
        }
    }
    Some(segment.len() - decoded.rest().len())
}

/// Where the segment's end with that literal begins.
fn strip_suffix(segment: &[u8], literal: &[u8], has_escapes: bool) -> Option<usize> {
    let mut end = segment.len();
    for &byte in literal.iter().rev() {
        let start = before(segment, end, has_escapes)?;
        let found = match segment.get(start..end)? {
            [single] => *single,
            escaped => percent::escape(escaped)?,
        };
        if found != byte {
            return None;
        }
        end = start;
    }
    Some(end)
}
