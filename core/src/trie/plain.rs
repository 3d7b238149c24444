//! The plain tries, with backtracking: the form that never grows beyond its routes.
//!
//! They serve where the decision tables would grow too large, and where a catch-all meets empty
//! segments. A node is eight numbers:
//!
//! ```text
//! edges from | edges | fits from | fits | node of a parameter | leaf of a catch-all | leaf of the end | 0
//! ```
//!
//! Edges of a node are sorted by their bytes, its fits in the order in which they are tried. Every
//! node but the roots has one way that leads to it, from a node of a lower number.

#[cfg(all(test, feature = "alloc"))]
mod tests;

use core::cmp::Ordering;

use super::step::Step;
use super::tables::{HoldsTables, Tables, run};
use crate::affix;
use crate::path::{ENDS, PathParams};
use crate::percent::{Decoded, Plus};

/// No node, no leaf.
pub(crate) const NONE: u32 = u32::MAX;

/// A path whose segments are known.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'p> {
    pub(crate) path: &'p [u8],
    pub(crate) params: &'p PathParams,
    pub(crate) is_escaped: bool,
    /// How many segments there are; not always those of `params`, since a trailing-slash policy
    /// may suppose one more or one less.
    pub(crate) count: usize,
}

impl<'p> Wanted<'p> {
    fn segment(&self, index: usize) -> &'p [u8] {
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

/// The edges of a node in the order in which they are tried; fits stand between the first and the
/// second.
const STATIC: u32 = 0;

/// The leaf that a path belongs to: the first in the order of precedence.
///
/// A node is visited at most once, since one way leads to it; so no lookup visits more nodes than the
/// trie has, nor more than `(2 + a)^d` of depth `d`, where `a` is the most fits that a node has.
#[inline(never)]
pub(crate) fn find(holder: &impl HoldsTables, root: usize, wanted: &Wanted<'_>) -> Option<Step> {
    search(holder, root, wanted, |_| {})
}

/// The same, where it is told to which nodes it comes.
#[inline(always)]
fn search(
    holder: &impl HoldsTables,
    root: usize,
    wanted: &Wanted<'_>,
    mut comes_to: impl FnMut(usize),
) -> Option<Step> {
    let tables = holder.tables();
    let mut node = *tables.nodes.get(root)?;
    let mut depth = 0;
    let mut choice = STATIC;
    let mut trail = [(0, STATIC); ENDS];
    let mut number = root;
    let leaf = loop {
        if depth == wanted.count {
            let [.., leaf, _] = node;
            if leaf != NONE {
                break leaf;
            }
        } else {
            match way(&tables, &node, choice, wanted, depth) {
                Way::Down(next, following) => {
                    *trail.get_mut(depth)? = (number, following);
                    number = next as usize;
                    comes_to(number);
                    node = *tables.nodes.get(number)?;
                    depth += 1;
                    choice = STATIC;
                    continue;
                }
                Way::Leaf(leaf) => break leaf,
                Way::Nothing => {}
            }
        }
        depth = depth.checked_sub(1)?;
        (number, choice) = *trail.get(depth)?;
        node = *tables.nodes.get(number)?;
    };
    let &[low, high] = tables.goals.get(leaf as usize)?;
    Some(Step(low, high))
}

enum Way {
    /// To that node; when it fails, on with that choice.
    Down(u32, u32),
    Leaf(u32),
    Nothing,
}

/// The first way from `choice` on that takes the segment.
fn way(
    tables: &Tables<'_>,
    node: &[u32; 8],
    choice: u32,
    wanted: &Wanted<'_>,
    depth: usize,
) -> Way {
    let &[edges, edge_count, fits, fit_count, parameter, rest, ..] = node;
    let segment = wanted.segment(depth);
    let mut choice = choice;
    if choice == STATIC {
        choice += 1;
        let edges = run(tables.edges, edges, edge_count);
        let found = edges.binary_search_by(|&[start, len, _]| {
            wanted.compare(tables.text([start, len]), segment)
        });
        if let Some(&[_, _, next]) = found.ok().and_then(|at| edges.get(at)) {
            return Way::Down(next, choice);
        }
    }
    if segment.is_empty() {
        return Way::Nothing;
    }
    let fits = run(tables.fits, fits, fit_count);
    while let Some(&[affix, next]) = fits.get(choice as usize - 1) {
        choice += 1;
        if affix::matches(tables.affix(affix), segment, |_, _, _| {}) {
            return Way::Down(next, choice);
        }
    }
    let after = choice.wrapping_sub(fit_count);
    if after == 1 && parameter != NONE {
        return Way::Down(parameter, choice + 1);
    }
    if after <= 2 && rest != NONE {
        return Way::Leaf(rest);
    }
    Way::Nothing
}
