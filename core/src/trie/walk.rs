//! From a root to the leaf, without going back.

use super::key::{Keys, WHOLE};
use super::tables::{
    AFFIX, CAPTURE_AFFIX, CAPTURE_REST, IS_AFFIX, LEAF, MORE, Method, PLAIN, SWITCH, Step, Tables,
    place,
};
use crate::affix;
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

impl Tables<'_> {
    /// The step that paths with so many segments begin with.
    #[inline(always)]
    pub(crate) fn root(&self, method: Method, count: usize) -> Step {
        let most = usize::from(method.most);
        let count = if count < most { count } else { most };
        match self.roots.get(method.roots as usize + count) {
            Some(&[low, high]) => Step(low, high),
            None => Step::NOTHING,
        }
    }

    /// Walks from a root.
    ///
    /// `empty` is the set of segments that are empty, which no parameter takes.
    #[inline(always)]
    pub(crate) fn walk(&self, root: Step, keys: &impl Keys, empty: u32) -> Found {
        let mut step = root;
        loop {
            let kind = step.kind();
            if kind == SWITCH {
                step = self.switch(step, keys);
            } else if kind == LEAF {
                return self.leaf(step, keys, empty);
            } else if kind == AFFIX {
                step = self.affix_step(step, keys);
            } else if kind == PLAIN {
                return Found::AskPlain;
            } else {
                return Found::Nothing;
            }
        }
    }

    #[inline(always)]
    fn step(&self, step: u32) -> Step {
        match self.steps.get(step as usize) {
            Some(&[low, high]) => Step(low, high),
            None => Step::NOTHING,
        }
    }

    #[inline(always)]
    fn switch(&self, step: Step, keys: &impl Keys) -> Step {
        let column = step.column();
        let key = keys.key(column);
        let at = step.low() as usize + place(key.mixed(), step.data(), step.shift());
        let otherwise = self.step(step.high());
        let Some(&[first, last, low, high]) = self.slots.get(at) else {
            return otherwise;
        };
        let differs =
            (first ^ key.first) | (last ^ key.last) | ((high & 0xFFFF) ^ u64::from(key.len));
        let is_unsure = if differs == 0 {
            key.len > WHOLE
        } else {
            high & MORE != 0
        };
        if is_unsure {
            return self.switch_slowly(step, at, keys).unwrap_or(otherwise);
        }
        // Which of the two it is cannot be foretold, so it is no branch.
        let mask = u64::from(differs == 0).wrapping_neg();
        Step(
            low & mask | otherwise.0 & !mask,
            high & mask | otherwise.1 & !mask,
        )
    }

    /// A long segment, or a slot that was taken when another literal came to it.
    #[inline(never)]
    fn switch_slowly(&self, step: Step, at: usize, keys: &impl Keys) -> Option<Step> {
        let column = step.column();
        let key = keys.key(column);
        let mut at = at;
        loop {
            let &[first, last, low, high] = self.slots.get(at)?;
            let is_key = first == key.first && last == key.last && high & 0xFFFF == u64::from(key.len);
            if is_key
                && (key.len <= WHOLE
                    || keys.has_middle(column, self.middle(*self.labels.get(at)?, key.len)))
            {
                return Some(Step(low, high));
            }
            if high & MORE == 0 {
                return None;
            }
            at += 1;
        }
    }

    /// What a literal has between its first and its last eight bytes.
    fn middle(&self, label: u32, len: u32) -> &[u8] {
        self.text(label + 8, len - 16)
    }

    #[inline(never)]
    fn affix_step(&self, step: Step, keys: &impl Keys) -> Step {
        let segment = keys.raw(step.column());
        let fits = affix::matches(self.affix(step.data()), segment, |_, _, _| {});
        self.step(if fits { step.low() } else { step.high() })
    }

    #[inline(always)]
    fn leaf(&self, step: Step, keys: &impl Keys, empty: u32) -> Found {
        let from = step.data() as usize;
        let checks = self
            .checks
            .get(from..from + step.column())
            .unwrap_or_default();
        let mut differs = 0;
        for check in checks {
            let &[first, last, what, label] = check;
            let column = (what >> 32) as u8 as usize;
            if what & IS_AFFIX != 0 {
                differs |= u64::from(!self.has_affix(first as u32, column, keys));
                continue;
            }
            let key = keys.key(column);
            differs |=
                (first ^ key.first) | (last ^ key.last) | (what & 0xFFFF_FFFF ^ u64::from(key.len));
            if key.len > WHOLE && differs == 0 {
                let middle = self.middle(label as u32, key.len);
                differs |= u64::from(!keys.has_middle(column, middle));
            }
        }
        let is_special = step.shift() != 0;
        let captured = step.high();
        if differs != 0 || (!is_special && captured & empty != 0) {
            return Found::Nothing;
        }
        Found::Leaf(Leaf {
            route: step.low(),
            captured,
            is_special,
        })
    }

    #[inline(never)]
    fn has_affix(&self, affix: u32, column: usize, keys: &impl Keys) -> bool {
        affix::matches(self.affix(affix), keys.raw(column), |_, _, _| {})
    }

    /// Notes what a leaf captures; `false` where a parameter would be empty.
    #[inline(always)]
    pub(crate) fn capture(&self, leaf: Leaf, path: &[u8], params: &mut PathParams) -> bool {
        if leaf.is_special {
            return self.capture_special(leaf, path, params);
        }
        params.captured = Captured::Segments(leaf.captured);
        true
    }

    #[inline(never)]
    fn capture_special(&self, leaf: Leaf, path: &[u8], params: &mut PathParams) -> bool {
        let start = leaf.captured as usize;
        let count = self.specials.get(start).copied().unwrap_or_default() as usize;
        let captures = self
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
                    let literals = self.affix(capture >> 8);
                    let segment = params.segment(path, column);
                    affix::matches(literals, segment, |index, start, end| {
                        if let Some(span) = spans.get_mut(at + index) {
                            *span = (begin + start as u16, begin + end as u16);
                        }
                    });
                    at += crate::affix::Literals::count(literals).saturating_sub(1);
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
}
