use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;

use crate::conditional::is_settled;

/// What the system says of a file: as long as that stays the same, so does its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    device: u64,
    inode: u64,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
    /// Its last change lies so far back that another one would be told by its time.
    is_settled: bool,
}

impl Look {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            length: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
            is_settled: metadata.modified().is_ok_and(is_settled),
        }
    }

    /// Whether a file that looked so then, and looks like `now`, is for certain the same.
    pub(super) fn is_still(&self, now: &Self) -> bool {
        self.is_settled && self == now
    }
}
