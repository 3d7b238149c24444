//! What to say where tags alone do not tell.

use super::care::{lookup_with_care, missed};
use super::{class, found, is_open};
use crate::method::Number;
use crate::path::{Captured, PathParams};
use crate::router::Lookup;
use crate::trie::capture::capture;
use crate::trie::segments::{PlainSegments, with_ends};
use crate::trie::shape::Shape;
use crate::trie::step::{LEAF, PLAIN, Step};
use crate::trie::tables::HoldsTables;
use crate::trie::walk::{Start, holds_more, walk};

/// What to say where the tags have led to a near leaf that holds, but has not in itself all that it compares.
#[inline(never)]
pub(super) fn lookup_far<'t>(
    holder: &'t impl HoldsTables,
    number: Number,
    target: &str,
    step: Step,
    params: &mut PathParams,
) -> Lookup<'t> {
    let leaf = holder.tables().step(step.more().unwrap_or_default());
    let holds = with_ends(params.path(target).as_bytes(), |path, ends| {
        let segments = PlainSegments::new(path, ends, &params.ends);
        leaf.kind() == LEAF && holds_more(holder, leaf, segments)
    });
    if !holds {
        return otherwise(holder, number, target, step, params);
    }
    params.captured = Captured::Segments(leaf.captured().unwrap_or_default());
    found(leaf.route())
}

/// What to say where the tags have led to a step other than a near leaf that holds, by a walk with care: from
/// that step on, or once more from the class where a tag may have deceived.
#[inline(never)]
pub(super) fn otherwise<'t>(
    holder: &'t impl HoldsTables,
    number: Number,
    target: &str,
    step: Step,
    params: &mut PathParams,
) -> Lookup<'t> {
    let path = params.path(target).as_bytes();
    let shape = Shape::new(params.segments.into(), is_open(path));
    let leaf = with_ends(path, |path, ends| {
        let mut start = Start::new(holder, class(holder, number, path), shape);
        if !step.is_unsure() {
            start.step = step;
        }
        walk(holder, start, PlainSegments::new(path, ends, &params.ends))
    });
    if capture(holder, leaf, path, params) {
        return found(leaf.route());
    }
    if leaf.kind() == PLAIN {
        return lookup_with_care(holder, Some(number), target, params);
    }
    missed(holder, number, target, params)
}
