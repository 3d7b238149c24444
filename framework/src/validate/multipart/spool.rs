use std::fs::File;
use std::io::{self, Write as _};

use bytes::Bytes;

use crate::extract::FileContent;

/// Bytes that are kept in memory up to a threshold, and past it in a file without a name, which the
/// system removes once it is closed.
pub(super) struct Spool {
    threshold: usize,
    memory: Vec<u8>,
    file: Option<File>,
    length: u64,
}

impl Spool {
    pub(super) fn new(threshold: usize) -> Self {
        Self {
            threshold,
            memory: Vec::new(),
            file: None,
            length: 0,
        }
    }

    /// Blocks for as long as the system takes to copy a piece.
    pub(super) fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.length += piece.len() as u64;
        if let Some(file) = &mut self.file {
            return file.write_all(piece);
        }
        let length = self.memory.len() + piece.len();
        if length <= self.threshold {
            // Room is doubled as it fills, but never past the threshold.
            if length > self.memory.capacity() {
                let room = (2 * length).min(self.threshold);
                self.memory.reserve_exact(room - self.memory.len());
            }
            self.memory.extend_from_slice(piece);
            return Ok(());
        }
        let mut file = tempfile::tempfile()?;
        file.write_all(&self.memory)?;
        file.write_all(piece)?;
        self.memory = Vec::new();
        self.file = Some(file);
        Ok(())
    }

    pub(super) fn finish(self) -> io::Result<FileContent> {
        Ok(match self.file {
            Some(file) => FileContent::OnDisk {
                file,
                length: self.length,
            },
            None => FileContent::InMemory(Bytes::from(self.memory)),
        })
    }
}
