use std::collections::VecDeque;

use brrtrouter_transport::{BodyError, BodySource};

/// A body that comes in pieces.
#[derive(Debug)]
pub(super) struct Pieces {
    here: Vec<u8>,
    taken: usize,
    coming: VecDeque<Vec<u8>>,
    is_chunked: bool,
}

impl Pieces {
    pub(super) fn none() -> Self {
        Self::whole(Vec::new())
    }

    /// All of it at once, with its length declared.
    pub(super) fn whole(bytes: Vec<u8>) -> Self {
        Self {
            here: bytes,
            taken: 0,
            coming: VecDeque::new(),
            is_chunked: false,
        }
    }

    /// Piece after piece; empty ones are passed over.
    pub(super) fn chunks(pieces: VecDeque<Vec<u8>>) -> Self {
        Self {
            here: Vec::new(),
            taken: 0,
            coming: pieces,
            is_chunked: true,
        }
    }
}

impl Pieces {
    /// All of it, before any was taken.
    pub(super) fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let coming = self.coming.iter().map(Vec::as_slice);
        std::iter::once(self.here.as_slice()).chain(coming)
    }

    /// Whether nobody knows its length beforehand.
    pub(super) fn is_chunked(&self) -> bool {
        self.is_chunked
    }
}

impl BodySource for Pieces {
    fn fill(&mut self) -> Result<bool, BodyError> {
        while self.buffered().is_empty() {
            match self.coming.pop_front() {
                None => {
                    self.is_chunked = false;
                    return Ok(false);
                }
                Some(piece) => {
                    self.here = piece;
                    self.taken = 0;
                }
            }
        }
        Ok(true)
    }

    fn buffered(&self) -> &[u8] {
        self.here.get(self.taken..).unwrap_or_default()
    }

    fn consume(&mut self, count: usize) {
        self.taken = self.taken.saturating_add(count).min(self.here.len());
    }

    fn remaining(&self) -> Option<u64> {
        (!self.is_chunked).then_some(self.buffered().len() as u64)
    }

    fn is_finished(&self) -> bool {
        !self.is_chunked && self.buffered().is_empty()
    }
}
