//! What a leaf captures.

use super::step::{CAPTURE_AFFIX, CAPTURE_REST, Step};
use super::tables::{HoldsTables, run};
use crate::affix::{self, Literals};
use crate::path::{Captured, MOST_PARAMETERS, PathParams};

/// Notes what a leaf captures; `false` where an affix does not fit, or a parameter would be empty.
#[inline(always)]
pub(crate) fn capture(
    holder: &impl HoldsTables,
    leaf: Step,
    path: &[u8],
    params: &mut PathParams,
) -> bool {
    match leaf.captured() {
        Some(captured) => params.captured = Captured::Segments(captured),
        None => {
            return leaf
                .captures()
                .is_some_and(|captures| capture_special(holder, captures, path, params));
        }
    }
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
    let count = tables
        .specials
        .get(start as usize)
        .copied()
        .unwrap_or_default();
    let mut at = 0_usize;
    let mut spans = [(0, 0); MOST_PARAMETERS];
    for capture in run(tables.specials, start + 1, count) {
        let column = (capture >> 2 & 63) as usize;
        let begin = params.ends.get(column).map_or(0, |&slash| slash + 1);
        let end = params.ends.get(column + 1).copied().unwrap_or(begin);
        match capture & 3 {
            CAPTURE_AFFIX => {
                let literals = tables.affix(capture >> 8);
                let segment = params.segment(path, column);
                let fits = affix::matches(literals, segment, |index, start, end| {
                    if let Some(span) = spans.get_mut(at + index) {
                        *span = (begin + start as u16, begin + end as u16);
                    }
                });
                if !fits {
                    return false;
                }
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
