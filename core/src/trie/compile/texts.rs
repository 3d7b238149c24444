//! Texts, each once.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::trie::tables::MARGIN;

/// Texts behind each other, with a margin before and behind them.
#[derive(Debug)]
pub(super) struct Texts {
    known: BTreeMap<Box<[u8]>, u32>,
    bytes: Vec<u8>,
}

impl Texts {
    pub(super) fn new() -> Self {
        Self {
            known: BTreeMap::new(),
            bytes: Vec::from([0; MARGIN]),
        }
    }

    /// Where that text begins, and its length.
    pub(super) fn intern(&mut self, text: &[u8]) -> [u32; 2] {
        let len = text.len() as u32;
        if let Some(&start) = self.known.get(text) {
            return [start, len];
        }
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(text);
        self.known.insert(text.into(), start);
        [start, len]
    }

    pub(super) fn finish(&mut self) -> Vec<u8> {
        self.bytes.extend_from_slice(&[0; MARGIN]);
        core::mem::take(&mut self.bytes)
    }
}
