use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use brrtrouter_transport::FileRange;

/// Room in memory for copies of files, from where the system sends them by itself.
///
/// A file on a disk cannot be sent so on a worker, for the system would wait for the disk; a copy that
/// lies in memory and is sealed can.
pub(super) struct Memory {
    most: u64,
    used: AtomicU64,
}

/// A copy of a file, and the room that it takes.
pub(super) struct Copied {
    range: FileRange,
    _room: Room,
}

struct Room {
    memory: Arc<Memory>,
    length: u64,
}

impl Memory {
    pub(super) fn new(most: u64) -> Self {
        Self {
            most,
            used: AtomicU64::new(0),
        }
    }

    /// Whether a file of that length may be copied if there is room: none takes more than a quarter.
    pub(super) fn may_hold(&self, length: u64) -> bool {
        cfg!(target_os = "linux") && length <= self.most / 4
    }

    /// Whether there is room for it now.
    pub(super) fn has_room(&self, length: u64) -> bool {
        let used = self.used.load(Ordering::Relaxed);
        self.may_hold(length) && used.saturating_add(length) <= self.most
    }

    /// Copies a file, which waits for the disk; `None` if there is no room.
    ///
    /// # Errors
    ///
    /// The system's, and that the file is shorter than it was.
    pub(super) fn copy(self: &Arc<Self>, range: &FileRange) -> io::Result<Option<Copied>> {
        let length = range.length();
        let Some(room) = self.room(length) else {
            return Ok(None);
        };
        let file = copy(range)?;
        Ok(Some(Copied {
            range: FileRange::new(file, 0, length).in_memory(),
            _room: room,
        }))
    }

    fn room(self: &Arc<Self>, length: u64) -> Option<Room> {
        let taken = self
            .used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
                let used = used.checked_add(length)?;
                (used <= self.most).then_some(used)
            });
        taken.ok()?;
        Some(Room {
            memory: Arc::clone(self),
            length,
        })
    }
}

impl Copied {
    pub(super) fn range(&self) -> &FileRange {
        &self.range
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.memory.used.fetch_sub(self.length, Ordering::Relaxed);
    }
}

/// A file in memory that nobody can change any more.
#[cfg(target_os = "linux")]
fn copy(range: &FileRange) -> io::Result<File> {
    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create, sendfile};

    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let copy = memfd_create("file", flags)?;
    let (mut offset, end) = (range.offset(), range.offset() + range.length());
    while offset < end {
        let most = usize::try_from(end - offset).unwrap_or(usize::MAX);
        if sendfile(&copy, range.file(), Some(&mut offset), most)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    fcntl_add_seals(
        &copy,
        SealFlags::SEAL | SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE,
    )?;
    Ok(File::from(copy))
}

#[cfg(not(target_os = "linux"))]
fn copy(_: &FileRange) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}
