//! Files of a folder, served beside the document's operations.
//!
//! ```no_run
//! use brrtrouter::files::StaticFiles;
//! # fn serve(builder: brrtrouter::AppServiceBuilder) -> brrtrouter::Result<()> {
//! let service = builder
//!     .mount("/", StaticFiles::new("public")?.cache_control("public, max-age=3600")?)
//!     .build()?;
//! # Ok(())
//! # }
//! ```
//!
//! | module | holds |
//! |---|---|
//! | `static_files` | [`StaticFiles`]: which file, under which conditions |
//! | `path` | a path as it was sent, as names of folders and a file |
//! | `folder` | opening files below a folder, and nothing else |
//! | `shelf` | what was opened of late |
//! | `look` | what tells that a file has changed |
//! | `memory` | copies of files, from where the system sends them |

mod folder;
mod look;
mod memory;
mod path;
mod shelf;
mod static_files;

pub use static_files::StaticFiles;
