//! Templates → the nodes of a plain trie.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::Compiler;
use crate::template::{Segment, Template};
use crate::trie::plain::NONE;

/// A node while routes are added; its edges are in the order of precedence.
#[derive(Debug, Default)]
struct Branch {
    edges: BTreeMap<Segment, usize>,
    leaf: Option<u32>,
}

/// The branches of one method, the root first.
struct Trie(Vec<Branch>);

impl Trie {
    fn add(&mut self, template: &Template, leaf: u32) {
        let mut at = 0;
        for segment in template.segments() {
            let fresh = self.0.len();
            let next = match self.0.get_mut(at) {
                Some(branch) => *branch.edges.entry(segment.clone()).or_insert(fresh),
                None => fresh,
            };
            if next == fresh {
                self.0.push(Branch::default());
            }
            at = next;
        }
        if let Some(branch) = self.0.get_mut(at) {
            branch.leaf = Some(leaf);
        }
    }

    fn leaf(&self, branch: usize) -> u32 {
        self.0
            .get(branch)
            .and_then(|branch| branch.leaf)
            .unwrap_or(NONE)
    }
}

impl Compiler {
    /// Lays out the plain trie of some routes, whose shapes differ, breadth first; gives back its root.
    pub(super) fn plain(&mut self, routes: &[&(Template, u32)]) -> u32 {
        let mut trie = Trie(Vec::from([Branch::default()]));
        for (template, route) in routes {
            let special = self.special(template);
            let leaf = super::leaf_step(*route, super::captured(template), special, 0);
            trie.add(template, self.tables.goals.len() as u32);
            self.tables.goals.push([leaf.0, leaf.1]);
        }
        let root = self.tables.nodes.len() as u32;
        let mut order = Vec::from([0]);
        let mut at = 0;
        while let Some(branch) = order.get(at).and_then(|&branch: &usize| trie.0.get(branch)) {
            let edges = self.tables.edges.len() as u32;
            let fits = self.tables.fits.len() as u32;
            let (mut parameter, mut rest) = (NONE, NONE);
            for (segment, &child) in &branch.edges {
                let next = root + order.len() as u32;
                match segment {
                    Segment::Literal(bytes) => {
                        let [start, len] = self.texts.intern(bytes);
                        self.tables.edges.push([start, len, next]);
                    }
                    Segment::Affixed(affix) => {
                        let affix = self.names.affix(affix);
                        self.tables.fits.push([affix, next]);
                    }
                    Segment::Parameter => parameter = next,
                    Segment::CatchAll => {
                        rest = trie.leaf(child);
                        continue;
                    }
                }
                order.push(child);
            }
            self.tables.nodes.push([
                edges,
                self.tables.edges.len() as u32 - edges,
                fits,
                self.tables.fits.len() as u32 - fits,
                parameter,
                rest,
                branch.leaf.unwrap_or(NONE),
                0,
            ]);
            at += 1;
        }
        root
    }
}
