//! Rows → decision tables.
//!
//! A set of rows, the first of which has precedence, becomes a step: a leaf where all rows ask the
//! same of the segments that are still untested, or else a test of the column that copies the fewest
//! rows. Sets that ask the same are compiled once.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::backtrack::{self, Backtracker};
use super::hash;
use super::key::WHOLE;
use super::rows::{Condition, Names, Row};
use super::tables::{
    self, AFFIX, CAPTURE_AFFIX, CAPTURE_REST, CAPTURE_SEGMENT, HoldsTables, LEAF, LONG, MORE,
    MOST_ENTRIES, Method, NO_KEY, PLAIN, SPECIAL, SWITCH, Step, Tables,
};
use crate::template::{Segment, Template};

/// The tables of a router, owned.
#[derive(Debug, Default)]
pub(crate) struct OwnedTables {
    pub(crate) roots: Vec<[u64; 2]>,
    pub(crate) steps: Vec<[u64; 2]>,
    pub(crate) slots: Vec<[u64; 4]>,
    pub(crate) labels: Vec<[u32; 2]>,
    pub(crate) checks: Vec<[u64; 4]>,
    pub(crate) specials: Vec<u32>,
    pub(crate) affixes: Vec<[u32; 2]>,
    pub(crate) literals: Vec<[u32; 2]>,
    pub(crate) text: Vec<u8>,
}

impl HoldsTables for OwnedTables {
    #[inline(always)]
    fn tables(&self) -> Tables<'_> {
        Tables {
            roots: &self.roots,
            steps: &self.steps,
            slots: &self.slots,
            labels: &self.labels,
            checks: &self.checks,
            specials: &self.specials,
            affixes: &self.affixes,
            literals: &self.literals,
            text: &self.text,
        }
    }
}

impl OwnedTables {
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.roots.as_slice())
            + size_of_val(self.steps.as_slice())
            + size_of_val(self.slots.as_slice())
            + size_of_val(self.labels.as_slice())
            + size_of_val(self.checks.as_slice())
            + size_of_val(self.specials.as_slice())
            + size_of_val(self.affixes.as_slice())
            + size_of_val(self.literals.as_slice())
            + self.text.len()
    }
}

/// Compiles method after method into the same tables.
pub(crate) struct Compiler {
    tables: OwnedTables,
    names: Names,
    /// Steps that are there, so that each is there once.
    known_steps: BTreeMap<Step, u32>,
    known_checks: BTreeMap<Vec<[u64; 4]>, u32>,
    random: u64,
}

/// The tables would grow beyond their cap.
struct TooLarge;

/// What has been tested on the way to a step.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Tested {
    /// Columns in which the literal is known.
    known: u32,
    /// Columns in which it is none of the rows' literals.
    other: u32,
    /// Affixes that fit.
    fitting: Vec<(u8, u32)>,
}

/// Deeper than this, rows are left to the plain trie.
const DEEPEST: usize = 192;
/// The cap of a root: so many bytes for each byte of its templates, and some besides.
const BYTES_PER_BYTE: usize = 4;
const BYTES_BESIDES: usize = 16 * 1024;
/// The most rows of which each is compared with each.
const MOST_COMPARED: usize = 64;

impl Compiler {
    pub(crate) fn new() -> Self {
        let mut tables = OwnedTables::default();
        // Number 0 leads nowhere, in both.
        tables.roots.push([0; 2]);
        tables.steps.push([0; 2]);
        Self {
            tables,
            names: Names::default(),
            known_steps: BTreeMap::from([(Step::NOTHING, 0)]),
            known_checks: BTreeMap::new(),
            random: 0x9E37_79B9_7F4A_7C15,
        }
    }

    /// Compiles the routes of one method.
    pub(crate) fn add(&mut self, routes: &[(Template, u32)]) -> (Method, Option<Backtracker>) {
        let mut order: Vec<&(Template, u32)> = routes.iter().collect();
        order.sort_by(|(one, _), (other, _)| one.segments().cmp(other.segments()));
        let specials: Vec<Option<u32>> = order
            .iter()
            .map(|(template, _)| self.special(template))
            .collect();
        let longest = routes
            .iter()
            .map(|(template, _)| template.segments().len())
            .max()
            .unwrap_or_default();
        let has_catch_all = routes.iter().any(|(template, _)| template.has_catch_all());
        let roots = self.tables.roots.len() as u32;
        let method = Method::new(roots, longest + 1, has_catch_all);
        let mut needs_plain = has_catch_all;
        for count in 0..=longest + 1 {
            let root = self.root(&order, &specials, count);
            needs_plain |= root.kind() == PLAIN;
            self.tables.roots.push([root.0, root.1]);
        }
        let plain = needs_plain.then(|| {
            let mut plain = backtrack::Builder::new();
            for (place, (template, route)) in routes.iter().enumerate() {
                // Their shapes differ, as the router's builder saw to.
                let _ = plain.add(template, *route, place as u32);
            }
            plain.finish()
        });
        (method, plain)
    }

    /// The tables of all methods.
    pub(crate) fn finish(mut self) -> OwnedTables {
        for affix in core::mem::take(&mut self.names.affix_entries) {
            let start = self.tables.literals.len() as u32;
            let count = affix.literals.len() as u32;
            self.tables.affixes.push([start, count]);
            for literal in &affix.literals {
                let number = self.names.literal(literal);
                let entry = self.names.entries.get(number as usize);
                let label = entry.map_or([0, 0], |literal| literal.label);
                self.tables.literals.push(label);
            }
        }
        self.tables.text = self.names.text;
        let tables = &mut self.tables;
        tables.roots.shrink_to_fit();
        tables.steps.shrink_to_fit();
        tables.slots.shrink_to_fit();
        tables.labels.shrink_to_fit();
        tables.checks.shrink_to_fit();
        tables.specials.shrink_to_fit();
        tables.text.shrink_to_fit();
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
                Segment::Parameter => tables::capture(CAPTURE_SEGMENT, column, 0),
                Segment::CatchAll => tables::capture(CAPTURE_REST, column, 0),
                Segment::Affixed(affix) => {
                    tables::capture(CAPTURE_AFFIX, column, self.names.affix(affix))
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

    /// The step that paths with so many segments begin with.
    fn root(&mut self, order: &[&(Template, u32)], specials: &[Option<u32>], count: usize) -> Step {
        let mut rows = Vec::new();
        let mut bytes = 0;
        for ((template, route), special) in order.iter().zip(specials) {
            let Some(conditions) = self.names.conditions(template, count) else {
                continue;
            };
            let mut captured = 0;
            for (column, segment) in template.segments().iter().enumerate() {
                if matches!(segment, Segment::Parameter) {
                    captured |= 1 << column;
                }
            }
            bytes += template.as_str().len();
            rows.push(Row {
                conditions,
                route: *route,
                captured,
                special: *special,
            });
        }
        if rows.is_empty() {
            return Step::NOTHING;
        }
        let marks = (
            self.tables.slots.len(),
            self.tables.steps.len(),
            self.tables.checks.len(),
        );
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
                let (slots, steps, checks) = marks;
                self.tables.slots.truncate(slots);
                self.tables.labels.truncate(slots);
                self.tables.steps.truncate(steps);
                self.tables.checks.truncate(checks);
                self.known_steps.retain(|_, at| (*at as usize) < steps);
                self.known_checks.retain(|_, at| (*at as usize) < checks);
                Step::new(0, 0, 0, 0, PLAIN)
            }
        }
    }

    /// Whether a table comes near what a step can tell apart.
    fn is_full(&self) -> bool {
        let tables = &self.tables;
        let longest = tables.slots.len().max(tables.steps.len());
        longest.max(tables.checks.len()) > MOST_ENTRIES / 2
    }

    fn bytes(&self) -> usize {
        size_of_val(self.tables.slots.as_slice())
            + size_of_val(self.tables.labels.as_slice())
            + size_of_val(self.tables.steps.as_slice())
            + size_of_val(self.tables.checks.as_slice())
    }

    fn step(
        &mut self,
        work: &mut Work<'_>,
        mut set: Vec<u32>,
        tested: Tested,
        depth: usize,
    ) -> Result<Step, TooLarge> {
        work.drop_hidden(&mut set, &tested);
        let Some(&winner) = set.first() else {
            return Ok(Step::NOTHING);
        };
        let key = (set, tested);
        if let Some(&step) = work.known.get(&key) {
            return Ok(step);
        }
        let (set, tested) = key;
        if depth > DEEPEST || self.bytes() > work.most_bytes || self.is_full() {
            return Err(TooLarge);
        }
        let step = match work.choose(&set, &tested) {
            None => self.leaf(work, winner, &tested),
            Some(Test::Literals(column)) => self.switch(work, &set, &tested, column, depth)?,
            Some(Test::Affix(column, affix)) => {
                let mut yes = tested.clone();
                yes.fitting.push((column as u8, affix));
                yes.fitting.sort_unstable();
                let fits = self.step(work, set.clone(), yes, depth + 1)?;
                let others = set
                    .iter()
                    .copied()
                    .filter(|&row| work.condition(row, column, &tested) != Condition::Affix(affix))
                    .collect();
                let otherwise = self.step(work, others, tested.clone(), depth + 1)?;
                let (fits, otherwise) = (self.number(fits), self.number(otherwise));
                Step::new(affix.into(), fits, otherwise, column as u8, AFFIX)
            }
        };
        work.known.insert((set, tested), step);
        Ok(step)
    }

    fn switch(
        &mut self,
        work: &mut Work<'_>,
        set: &[u32],
        tested: &Tested,
        column: usize,
        depth: usize,
    ) -> Result<Step, TooLarge> {
        let mut literals: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let mut others = Vec::new();
        for &row in set {
            match work.condition(row, column, tested) {
                Condition::Literal(literal) => literals.entry(literal).or_default().push(row),
                condition => others.push((row, condition)),
            }
        }
        let mut known = tested.clone();
        known.known |= 1 << column;
        known.fitting.retain(|&(own, _)| usize::from(own) != column);
        let mut keys = Vec::with_capacity(literals.len());
        let mut children = Vec::with_capacity(literals.len());
        for (literal, mut rows) in literals {
            let fitting = others
                .iter()
                .filter(|(_, condition)| self.takes(*condition, literal))
                .map(|(row, _)| *row);
            rows.extend(fitting);
            rows.sort_unstable();
            let child = self.step(work, rows, known.clone(), depth + 1)?;
            if let Some(entry) = self.names.entries.get(literal as usize) {
                keys.push(entry.key);
                children.push((entry.clone(), child));
            }
        }
        let mut other = tested.clone();
        other.other |= 1 << column;
        let rows = others.into_iter().map(|(row, _)| row).collect();
        let otherwise = self.step(work, rows, other, depth + 1)?;
        let layout = hash::lay_out(&keys, &mut self.random);
        let base = self.tables.slots.len() as u32;
        for (slot, has_more) in layout.slots.iter().zip(&layout.has_more) {
            let literal = slot.and_then(|number| children.get(number as usize));
            let more = if *has_more { MORE } else { 0 };
            let (words, label) = match literal {
                Some((literal, step)) => {
                    let is_long = literal.bytes.len() > WHOLE;
                    let long = if is_long { LONG } else { 0 };
                    (
                        [
                            literal.key.first,
                            literal.key.second,
                            step.0,
                            step.1 & !(LONG | MORE) | long | more,
                        ],
                        literal.label,
                    )
                }
                None => ([NO_KEY.first, NO_KEY.second, 0, 0], [0, 0]),
            };
            self.tables.slots.push(words);
            self.tables.labels.push(label);
        }
        let otherwise = self.number(otherwise);
        Ok(Step::new(
            layout.factor,
            base,
            otherwise,
            column as u8,
            SWITCH,
        ))
    }

    /// Whether a condition holds for a literal.
    fn takes(&self, condition: Condition, literal: u32) -> bool {
        let bytes = self
            .names
            .entries
            .get(literal as usize)
            .map_or(&[][..], |literal| &literal.bytes);
        match condition {
            Condition::Literal(own) => own == literal,
            Condition::Free => !bytes.is_empty(),
            Condition::Affix(affix) => self
                .names
                .affix_entries
                .get(affix as usize)
                .is_some_and(|affix| affix.matches_decoded(bytes)),
        }
    }

    /// The number of a step in the table of steps.
    fn number(&mut self, step: Step) -> u32 {
        let fresh = self.tables.steps.len() as u32;
        let number = *self.known_steps.entry(step).or_insert(fresh);
        if number == fresh {
            self.tables.steps.push([step.0, step.1]);
        }
        number
    }

    fn leaf(&mut self, work: &Work<'_>, winner: u32, tested: &Tested) -> Step {
        let Some(row) = work.rows.get(winner as usize) else {
            return Step::NOTHING;
        };
        let mut checks = Vec::new();
        for column in 0..work.count {
            match work.condition(winner, column, tested) {
                Condition::Free => {}
                Condition::Literal(literal) => {
                    if let Some(literal) = self.names.entries.get(literal as usize) {
                        checks.push(tables::check_literal(
                            literal.key,
                            column as u8,
                            literal.label,
                        ));
                    }
                }
                Condition::Affix(affix) => checks.push(tables::check_affix(affix, column as u8)),
            }
        }
        let count = checks.len() as u32;
        let from = match self.known_checks.get(&checks) {
            Some(&from) => from,
            None => {
                let from = self.tables.checks.len() as u32;
                self.tables.checks.extend_from_slice(&checks);
                self.known_checks.insert(checks, from);
                from
            }
        };
        let (captured, kind) = match row.special {
            Some(captures) => (captures, SPECIAL),
            None => (row.captured, LEAF),
        };
        let word = u64::from(row.route) | u64::from(captured) << 32;
        Step::new(word, from, count, 0, kind)
    }
}

/// The rows of one root while they are compiled.
struct Work<'r> {
    rows: &'r [Row],
    count: usize,
    most_bytes: usize,
    /// The literal that is nothing, if there is one.
    empty: Option<u32>,
    known: BTreeMap<(Vec<u32>, Tested), Step>,
}

/// How to go on with a set of rows.
enum Test {
    Literals(usize),
    Affix(usize, u32),
}

impl Work<'_> {
    /// What a row still asks of a column.
    fn condition(&self, row: u32, column: usize, tested: &Tested) -> Condition {
        if tested.known & 1 << column != 0 {
            return Condition::Free;
        }
        let condition = self
            .rows
            .get(row as usize)
            .and_then(|row| row.conditions.get(column))
            .copied()
            .unwrap_or(Condition::Free);
        match condition {
            Condition::Affix(affix) if tested.fitting.contains(&(column as u8, affix)) => {
                Condition::Free
            }
            condition => condition,
        }
    }

    /// Takes out rows that another row before them hides, since it asks for no more.
    fn drop_hidden(&self, set: &mut Vec<u32>, tested: &Tested) {
        let asks =
            |row: u32| (0..self.count).any(|at| self.condition(row, at, tested) != Condition::Free);
        if let Some(at) = set.iter().position(|&row| !asks(row)) {
            let mut place = 0;
            set.retain(|&row| {
                place += 1;
                place <= at + 1 || self.takes_empty(row, tested)
            });
        }
        if set.len() > MOST_COMPARED {
            return;
        }
        let mut kept: Vec<u32> = Vec::with_capacity(set.len());
        for &row in set.iter() {
            let is_hidden = kept.iter().any(|&before| {
                (0..self.count).all(|column| {
                    let condition = self.condition(before, column, tested);
                    let other = self.condition(row, column, tested);
                    condition == other
                        || (condition == Condition::Free && !self.is_empty_literal(other))
                })
            });
            if !is_hidden {
                kept.push(row);
            }
        }
        *set = kept;
    }

    /// Whether a row asks for an empty segment, which no parameter before it takes.
    fn takes_empty(&self, row: u32, tested: &Tested) -> bool {
        (0..self.count).any(|at| self.is_empty_literal(self.condition(row, at, tested)))
    }

    fn is_empty_literal(&self, condition: Condition) -> bool {
        self.empty
            .is_some_and(|empty| condition == Condition::Literal(empty))
    }

    /// The test that copies the fewest rows; of those the one with the most outcomes, of those the
    /// leftmost. `None` where all rows ask the same.
    fn choose(&self, set: &[u32], tested: &Tested) -> Option<Test> {
        let &first = set.first()?;
        let mut best: Option<((usize, usize), Test)> = None;
        for column in 0..self.count {
            let own = self.condition(first, column, tested);
            let mut literals = BTreeSet::new();
            let mut affixes = BTreeMap::new();
            let mut others = 0_usize;
            let mut is_common = true;
            for &row in set {
                let condition = self.condition(row, column, tested);
                is_common &= condition == own;
                match condition {
                    Condition::Literal(literal) => {
                        literals.insert(literal);
                    }
                    Condition::Affix(affix) => {
                        *affixes.entry(affix).or_insert(0_usize) += 1;
                        others += 1;
                    }
                    Condition::Free => others += 1,
                }
            }
            if is_common {
                continue;
            }
            let candidate = if literals.is_empty() {
                // The affix of the row with precedence, or of the first that has one.
                let affix = set
                    .iter()
                    .find_map(|&row| match self.condition(row, column, tested) {
                        Condition::Affix(affix) => Some(affix),
                        _ => None,
                    });
                affix.map(|affix| {
                    let with = affixes.get(&affix).copied().unwrap_or_default();
                    ((set.len() - with, usize::MAX), Test::Affix(column, affix))
                })
            } else {
                let copies = others * literals.len();
                Some((
                    (copies, usize::MAX - literals.len()),
                    Test::Literals(column),
                ))
            };
            if let Some((cost, test)) = candidate
                && best.as_ref().is_none_or(|(least, _)| cost < *least)
            {
                best = Some((cost, test));
            }
        }
        best.map(|(_, test)| test)
    }
}
