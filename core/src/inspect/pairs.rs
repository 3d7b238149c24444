//! Pairs of templates that may have a path in common, without a look at each two.
//!
//! The templates are put into a trie, and that is walked twice at once: of two nodes only those ways are
//! followed together that a segment can take both. Where all ways are literals, that is each with itself.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::overlap::meet;
use crate::template::{Segment, Template};

/// A place in a template; what comes next.
#[derive(Default)]
struct Node<'t> {
    literals: BTreeMap<&'t Segment, usize>,
    /// Ways of segments with parameters.
    others: Vec<(&'t Segment, usize)>,
    /// The template that ends here.
    end: Option<usize>,
    /// The template whose catch-all begins here.
    rest: Option<usize>,
}

impl<'t> Node<'t> {
    fn ways(&self) -> impl Iterator<Item = usize> {
        let others = self.others.iter().map(|&(_, to)| to);
        self.literals.values().copied().chain(others)
    }

    fn way(&mut self, segment: &'t Segment, fresh: usize) -> usize {
        if let Segment::Literal(_) = segment {
            return *self.literals.entry(segment).or_insert(fresh);
        }
        let known = self.others.iter().find(|(own, _)| *own == segment);
        if let Some(&(_, to)) = known {
            return to;
        }
        self.others.push((segment, fresh));
        fresh
    }
}

/// The pairs of templates, by their places in the list, that have a path in common; the lower place
/// first, and in that order. No two templates are of the same shape.
pub(super) fn meeting<'t>(
    templates: impl Iterator<Item = &'t Template>,
) -> BTreeSet<(usize, usize)> {
    let mut trie = Trie(Vec::from([Node::default()]));
    for (number, template) in templates.enumerate() {
        trie.add(template, number);
    }
    let mut pairs = BTreeSet::new();
    trie.walk(0, 0, &mut pairs);
    pairs
}

struct Trie<'t>(Vec<Node<'t>>);

impl<'t> Trie<'t> {
    fn add(&mut self, template: &'t Template, number: usize) {
        let mut at = 0;
        for segment in template.segments() {
            let fresh = self.0.len();
            let Some(node) = self.0.get_mut(at) else {
                return;
            };
            if *segment == Segment::CatchAll {
                node.rest = Some(number);
                return;
            }
            at = node.way(segment, fresh);
            if at == fresh {
                self.0.push(Node::default());
            }
        }
        if let Some(node) = self.0.get_mut(at) {
            node.end = Some(number);
        }
    }

    /// Notes the pairs of templates behind two nodes. It is as deep as the templates have segments.
    fn walk(&self, one: usize, other: usize, pairs: &mut BTreeSet<(usize, usize)>) {
        let (Some(own), Some(theirs)) = (self.0.get(one), self.0.get(other)) else {
            return;
        };
        let mut note = |one: Option<usize>, other: Option<usize>| {
            if let (Some(one), Some(other)) = (one, other)
                && one != other
            {
                pairs.insert((one.min(other), one.max(other)));
            }
        };
        note(own.end, theirs.end);
        note(own.end, theirs.rest);
        note(own.rest, theirs.end);
        note(own.rest, theirs.rest);
        if own.rest.is_some() {
            self.all_below(other, &mut |number| note(own.rest, Some(number)));
        }
        if theirs.rest.is_some() {
            self.all_below(one, &mut |number| note(theirs.rest, Some(number)));
        }
        for (literal, &to) in &own.literals {
            if let Some(&their) = theirs.literals.get(literal) {
                self.walk(to, their, pairs);
            }
        }
        for &(segment, to) in &own.others {
            for (literal, &their) in &theirs.literals {
                if meet(segment, literal) {
                    self.walk(to, their, pairs);
                }
            }
            for &(theirs, their) in &theirs.others {
                if meet(segment, theirs) {
                    self.walk(to, their, pairs);
                }
            }
        }
        // The other way round it is the same where both are one node.
        if one != other {
            for &(segment, their) in &theirs.others {
                for (literal, &to) in &own.literals {
                    if meet(segment, literal) {
                        self.walk(to, their, pairs);
                    }
                }
            }
        }
    }

    /// All templates behind a node.
    fn all_below(&self, at: usize, note: &mut impl FnMut(usize)) {
        let Some(node) = self.0.get(at) else {
            return;
        };
        for number in node.end.into_iter().chain(node.rest) {
            note(number);
        }
        for to in node.ways() {
            self.all_below(to, note);
        }
    }
}
