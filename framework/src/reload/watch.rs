use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use brrtrouter_spec::load_spec;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use crate::reload::{Changes, ReloadError, ReloadableService};

/// How long files must be left alone before they are read: an editor saves in several steps.
const QUIET: Duration = Duration::from_millis(50);

/// How long at most that is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often files are looked at without being told to, where the system tells nothing of them.
const ROUND: Duration = Duration::from_secs(2);

/// Reading a document goes deep.
const STACK: usize = 16 * 1024 * 1024;

/// Reloads `service` whenever the document at `path`, or a file that it refers to, is saved, and tells
/// `on_reload` what came of it: what has changed, or why the old document goes on to serve.
///
/// It is noticed however an editor saves: in place, by renaming another file over it, by deleting and
/// creating it. Several steps within 50 milliseconds are one. All happens on a thread of its own.
///
/// # Errors
///
/// [`WatchError`] if the file is not there, or the system refuses to watch or a thread.
pub fn watch_spec(
    path: impl AsRef<Path>,
    service: &ReloadableService,
    on_reload: impl FnMut(Result<Changes, ReloadError>) + Send + 'static,
) -> Result<SpecWatch, WatchError> {
    let path = path.as_ref().to_owned();
    let (sender, signals) = mpsc::channel();
    let told = sender.clone();
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Reading a file is no reason to read it again.
        if !event.is_ok_and(|event| event.kind.is_access()) {
            let _ = told.send(Signal::Stirred);
        }
    })?;
    let mut watch = Watch {
        state: Vec::new(),
        files: BTreeSet::new(),
        folders: BTreeSet::new(),
        entry: path,
        service: service.clone(),
        on_reload,
        watcher,
    };
    let files = service.spec().files;
    watch.follow(&files);
    if watch.folders.is_empty() {
        let error = io::Error::from(io::ErrorKind::NotFound);
        return Err(WatchError::Thread(error));
    }
    watch.state = watch.look();
    let thread = thread::Builder::new()
        .name("watch-spec".to_owned())
        .stack_size(STACK)
        .spawn(move || watch.run(&signals))
        .map_err(WatchError::Thread)?;
    Ok(SpecWatch {
        sender,
        thread: Some(thread),
    })
}

/// A watch on a document; it ends when this is dropped.
#[derive(Debug)]
#[must_use = "the watch ends when this is dropped"]
pub struct SpecWatch {
    sender: Sender<Signal>,
    thread: Option<JoinHandle<()>>,
}

/// Why a document cannot be watched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WatchError {
    /// The system watches no files for this process.
    #[error("the document cannot be watched: {0}")]
    Watch(#[from] notify::Error),
    /// The document is not there, or the system refused a thread.
    #[error("the document cannot be watched: {0}")]
    Thread(io::Error),
}

#[derive(Debug)]
enum Signal {
    /// Something happened in a folder that is watched.
    Stirred,
    /// The watch is over.
    Over,
}

impl Drop for SpecWatch {
    fn drop(&mut self) {
        let _ = self.sender.send(Signal::Over);
        let here = thread::current().id();
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != here
        {
            let _ = thread.join();
        }
    }
}

struct Watch<F> {
    entry: PathBuf,
    /// The document and all that it refers to, or did when it could last be read.
    files: BTreeSet<PathBuf>,
    folders: BTreeSet<PathBuf>,
    /// What the files looked like when they were last read.
    state: Vec<Option<Look>>,
    service: ReloadableService,
    on_reload: F,
    watcher: RecommendedWatcher,
}

/// What tells one state of a file from another without reading it.
#[derive(PartialEq, Eq, Clone, Copy)]
struct Look {
    inode: u64,
    length: u64,
    seconds: i64,
    nanoseconds: i64,
}

impl<F: FnMut(Result<Changes, ReloadError>)> Watch<F> {
    fn run(mut self, signals: &Receiver<Signal>) {
        loop {
            match signals.recv_timeout(ROUND) {
                Ok(Signal::Over) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(Signal::Stirred) => {
                    if self.look() != self.state && !settle(signals) {
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout) => self.service.sweep(),
            }
            let look = self.look();
            if look != self.state {
                self.state = look;
                self.reload();
            }
        }
    }

    fn reload(&mut self) {
        let reloaded = match load_spec(&self.entry) {
            Ok(spec) => {
                self.follow(&spec.files);
                self.service.reload(spec).map_err(ReloadError::from)
            }
            Err(error) => {
                // What a document refers to that cannot be read has to be watched as well: it may be
                // the cause. What the last good one refers to is kept, since this one may be cut off.
                let kept = self.files.iter().chain(error.files()).cloned();
                let files: Vec<PathBuf> = kept.collect();
                self.follow(&files);
                Err(ReloadError::from(error))
            }
        };
        (self.on_reload)(reloaded);
    }

    /// Watches the folders of these files and of the document: a file that is replaced is another
    /// one, and a watch on it would look after the old.
    fn follow(&mut self, files: &[PathBuf]) {
        let before = self.files.clone();
        self.files = files.iter().cloned().collect();
        self.files.insert(self.entry.clone());
        let mut folders = BTreeSet::new();
        for file in &self.files {
            let folder = match file.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            };
            folders.extend(folder.canonicalize());
        }
        for old in self.folders.difference(&folders) {
            let _ = self.watcher.unwatch(old);
        }
        let new: Vec<PathBuf> = folders.difference(&self.folders).cloned().collect();
        for folder in new {
            if let Err(error) = self.watcher.watch(&folder, RecursiveMode::NonRecursive) {
                // The rounds go on.
                log::warn!("{} cannot be watched: {error}", folder.display());
            }
        }
        self.folders = folders;
        if before != self.files {
            // Places have moved: those of the files that are new are as they are now.
            self.state = self.look();
        }
    }

    fn look(&self) -> Vec<Option<Look>> {
        self.files.iter().map(|file| look(file)).collect()
    }
}

fn look(file: &Path) -> Option<Look> {
    let metadata = fs::metadata(file).ok()?;
    Some(Look {
        inode: metadata.ino(),
        length: metadata.len(),
        seconds: metadata.mtime(),
        nanoseconds: metadata.mtime_nsec(),
    })
}

/// Waits until nothing happens for a while; `false` if the watch is over.
fn settle(signals: &Receiver<Signal>) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        match signals.recv_timeout(QUIET) {
            Ok(Signal::Stirred) => {}
            Ok(Signal::Over) | Err(RecvTimeoutError::Disconnected) => return false,
            Err(RecvTimeoutError::Timeout) => return true,
        }
    }
    true
}
