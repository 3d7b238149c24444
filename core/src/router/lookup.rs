//! A method and a target in, a route out.
//!
//! | module | holds |
//! |---|---|
//! | here | paths that need no second look: one walk |
//! | `doubt` | where that comes to anything but a leaf that has in itself what it compares |
//! | `care` | what to say of all others, and where there is no route |
//! | `search` | one path among the routes of several methods |

mod care;
mod doubt;
mod search;

use super::{Lookup, Match};
use crate::method::{self, Number};
use crate::path::{
    Captured, Clean, PathParams, Small, scan_long, scan_longer, scan_odd, scan_short, scan_small,
};
use crate::trie::concrete;
use crate::trie::segments::{PathEnds, PlainSegments, head, with_ends};
use crate::trie::shape::Shape;
use crate::trie::step::{CLASS, NEAR, Step};
use crate::trie::tables::HoldsTables;
use crate::trie::walk::{self, Start, holds_near, walk_ahead};
use care::lookup_with_care;
use doubt::{lookup_far, otherwise};

/// The route of a request among those of some tables.
#[inline(always)]
pub(crate) fn lookup<'t>(
    holder: &'t impl HoldsTables,
    method: &str,
    target: &str,
    params: &mut PathParams,
) -> Lookup<'t> {
    let bytes = target.as_bytes();
    match bytes.len() {
        16..64 => with_method(holder, method, target, params, |number, params| {
            match (scan_short(bytes), Path::new(target)) {
                (Some(clean), Some(path)) => lookup_clean(holder, number, clean, path, params),
                _ => lookup_apart(holder, number, target, params),
            }
        }),
        // What is handed on stands where it is, so these cost no more than a jump.
        0..16 => lookup_small(holder, method, target, params),
        _ => lookup_longer(holder, method, target, params),
    }
}

/// What there is for the number of a method, unless the method is no standard one, or the route is one without
/// parameters.
#[inline(always)]
fn with_method<'t>(
    holder: &'t impl HoldsTables,
    method: &str,
    target: &str,
    params: &mut PathParams,
    then: impl FnOnce(Number, &mut PathParams) -> Lookup<'t>,
) -> Lookup<'t> {
    let Some(number) = method::standard(method.as_bytes()) else {
        return lookup_custom(holder, method, target, params);
    };
    let bytes = target.as_bytes();
    if holder.tables().hashing.may_have(bytes.len())
        && let Some(route) = concrete::find(holder, number, bytes)
    {
        params.end = bytes.len() as u32;
        params.captured = Captured::Segments(0);
        return found(route);
    }
    then(number, params)
}

/// A path that needs no second look.
struct Path<'p> {
    ends: PathEnds<'p>,
    /// With zeros behind it if it has fewer than sixteen.
    bytes: &'p [u8],
    target: &'p str,
}

impl<'p> Path<'p> {
    /// One of sixteen bytes or more.
    #[inline(always)]
    fn new(target: &'p str) -> Option<Self> {
        let bytes = target.as_bytes();
        Some(Self {
            ends: PathEnds::new(bytes)?,
            bytes,
            target,
        })
    }
}

/// The route of a request whose target is a clean path.
#[inline(always)]
fn lookup_clean<'t>(
    holder: &'t impl HoldsTables,
    number: Number,
    clean: impl Clean,
    path: Path<'_>,
    params: &mut PathParams,
) -> Lookup<'t> {
    let step = class(holder, number, path.bytes);
    let shape = || Shape::new(clean.count(), clean.is_open());
    if !step.is_switch() {
        let is_missed = match step.kind() {
            0 => true,
            NEAR => step.compared().shape != shape(),
            _ => false,
        };
        if is_missed && is_alone(holder, number) {
            params.end = path.target.len() as u32;
            params.captured = Captured::Segments(0);
            return Lookup::NotFound;
        }
        if step.kind() == CLASS {
            clean.note(params);
            return lookup_noted(holder, number, path.target, params);
        }
    }
    clean.note(params);
    let shape = shape();
    lookup_from(holder, number, Start { step, shape }, path, params)
}

/// The route of a request whose target has fewer than sixteen bytes.
#[inline(never)]
fn lookup_small<'t>(
    holder: &'t impl HoldsTables,
    method: &str,
    target: &str,
    params: &mut PathParams,
) -> Lookup<'t> {
    with_method(holder, method, target, params, |number, params| {
        let bytes = target.as_bytes();
        let small = Small::new(bytes);
        let Some(clean) = scan_small(bytes, &small) else {
            return lookup_apart(holder, number, target, params);
        };
        let path = Path {
            ends: PathEnds::small(&small),
            bytes: &small.head,
            target,
        };
        lookup_clean(holder, number, clean, path, params)
    })
}

/// The same of 64 bytes or more.
#[inline(never)]
fn lookup_longer<'t>(
    holder: &'t impl HoldsTables,
    method: &str,
    target: &str,
    params: &mut PathParams,
) -> Lookup<'t> {
    with_method(holder, method, target, params, |number, params| {
        let bytes = target.as_bytes();
        match (scan_longer(bytes), Path::new(target)) {
            (Some(clean), Some(path)) if bytes.len() < 128 => {
                lookup_clean(holder, number, clean, path, params)
            }
            _ => lookup_apart(holder, number, target, params),
        }
    })
}

/// The route of a request whose target is very long or has a query, or needs more care.
#[inline(never)]
fn lookup_apart<'t>(
    holder: &'t impl HoldsTables,
    number: Number,
    target: &str,
    params: &mut PathParams,
) -> Lookup<'t> {
    let bytes = target.as_bytes();
    let is_clean = if bytes.len() < 64 {
        scan_odd(bytes).map(|clean| clean.note(params))
    } else {
        scan_long(bytes, params)
    };
    if is_clean.is_none() {
        return lookup_with_care(holder, Some(number), target, params);
    }
    let path = bytes.get(..params.end as usize).unwrap_or_default();
    if holder.tables().hashing.may_have(path.len())
        && let Some(route) = concrete::find(holder, number, path)
    {
        params.captured = Captured::Segments(0);
        return found(route);
    }
    lookup_noted(holder, number, target, params)
}

/// The route of a request of whose path it is noted how its segments stand in it.
#[inline(never)]
fn lookup_noted<'t>(
    holder: &'t impl HoldsTables,
    number: Number,
    target: &str,
    params: &mut PathParams,
) -> Lookup<'t> {
    let path = params.path(target).as_bytes();
    let shape = Shape::new(params.segments.into(), is_open(path));
    with_ends(path, |bytes, ends| {
        let start = Start::new(holder, class(holder, number, bytes), shape);
        let path = Path {
            ends,
            bytes,
            target,
        };
        lookup_from(holder, number, start, path, params)
    })
}

/// Whether the last segment of a path is empty.
#[inline(always)]
fn is_open(path: &[u8]) -> bool {
    path.last() == Some(&b'/')
}

/// The class of a path, which has zeros behind it if it has fewer than sixteen bytes.
#[inline(always)]
fn class(holder: &impl HoldsTables, number: Number, path: &[u8]) -> Step {
    let method = holder.tables().method(number);
    walk::class(holder, method, head(path, method.head()))
}

/// What the walk comes to, where it is noted how the segments stand in the path.
#[inline(always)]
fn lookup_from<'t>(
    holder: &'t impl HoldsTables,
    number: Number,
    start: Start,
    path: Path<'_>,
    params: &mut PathParams,
) -> Lookup<'t> {
    let segments = PlainSegments::new(path.bytes, path.ends, &params.ends);
    let step = walk_ahead(holder, start, segments);
    if step.kind() == NEAR && holds_near(holder, step, start.shape, segments) {
        if step.more().is_some() {
            return lookup_far(holder, number, path.target, step, params);
        }
        params.captured = Captured::Segments(step.captured().unwrap_or_default());
        return found(step.route());
    }
    let is_missed = step.kind() == 0 || step.kind() == NEAR && !step.is_unsure();
    if is_missed && is_alone(holder, number) {
        params.captured = Captured::Segments(0);
        return Lookup::NotFound;
    }
    otherwise(holder, number, path.target, step, params)
}

#[inline(always)]
fn found<'t>(route: u32) -> Lookup<'t> {
    Lookup::Found(Match {
        route,
        head_from_get: false,
    })
}

/// Whether a path that no route of the method has belongs to none at all.
#[inline(always)]
fn is_alone(holder: &impl HoldsTables, number: Number) -> bool {
    holder.tables().only == number
}

/// The route of a request whose method is no standard one.
#[cold]
#[inline(never)]
fn lookup_custom<'t>(
    holder: &'t impl HoldsTables,
    method: &str,
    target: &str,
    params: &mut PathParams,
) -> Lookup<'t> {
    let tables = holder.tables();
    let mut customs = tables.customs.iter();
    let at = customs.position(|&[start, len]| tables.name(start, len) == method);
    match at {
        Some(at) => {
            let number = (method::STANDARD.len() + at) as Number;
            lookup_apart(holder, number, target, params)
        }
        None => lookup_with_care(holder, None, target, params),
    }
}
