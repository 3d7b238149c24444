//! The content of one request, taken out of the crate's reader piece by piece.

use std::io::BufRead;
use std::mem::ManuallyDrop;

use brrtrouter_transport::{BodyError, BodySource};
use may_minihttp::BodyReader;

use crate::link::{Link, Phase};
use crate::outlet;
use crate::pause::{Home, go_home, here};

/// A body of a declared length.
///
/// The crate's reader, when dropped, reads whatever the peer declared; so it is never dropped, which
/// costs nothing since it only borrows. What is left is [drained](Self::drain) within a limit.
pub(crate) struct Inflow<'c, 'buf, 'stream> {
    reader: ManuallyDrop<BodyReader<'buf, 'stream>>,
    link: &'c Link,
    /// What was taken out of the reader; consumed up to `at`.
    piece: &'c mut Vec<u8>,
    at: usize,
    /// How many bytes are still in the reader or on their way.
    left: u64,
    /// Whether the peer waits for `100 Continue`.
    awaited: bool,
    broken: bool,
    home: Home,
}

impl<'c, 'buf, 'stream> Inflow<'c, 'buf, 'stream> {
    /// A reader of `length` bytes; made on the coroutine's home.
    pub(crate) fn new(
        reader: BodyReader<'buf, 'stream>,
        link: &'c Link,
        piece: &'c mut Vec<u8>,
        length: u64,
        awaited: bool,
    ) -> Self {
        piece.clear();
        Self {
            reader: ManuallyDrop::new(reader),
            link,
            piece,
            at: 0,
            left: length,
            awaited,
            broken: false,
            home: here(),
        }
    }

    /// Throws away what was not read, at most `limit` bytes of it; whether the message has then
    /// ended, so that the next one can be read.
    pub(crate) fn drain(&mut self, limit: u64) -> bool {
        self.at = self.piece.len();
        if self.left > limit || (self.awaited && self.left > 0) {
            return false;
        }
        while !self.broken {
            match self.fill() {
                Ok(true) => self.at = self.piece.len(),
                Ok(false) => return true,
                Err(_) => return false,
            }
        }
        false
    }

    fn take_piece(&mut self) -> Result<(), BodyError> {
        let bytes = self.reader.fill_buf()?;
        let count = bytes.len();
        self.piece.extend_from_slice(bytes);
        self.reader.consume(count);
        self.left = self.left.saturating_sub(count as u64);
        if count > 0 {
            return Ok(());
        }
        Err(if self.link.has_expired() {
            BodyError::Timeout
        } else {
            BodyError::Disconnected
        })
    }
}

impl BodySource for Inflow<'_, '_, '_> {
    fn fill(&mut self) -> Result<bool, BodyError> {
        if self.at < self.piece.len() {
            return Ok(true);
        }
        if self.left == 0 {
            return Ok(false);
        }
        self.piece.clear();
        self.at = 0;
        if std::mem::take(&mut self.awaited) {
            outlet::send_continue(self.link);
        }
        go_home(self.home, self.link.id());
        self.link.enter(Phase::Reading);
        let taken = self.take_piece();
        self.link.enter(Phase::Busy);
        self.broken = taken.is_err();
        taken.map(|()| true)
    }

    fn buffered(&self) -> &[u8] {
        self.piece.get(self.at..).unwrap_or_default()
    }

    fn consume(&mut self, count: usize) {
        self.at = self.at.saturating_add(count).min(self.piece.len());
    }

    fn remaining(&self) -> Option<u64> {
        Some(self.left + self.buffered().len() as u64)
    }

    fn is_finished(&self) -> bool {
        self.left == 0 && self.buffered().is_empty()
    }
}
