//! From a root to the leaf, without going back.

use super::leaf::{Check, Leaf};
use super::roots::{Class, Method};
use super::segments::Segments;
use super::step::{AFFIX, CAREFUL, EXACT, LEAF, PLAIN, SPECIAL, Step};
use super::tables::{HoldsTables, Tables};
use crate::affix;

/// The root for paths that have those bytes at their [`head`](Segments::head), and so many segments, of
/// which the last one is empty or may be anything.
#[inline(always)]
pub(crate) fn root(
    holder: &impl HoldsTables,
    method: Method,
    head: u64,
    count: usize,
    is_open: bool,
) -> usize {
    let class = follow(holder, method.classes(), head);
    Class(class.0).root(count, is_open)
}

/// Walks from a step as far as tags lead.
#[inline(always)]
pub(crate) fn walk_ahead(holder: &impl HoldsTables, step: Step, segments: impl Segments) -> Step {
    let mut step = step;
    while step.is_switch() {
        step = follow(holder, step, segments.window(step));
    }
    step
}

/// Where a switch leads that looks at these bytes.
#[inline(always)]
pub(crate) fn follow(holder: &impl HoldsTables, switch: Step, window: u64) -> Step {
    let tables = holder.tables();
    let hash = switch.hash(window);
    let next = tables.step(switch.one().wrapping_add(switch.place(hash)));
    if next.has_tag(hash) {
        next
    } else {
        tables.step(switch.one().wrapping_sub(1))
    }
}

/// Whether a path has all that a leaf asks for.
#[inline(always)]
pub(crate) fn holds(holder: &impl HoldsTables, leaf: Step, segments: impl Segments) -> bool {
    let tables = holder.tables();
    match tables.leaves.get(leaf.one()) {
        Some(&[low, high]) => segments.holds_all(Leaf(low, high), &tables),
        None => false,
    }
}

/// Walks from a step, where no tag has led from the root to it wrongly, and compares where it must.
///
/// What comes back is the leaf, special or not, whose checks all hold; or the step that says that the
/// plain trie has to be asked; or else [`Step::NOTHING`].
pub(crate) fn walk(holder: &impl HoldsTables, step: Step, segments: impl Segments) -> Step {
    let tables = holder.tables();
    let mut step = step;
    loop {
        step = match step.kind() {
            EXACT | CAREFUL => exact_switch(&tables, step, segments),
            _ if step.is_switch() => {
                let hash = step.hash(segments.window(step));
                let next = tables.step(step.one() + step.place(hash));
                if !next.has_tag(hash) {
                    return Step::NOTHING;
                }
                next
            }
            AFFIX => affix_step(&tables, step, segments),
            LEAF | SPECIAL if holds(holder, step, segments) => return step,
            PLAIN => return step,
            _ => return Step::NOTHING,
        }
    }
}

/// A literal that has the same few bytes in the same place as the segment and is the segment, or what
/// follows where there is none.
fn exact_switch(tables: &Tables<'_>, step: Step, segments: impl Segments) -> Step {
    let place = step.place(step.hash(segments.window(step)));
    let slot = step.one() + place;
    // A check of nothing holds: what is there is another switch, or what follows without a literal.
    let [check, label] = tables
        .steps
        .get(slot + (1 << step.bits()))
        .copied()
        .unwrap_or_default();
    let label = [label as u32, (label >> 32) as u32];
    let is_same = segments.holds(Check(check), tables.text)
        && (label == [0; 2] || segments.is(step.limit(), tables.text(label)));
    tables.step(if is_same { slot } else { step.one() - 1 })
}

fn affix_step(tables: &Tables<'_>, step: Step, segments: impl Segments) -> Step {
    let segment = segments.raw(step.anchor());
    let fits = affix::matches(tables.affix(step.0 as u32), segment, |_, _, _| {});
    tables.step(if fits { step.one() } else { step.one() - 1 })
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
