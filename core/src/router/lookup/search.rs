//! One path among the routes of several methods.

use crate::method::{self, MethodSet, Number};
use crate::path::{Captured, MOST_SEGMENTS, PathParams};
use crate::router::{Match, Redirect};
use crate::trie::capture::capture;
use crate::trie::concrete;
use crate::trie::plain::{self, Wanted};
use crate::trie::roots::Method;
use crate::trie::segments::{EscapedSegments, PathEnds, PlainSegments, Segments};
use crate::trie::shape::Shape;
use crate::trie::step::{PLAIN, Step};
use crate::trie::tables::HoldsTables;
use crate::trie::walk::{Start, class, walk};

/// One path that is looked for among the routes of several methods.
pub(super) struct Search<'t, 'p, H> {
    pub(super) holder: &'t H,
    pub(super) path: &'p [u8],
    pub(super) is_escaped: bool,
}

impl<H: HoldsTables> Search<'_, '_, H> {
    /// The route for the method, or that for GET where the method is HEAD.
    pub(super) fn with_method(
        &self,
        method: Number,
        count: usize,
        params: &mut PathParams,
    ) -> Option<Match> {
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

    fn route(&self, method: Number, count: usize, params: &mut PathParams) -> Option<u32> {
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

    fn leaf(&self, method: Number, count: usize, params: &PathParams) -> Option<Step> {
        let tables = self.holder.tables();
        let roots = tables.method(method);
        let mut empty = 0;
        for (column, pair) in params.ends.windows(2).take(count).enumerate() {
            if let &[start, end] = pair {
                empty |= u32::from(start + 1 == end) << (column & 31);
            }
        }
        if empty == 0 || !roots.has_catch_all() {
            let is_open = empty >> (count.saturating_sub(1) & 31) & 1 != 0;
            let shape = Shape::new(count, is_open);
            let leaf = match PathEnds::new(self.path) {
                Some(ends) if self.is_as_it_is(count, params) => {
                    let segments = PlainSegments::new(self.path, ends, &params.ends);
                    self.walk(roots, segments, shape)
                }
                _ => {
                    let segments = EscapedSegments::new(self.path, &params.ends, count);
                    self.walk(roots, segments, shape)
                }
            };
            if leaf
                .captured()
                .is_some_and(|captured| captured & empty != 0)
            {
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

    fn walk(&self, method: Method, segments: impl Segments, shape: Shape) -> Step {
        let class = class(self.holder, method, segments.head(method.head()));
        walk(self.holder, Start::new(self.holder, class, shape), segments)
    }

    /// Whether the bytes of the path are those that are looked for; a slash that is only supposed is
    /// not in it.
    fn is_as_it_is(&self, count: usize, params: &PathParams) -> bool {
        !self.is_escaped && count == usize::from(params.segments)
    }

    /// The methods whose routes have the path, but for one that is known to have none.
    pub(super) fn methods(
        &self,
        count: usize,
        but: Option<Number>,
        params: &mut PathParams,
    ) -> MethodSet {
        let mut set = MethodSet::EMPTY;
        for number in self.holder.tables().used.numbers() {
            if Some(number) != but && self.route(number, count, params).is_some() {
                set = set.with(MethodSet::of(number));
            }
        }
        set
    }

    /// How many segments the path has with the slash at its end added or taken off.
    pub(super) fn other_end(&self, params: &mut PathParams) -> Option<(usize, Redirect)> {
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
