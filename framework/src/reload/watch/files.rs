use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use crate::reload::WatchError;

/// The document and all that it refers to, or did when it could last be read.
pub(super) struct Files {
    entry: PathBuf,
    /// What each looked like when it was last looked at; `None` where it was not there.
    looks: BTreeMap<PathBuf, Option<Look>>,
    /// The folders that are watched, each as the one that it was then: a file that is replaced is
    /// another one, and a watch on it would look after the old. So it is with folders.
    folders: BTreeMap<PathBuf, Identity>,
    watcher: RecommendedWatcher,
}

/// What tells one state of a file from another without reading it. Of the times the one of its
/// status is there too: it tells of a file that has become readable.
#[derive(PartialEq, Eq, Clone, Copy)]
struct Look {
    identity: Identity,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

/// Device and inode.
type Identity = (u64, u64);

impl Files {
    /// The files of the document at `entry`, which must be there.
    pub(super) fn new(
        entry: &Path,
        files: &[PathBuf],
        watcher: RecommendedWatcher,
    ) -> Result<Self, WatchError> {
        if let Err(error) = fs::metadata(entry) {
            let path = entry.to_owned();
            return Err(WatchError::File { path, error });
        }
        let mut own = Self {
            entry: entry.to_owned(),
            looks: BTreeMap::new(),
            folders: BTreeMap::new(),
            watcher,
        };
        own.follow(files);
        Ok(own)
    }

    pub(super) fn entry(&self) -> &Path {
        &self.entry
    }

    /// Looks after these files and the document from now on, and says whether one of them is new.
    pub(super) fn follow(&mut self, files: &[PathBuf]) -> bool {
        let wanted: BTreeSet<&Path> = files
            .iter()
            .map(PathBuf::as_path)
            .chain([&*self.entry])
            .collect();
        let before = std::mem::take(&mut self.looks);
        let mut is_new = false;
        let looks = wanted.into_iter().map(|file| {
            let known = before.get(file).copied();
            is_new |= known.is_none();
            (file.to_owned(), known.unwrap_or_else(|| look(file)))
        });
        let looks = looks.collect();
        self.looks = looks;
        self.watch_folders();
        is_new
    }

    /// Whether a file looks otherwise than it did.
    pub(super) fn have_changed(&self) -> bool {
        self.looks.iter().any(|(file, known)| look(file) != *known)
    }

    /// The same, and takes them as they look now.
    pub(super) fn look_again(&mut self) -> bool {
        let mut have_changed = false;
        for (file, known) in &mut self.looks {
            let now = look(file);
            have_changed |= now != *known;
            *known = now;
        }
        have_changed
    }

    /// Watches the folders that the files are in and the ones that links lead to, those too that have
    /// been replaced or were not there before.
    pub(super) fn watch_folders(&mut self) {
        let mut wanted = BTreeMap::new();
        for file in self.looks.keys() {
            let real = file.canonicalize().ok();
            for file in real.iter().chain([file]) {
                let folder = match file.parent() {
                    Some(folder) if !folder.as_os_str().is_empty() => folder,
                    _ => Path::new("."),
                };
                if let Ok(folder) = folder.canonicalize()
                    && let Ok(metadata) = fs::metadata(&folder)
                {
                    wanted.insert(folder, identity(&metadata));
                }
            }
        }
        for (folder, old) in &self.folders {
            if wanted.get(folder) != Some(old) {
                let _ = self.watcher.unwatch(folder);
            }
        }
        for (folder, new) in &wanted {
            if self.folders.get(folder) != Some(new)
                && let Err(error) = self.watcher.watch(folder, RecursiveMode::NonRecursive)
            {
                // Files are looked at from time to time all the same.
                log::warn!("{} cannot be watched: {error}", folder.display());
            }
        }
        self.folders = wanted;
    }
}

fn look(file: &Path) -> Option<Look> {
    let metadata = fs::metadata(file).ok()?;
    Some(Look {
        identity: identity(&metadata),
        length: metadata.len(),
        modified: (metadata.mtime(), metadata.mtime_nsec()),
        changed: (metadata.ctime(), metadata.ctime_nsec()),
    })
}

fn identity(metadata: &Metadata) -> Identity {
    (metadata.dev(), metadata.ino())
}
