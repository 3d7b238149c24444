//! From a class to the leaf, without going back.
//!
//! A walk makes at most `4 (s + 17)` probes in a path of `s` segments: each segment is tested once, either end of
//! the path by more and more of eight bytes, and the shape alone once; and each test goes through four switches
//! at most. Among routes that are not made to be hard it is one probe, or two. A walk tests at most as many
//! affixes as there are. A lookup makes two walks at most, of which the second compares a literal at each
//! probe; and one probe for the class.

#[cfg(all(test, feature = "alloc"))]
mod tests;

use super::leaf::{Check, Leaf};
use super::roots::{Class, Method};
use super::segments::Segments;
use super::shape::Shape;
use super::step::{AFFIX, CAREFUL, CLASS, EXACT, LEAF, NEAR, PLAIN, SPECIAL, Step};
use super::tables::{HoldsTables, Tables};
use crate::affix;

/// Where a walk begins.
#[derive(Clone, Copy)]
pub(crate) struct Start {
    pub(crate) step: Step,
    /// What is looked at besides the bytes of the path.
    pub(crate) shape: Shape,
}

impl Start {
    /// The first step for paths of a shape that are of some class.
    pub(crate) fn new(holder: &impl HoldsTables, class: Step, shape: Shape) -> Self {
        if class.kind() != CLASS {
            return Self { step: class, shape };
        }
        let step = match Class(class.0).root(shape) {
            Some(root) => holder.tables().step(root),
            None => Step::new(0, 0, PLAIN),
        };
        Self {
            step,
            shape: Shape::ANY,
        }
    }
}

/// The class of paths that have those bytes at their [`head`](Segments::head).
#[inline(always)]
pub(crate) fn class(holder: &impl HoldsTables, method: Method, head: u64) -> Step {
    follow(holder, method.classes(), head, Shape::ANY)
}

/// Walks as far as tags lead.
#[inline(always)]
pub(crate) fn walk_ahead(holder: &impl HoldsTables, start: Start, segments: impl Segments) -> Step {
    let mut step = start.step;
    while step.is_switch() {
        let window = window(step, start.shape, segments);
        step = follow(holder, step, window, start.shape);
    }
    step
}

/// The bytes that a switch looks at, with the shape added.
#[inline(always)]
fn window(step: Step, shape: Shape, segments: impl Segments) -> u64 {
    segments.window(step).wrapping_add(shape.mix())
}

/// Where a switch leads that looks at this, in a path of the shape.
#[inline(always)]
fn follow(holder: &impl HoldsTables, switch: Step, window: u64, shape: Shape) -> Step {
    let tables = holder.tables();
    let hash = switch.hash(window);
    let next = tables.step(switch.one().wrapping_add(switch.place(hash)));
    if next.has_tag(hash, shape) {
        next
    } else {
        tables.step(switch.one().wrapping_sub(1))
    }
}

/// Whether a path of a shape has all that a near leaf compares.
#[inline(always)]
pub(crate) fn holds_near(
    holder: &impl HoldsTables,
    leaf: Step,
    shape: Shape,
    segments: impl Segments,
) -> bool {
    let compared = leaf.compared();
    compared.shape == shape && segments.holds_all(compared, &holder.tables())
}

/// Whether a path that has all that a near leaf compares has what else the other leaf does.
#[inline(always)]
pub(crate) fn holds_more(holder: &impl HoldsTables, leaf: Step, segments: impl Segments) -> bool {
    let tables = holder.tables();
    match tables.leaves.get(leaf.one()) {
        Some(&[low, high]) => segments.holds_others(Leaf(low, high).compared(), &tables),
        None => false,
    }
}

/// Whether a path of a shape has all that a leaf compares that is not near.
fn holds(tables: &Tables<'_>, leaf: Step, shape: Shape, segments: impl Segments) -> bool {
    match tables.leaves.get(leaf.one()) {
        Some(&[low, high]) => {
            let compared = Leaf(low, high).compared();
            compared.shape == shape
                && segments.holds_all(compared, tables)
                && segments.holds_others(compared, tables)
        }
        None => false,
    }
}

/// Walks from a start, where no tag has led from the root to it wrongly, and compares where it must.
///
/// What comes back is the leaf, special or not, whose checks all hold; or the step that says that the
/// plain trie has to be asked; or else [`Step::NOTHING`].
pub(crate) fn walk(holder: &impl HoldsTables, start: Start, segments: impl Segments) -> Step {
    let tables = holder.tables();
    let Start { mut step, shape } = start;
    loop {
        step = match step.kind() {
            EXACT | CAREFUL => exact_switch(&tables, step, shape, segments),
            _ if step.is_switch() => {
                let hash = step.hash(window(step, shape, segments));
                let next = tables.step(step.one() + step.place(hash));
                if !next.has_tag(hash, shape) {
                    return Step::NOTHING;
                }
                next
            }
            AFFIX => affix_step(&tables, step, segments),
            NEAR if holds_near(holder, step, shape, segments) => match step.more() {
                Some(leaf) => tables.step(leaf),
                None => return step,
            },
            LEAF | SPECIAL if holds(&tables, step, shape, segments) => return step,
            PLAIN => return step,
            _ => return Step::NOTHING,
        }
    }
}

/// A literal that has the same few bytes in the same place as the segment and is the segment, or what
/// follows where there is none.
fn exact_switch(tables: &Tables<'_>, step: Step, shape: Shape, segments: impl Segments) -> Step {
    let place = step.place(step.hash(window(step, shape, segments)));
    let slot = step.one() + place;
    // A check of nothing holds: what is there is another switch, or what follows without a literal.
    // So does one of any shape.
    let [check, label] = tables
        .steps
        .get(slot + (1 << step.bits()))
        .copied()
        .unwrap_or_default();
    let label = [label as u32, (label >> 32) as u32];
    let check = Check(check);
    let is_same = (check.shape() == Shape::ANY || check.shape() == shape)
        && segments.holds(check, tables.text)
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
