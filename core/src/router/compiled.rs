//! The router that was compiled here.

use alloc::vec::Vec;

use super::{Lookup, RouterBuilder, TrailingSlash, lookup};
use crate::inspect::Routes;
use crate::path::PathParams;
use crate::trie::owned::OwnedTables;
use crate::trie::tables::{HoldsTables, Tables};

/// The routes of an API, compiled; it never changes and may be shared by all threads.
///
/// # Which route wins
///
/// A request is matched among the routes of its method. Of those that match, the leftmost segment in
/// which they differ decides: a literal is before literals with parameters (`{name}.json`; of two
/// such the one with more literal bytes), these are before a parameter alone, and a catch-all comes
/// last. The order in which routes were added does not count.
///
/// ```
/// use brrtrouter_core::{Lookup, PathParams, Router};
///
/// let router = Router::builder()
///     .route("GET", "/pets/{id}", 0)
///     .route("GET", "/pets/mine", 1)
///     .route("POST", "/pets", 2)
///     .build()?;
/// let mut params = PathParams::new();
/// assert!(matches!(router.lookup("GET", "/pets/mine", &mut params), Lookup::Found(m) if m.route == 1));
/// assert!(matches!(router.lookup("HEAD", "/pets/7", &mut params), Lookup::Found(m) if m.head_from_get));
/// match router.lookup("DELETE", "/pets", &mut params) {
///     Lookup::MethodNotAllowed(allow) => assert_eq!(allow.header_value(), "OPTIONS, POST"),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), brrtrouter_core::BuildErrors>(())
/// ```
#[derive(Debug)]
pub struct Router {
    pub(super) tables: OwnedTables,
    /// The routes as they were given, for people.
    pub(super) listed: Routes,
    /// Routes that were kept, each with one that was left out.
    pub(super) shadowed: Vec<(u32, u32)>,
}

impl Router {
    /// An empty builder.
    pub fn builder() -> RouterBuilder {
        RouterBuilder::default()
    }

    /// Compiles the operations of a document, paths as written; routes are the indices of
    /// [`OperationId`](brrtrouter_spec::OperationId)s.
    ///
    /// # Errors
    ///
    /// All that is wrong with the routes, at once.
    #[cfg(feature = "openapi")]
    pub fn compile(spec: &brrtrouter_spec::Spec) -> Result<Self, super::BuildErrors> {
        Self::builder().spec(spec).build()
    }

    /// The route of a request.
    ///
    /// `target` is the path with its query, as they stand in the request line; `params` takes the
    /// places of its parts and of what the route captured, whatever was in it before. No bytes make
    /// it panic, and it allocates nothing.
    // It is large, and callers that it becomes a part of have too few registers left.
    #[inline(never)]
    pub fn lookup(&self, method: &str, target: &str, params: &mut PathParams) -> Lookup<'_> {
        lookup::lookup(&self.tables, method, target, params)
    }

    pub(crate) fn tables(&self) -> Tables<'_> {
        self.tables.tables()
    }

    /// How many routes there are.
    pub fn len(&self) -> usize {
        self.listed.len()
    }

    /// The routes that were left out for [`RouterBuilder::keep_first`], each after the one that was
    /// kept in its place.
    pub fn shadowed(&self) -> &[(u32, u32)] {
        &self.shadowed
    }

    /// Whether there is no route.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn trailing_slash_policy(&self) -> TrailingSlash {
        self.tables.trailing_slash
    }

    pub(crate) fn listed(&self) -> &Routes {
        &self.listed
    }

    /// The size of the tables in bytes.
    pub fn table_bytes(&self) -> usize {
        self.tables().bytes()
    }

    /// The name of a route: the `operationId`, where the routes are those of a document.
    pub fn name(&self, route: u32) -> Option<&str> {
        self.tables().route_name(route)
    }

    /// The names of a route's path parameters, by their numbers; none for a route that is not there.
    ///
    /// Of several routes that have the same number, they are those of the first.
    pub fn parameter_names(&self, route: u32) -> impl ExactSizeIterator<Item = &str> {
        self.tables().parameter_names(route)
    }
}
