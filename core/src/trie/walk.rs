//! From a root to the leaf, without going back.

use core::hint::select_unpredictable;

use super::key::Keys;
use super::tables::{
    AFFIX, CAPTURE_AFFIX, CAPTURE_REST, HoldsTables, IS_AFFIX, LEAF, LONG, LONG_BIT, MORE, Method,
    NEEDS_CARE, PLAIN, SPECIAL, Step, Tables, place,
};
use crate::affix::{self, Literals};
use crate::path::{Captured, MOST_PARAMETERS, PathParams};

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
    keys: &impl Keys,
    empty: u32,
) -> Step {
    let mut step = holder.tables().root(method, count);
    loop {
        while step.is_switch() {
            step = switch(holder, step, keys);
        }
        match step.kind() {
            LEAF if step.captured() & empty != 0 => return Step::NOTHING,
            LEAF | SPECIAL => {
                return if step.other() == 0 || holds(holder, step, keys) {
                    step
                } else {
                    Step::NOTHING
                };
            }
            AFFIX => step = affix_step(holder, step, keys),
            PLAIN => return step,
            _ => return Step::NOTHING,
        }
    }
}

#[inline(always)]
fn switch(holder: &impl HoldsTables, step: Step, keys: &impl Keys) -> Step {
    let tables = holder.tables();
    let key = keys.key(step.column());
    let at = step.one() as usize + place(key.mixed(), step.0);
    let otherwise = tables.step(step.other());
    let Some(&[first, second, low, high]) = tables.slots.get(at) else {
        return otherwise;
    };
    let differs = (first ^ key.first) | (second ^ key.second);
    let is_same = differs == 0;
    // Whether the key is not enough: `LONG` counts if it is the same, `MORE` if it is not.
    if high >> (LONG_BIT + u32::from(!is_same)) & 1 != 0 {
        return switch_slowly(holder, step, at, keys).unwrap_or(otherwise);
    }
    // Which of the two it is cannot be foretold, so it is no branch.
    Step(
        select_unpredictable(is_same, low, otherwise.0),
        select_unpredictable(is_same, high, otherwise.1),
    )
}

/// A long segment, or a slot that was taken when another literal came to it.
#[inline(never)]
fn switch_slowly(
    holder: &impl HoldsTables,
    step: Step,
    at: usize,
    keys: &impl Keys,
) -> Option<Step> {
    let tables = holder.tables();
    let column = step.column();
    let key = keys.key(column);
    let mut at = at;
    loop {
        let &[first, second, low, high] = tables.slots.get(at)?;
        if first == key.first
            && second == key.second
            && (high & LONG == 0 || keys.is(column, tables.label(at)))
        {
            return Some(Step(low, high));
        }
        if high & MORE == 0 {
            return None;
        }
        at += 1;
    }
}

#[inline(never)]
fn affix_step(holder: &impl HoldsTables, step: Step, keys: &impl Keys) -> Step {
    let tables = holder.tables();
    let segment = keys.raw(step.column());
    let fits = affix::matches(tables.affix(step.0 as u32), segment, |_, _, _| {});
    tables.step(if fits { step.one() } else { step.other() })
}

/// Whether all that a leaf checks is so.
#[inline(always)]
fn holds(holder: &impl HoldsTables, step: Step, keys: &impl Keys) -> bool {
    let from = step.one() as usize;
    let checks = holder
        .tables()
        .checks
        .get(from..from + step.other() as usize)
        .unwrap_or_default();
    checks.iter().all(|check| {
        let &[first, second, what, _] = check;
        if what & NEEDS_CARE != 0 {
            return check_slowly(holder, check, keys);
        }
        let key = keys.key(what as u8 as usize);
        (first ^ key.first) | (second ^ key.second) == 0
    })
}

/// A check of a long segment or of an affix.
#[inline(never)]
fn check_slowly(holder: &impl HoldsTables, check: &[u64; 4], keys: &impl Keys) -> bool {
    let tables = holder.tables();
    let &[_, _, what, label] = check;
    let column = what as u8 as usize;
    if what & IS_AFFIX != 0 {
        affix::matches(tables.affix(label as u32), keys.raw(column), |_, _, _| {})
    } else {
        keys.is(column, tables.text(label as u32, (label >> 32) as u32))
    }
}

/// Notes what a leaf captures; `false` where a parameter would be empty.
#[inline(always)]
pub(crate) fn capture(
    holder: &impl HoldsTables,
    leaf: Step,
    path: &[u8],
    params: &mut PathParams,
) -> bool {
    if leaf.kind() != LEAF {
        return leaf.kind() == SPECIAL && capture_special(holder, leaf.captured(), path, params);
    }
    params.captured = Captured::Segments(leaf.captured());
    true
}

#[inline(never)]
fn capture_special(
    holder: &impl HoldsTables,
    start: u32,
    path: &[u8],
    params: &mut PathParams,
) -> bool {
    let tables = holder.tables();
    let start = start as usize;
    let count = tables.specials.get(start).copied().unwrap_or_default() as usize;
    let captures = tables
        .specials
        .get(start + 1..start + 1 + count)
        .unwrap_or_default();
    let mut at = 0_usize;
    let mut spans = [(0, 0); MOST_PARAMETERS];
    for capture in captures {
        let column = (capture >> 2 & 63) as usize;
        let begin = params.ends.get(column).map_or(0, |&slash| slash + 1);
        let end = params.ends.get(column + 1).copied().unwrap_or(begin);
        match capture & 3 {
            CAPTURE_AFFIX => {
                let literals = tables.affix(capture >> 8);
                let segment = params.segment(path, column);
                affix::matches(literals, segment, |index, start, end| {
                    if let Some(span) = spans.get_mut(at + index) {
                        *span = (begin + start as u16, begin + end as u16);
                    }
                });
                at += literals.count().saturating_sub(1);
            }
            way => {
                if begin >= end {
                    return false;
                }
                let end = if way == CAPTURE_REST {
                    params.end as u16
                } else {
                    end
                };
                if let Some(span) = spans.get_mut(at) {
                    *span = (begin, end);
                }
                at += 1;
            }
        }
    }
    params.spans = spans;
    params.captured = Captured::Spans(at.min(MOST_PARAMETERS) as u8);
    true
}

impl<'t> Tables<'t> {
    /// The step that paths with so many segments begin with.
    #[inline(always)]
    fn root(&self, method: Method, count: usize) -> Step {
        match self.roots.get(method.root(count)) {
            Some(&[low, high]) => Step(low, high),
            None => Step::NOTHING,
        }
    }

    #[inline(always)]
    fn step(&self, step: u32) -> Step {
        match self.steps.get(step as usize) {
            Some(&[low, high]) => Step(low, high),
            None => Step::NOTHING,
        }
    }

    /// The literal of a slot.
    fn label(&self, slot: usize) -> &'t [u8] {
        match self.labels.get(slot) {
            Some(&[start, len]) => self.text(start, len),
            None => &[],
        }
    }
}
