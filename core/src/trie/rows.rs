//! Templates of one method and one count of segments, as rows of conditions.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::key::Key;
use crate::template::{Affix, Segment, Template};

/// What a row asks of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Condition {
    /// That literal.
    Literal(u32),
    /// That affix.
    Affix(u32),
    /// That it is not empty; or nothing.
    Free,
}

/// One route, as long as the paths of its root.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) conditions: Vec<Condition>,
    pub(crate) route: u32,
    /// The segments that are captured as a whole.
    pub(crate) captured: u32,
    /// Where its captures begin, if some are not whole segments.
    pub(crate) special: Option<u32>,
}

/// Literals and affixes, each once.
#[derive(Debug, Default)]
pub(crate) struct Names {
    literals: BTreeMap<Box<[u8]>, u32>,
    pub(crate) entries: Vec<Literal>,
    affixes: BTreeMap<Vec<Box<[u8]>>, u32>,
    pub(crate) affix_entries: Vec<Affix>,
    pub(crate) text: Vec<u8>,
}

/// A literal that stands in the text.
#[derive(Debug, Clone)]
pub(crate) struct Literal {
    pub(crate) key: Key,
    /// Where it stands in the text, and its length.
    pub(crate) label: [u32; 2],
    pub(crate) bytes: Box<[u8]>,
}

impl Names {
    pub(crate) fn literal(&mut self, bytes: &[u8]) -> u32 {
        if let Some(&known) = self.literals.get(bytes) {
            return known;
        }
        let number = self.entries.len() as u32;
        self.entries.push(Literal {
            key: Key::new(bytes),
            label: [self.text.len() as u32, bytes.len() as u32],
            bytes: bytes.into(),
        });
        self.text.extend_from_slice(bytes);
        self.literals.insert(bytes.into(), number);
        number
    }

    /// The literal that is nothing, if there is one.
    pub(crate) fn empty(&self) -> Option<u32> {
        self.literals.get(&[][..]).copied()
    }

    pub(crate) fn affix(&mut self, affix: &Affix) -> u32 {
        if let Some(&known) = self.affixes.get(&affix.literals) {
            return known;
        }
        let number = self.affix_entries.len() as u32;
        self.affix_entries.push(affix.clone());
        self.affixes.insert(affix.literals.clone(), number);
        number
    }

    /// What a template asks of paths with so many segments; `None` where it has none such.
    pub(crate) fn conditions(
        &mut self,
        template: &Template,
        count: usize,
    ) -> Option<Vec<Condition>> {
        let segments = template.segments();
        let fits = if template.has_catch_all() {
            segments.len() <= count
        } else {
            segments.len() == count
        };
        if !fits {
            return None;
        }
        let mut conditions: Vec<Condition> = segments
            .iter()
            .map(|segment| match segment {
                Segment::Literal(bytes) => Condition::Literal(self.literal(bytes)),
                Segment::Affixed(affix) => Condition::Affix(self.affix(affix)),
                Segment::Parameter | Segment::CatchAll => Condition::Free,
            })
            .collect();
        conditions.resize(count, Condition::Free);
        Some(conditions)
    }
}
