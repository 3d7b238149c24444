//! Path templates, per-method tries, lookup and parameter extraction, without allocation.
//!
//! A [`Router`] is compiled once, from routes or from an OpenAPI document, and never changes. A lookup
//! takes the method and the target of a request and says what became of it.
//!
//! ```
//! use brrtrouter_core::{Lookup, PathParams, Router};
//!
//! let router = Router::builder()
//!     .route("GET", "/pets/{id}", 0)
//!     .route("GET", "/pets/{id}/photos/{name}.{ext}", 1)
//!     .route("POST", "/pets", 2)
//!     .route("GET", "/assets/{*file}", 3)
//!     .build()?;
//!
//! let mut params = PathParams::new();
//! let target = "/pets/rex/photos/on.the.beach.jpg?size=small";
//! match router.lookup("GET", target, &mut params) {
//!     Lookup::Found(found) => {
//!         assert_eq!(found.route, 1);
//!         assert_eq!(params.raw(1, target), Some("on.the.beach"));
//!         assert_eq!(params.raw(2, target), Some("jpg"));
//!     }
//!     Lookup::MethodNotAllowed(allow) => println!("405, Allow: {allow}"),
//!     Lookup::BadPath(reason) => println!("400, {reason}"),
//!     other => println!("404, {other:?}"),
//! }
//! # Ok::<(), brrtrouter_core::BuildErrors>(())
//! ```
//!
//! # Templates
//!
//! | segment | takes | |
//! |---|---|---|
//! | `pets` | just this, escapes decoded | `%70ets` is the same |
//! | `{id}` | anything but nothing | |
//! | `{name}.{ext}`, `v{major}` | literals with parameters around them | the first parameter takes as much as it can |
//! | `{*file}` | the rest of the path, slashes and all | the last segment only |
//!
//! Paths are split at `/` first and decoded after, so `%2F` separates nothing. A slash at the end makes
//! another path, unless [`TrailingSlash`] says otherwise.
//!
//! # Which route wins
//!
//! Requests are matched among the routes of their method. Where several match, the leftmost segment in
//! which they differ decides: a literal, then literals with parameters (more literal bytes first), then
//! a parameter, then a catch-all. The order in which routes were added never counts. Where no route
//! matches, HEAD is answered by GET, OPTIONS from the table, and any other method with 405 if the path
//! has routes of other methods.
//!
//! # What is refused
//!
//! A bad escape, escapes that are not UTF-8, NUL, `.` and `..` segments in any spelling, and paths that
//! do not begin with a slash are a [`BadPath`]; so are paths of more than
//! [`LONGEST_PATH`](path::LONGEST_PATH) bytes or [`MOST_SEGMENTS`](path::MOST_SEGMENTS) segments.
//!
//! # How does it work?
//!
//! ```text
//!                 target   /repos/rust-lang/rust/issues
//!   one pass      slashes  ^     ^         ^    ^            escapes? dots? query? 4 segments
//!   class         repos/ ─┬─ orgs/ ─ users/ ─ anything else
//!   switch on 3           └─ 4, issues ─┬─ 4, pulls ─ 5, issues ─ anything else
//!   leaf                                └─ route 42, captures 1 and 2
//! ```
//!
//! A class is all routes that begin alike. A switch looks at a few bytes of one segment, or of either end of the
//! path, together with the number of segments, and one probe says which literals can be there. Each slot has a
//! tag that is believed until the leaf compares every literal of the route as a whole: a hash alone proves
//! nothing. Where a row has a parameter beside literals, it is folded into the outcome of each of them, so that
//! a walk never goes back; only where a tag has deceived beside such a row is the walk made once more, with each
//! literal compared when it comes to it. Captures cost nothing: a leaf names the segments, and their ends are
//! known from the first pass.
//!
//! For a path of `s` segments a walk makes at most `4 (s + 17)` probes, as many tests of affixes as there are, and
//! one comparison of each literal of a leaf. A lookup makes one probe for the class and two walks at most.
//! Folding could make tables grow without bound; where they would grow beyond four times the templates and
//! 16 KiB, those routes are served by a plain trie with backtracking, which visits each of its nodes at most
//! once.
//!
//! All tables are plain slices. [`Frozen`] reads them from a `static` that a build script wrote.
//!
//! # Parameters
//!
//! [`Extractors`] read and check the parameters that a document declares, in every style. A [`Param`]
//! is a name and a type in code: it stands in a [`TemplateBuilder`] or a [`TemplateRef`], [`Params`]
//! gives its value, and a URL takes one.
//!
//! # Seeing what happens
//!
//! [`Router::explain`] says why a request ends where it ends, [`Router::ambiguities`] which routes
//! cross, and the `Display` of a router shows it as a tree.
//!
//! # Features
//!
//! | feature | brings |
//! |---|---|
//! | `openapi` (default) | [`Router::compile`] and [`Extractors`], straight from a loaded document |
//! | `uuid` | descriptors of `uuid::Uuid` |
//! | `alloc` | [`Router`], [`Template`] and [`UrlBuilder`], without the standard library |
//! | none | [`Frozen`], lookup, descriptors and [`TemplateRef`], without an allocator |
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod affix;
mod descriptor;
#[cfg(feature = "openapi")]
mod extract;
mod frozen;
#[cfg(feature = "alloc")]
mod inspect;
mod method;
#[cfg(feature = "openapi")]
mod openapi;
pub mod path;
mod percent;
mod router;
mod source;
mod template;
mod trie;
mod value;

#[cfg(feature = "alloc")]
pub use descriptor::UrlBuilder;
pub use descriptor::{
    Descriptor, Given, Param, ParamError, ParamFault, ParamKind, ParamNumber, ParamValue, Params,
    Values,
};
#[cfg(feature = "openapi")]
pub use extract::{
    Extractor, Extractors, ParameterError, ParameterErrorKind, ParameterValue, Parameters, Part,
    PlanError, Slots,
};
#[cfg(feature = "alloc")]
pub use frozen::FrozenTables;
pub use frozen::{Frozen, FrozenError};
#[cfg(feature = "alloc")]
pub use inspect::{Ambiguity, Candidate, Explanation, Fate, Mismatch, RouteInfo, Test};
pub use method::MethodSet;
pub use path::{BadPath, PathParams, Spans};
pub use router::{Allow, Lookup, Match, Redirect, TrailingSlash};
#[cfg(feature = "alloc")]
pub use router::{BasePath, BuildError, BuildErrors, Router, RouterBuilder};
pub use source::{Encoded, FieldSource, Place, Source};
pub use template::{NamedValue, TemplateRef, UrlError};
#[cfg(feature = "alloc")]
pub use template::{Template, TemplateBuilder, TemplateError};
pub use value::{Bound, Date, DateTime, Expected, Number};
