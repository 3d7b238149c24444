//! Rows → decision tables.
//!
//! A set of rows, the first of which has precedence, becomes a step: a leaf where all rows ask the
//! same of the segments that are still untested, or else a test of the column that copies the fewest
//! rows. Sets that ask the same are compiled once.
//!
//! Where every row of a set has a literal in the column, a segment that is none of them fits no row,
//! so a few bytes of it tell which literal it must be: the leaf compares it. Where other rows might
//! still match it is compared at once.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::choice::{Test, Tested, Work};
use super::rows::Condition;
use super::slots::lay_out;
use super::{Compiler, leaf_step};
use crate::trie::step::{AFFIX, CHUNK, Check, EXACT, MOST_ENTRIES, SWITCH, Step};

/// The tables would grow beyond their cap.
pub(super) struct TooLarge;

/// Deeper than this, rows are left to the plain trie.
const DEEPEST: usize = 192;

/// What one switch is compiled from.
struct Switch {
    column: usize,
    /// The number of the step where there is no literal; none where nothing else can match.
    otherwise: Option<u32>,
}

impl Compiler {
    /// The size of what is capped.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.tables.steps.as_slice()) + size_of_val(self.tables.checks.as_slice())
    }

    /// Whether a table comes near what a step can tell apart.
    fn is_full(&self) -> bool {
        self.tables.steps.len().max(self.tables.checks.len()) > MOST_ENTRIES / 2
    }

    pub(super) fn step(
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
        let is_exact = !others.is_empty();
        let mut known = tested.clone();
        if is_exact {
            known.known |= 1 << column;
            known.fitting.retain(|&(own, _)| usize::from(own) != column);
        }
        let mut children = Vec::with_capacity(literals.len());
        for (literal, mut rows) in literals {
            let fitting = others
                .iter()
                .filter(|(_, condition)| self.names.takes(*condition, literal))
                .map(|(row, _)| *row);
            rows.extend(fitting);
            rows.sort_unstable();
            children.push((literal, self.step(work, rows, known.clone(), depth + 1)?));
        }
        let otherwise = if is_exact {
            let rows = others.into_iter().map(|(row, _)| row).collect();
            let step = self.step(work, rows, tested.clone(), depth + 1)?;
            Some(self.number(step))
        } else {
            None
        };
        Ok(self.slots(&Switch { column, otherwise }, &children))
    }

    /// The switch among some literals, each with the step that follows.
    fn slots(&mut self, switch: &Switch, children: &[(u32, Step)]) -> Step {
        let literals: Vec<&[u8]> = children
            .iter()
            .map(|&(literal, _)| self.names.bytes(literal))
            .collect();
        let layout = lay_out(&literals, &mut self.random);
        let mut entries = Vec::new();
        for slot in &layout.slots {
            let own: Vec<(u32, Step)> = slot
                .iter()
                .filter_map(|&number| children.get(number as usize).copied())
                .collect();
            let (step, check) = match (own.as_slice(), switch.otherwise) {
                ([], None) => (Step::NOTHING, [0; 2]),
                ([], Some(otherwise)) => (self.numbered(otherwise), [0; 2]),
                (&[(literal, step)], _) => (step, self.whole(literal, switch.column)),
                (several, _) => (self.slots(switch, several), [0; 2]),
            };
            entries.push([step.0, step.1]);
            if switch.otherwise.is_some() {
                entries.push(check);
            }
        }
        let base = self.tables.steps.len() as u32;
        self.tables.steps.extend(entries);
        let (otherwise, kind) = match switch.otherwise {
            Some(otherwise) => (otherwise, EXACT),
            None => (0, SWITCH),
        };
        Step::new(layout.factor, base, otherwise, switch.column as u8, kind)
    }

    /// What a slot compares a whole segment with: one check, and where the literal stands if that is
    /// not all of it.
    fn whole(&mut self, literal: u32, column: usize) -> [u64; 2] {
        let [start, len] = self.texts.intern(self.names.bytes(literal));
        let is_long = len as usize > CHUNK;
        let first = (len as usize).min(CHUNK);
        let check = Check::new(start, column, 1, first, column, !is_long);
        let label = u64::from(start) | u64::from(len) << 32;
        [check.0, if is_long { label } else { 0 }]
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

    fn numbered(&self, number: u32) -> Step {
        match self.tables.steps.get(number as usize) {
            Some(&[low, high]) => Step(low, high),
            None => Step::NOTHING,
        }
    }

    fn leaf(&mut self, work: &Work<'_>, winner: u32, tested: &Tested) -> Step {
        let Some(row) = work.rows.get(winner as usize) else {
            return Step::NOTHING;
        };
        let mut checks = Vec::new();
        let mut column = 0;
        while column < work.count {
            let Condition::Literal(literal) = work.condition(winner, column, tested) else {
                column += 1;
                continue;
            };
            let first = column;
            let mut run = self.names.bytes(literal).to_vec();
            // A literal with a slash in it stands alone, so that the slashes of a run part segments.
            let mut is_open = !run.contains(&b'/');
            column += 1;
            while is_open
                && let Condition::Literal(literal) = work.condition(winner, column, tested)
                && column < work.count
            {
                let bytes = self.names.bytes(literal);
                is_open = !bytes.contains(&b'/');
                if is_open {
                    run.push(b'/');
                    run.extend_from_slice(bytes);
                    column += 1;
                }
            }
            self.run(&run, first, column - 1, &mut checks);
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
        leaf_step(row.route, row.captured, row.special, from, count)
    }

    /// The checks of literals that stand behind each other.
    fn run(&mut self, run: &[u8], first: usize, last: usize, checks: &mut Vec<u64>) {
        let [start, _] = self.texts.intern(run);
        let mut at = 0;
        loop {
            let len = (run.len() - at).min(CHUNK);
            let is_last = at + len == run.len();
            let check = Check::new(start + at as u32, first, at + 1, len, last, is_last);
            checks.push(check.0);
            at += len;
            if is_last {
                return;
            }
        }
    }
}
