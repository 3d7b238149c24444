//! Templates → tables.
//!
//! | module | holds |
//! |---|---|
//! | `rows` | templates as rows of conditions, one for each segment |
//! | `concrete` | templates without parameters → their table |
//! | `choice` | which test parts a set of rows |
//! | `decide` | a set of rows → the step that tells them apart |
//! | `runs` | the literals of a row that stand behind each other, and at the ends of the path |
//! | `slots` | the outcomes of a step → its slots |
//! | `plain` | templates → the plain trie, where the tables would grow too large |
//! | `texts` | what is compared |
//!
//! Entries are pushed before those that lead to them, so that every step leads to lower numbers.

mod choice;
mod concrete;
mod decide;
mod plain;
mod rows;
mod runs;
mod slots;
mod texts;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::owned::OwnedTables;
use super::step::{
    self, CAPTURE_AFFIX, CAPTURE_REST, CAPTURE_SEGMENT, LEAF, Leaf, Method, PLAIN, SPECIAL, Step,
};
use crate::template::{Segment, Template};
use choice::{Tested, Work};
use decide::TooLarge;
use rows::{Names, Row};
use texts::Texts;

/// The cap of a root: so many bytes for each byte of its templates, and some besides.
const BYTES_PER_BYTE: usize = 4;
const BYTES_BESIDES: usize = 16 * 1024;

/// Compiles method after method into the same tables.
pub(crate) struct Compiler {
    tables: OwnedTables,
    names: Names,
    texts: Texts,
    /// Steps that are there, so that each is there once.
    known_steps: BTreeMap<Step, u32>,
    known_leaves: BTreeMap<Leaf, u32>,
    known_checks: BTreeMap<Vec<u64>, u32>,
    /// Routes without parameters: the method, the path, the route.
    concrete: Vec<(u8, Vec<u8>, u32)>,
    random: u64,
}

impl Compiler {
    pub(crate) fn new() -> Self {
        let mut tables = OwnedTables::default();
        // Number 0 leads nowhere, and so does 1, the other root of methods that have no routes.
        tables.steps.extend([[0; 2]; 2]);
        Self {
            tables,
            names: Names::default(),
            texts: Texts::new(),
            known_steps: BTreeMap::from([(Step::NOTHING, 0)]),
            known_leaves: BTreeMap::new(),
            known_checks: BTreeMap::new(),
            concrete: Vec::new(),
            random: 0x9E37_79B9_7F4A_7C15,
        }
    }

    /// Compiles the routes of one method, whose shapes differ.
    pub(crate) fn add(&mut self, method: u8, routes: &[(Template, u32)]) -> Method {
        let mut order = Vec::with_capacity(routes.len());
        for entry in routes {
            match concrete::text(&entry.0) {
                Some(text) => self.concrete.push((method, text, entry.1)),
                None => order.push(entry),
            }
        }
        order.sort_by(|(one, _), (other, _)| one.segments().cmp(other.segments()));
        let specials: Vec<Option<u32>> = order
            .iter()
            .map(|(template, _)| self.special(template))
            .collect();
        let longest = order
            .iter()
            .map(|(template, _)| template.segments().len())
            .max()
            .unwrap_or_default();
        let has_catch_all = order.iter().any(|(template, _)| template.has_catch_all());
        let roots: Vec<Step> = (0..=longest + 1)
            .flat_map(|count| [(count, false), (count, true)])
            .map(|(count, is_open)| {
                // What a catch-all takes of empty segments, only the plain trie knows.
                if is_open && has_catch_all {
                    Step::new(0, 0, 0, 0, PLAIN)
                } else {
                    self.root(&order, &specials, count, is_open)
                }
            })
            .collect();
        let needs_plain = has_catch_all || roots.iter().any(|root| root.is_plain());
        let first = self.tables.steps.len() as u32;
        let steps = roots.iter().map(|root| [root.0, root.1]);
        self.tables.steps.extend(steps);
        let plain = needs_plain.then(|| self.plain(&order));
        Method::new(first, longest + 1, has_catch_all, plain)
    }

    /// The tables of all methods.
    pub(crate) fn finish(mut self) -> OwnedTables {
        for affix in self.names.affixes() {
            let start = self.tables.literals.len() as u32;
            let count = affix.literals.len() as u32;
            self.tables.affixes.push([start, count]);
            for literal in &affix.literals {
                self.tables.literals.push(self.texts.intern(literal));
            }
        }
        self.hash_concrete();
        self.tables.text = self.texts.finish();
        self.tables
    }

    /// The captures of a template, where some are not whole segments.
    fn special(&mut self, template: &Template) -> Option<u32> {
        let segments = template.segments();
        let is_plain = segments
            .iter()
            .all(|segment| matches!(segment, Segment::Literal(_) | Segment::Parameter));
        if is_plain {
            return None;
        }
        let start = self.tables.specials.len();
        self.tables.specials.push(0);
        for (column, segment) in segments.iter().enumerate() {
            let column = column as u8;
            let capture = match segment {
                Segment::Literal(_) => continue,
                Segment::Parameter => step::capture(CAPTURE_SEGMENT, column, 0),
                Segment::CatchAll => step::capture(CAPTURE_REST, column, 0),
                Segment::Affixed(affix) => {
                    step::capture(CAPTURE_AFFIX, column, self.names.affix(affix))
                }
            };
            self.tables.specials.push(capture);
        }
        let count = (self.tables.specials.len() - start - 1) as u32;
        if let Some(first) = self.tables.specials.get_mut(start) {
            *first = count;
        }
        Some(start as u32)
    }

    /// The step that paths with so many segments begin with; where they end with a slash, without the
    /// routes that have a parameter there.
    fn root(
        &mut self,
        order: &[&(Template, u32)],
        specials: &[Option<u32>],
        count: usize,
        is_open: bool,
    ) -> Step {
        let mut rows = Vec::new();
        let mut bytes = 0;
        for ((template, route), special) in order.iter().zip(specials) {
            if let Some(conditions) = self.names.conditions(template, count)
                && (!is_open || self.names.takes_nothing(conditions.last()))
            {
                bytes += template.as_str().len();
                rows.push(Row {
                    conditions,
                    route: *route,
                    captured: captured(template),
                    special: *special,
                });
            }
        }
        if rows.is_empty() {
            return Step::NOTHING;
        }
        let steps = self.tables.steps.len();
        let (leaves, checks) = (self.tables.leaves.len(), self.tables.checks.len());
        let set: Vec<u32> = (0..rows.len() as u32).collect();
        let mut work = Work {
            rows: &rows,
            count,
            most_bytes: self.bytes() + BYTES_PER_BYTE * bytes + BYTES_BESIDES,
            empty: self.names.empty(),
            known: BTreeMap::new(),
        };
        match self.step(&mut work, set, Tested::default(), 0) {
            Ok(step) => step,
            Err(TooLarge) => {
                self.tables.steps.truncate(steps);
                self.tables.leaves.truncate(leaves);
                self.tables.checks.truncate(checks);
                self.known_steps.retain(|_, at| (*at as usize) < steps);
                self.known_leaves.retain(|_, at| (*at as usize) < leaves);
                self.known_checks.retain(|_, at| (*at as usize) < checks);
                Step::new(0, 0, 0, 0, PLAIN)
            }
        }
    }
}

/// The segments that a template captures as a whole.
fn captured(template: &Template) -> u32 {
    let segments = template.segments().iter().enumerate();
    segments
        .filter(|(_, segment)| matches!(segment, Segment::Parameter))
        .fold(0, |captured, (column, _)| captured | 1 << column)
}

/// A leaf of either kind, with what it compares.
fn leaf_step(route: u32, captured: u32, special: Option<u32>, leaf: u32) -> Step {
    let (captured, kind) = match special {
        Some(captures) => (captures, SPECIAL),
        None => (captured, LEAF),
    };
    let word = u64::from(route) | u64::from(captured) << 32;
    Step::new(word, leaf, 0, 0, kind)
}
