//! Templates of one method and one count of segments, as rows of conditions.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::template::{Affix, Segment, Template};

/// What a row asks of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Condition {
    /// That literal.
    Literal(u32),
    /// That affix.
    Affix(u32),
    /// That it is not empty; or nothing.
    Free,
}

/// One route, as long as the paths of its root.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) conditions: Vec<Condition>,
    pub(super) route: u32,
    /// The segments that are captured as a whole.
    pub(super) captured: u32,
    /// Where its captures begin, if some are not whole segments.
    pub(super) special: Option<u32>,
}

/// Literals and affixes, each once.
#[derive(Debug, Default)]
pub(super) struct Names {
    literals: BTreeMap<Box<[u8]>, u32>,
    entries: Vec<Box<[u8]>>,
    affixes: BTreeMap<Vec<Box<[u8]>>, u32>,
    affix_entries: Vec<Affix>,
}

impl Names {
    pub(super) fn literal(&mut self, bytes: &[u8]) -> u32 {
        if let Some(&known) = self.literals.get(bytes) {
            return known;
        }
        let number = self.entries.len() as u32;
        self.entries.push(bytes.into());
        self.literals.insert(bytes.into(), number);
        number
    }

    /// The literal of that number.
    pub(super) fn bytes(&self, literal: u32) -> &[u8] {
        self.entries
            .get(literal as usize)
            .map_or(&[], |bytes| bytes)
    }

    /// The literal that is nothing, if there is one.
    pub(super) fn empty(&self) -> Option<u32> {
        self.literals.get(&[][..]).copied()
    }

    pub(super) fn affix(&mut self, affix: &Affix) -> u32 {
        if let Some(&known) = self.affixes.get(&affix.literals) {
            return known;
        }
        let number = self.affix_entries.len() as u32;
        self.affix_entries.push(affix.clone());
        self.affixes.insert(affix.literals.clone(), number);
        number
    }

    /// All affixes, by their numbers.
    pub(super) fn affixes(&self) -> &[Affix] {
        &self.affix_entries
    }

    /// Whether a condition holds for a literal.
    pub(super) fn takes(&self, condition: Condition, literal: u32) -> bool {
        match condition {
            Condition::Literal(own) => own == literal,
            Condition::Free => !self.bytes(literal).is_empty(),
            Condition::Affix(affix) => self
                .affix_entries
                .get(affix as usize)
                .is_some_and(|affix| affix.matches_decoded(self.bytes(literal))),
        }
    }

    /// What a template asks of paths with so many segments; `None` where it has none such.
    pub(super) fn conditions(
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
