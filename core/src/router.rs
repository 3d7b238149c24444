//! All tries of an API: a method and a target in, a route out.

mod allow;
mod build;
mod lookup;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

pub use allow::Allow;
pub use build::{BasePath, BuildError, BuildErrors, RouterBuilder};
pub use lookup::{Lookup, Match, Redirect};

use crate::method::{self, MethodSet};
use crate::trie::Method;
use crate::trie::backtrack::Backtracker;
use crate::trie::compile::OwnedTables;
use allow::AllowTable;

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
    tables: OwnedTables,
    /// By the methods' numbers.
    methods: [Method; method::MOST],
    /// The plain tries of the methods that need one, by the methods' numbers.
    plain: Vec<Option<Backtracker>>,
    /// The methods that have routes.
    used: MethodSet,
    /// The methods that have no fixed number, after those that have one.
    custom_methods: Vec<Box<str>>,
    allow: AllowTable,
    trailing_slash: TrailingSlash,
    routes: usize,
    /// Routes that were kept, each with one that was left out.
    shadowed: Vec<(u32, u32)>,
}

/// What a slash at the end of a path means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum TrailingSlash {
    /// With and without it are different paths.
    #[default]
    Strict,
    /// As [`Strict`](TrailingSlash::Strict), but where only the other path is there, the answer is
    /// [`Lookup::Redirect`].
    Redirect,
    /// Where only the other path is there, it is taken.
    Ignore,
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
    pub fn compile(spec: &brrtrouter_spec::Spec) -> Result<Self, BuildErrors> {
        Self::builder().spec(spec).build()
    }

    /// How many routes there are.
    pub fn len(&self) -> usize {
        self.routes
    }

    /// The routes that were left out for [`RouterBuilder::keep_first`], each after the one that was
    /// kept in its place.
    pub fn shadowed(&self) -> &[(u32, u32)] {
        &self.shadowed
    }

    /// Whether there is no route.
    pub fn is_empty(&self) -> bool {
        self.routes == 0
    }

    /// The size of the tables in bytes.
    pub fn table_bytes(&self) -> usize {
        self.tables.bytes()
            + self
                .plain
                .iter()
                .flatten()
                .map(Backtracker::bytes)
                .sum::<usize>()
    }

    /// The number of a method, if a route has it or it is a standard one.
    #[inline]
    fn method(&self, name: &str) -> Option<u8> {
        match method::standard(name.as_bytes()) {
            Some(number) => Some(number),
            None => self.custom_method(name),
        }
    }

    #[cold]
    fn custom_method(&self, name: &str) -> Option<u8> {
        let at = self.custom_methods.iter().position(|own| **own == *name)?;
        Some((method::STANDARD.len() + at) as u8)
    }
}

/// Where routes of the same method and shape come from, for error messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) method: String,
    pub(crate) template: String,
    pub(crate) route: u32,
}
