//! Tables as plain words: written when a program is built, read without an allocator.
//!
//! | module | holds |
//! |---|---|
//! | `layout` | where what stands among the words |
//! | `verify` | that every index of some tables leads somewhere, and every walk to an end |
//! | `write` | a router → words, and words → Rust |

mod layout;
mod verify;
#[cfg(feature = "alloc")]
mod write;

#[cfg(feature = "alloc")]
pub use write::FrozenTables;

use crate::path::PathParams;
use crate::router::{Lookup, lookup::lookup};
use crate::trie::tables::Tables;

/// A router over tables that stand somewhere in memory, such as in a `static` of the program.
///
/// It answers as the [`Router`](crate::Router) does whose tables they are, by the same code, and needs
/// neither an allocator nor the standard library. A build script writes the tables:
///
/// ```no_run
/// # #[cfg(feature = "alloc")] {
/// // build.rs, with the feature `alloc` or `openapi` of this crate
/// let router = brrtrouter_core::Router::builder().route("GET", "/pets/{id}", 7).build()?;
/// let file = std::path::Path::new(&std::env::var("OUT_DIR")?).join("routes.rs");
/// std::fs::write(file, router.freeze().to_rust("ROUTES").to_string())?;
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// and the program reads them, with none of its features:
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use brrtrouter_core::{Frozen, Lookup, PathParams};
///
/// // include!(concat!(env!("OUT_DIR"), "/routes.rs"));
/// # let router = brrtrouter_core::Router::builder().route("GET", "/pets/{id}", 7).build().unwrap();
/// # let tables = router.freeze();
/// # let ROUTES = tables.as_words();
/// let router = Frozen::load(&ROUTES)?;
/// let mut params = PathParams::new();
/// let Lookup::Found(found) = router.lookup("GET", "/pets/rex", &mut params) else {
///     panic!("there is a route");
/// };
/// assert_eq!(found.route, 7);
/// assert_eq!(router.parameter_names(7).next(), Some("id"));
/// assert_eq!(params.raw(0, "/pets/rex"), Some("rex"));
/// # }
/// # Ok::<(), brrtrouter_core::FrozenError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Frozen<'a> {
    tables: Tables<'a>,
}

impl<'a> Frozen<'a> {
    /// The router of some tables, which are looked through once: no table that is accepted makes a
    /// lookup panic or go on for ever, whoever wrote it.
    ///
    /// # Errors
    ///
    /// [`FrozenError`] where they are not what [`Router::freeze`](crate::Router::freeze) of this
    /// version wrote, on a machine of the same byte order.
    pub fn load(words: &'a [u64]) -> Result<Self, FrozenError> {
        let tables = layout::read(words)?;
        verify::verify(&tables)?;
        Ok(Self { tables })
    }

    /// As [`load`](Self::load), from bytes that begin at a multiple of eight.
    ///
    /// # Errors
    ///
    /// Also where they do not begin there, or are not a multiple of eight.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, FrozenError> {
        Self::load(bytemuck::try_cast_slice(bytes).map_err(|_| FrozenError::Alignment)?)
    }

    /// The checksum that tables must carry, for tools that write such.
    pub fn checksum(words: &[u64]) -> u64 {
        layout::checksum(words)
    }

    /// The route of a request, as [`Router::lookup`](crate::Router::lookup) finds it.
    #[inline(never)]
    pub fn lookup(&self, method: &str, target: &str, params: &mut PathParams) -> Lookup<'_> {
        lookup(&self.tables, method, target, params)
    }

    /// The name of a route: the `operationId`, where the routes are those of a document.
    pub fn name(&self, route: u32) -> Option<&'a str> {
        self.tables.route_name(route)
    }

    /// The names of a route's path parameters, by their numbers; none for a route that is not there.
    ///
    /// Of several routes that have the same number, they are those of the first.
    pub fn parameter_names(&self, route: u32) -> impl ExactSizeIterator<Item = &'a str> {
        self.tables.parameter_names(route)
    }

    /// The size of the tables in bytes.
    pub fn table_bytes(&self) -> usize {
        self.tables.bytes()
    }
}

/// Why some words are no tables.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrozenError {
    /// They do not begin as tables do.
    #[error("the words do not begin as tables do")]
    NotTables,
    /// Another version of this crate wrote them.
    #[error("the tables are of version {0}, not {version}", version = layout::VERSION)]
    Version(u32),
    /// A machine of another byte order wrote them.
    #[error("the tables were written in another byte order")]
    ByteOrder,
    /// There are more or fewer words than they say.
    #[error("there are {found} words where the tables say {stated}")]
    Length {
        /// How many there are.
        found: usize,
        /// How many they say.
        stated: usize,
    },
    /// They were changed after they were written.
    #[error("the checksum of the tables is {found:#x}, not {stated:#x}")]
    Checksum {
        /// What it is.
        found: u64,
        /// What they say.
        stated: u64,
    },
    /// The bytes do not begin at a multiple of eight, or are no multiple of eight.
    #[error("the bytes of the tables do not stand at whole words")]
    Alignment,
    /// An entry leads nowhere, or back.
    #[error("entry {entry} of the table {table:?} leads nowhere")]
    Entry {
        /// The name of the table.
        table: &'static str,
        /// The entry, counted from 0.
        entry: usize,
    },
}
