//! A method and a target in, a route out.

use super::{Lookup, Match, Redirect, TrailingSlash};
use crate::method::{self, MethodSet};
use crate::path::{
    self, BadPath, Captured, Clean, MOST_SEGMENTS, PathParams, Small, scan_clean, scan_long,
    scan_odd, scan_small,
};
use crate::trie::capture::capture;
use crate::trie::concrete;
use crate::trie::plain::{self, Wanted};
use crate::trie::segments::{EscapedSegments, PathEnds, PlainSegments};
use crate::trie::step::{LEAF, PLAIN, Step};
use crate::trie::tables::HoldsTables;
use crate::trie::walk::{walk, walk_ends};

/// The route of a request among those of some tables.
#[inline(always)]
pub(crate) fn lookup<'t>(
    holder: &'t impl HoldsTables,
    method: &str,
    target: &str,
    params: &mut PathParams,
) -> Lookup<'t> {
    let Some(number) = number(holder, method) else {
        return lookup_slowly(holder, method, None, target, params);
    };
    let bytes = target.as_bytes();
    if let Some(route) = concrete::find(holder, number, bytes) {
        params.end = bytes.len() as u32;
        params.captured = Captured::Segments(0);
        return found(route);
    }
    match bytes.len() {
        16..64 => match (scan_clean(bytes), PathEnds::new(bytes)) {
            (Some(clean), Some(ends)) => {
                lookup_clean(holder, method, number, target, params, clean, ends, bytes)
            }
            _ => lookup_apart(holder, method, number, target, params),
        },
        0..16 => lookup_short(holder, method, number, target, params),
        _ => lookup_apart(holder, method, number, target, params),
    }
}

/// The route of a request of fewer than sixteen bytes.
#[inline(never)]
fn lookup_short<'t>(
    holder: &'t impl HoldsTables,
    method: &str,
    number: u8,
    target: &str,
    params: &mut PathParams,
) -> Lookup<'t> {
    let bytes = target.as_bytes();
    let small = Small::new(bytes);
    match scan_small(bytes, &small) {
        Some(clean) => {
            let ends = PathEnds::small(&small);
            lookup_clean(
                holder,
                method,
                number,
                target,
                params,
                clean,
                ends,
                &small.head,
            )
        }
        None => lookup_apart(holder, method, number, target, params),
    }
}

/// The route of a request whose target is a clean path of fewer than 64 bytes; `path` is it, with some
/// bytes behind it if they are fewer than sixteen.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn lookup_clean<'t>(
    holder: &'t impl HoldsTables,
    method: &str,
    number: u8,
    target: &str,
    params: &mut PathParams,
    clean: Clean,
    ends: PathEnds<'_>,
    path: &[u8],
) -> Lookup<'t> {
    let root = holder
        .tables()
        .method(number)
        .root(clean.count(), clean.is_open());
    let step = walk_ends(holder, root, ends);
    if step.kind() == 0 && is_alone(holder, number) {
        params.end = target.len() as u32;
        params.captured = Captured::Segments(0);
        return Lookup::NotFound;
    }
    clean.note(params);
    let leaf = walk(holder, step, PlainSegments::new(path, ends, &params.ends));
    finish(holder, method, number, target, params, leaf)
}

/// What a walk says.
#[inline(always)]
fn finish<'t>(
    holder: &'t impl HoldsTables,
    method: &str,
    number: u8,
    target: &str,
    params: &mut PathParams,
    leaf: Step,
) -> Lookup<'t> {
    if leaf.kind() == LEAF {
        params.captured = Captured::Segments(leaf.captured());
        return found(leaf.route());
    }
    if leaf.kind() == 0 && is_alone(holder, number) {
        params.captured = Captured::Segments(0);
        return Lookup::NotFound;
    }
    otherwise(holder, method, number, target, params, leaf)
}

/// Whether a path that no route of the method has belongs to none at all.
#[inline(always)]
fn is_alone(holder: &impl HoldsTables, number: u8) -> bool {
    let tables = holder.tables();
    tables.trailing_slash == TrailingSlash::Strict && tables.used == MethodSet::of(number)
}

#[inline(always)]
fn found<'t>(route: u32) -> Lookup<'t> {
    Lookup::Found(Match {
        route,
        head_from_get: false,
    })
}

/// The route of a request whose target is long or has a query, or needs more care.
#[inline(never)]
fn lookup_apart<'t>(
    holder: &'t impl HoldsTables,
    method: &str,
    number: u8,
    target: &str,
    params: &mut PathParams,
) -> Lookup<'t> {
    let bytes = target.as_bytes();
    let is_open = if bytes.len() < 64 {
        scan_odd(bytes).map(|clean| {
            clean.note(params);
            clean.is_open()
        })
    } else {
        scan_long(bytes, params)
    };
    let Some(is_open) = is_open else {
        return lookup_slowly(holder, method, Some(number), target, params);
    };
    let path = bytes.get(..params.end as usize).unwrap_or_default();
    if path.len() < bytes.len()
        && let Some(route) = concrete::find(holder, number, path)
    {
        params.captured = Captured::Segments(0);
        return found(route);
    }
    let small;
    let (path, ends) = match PathEnds::new(path) {
        Some(ends) => (path, ends),
        None => {
            small = Small::new(path);
            (small.head.as_slice(), PathEnds::small(&small))
        }
    };
    let tables = holder.tables();
    let root = tables
        .method(number)
        .root(usize::from(params.segments), is_open);
    let segments = PlainSegments::new(path, ends, &params.ends);
    let leaf = walk(holder, tables.step(root), segments);
    finish(holder, method, number, target, params, leaf)
}

/// What to say where a clean path came to something else than a plain leaf.
#[inline(never)]
fn otherwise<'t>(
    holder: &'t impl HoldsTables,
    method: &str,
    number: u8,
    target: &str,
    params: &mut PathParams,
    leaf: Step,
) -> Lookup<'t> {
    if capture(holder, leaf, target.as_bytes(), params) {
        return found(leaf.route());
    }
    if leaf.kind() == PLAIN {
        return lookup_slowly(holder, method, Some(number), target, params);
    }
    missed(holder, number, target, params)
}

/// The number of a method, if a route has it or it is a standard one.
#[inline(always)]
fn number(holder: &impl HoldsTables, name: &str) -> Option<u8> {
    match method::standard(name.as_bytes()) {
        Some(number) => Some(number),
        None => custom_number(holder, name),
    }
}

#[cold]
#[inline(never)]
fn custom_number(holder: &impl HoldsTables, name: &str) -> Option<u8> {
    let tables = holder.tables();
    let mut customs = tables.customs.iter();
    let at = customs.position(|&[start, len]| tables.name(start, len) == name)?;
    Some((method::STANDARD.len() + at) as u8)
}

/// What to say of a path without escapes that no route of the method has.
#[inline(never)]
fn missed<'t>(
    holder: &'t impl HoldsTables,
    number: u8,
    target: &str,
    params: &mut PathParams,
) -> Lookup<'t> {
    params.captured = Captured::Segments(0);
    if is_alone(holder, number) {
        return Lookup::NotFound;
    }
    let search = Search {
        holder,
        path: params.path(target).as_bytes(),
        is_escaped: false,
    };
    if number == method::HEAD {
        let count = usize::from(params.segments);
        if let Some(found) = search.with_method(number, count, params) {
            return Lookup::Found(found);
        }
    }
    without_route(&search, Some(number), params)
}

/// The route of a request whose path needs care.
#[inline(never)]
fn lookup_slowly<'t>(
    holder: &'t impl HoldsTables,
    method: &str,
    number: Option<u8>,
    target: &str,
    params: &mut PathParams,
) -> Lookup<'t> {
    let bytes = target.as_bytes();
    params.captured = Captured::Segments(0);
    let scanned = match path::scan(bytes, params) {
        Ok(scanned) => scanned,
        Err(BadPath::NoSlash) if target == "*" && method == "OPTIONS" => {
            let tables = holder.tables();
            return Lookup::Options(tables.allow(tables.used));
        }
        Err(reason) => return Lookup::BadPath(reason),
    };
    let count = usize::from(params.segments);
    let search = Search {
        holder,
        path: bytes.get(..params.end as usize).unwrap_or_default(),
        is_escaped: scanned.is_escaped,
    };
    if let Some(number) = number
        && let Some(found) = search.with_method(number, count, params)
    {
        return Lookup::Found(found);
    }
    without_route(&search, number, params)
}

/// What to say where no route has the method and exactly that path.
fn without_route<'t, H: HoldsTables>(
    search: &Search<'t, '_, H>,
    number: Option<u8>,
    params: &mut PathParams,
) -> Lookup<'t> {
    let tables = search.holder.tables();
    let count = usize::from(params.segments);
    let mut declared = search.methods(count, number, params);
    if tables.trailing_slash != TrailingSlash::Strict
        && let Some((other, redirect)) = search.other_end(params)
    {
        if tables.trailing_slash == TrailingSlash::Redirect {
            let is_there = number.is_some_and(|number| {
                search.with_method(number, other, params).is_some()
                    || (number == method::OPTIONS
                        && declared.is_empty()
                        && !search.methods(other, None, params).is_empty())
            });
            // A location that begins with two slashes would lead to another host.
            if is_there && !search.path.starts_with(b"//") {
                params.captured = Captured::Segments(0);
                return Lookup::Redirect(redirect);
            }
        } else {
            if let Some(number) = number
                && let Some(found) = search.with_method(number, other, params)
            {
                return Lookup::Found(found);
            }
            declared = declared.with(search.methods(other, number, params));
        }
    }
    params.captured = Captured::Segments(0);
    if declared.is_empty() {
        Lookup::NotFound
    } else if number == Some(method::OPTIONS) {
        Lookup::Options(tables.allow(declared))
    } else {
        Lookup::MethodNotAllowed(tables.allow(declared))
    }
}

/// One path that is looked for among the routes of several methods.
struct Search<'t, 'p, H> {
    holder: &'t H,
    path: &'p [u8],
    is_escaped: bool,
}

impl<H: HoldsTables> Search<'_, '_, H> {
    /// The route for the method, or that for GET where the method is HEAD.
    fn with_method(&self, method: u8, count: usize, params: &mut PathParams) -> Option<Match> {
        if let Some(route) = self.route(method, count, params) {
            return Some(Match {
                route,
                head_from_get: false,
            });
        }
        if method != method::HEAD {
            return None;
        }
        Some(Match {
            route: self.route(method::GET, count, params)?,
            head_from_get: true,
        })
    }

    fn route(&self, method: u8, count: usize, params: &mut PathParams) -> Option<u32> {
        let concrete = if self.is_as_it_is(count, params) {
            concrete::find(self.holder, method, self.path)
        } else {
            let segments = EscapedSegments::new(self.path, &params.ends, count);
            concrete::find_escaped(self.holder, method, segments.whole())
        };
        if concrete.is_some() {
            params.captured = Captured::Segments(0);
            return concrete;
        }
        let leaf = self.leaf(method, count, params)?;
        capture(self.holder, leaf, self.path, params).then_some(leaf.route())
    }

    fn leaf(&self, method: u8, count: usize, params: &PathParams) -> Option<Step> {
        let tables = self.holder.tables();
        let roots = tables.method(method);
        let mut empty = 0;
        for (column, pair) in params.ends.windows(2).take(count).enumerate() {
            if let &[start, end] = pair {
                empty |= u32::from(start + 1 == end) << (column & 31);
            }
        }
        if empty == 0 || !roots.has_catch_all() {
            let root = roots.root(count, false);
            let root = tables.step(root);
            let leaf = match PathEnds::new(self.path) {
                Some(ends) if self.is_as_it_is(count, params) => {
                    let segments = PlainSegments::new(self.path, ends, &params.ends);
                    walk(self.holder, root, segments)
                }
                _ => {
                    let segments = EscapedSegments::new(self.path, &params.ends, count);
                    walk(self.holder, root, segments)
                }
            };
            if leaf.kind() == LEAF && leaf.captured() & empty != 0 {
                return None;
            }
            if leaf.kind() != PLAIN {
                return Some(leaf);
            }
        }
        let wanted = Wanted {
            path: self.path,
            params,
            is_escaped: self.is_escaped,
            count,
        };
        plain::find(self.holder, roots.plain()?, &wanted)
    }

    /// Whether the bytes of the path are those that are looked for; a slash that is only supposed is
    /// not in it.
    fn is_as_it_is(&self, count: usize, params: &PathParams) -> bool {
        !self.is_escaped && count == usize::from(params.segments)
    }

    /// The methods whose routes have the path, but for one that is known to have none.
    fn methods(&self, count: usize, but: Option<u8>, params: &mut PathParams) -> MethodSet {
        let mut set = MethodSet::EMPTY;
        for number in self.holder.tables().used.numbers() {
            if Some(number) != but && self.route(number, count, params).is_some() {
                set = set.with(MethodSet::of(number));
            }
        }
        set
    }

    /// How many segments the path has with the slash at its end added or taken off.
    fn other_end(&self, params: &mut PathParams) -> Option<(usize, Redirect)> {
        let count = usize::from(params.segments);
        if self.path.ends_with(b"/") {
            return (count > 1).then_some((count - 1, Redirect::RemoveSlash));
        }
        if count >= MOST_SEGMENTS {
            return None;
        }
        // The segment behind the supposed slash begins and ends behind the path.
        *params.ends.get_mut(count + 1)? = params.end as u16 + 1;
        Some((count + 1, Redirect::AddSlash))
    }
}
