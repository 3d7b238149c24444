//! A thread that looks after the files of a document.
//!
//! | module | holds |
//! |---|---|
//! | `bell` | what wakes the thread |
//! | `files` | the files, what they looked like, and the folders that are watched for them |
//! | `looking` | the thread: wait, look, read, reload, tell |

mod bell;
mod files;
mod looking;

use std::io;
use std::path::Path;
use std::thread::{self, JoinHandle};

use brrtrouter_spec::Loader;

use crate::reload::{Changes, ReloadError, ReloadableService};
use bell::Ringer;
use files::Files;
use looking::Looking;

/// Reading a document goes deep.
const STACK: usize = 16 * 1024 * 1024;

/// Reloads `service` whenever the document at `path`, or a file that it refers to, is saved, and tells
/// `on_reload` what came of it: what has changed, or why the old document goes on to serve.
///
/// It is noticed however an editor saves: in place, by renaming another file over it, by deleting and
/// creating it; also where a symbolic link on the way is made to lead elsewhere, or a folder is
/// replaced. Several steps within 50 milliseconds are one; what the system tells nothing of is seen
/// within two seconds. A document that is no longer the one that `service` has been built over when
/// the watch begins is reloaded at once. All happens on a thread of its own, which a panic of
/// `on_reload` does not end.
///
/// # Errors
///
/// [`WatchError`] if the file is not there, or the system refuses to watch or a thread.
pub fn watch_spec(
    path: impl AsRef<Path>,
    service: &ReloadableService,
    on_reload: impl FnMut(Result<Changes, ReloadError>) + Send + 'static,
) -> Result<SpecWatch, WatchError> {
    watch_spec_with(Loader::new(), path, service, on_reload)
}

/// As [`watch_spec`], but documents are loaded as that loader does: strictly, within other limits, or
/// with another root folder.
///
/// # Errors
///
/// Those of [`watch_spec`].
pub fn watch_spec_with(
    loader: Loader,
    path: impl AsRef<Path>,
    service: &ReloadableService,
    on_reload: impl FnMut(Result<Changes, ReloadError>) + Send + 'static,
) -> Result<SpecWatch, WatchError> {
    let (ringer, bell) = bell::new();
    let told = ringer.clone();
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Reading a file is no reason to read it again.
        if !event.is_ok_and(|event| event.kind.is_access()) {
            told.ring();
        }
    })?;
    let files = Files::new(path.as_ref(), &service.spec().files, watcher)?;
    let looking = Looking::new(loader, files, service.clone(), on_reload);
    let thread = thread::Builder::new()
        .name("watch-spec".to_owned())
        .stack_size(STACK)
        .spawn(move || looking.run(&bell))
        .map_err(WatchError::Thread)?;
    Ok(SpecWatch {
        ringer,
        thread: Some(thread),
    })
}

/// A watch on a document; it ends when this is dropped, which waits for a reload under way.
#[derive(Debug)]
#[must_use = "the watch ends when this is dropped"]
pub struct SpecWatch {
    ringer: Ringer,
    thread: Option<JoinHandle<()>>,
}

/// Why a document cannot be watched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WatchError {
    /// The system watches no files for this process.
    #[error("the document cannot be watched: {0}")]
    Watch(#[from] notify::Error),
    /// The document is not there.
    #[error("the document cannot be watched: {path:?}: {error}")]
    File {
        /// Where it should be.
        path: std::path::PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The system refused a thread.
    #[error("the document cannot be watched: {0}")]
    Thread(io::Error),
}

impl Drop for SpecWatch {
    fn drop(&mut self) {
        self.ringer.end();
        let here = thread::current().id();
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != here
        {
            let _ = thread.join();
        }
    }
}
