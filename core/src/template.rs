//! Path templates: `/pets/{id}`, `/files/{name}.{ext}`, `/static/{*rest}`.
//!
//! | module | holds |
//! |---|---|
//! | `grammar` | what a template is, and what it is made of |
//! | `borrowed` | [`TemplateRef`]: a template of a program, checked when that is compiled |
//! | `url` | values → path and query |
//! | `owned` | [`Template`]: one that is read at run time |
//! | `segment` | what its segments take, and which of two goes first |
//! | `build` | [`TemplateBuilder`]: a template from literals and descriptors |

mod borrowed;
#[cfg(feature = "alloc")]
mod build;
mod grammar;
#[cfg(feature = "alloc")]
mod owned;
#[cfg(feature = "alloc")]
mod segment;
mod url;

pub use borrowed::TemplateRef;
#[cfg(feature = "alloc")]
pub use build::TemplateBuilder;
#[cfg(feature = "alloc")]
pub use owned::{Template, TemplateError};
#[cfg(feature = "alloc")]
pub(crate) use segment::{Affix, Segment};
pub use url::{NamedValue, UrlError};
#[cfg(feature = "alloc")]
pub(crate) use url::{write_pair, write_path};
