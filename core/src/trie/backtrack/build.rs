//! Templates → trie → flat tables.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::{Affix, AffixedEdge, Backtracker, Capture, Edge, Leaf, NONE, Node, Run, Text};
use crate::template::{self, Segment, Template};

/// The trie while routes are added; its edges are in the order of precedence.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    nodes: Vec<Branch>,
    leaves: Vec<(u32, u32, Box<[Segment]>)>,
}

#[derive(Debug, Default)]
struct Branch {
    edges: BTreeMap<Segment, u32>,
    leaf: Option<u32>,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            nodes: Vec::from([Branch::default()]),
            leaves: Vec::new(),
        }
    }

    /// Adds a route, which came as the one of that place.
    ///
    /// # Errors
    ///
    /// The place of the route that has the same shape.
    pub(crate) fn add(&mut self, template: &Template, route: u32, place: u32) -> Result<(), u32> {
        let mut at = 0;
        for segment in template.segments() {
            let fresh = self.nodes.len() as u32;
            let next = match self.nodes.get_mut(at) {
                Some(branch) => *branch.edges.entry(segment.clone()).or_insert(fresh),
                None => fresh,
            };
            if next == fresh {
                self.nodes.push(Branch::default());
            }
            at = next as usize;
        }
        let fresh = self.leaves.len() as u32;
        let Some(branch) = self.nodes.get_mut(at) else {
            return Ok(());
        };
        if let Some(leaf) = branch.leaf {
            return Err(self
                .leaves
                .get(leaf as usize)
                .map_or(leaf, |&(_, place, _)| place));
        }
        branch.leaf = Some(fresh);
        self.leaves.push((route, place, template.segments().into()));
        Ok(())
    }

    /// Lays the trie out in flat tables, breadth first.
    pub(crate) fn finish(self) -> Backtracker {
        let mut tables = Tables::default();
        for (route, _, segments) in &self.leaves {
            tables.add_leaf(*route, segments);
        }
        let mut order = Vec::from([0_usize]);
        let mut at = 0;
        while let Some(branch) = order.get(at).and_then(|&node| self.nodes.get(node)) {
            let mut node = Node {
                edges: Run::default(),
                affixed: Run::default(),
                parameter: NONE,
                rest: NONE,
                leaf: branch.leaf.unwrap_or(NONE),
            };
            node.edges.start = tables.trie.edges.len() as u32;
            node.affixed.start = tables.trie.affixed.len() as u32;
            for (segment, &child) in &branch.edges {
                let next = order.len() as u32;
                match segment {
                    Segment::Literal(bytes) => {
                        let label = tables.intern(bytes);
                        tables.trie.edges.push(Edge { label, next });
                        node.edges.len += 1;
                    }
                    Segment::Affixed(affix) => {
                        let affix = tables.add_affix(affix);
                        tables.trie.affixed.push(AffixedEdge { affix, next });
                        node.affixed.len += 1;
                    }
                    Segment::Parameter => node.parameter = next,
                    Segment::CatchAll => {
                        node.rest = self
                            .nodes
                            .get(child as usize)
                            .and_then(|branch| branch.leaf)
                            .unwrap_or(NONE);
                        continue;
                    }
                }
                order.push(child as usize);
            }
            tables.trie.nodes.push(node);
            at += 1;
        }
        tables.trie
    }
}

#[derive(Default)]
struct Tables {
    trie: Backtracker,
    texts: BTreeMap<Box<[u8]>, Text>,
    affixes: BTreeMap<Vec<Box<[u8]>>, u32>,
}

impl Tables {
    fn intern(&mut self, bytes: &[u8]) -> Text {
        if let Some(&text) = self.texts.get(bytes) {
            return text;
        }
        let text = Text {
            start: self.trie.text.len() as u32,
            len: bytes.len() as u32,
        };
        self.trie.text.extend_from_slice(bytes);
        self.texts.insert(bytes.into(), text);
        text
    }

    fn add_affix(&mut self, affix: &template::Affix) -> u32 {
        if let Some(&known) = self.affixes.get(&affix.literals) {
            return known;
        }
        let start = self.trie.literals.len() as u32;
        for literal in &affix.literals {
            let text = self.intern(literal);
            self.trie.literals.push(text);
        }
        let number = self.trie.affixes.len() as u32;
        self.trie.affixes.push(Affix {
            literals: Run {
                start,
                len: affix.literals.len() as u32,
            },
        });
        self.affixes.insert(affix.literals.clone(), number);
        number
    }

    fn add_leaf(&mut self, route: u32, segments: &[Segment]) {
        let is_whole =
            |segment: &Segment| matches!(segment, Segment::Literal(_) | Segment::Parameter);
        let mut leaf = Leaf {
            route,
            segments: 0,
            captures: Run {
                start: self.trie.captures.len() as u32,
                len: 0,
            },
        };
        if segments.iter().all(is_whole) {
            for (at, segment) in segments.iter().enumerate() {
                if *segment == Segment::Parameter {
                    leaf.segments |= 1 << at;
                }
            }
        } else {
            for (at, segment) in segments.iter().enumerate() {
                let at = at as u8;
                let capture = match segment {
                    Segment::Literal(_) => continue,
                    Segment::Parameter => Capture::Segment(at),
                    Segment::Affixed(affix) => Capture::Affixed(at, self.add_affix(affix)),
                    Segment::CatchAll => Capture::Rest(at),
                };
                self.trie.captures.push(capture);
                leaf.captures.len += 1;
            }
        }
        self.trie.leaves.push(leaf);
    }
}
