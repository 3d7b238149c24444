//! From a root to the leaf, without going back.

use core::hint::select_unpredictable;

use super::segments::{PathEnds, Segments};
use super::step::{AFFIX, Check, LEAF, PLAIN, SPECIAL, Step};
use super::tables::{HoldsTables, Tables};
use crate::affix;

/// Walks from a root as far as the ends of the path lead, without any segment.
#[inline(always)]
pub(crate) fn walk_ends(holder: &impl HoldsTables, root: usize, ends: PathEnds<'_>) -> Step {
    let mut step = holder.tables().step(root);
    while step.is_at_end() {
        let hash = step.hash(ends.look(step.is_at_last()) >> step.unseen());
        step = holder.tables().step(step.one() as usize + step.place(hash));
        if step.is_other(hash) {
            return Step::NOTHING;
        }
    }
    step
}

/// Walks from a step.
///
/// What comes back is the leaf, special or not, whose checks all hold; or the step that says that the
/// plain trie has to be asked; or else [`Step::NOTHING`].
#[inline(always)]
pub(crate) fn walk(holder: &impl HoldsTables, step: Step, segments: impl Segments) -> Step {
    let mut step = step;
    loop {
        while step.is_switch() {
            if step.is_exact() {
                step = exact_switch(holder, step, segments);
                continue;
            }
            let hash = step.hash(look(step, segments));
            step = holder.tables().step(step.one() as usize + step.place(hash));
            if step.is_other(hash) {
                return Step::NOTHING;
            }
        }
        match step.kind() {
            LEAF | SPECIAL => {
                let tables = holder.tables();
                return match tables.leaves.get(step.one() as usize) {
                    Some(leaf) if segments.holds_all(leaf, &tables) => step,
                    _ => Step::NOTHING,
                };
            }
            AFFIX => step = affix_step(holder, step, segments),
            PLAIN => return step,
            _ => return Step::NOTHING,
        }
    }
}

/// What a switch looks at.
#[inline(always)]
fn look(step: Step, segments: impl Segments) -> u64 {
    if step.is_at_end() {
        segments.at_end(step.is_at_last()) >> step.unseen()
    } else {
        segments.window(step.column(), step.offset())
    }
}

/// A literal that has the same few bytes in the same place as the segment and is the segment, or what
/// follows where there is none.
#[inline(always)]
fn exact_switch(holder: &impl HoldsTables, step: Step, segments: impl Segments) -> Step {
    let tables = holder.tables();
    let place = step.place(step.hash(segments.window(step.column(), step.offset())));
    let otherwise = tables.step(step.other() as usize);
    let Some(&[[low, high], [check, label]]) = tables
        .steps
        .get(step.one() as usize + 2 * place..)
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
    pub(crate) fn step(&self, number: usize) -> Step {
        match self.steps.get(number) {
            Some(&[low, high]) => Step(low, high),
            None => Step::NOTHING,
        }
    }
}
