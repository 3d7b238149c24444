//! From a root to the leaf, without going back.

use core::hint::select_unpredictable;

use super::key::{Keys, WHOLE};
use super::tables::{
    AFFIX, CAPTURE_AFFIX, CAPTURE_REST, HoldsTables, IS_AFFIX, LEAF, MORE, Method, PLAIN, SWITCH,
    Step, Tables, place,
};
use crate::affix::{self, Literals};
use crate::path::{Captured, MOST_PARAMETERS, PathParams};

/// What a walk came to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Found {
    Nothing,
    /// A route and what it captures.
    Leaf(Leaf),
    /// The plain trie has to be asked.
    AskPlain,
}

/// A route with its captures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leaf {
    pub(crate) route: u32,
    /// The segments captured as a whole; or, where it is special, where its captures begin.
    captured: u32,
    is_special: bool,
}

/// Walks from the root of a method for paths with so many segments.
///
/// `empty` is the set of segments that are empty, which no parameter takes.
#[inline(always)]
pub(crate) fn walk(
    holder: &impl HoldsTables,
    method: Method,
    count: usize,
    keys: &impl Keys,
    empty: u32,
) -> Found {
    let tables = holder.tables();
    let mut step = tables.root(method, count);
    loop {
        let kind = step.kind();
        if kind == SWITCH {
            step = switch(holder, step, keys);
        } else if kind == LEAF {
            return leaf(holder, step, keys, empty);
        } else if kind == AFFIX {
            step = affix_step(holder, step, keys);
        } else if kind == PLAIN {
            return Found::AskPlain;
        } else {
            return Found::Nothing;
        }
    }
}

#[inline(always)]
fn switch(holder: &impl HoldsTables, step: Step, keys: &impl Keys) -> Step {
    let tables = holder.tables();
    let key = keys.key(step.column());
    let at = step.low() as usize + place(key.mixed(), step.data(), step.shift());
    let otherwise = tables.step(step.high());
    let Some(&[first, last, low, high]) = tables.slots.get(at) else {
        return otherwise;
    };
    let differs = (first ^ key.first) | (last ^ key.last) | ((high & 0xFFFF) ^ u64::from(key.len));
    let is_same = differs == 0;
    let is_unsure = (is_same & (key.len > WHOLE)) | (!is_same & (high & MORE != 0));
    if is_unsure {
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
        let &[first, last, low, high] = tables.slots.get(at)?;
        let is_key = first == key.first && last == key.last && high & 0xFFFF == u64::from(key.len);
        if is_key
            && (key.len <= WHOLE
                || keys.has_middle(column, tables.middle(*tables.labels.get(at)?, key.len)))
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
    let fits = affix::matches(tables.affix(step.data()), segment, |_, _, _| {});
    tables.step(if fits { step.low() } else { step.high() })
}

#[inline(always)]
fn leaf(holder: &impl HoldsTables, step: Step, keys: &impl Keys, empty: u32) -> Found {
    let from = step.data() as usize;
    let checks = holder
        .tables()
        .checks
        .get(from..from + step.column())
        .unwrap_or_default();
    let mut differs = 0;
    for &[first, last, what, label] in checks {
        let column = (what >> 32) as u8 as usize;
        let key = keys.key(column);
        differs |= (first ^ key.first) | (last ^ key.last) | (what as u32 ^ key.len) as u64;
        if key.len > WHOLE || what & IS_AFFIX != 0 {
            if !check_slowly(holder, &[first, last, what, label], keys) {
                return Found::Nothing;
            }
            differs = 0;
        }
        if differs != 0 {
            return Found::Nothing;
        }
    }
    let is_special = step.shift() != 0;
    let captured = step.high();
    if !is_special && captured & empty != 0 {
        return Found::Nothing;
    }
    Found::Leaf(Leaf {
        route: step.low(),
        captured,
        is_special,
    })
}

/// A check of a long segment or of an affix.
#[inline(never)]
fn check_slowly(holder: &impl HoldsTables, check: &[u64; 4], keys: &impl Keys) -> bool {
    let tables = holder.tables();
    let &[first, last, what, label] = check;
    let column = (what >> 32) as u8 as usize;
    if what & IS_AFFIX != 0 {
        return affix::matches(tables.affix(first as u32), keys.raw(column), |_, _, _| {});
    }
    let key = keys.key(column);
    first == key.first
        && last == key.last
        && what as u32 == key.len
        && keys.has_middle(column, tables.middle(label as u32, key.len))
}

/// Notes what a leaf captures; `false` where a parameter would be empty.
#[inline(always)]
pub(crate) fn capture(
    holder: &impl HoldsTables,
    leaf: Leaf,
    path: &[u8],
    params: &mut PathParams,
) -> bool {
    if leaf.is_special {
        return capture_special(holder, leaf.captured, path, params);
    }
    params.captured = Captured::Segments(leaf.captured);
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
        let most = usize::from(method.most);
        let count = if count < most { count } else { most };
        match self.roots.get(method.roots as usize + count) {
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

    /// What a literal has between its first and its last eight bytes.
    fn middle(&self, label: u32, len: u32) -> &'t [u8] {
        self.text(label + 8, len - 16)
    }
}
