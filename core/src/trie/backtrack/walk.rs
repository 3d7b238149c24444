//! Finding the leaf of a path.

use core::cmp::Ordering;

use super::{AffixLiterals, Backtracker, Capture, Leaf, NONE, Node};
use crate::affix;
use crate::path::{Captured, ENDS, MOST_PARAMETERS, PathParams};
use crate::percent::{Decoded, Plus};

/// A path whose segments are known.
#[derive(Clone, Copy)]
pub(crate) struct Segments<'p> {
    pub(crate) path: &'p [u8],
    pub(crate) params: &'p PathParams,
    pub(crate) is_escaped: bool,
    /// How many segments there are; not always those of `params`, since a trailing-slash policy
    /// may suppose one more or one less.
    pub(crate) count: usize,
}

impl<'p> Segments<'p> {
    fn get(&self, index: usize) -> &'p [u8] {
        self.params.segment(self.path, index)
    }

    fn compare(&self, label: &[u8], segment: &[u8]) -> Ordering {
        if self.is_escaped {
            label.iter().copied().cmp(Decoded::new(segment, Plus::Plus))
        } else {
            label.cmp(segment)
        }
    }
}

/// The edges of a node in the order in which they are tried; affixed edges stand between the first
/// and the second.
const STATIC: u32 = 0;

impl Backtracker {
    /// The leaf that a path belongs to: the first in the order of precedence.
    ///
    /// A node is visited at most once, since every node has one way that leads to it; so no lookup
    /// visits more nodes than the trie has, nor more than `(2 + a)^d` of depth `d`, where `a` is the
    /// most affixed edges that a node has.
    pub(crate) fn find(&self, segments: &Segments<'_>) -> Option<u32> {
        let mut node = *self.nodes.first()?;
        let mut depth = 0;
        let mut choice = STATIC;
        let mut trail = [(NONE, STATIC); ENDS];
        let mut number = 0_u32;
        loop {
            if depth == segments.count {
                if node.leaf != NONE {
                    return Some(node.leaf);
                }
            } else {
                match self.step(&node, choice, segments, depth) {
                    Step::Down(next, following) => {
                        *trail.get_mut(depth)? = (number, following);
                        number = next;
                        node = *self.nodes.get(next as usize)?;
                        depth += 1;
                        choice = STATIC;
                        continue;
                    }
                    Step::Leaf(leaf) => return Some(leaf),
                    Step::Nothing => {}
                }
            }
            depth = depth.checked_sub(1)?;
            (number, choice) = *trail.get(depth)?;
            node = *self.nodes.get(number as usize)?;
        }
    }

    /// The first edge from `choice` on that takes the segment.
    fn step(&self, node: &Node, choice: u32, segments: &Segments<'_>, depth: usize) -> Step {
        let segment = segments.get(depth);
        let mut choice = choice;
        if choice == STATIC {
            choice += 1;
            let edges = node.edges.of(&self.edges);
            let found =
                edges.binary_search_by(|edge| segments.compare(self.text(edge.label), segment));
            if let Some(edge) = found.ok().and_then(|at| edges.get(at)) {
                return Step::Down(edge.next, choice);
            }
        }
        if segment.is_empty() {
            return Step::Nothing;
        }
        let affixed = node.affixed.of(&self.affixed);
        while let Some(edge) = affixed.get(choice as usize - 1) {
            choice += 1;
            if affix::matches(self.affix(edge.affix), segment, |_, _, _| {}) {
                return Step::Down(edge.next, choice);
            }
        }
        let after = choice - node.affixed.len;
        if after == 1 && node.parameter != NONE {
            return Step::Down(node.parameter, choice + 1);
        }
        if after <= 2 && node.rest != NONE {
            return Step::Leaf(node.rest);
        }
        Step::Nothing
    }

    fn affix(&self, affix: u32) -> AffixLiterals<'_> {
        AffixLiterals {
            trie: self,
            literals: self
                .affixes
                .get(affix as usize)
                .map(|affix| affix.literals)
                .unwrap_or_default(),
        }
    }

    /// The leaf of that number.
    pub(crate) fn leaf(&self, leaf: u32) -> Option<&Leaf> {
        self.leaves.get(leaf as usize)
    }

    /// Notes what a leaf captures.
    pub(crate) fn capture(&self, leaf: &Leaf, path: &[u8], params: &mut PathParams) {
        let captures = leaf.captures.of(&self.captures);
        if captures.is_empty() {
            params.captured = Captured::Segments(leaf.segments);
            return;
        }
        let mut count = 0_usize;
        let mut spans = [(0, 0); MOST_PARAMETERS];
        for capture in captures {
            match *capture {
                Capture::Segment(at) | Capture::Rest(at) => {
                    let at = usize::from(at);
                    let start = params.ends.get(at).map_or(0, |&slash| slash + 1);
                    let end = match capture {
                        Capture::Rest(_) => params.end as u16,
                        _ => params.ends.get(at + 1).copied().unwrap_or(start),
                    };
                    if let Some(span) = spans.get_mut(count) {
                        *span = (start, end);
                    }
                    count += 1;
                }
                Capture::Affixed(at, number) => {
                    let at = usize::from(at);
                    let offset = params.ends.get(at).map_or(0, |&slash| slash + 1);
                    let literals = self.affix(number);
                    affix::matches(literals, params.segment(path, at), |index, start, end| {
                        if let Some(span) = spans.get_mut(count + index) {
                            *span = (offset + start as u16, offset + end as u16);
                        }
                    });
                    count += literals.literals.len.saturating_sub(1) as usize;
                }
            }
        }
        params.spans = spans;
        params.captured = Captured::Spans(count.min(MOST_PARAMETERS) as u8);
    }
}

enum Step {
    /// To that node; when it fails, on with that choice.
    Down(u32, u32),
    Leaf(u32),
    Nothing,
}
