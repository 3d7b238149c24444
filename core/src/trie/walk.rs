//! From a root to the leaf, without going back.

use core::hint::select_unpredictable;

use super::segments::Segments;
use super::step::{AFFIX, Check, LEAF, Method, PLAIN, SPECIAL, Step};
use super::tables::{HoldsTables, Tables, run};
use crate::affix;

/// Walks from the root of a method for paths with so many segments.
///
/// What comes back is the leaf, special or not, whose checks all hold; or the step that says that the
/// plain trie has to be asked; or else [`Step::NOTHING`]. `empty` is the set of segments that are
/// empty, which no parameter takes.
#[inline(always)]
pub(crate) fn walk(
    holder: &impl HoldsTables,
    method: Method,
    count: usize,
    segments: impl Segments,
    empty: u32,
) -> Step {
    let mut step = holder.tables().step(method.root(count));
    loop {
        while step.is_switch() {
            step = switch(holder, step, segments);
        }
        match step.kind() {
            LEAF if step.captured() & empty != 0 => return Step::NOTHING,
            LEAF | SPECIAL => {
                let tables = holder.tables();
                let checks = run(tables.checks, step.one(), step.other());
                return if segments.holds_all(checks, tables.text) {
                    step
                } else {
                    Step::NOTHING
                };
            }
            AFFIX => step = affix_step(holder, step, segments),
            PLAIN => return step,
            _ => return Step::NOTHING,
        }
    }
}

/// A literal that has the same few bytes in the same place as the segment, or what follows where
/// there is none.
#[inline(always)]
fn switch(holder: &impl HoldsTables, step: Step, segments: impl Segments) -> Step {
    let tables = holder.tables();
    let from = step.one() as usize;
    if step.is_at_end() {
        let window = segments.at_end(step.is_at_last()) >> step.unseen();
        return tables.step(from + step.place(window));
    }
    let window = segments.window(step.column(), step.offset());
    let place = step.place(window);
    if !step.is_exact() {
        return tables.step(from + place);
    }
    let otherwise = tables.step(step.other() as usize);
    let Some(&[[low, high], [check, label]]) = tables
        .steps
        .get(from + 2 * place..)
        .and_then(<[[u64; 2]]>::first_chunk)
    else {
        return otherwise;
    };
    let mut is_same = segments.holds(Check(check), tables.text);
    if label != 0 {
        is_same = is_same && is_long(holder, step.column(), label, segments);
    }
    // Which of the two it is cannot be foretold, so it is no branch.
    Step(
        select_unpredictable(is_same, low, otherwise.0),
        select_unpredictable(is_same, high, otherwise.1),
    )
}

/// Whether a segment is a literal that is longer than one check.
#[inline(never)]
fn is_long(holder: &impl HoldsTables, column: usize, label: u64, segments: impl Segments) -> bool {
    let label = holder.tables().text([label as u32, (label >> 32) as u32]);
    segments.is(column, label)
}

#[inline(never)]
fn affix_step(holder: &impl HoldsTables, step: Step, segments: impl Segments) -> Step {
    let tables = holder.tables();
    let segment = segments.raw(step.column());
    let fits = affix::matches(tables.affix(step.0 as u32), segment, |_, _, _| {});
    tables.step(if fits { step.one() } else { step.other() } as usize)
}

impl Tables<'_> {
    #[inline(always)]
    pub(super) fn step(&self, number: usize) -> Step {
        match self.steps.get(number) {
            Some(&[low, high]) => Step(low, high),
            None => Step::NOTHING,
        }
    }
}
