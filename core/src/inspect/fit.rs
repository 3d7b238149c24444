//! One segment of a template against one of a path.

use alloc::string::String;
use alloc::vec::Vec;

use crate::affix;
use crate::percent::{Decoded, Plus};
use crate::template::{Segment, Template};

/// How a template holds out against the segments of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// It has that path.
    Whole,
    /// So many segments fit, and the next one does not.
    Until(usize),
    /// All segments of the path fit, and it has more.
    Longer,
    /// All its segments fit, so many, and the path has more.
    Shorter(usize),
}

impl Fit {
    /// How many segments fit.
    pub(super) fn segments(self, all: usize) -> usize {
        match self {
            Fit::Whole | Fit::Longer => all,
            Fit::Until(count) | Fit::Shorter(count) => count,
        }
    }
}

/// Whether a segment of a template takes one of a path, which is still encoded.
pub(super) fn takes(segment: &Segment, raw: &[u8]) -> bool {
    match segment {
        Segment::Literal(bytes) => Decoded::new(raw, Plus::Plus).eq(bytes.iter().copied()),
        Segment::Affixed(affix) => affix::matches(affix.literals.as_slice(), raw, |_, _, _| {}),
        Segment::Parameter | Segment::CatchAll => !raw.is_empty(),
    }
}

pub(super) fn fit(template: &Template, path: &[&[u8]]) -> Fit {
    let segments = template.segments();
    for (at, segment) in segments.iter().enumerate() {
        match path.get(at) {
            None => return Fit::Longer,
            Some(raw) if !takes(segment, raw) => return Fit::Until(at),
            Some(_) if *segment == Segment::CatchAll => return Fit::Whole,
            Some(_) => {}
        }
    }
    if path.len() > segments.len() {
        Fit::Shorter(segments.len())
    } else {
        Fit::Whole
    }
}

/// The segments of a template as it writes them.
pub(super) fn written(template: &str) -> Vec<&str> {
    template.split('/').skip(1).collect()
}

/// The text of a segment of a path, decoded where it can be.
pub(super) fn decoded(raw: &[u8]) -> String {
    let bytes: Vec<u8> = Decoded::new(raw, Plus::Plus).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}
