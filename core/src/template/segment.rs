//! What the segments of a template take, and which of two goes first.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// What one segment of a path must be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Segment {
    /// Exactly these bytes, decoded.
    Literal(Box<[u8]>),
    /// Parameters between literals.
    Affixed(Affix),
    /// One parameter.
    Parameter,
    /// All that is left of the path.
    CatchAll,
}

/// Literals with a parameter between each two: before the first and after the last one there may be
/// nothing, between them there is something.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Affix {
    pub(crate) literals: Vec<Box<[u8]>>,
}

impl Affix {
    pub(crate) fn parameters(&self) -> usize {
        self.literals.len() - 1
    }

    /// Whether a decoded segment has these literals in their places.
    pub(crate) fn matches_decoded(&self, segment: &[u8]) -> bool {
        crate::affix::matches_decoded(self.literals.as_slice(), segment)
    }

    /// More literal bytes first, then the longer prefix, the longer suffix, fewer parameters, and
    /// last the literals themselves.
    fn precedence(&self, other: &Self) -> Ordering {
        let weight = |affix: &Self| affix.literals.iter().map(|text| text.len()).sum::<usize>();
        let prefix = |affix: &Self| affix.literals.first().map_or(0, |text| text.len());
        let suffix = |affix: &Self| affix.literals.last().map_or(0, |text| text.len());
        weight(other)
            .cmp(&weight(self))
            .then_with(|| prefix(other).cmp(&prefix(self)))
            .then_with(|| suffix(other).cmp(&suffix(self)))
            .then_with(|| self.parameters().cmp(&other.parameters()))
            .then_with(|| self.literals.cmp(&other.literals))
    }
}

impl PartialOrd for Segment {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Precedence: what comes first is tried first.
impl Ord for Segment {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |segment: &Self| match segment {
            Segment::Literal(_) => 0,
            Segment::Affixed(_) => 1,
            Segment::Parameter => 2,
            Segment::CatchAll => 3,
        };
        match (self, other) {
            (Segment::Literal(one), Segment::Literal(other)) => one.cmp(other),
            (Segment::Affixed(one), Segment::Affixed(other)) => one.precedence(other),
            _ => rank(self).cmp(&rank(other)),
        }
    }
}
