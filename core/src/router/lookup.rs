//! A method and a target in, a route out.

use core::fmt;

use super::{Allow, Router, TrailingSlash};
use crate::method::{self, MethodSet};
use crate::path::{self, BadPath, Captured, MOST_SEGMENTS, PathParams, scan_clean};
use crate::trie::backtrack::Backtracker;
use crate::trie::{self, EscapedKeys, Method, PlainKeys, Segments, Step};

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lookup<'r> {
    /// A route.
    Found(Match),
    /// `OPTIONS` of a path that has routes, none of them for `OPTIONS`; or `OPTIONS *`.
    Options(Allow<'r>),
    /// No route has that path: 404.
    NotFound,
    /// Routes have that path, but none has the method: 405.
    MethodNotAllowed(Allow<'r>),
    /// The same path with or without a slash at its end has the route: 308
    /// ([`TrailingSlash::Redirect`] only).
    Redirect(Redirect),
    /// The target is none that could be served: 400, or 414 where it is too long.
    BadPath(BadPath),
}

/// A route that has the method and the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Match {
    /// The number that the route was added with.
    pub route: u32,
    /// Whether the request is `HEAD` and the route one for `GET`.
    pub head_from_get: bool,
}

impl Match {
    /// The operation, where the routes are those of a document.
    #[cfg(feature = "openapi")]
    pub fn operation(&self) -> brrtrouter_spec::OperationId {
        brrtrouter_spec::OperationId::new(self.route)
    }
}

/// Where a path with another end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Redirect {
    /// The path with a slash at its end.
    AddSlash,
    /// The path without the slash at its end.
    RemoveSlash,
}

impl Redirect {
    /// The value of the `Location` field for the target that was looked up, with its query.
    pub fn location<'t>(self, target: &'t str) -> impl fmt::Display + 't {
        Location {
            redirect: self,
            target,
        }
    }
}

struct Location<'t> {
    redirect: Redirect,
    target: &'t str,
}

impl fmt::Display for Location<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.target.find('?').unwrap_or(self.target.len());
        let (path, query) = self.target.split_at(end);
        match self.redirect {
            Redirect::AddSlash => write!(f, "{path}/{query}"),
            Redirect::RemoveSlash => {
                write!(f, "{}{query}", path.strip_suffix('/').unwrap_or(path))
            }
        }
    }
}

impl Router {
    /// The route of a request.
    ///
    /// `target` is the path with its query, as they stand in the request line; `params` takes the
    /// places of its parts and of what the route captured, whatever was in it before. No bytes make
    /// it panic, and it allocates nothing.
    #[inline]
    pub fn lookup(&self, method: &str, target: &str, params: &mut PathParams) -> Lookup<'_> {
        let number = self.method(method);
        let bytes = target.as_bytes();
        let mut image = [0; 16];
        if let (Some(number), Some(clean)) = (number, scan_clean(bytes, &mut image, params)) {
            let roots = self.roots(number);
            let count = usize::from(params.segments);
            let source = if bytes.len() < 16 { &image } else { bytes };
            if clean.empty == 0 || !roots.has_catch_all() {
                let leaf = match PlainKeys::new(source, &params.ends) {
                    Some(keys) => trie::walk(&self.tables, roots, count, &keys, clean.empty),
                    None => Step::NOTHING,
                };
                if trie::capture(&self.tables, leaf, bytes, params) {
                    return Lookup::Found(Match {
                        route: leaf.route(),
                        head_from_get: false,
                    });
                }
                if !leaf.is_plain() {
                    return self.missed(number, target, params);
                }
            }
        }
        self.lookup_slowly(method, number, target, params)
    }

    /// What to say of a path without escapes that no route of the method has.
    #[inline(never)]
    fn missed(&self, number: u8, target: &str, params: &mut PathParams) -> Lookup<'_> {
        params.captured = Captured::Segments(0);
        if self.trailing_slash == TrailingSlash::Strict && self.used == MethodSet::of(number) {
            return Lookup::NotFound;
        }
        let search = Search {
            router: self,
            path: params.path(target).as_bytes(),
            is_escaped: false,
        };
        if number == method::HEAD {
            let count = usize::from(params.segments);
            if let Some(found) = search.with_method(number, count, params) {
                return Lookup::Found(found);
            }
        }
        self.without_route(&search, Some(number), params)
    }

    /// The route of a request whose path needs care.
    #[inline(never)]
    fn lookup_slowly(
        &self,
        method: &str,
        number: Option<u8>,
        target: &str,
        params: &mut PathParams,
    ) -> Lookup<'_> {
        let bytes = target.as_bytes();
        let scanned = match path::scan(bytes, params) {
            Ok(scanned) => scanned,
            Err(BadPath::NoSlash) if target == "*" && method == "OPTIONS" => {
                return Lookup::Options(self.allow.all());
            }
            Err(reason) => return Lookup::BadPath(reason),
        };
        params.captured = Captured::Segments(0);
        let count = usize::from(params.segments);
        let search = Search {
            router: self,
            path: bytes.get(..params.end as usize).unwrap_or_default(),
            is_escaped: scanned.is_escaped,
        };
        if let Some(number) = number
            && let Some(found) = search.with_method(number, count, params)
        {
            return Lookup::Found(found);
        }
        self.without_route(&search, number, params)
    }

    #[inline(always)]
    fn roots(&self, method: u8) -> Method {
        self.methods
            .get(usize::from(method))
            .copied()
            .unwrap_or_default()
    }

    /// What to say where no route has the method and exactly that path.
    fn without_route(
        &self,
        search: &Search<'_>,
        number: Option<u8>,
        params: &mut PathParams,
    ) -> Lookup<'_> {
        let count = usize::from(params.segments);
        let mut declared = search.methods(count, number, params);
        if self.trailing_slash != TrailingSlash::Strict
            && let Some((other, redirect)) = search.other_end(params)
        {
            if self.trailing_slash == TrailingSlash::Redirect {
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
            Lookup::Options(self.allow.of(declared))
        } else {
            Lookup::MethodNotAllowed(self.allow.of(declared))
        }
    }
}

/// One path that is looked for among the routes of several methods.
struct Search<'a> {
    router: &'a Router,
    path: &'a [u8],
    is_escaped: bool,
}

impl Search<'_> {
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
        match self.find(method, count, params) {
            Some(leaf) => {
                trie::capture(&self.router.tables, leaf, self.path, params).then_some(leaf.route())
            }
            None => {
                let plain = self.plain(method)?;
                let leaf = plain.leaf(plain.find(&self.segments(count, params))?)?;
                plain.capture(leaf, self.path, params);
                Some(leaf.route)
            }
        }
    }

    /// The leaf in the tables; `None` where the plain trie has to be asked.
    fn find(&self, method: u8, count: usize, params: &PathParams) -> Option<Step> {
        let roots = self.router.roots(method);
        let tables = &self.router.tables;
        let mut empty = 0;
        for (column, pair) in params.ends.windows(2).take(count).enumerate() {
            if let &[start, end] = pair {
                empty |= u32::from(start + 1 == end) << (column & 31);
            }
        }
        if empty != 0 && roots.has_catch_all() {
            return None;
        }
        let leaf = match PlainKeys::new(self.path, &params.ends) {
            Some(keys) if !self.is_escaped => trie::walk(tables, roots, count, &keys, empty),
            _ => {
                let keys = EscapedKeys::new(self.path, &params.ends);
                trie::walk(tables, roots, count, &keys, empty)
            }
        };
        (!leaf.is_plain()).then_some(leaf)
    }

    fn plain(&self, method: u8) -> Option<&Backtracker> {
        self.router.plain.get(usize::from(method))?.as_ref()
    }

    /// The methods whose routes have the path, but for one that is known to have none.
    fn methods(&self, count: usize, but: Option<u8>, params: &mut PathParams) -> MethodSet {
        let mut set = MethodSet::EMPTY;
        for number in self.router.used.numbers() {
            if Some(number) != but && self.route(number, count, params).is_some() {
                set = set.with(MethodSet::of(number));
            }
        }
        set
    }

    fn segments<'s>(&'s self, count: usize, params: &'s PathParams) -> Segments<'s> {
        Segments {
            path: self.path,
            params,
            is_escaped: self.is_escaped,
            count,
        }
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
