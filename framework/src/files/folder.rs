use std::fs::File;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, openat};

/// A folder below which files are opened, and nothing else: every name is looked for in the folder
/// before it, and a link leads nowhere, so that nothing outside can be reached whatever changes
/// meanwhile.
#[derive(Debug)]
pub(super) struct Folder {
    root: OwnedFd,
}

/// What a path leads to.
pub(super) enum Entry {
    File(File),
    Folder,
}

impl Folder {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        // The folder itself may be a link: who configures it is trusted.
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self {
            root: openat(CWD, path, flags, Mode::empty())?,
        })
    }

    /// What these names lead to. Devices, pipes and sockets are not found, and never waited for.
    pub(super) fn find(&self, names: &[&str]) -> io::Result<Entry> {
        let Some((last, folders)) = names.split_last() else {
            return Ok(Entry::Folder);
        };
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let mut inner: Option<OwnedFd> = None;
        for name in folders {
            let at = inner.as_ref().unwrap_or(&self.root);
            inner = Some(openat(at, *name, flags | OFlags::DIRECTORY, Mode::empty())?);
        }
        let at = inner.as_ref().unwrap_or(&self.root).as_fd();
        let file = File::from(openat(at, *last, flags, Mode::empty())?);
        let kind = file.metadata()?.file_type();
        if kind.is_file() {
            Ok(Entry::File(file))
        } else if kind.is_dir() {
            Ok(Entry::Folder)
        } else {
            Err(io::ErrorKind::NotFound.into())
        }
    }
}
