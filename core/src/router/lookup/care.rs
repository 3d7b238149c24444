//! What to say of a path that needs care, and where no route has a path.

use super::is_alone;
use super::search::Search;
use crate::method::{self, Number};
use crate::path::{self, BadPath, Captured, PathParams};
use crate::router::{Lookup, TrailingSlash};
use crate::trie::tables::HoldsTables;

/// What to say of a path without escapes that no route of the method has.
#[inline(never)]
pub(super) fn missed<'t>(
    holder: &'t impl HoldsTables,
    number: Number,
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
pub(super) fn lookup_with_care<'t>(
    holder: &'t impl HoldsTables,
    number: Option<Number>,
    target: &str,
    params: &mut PathParams,
) -> Lookup<'t> {
    let bytes = target.as_bytes();
    params.captured = Captured::Segments(0);
    let scanned = match path::scan(bytes, params) {
        Ok(scanned) => scanned,
        Err(BadPath::NoSlash) if target == "*" && number == Some(method::OPTIONS) => {
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
    number: Option<Number>,
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
