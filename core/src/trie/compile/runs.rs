//! Literals that stand behind each other.

use alloc::vec::Vec;

use super::choice::{End, Tested, Work};
use super::rows::{Condition, Names};
use crate::trie::leaf::apart;

/// Literals of neighbouring columns.
pub(super) struct Run {
    pub(super) first: usize,
    pub(super) last: usize,
    /// The literals, each behind a slash.
    pub(super) text: Vec<u8>,
}

/// A literal behind a slash.
pub(super) fn with_slash(literal: &[u8]) -> Vec<u8> {
    let literal = literal.iter().map(|&byte| apart(byte));
    core::iter::once(b'/').chain(literal).collect()
}

impl Work<'_> {
    /// The literals that a row still asks for.
    pub(super) fn runs(&self, row: u32, tested: &Tested, names: &Names) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for column in 0..self.count {
            let Condition::Literal(literal) = self.condition(row, column, tested) else {
                continue;
            };
            let text = with_slash(names.bytes(literal));
            match runs.last_mut() {
                Some(run) if run.last + 1 == column => {
                    run.last = column;
                    run.text.extend(text);
                }
                _ => runs.push(Run {
                    first: column,
                    last: column,
                    text,
                }),
            }
        }
        runs
    }

    /// How many bytes at an end of the path a row fixes.
    ///
    /// The slash before or behind the run counts, where there is one.
    pub(super) fn fixed_bytes(
        &self,
        row: u32,
        is_last: bool,
        tested: &Tested,
        names: &Names,
    ) -> usize {
        let mut bytes = 0;
        for turn in 0..self.count {
            let column = if is_last { self.count - 1 - turn } else { turn };
            let Condition::Literal(literal) = self.condition(row, column, tested) else {
                return bytes;
            };
            // The slash that parts it from what is next to it.
            let is_at_edge = turn + 1 == self.count;
            bytes += names.bytes(literal).len() + usize::from(!is_at_edge || is_last);
            if bytes >= 8 {
                return 8;
            }
        }
        bytes
    }

    /// What a row has at an end of the path, as a switch sees it.
    pub(super) fn end_window(&self, row: u32, end: End, names: &Names) -> u64 {
        let mut text = Vec::new();
        let none = Tested::default();
        for turn in 0..self.count {
            let column = if end.is_last {
                self.count - 1 - turn
            } else {
                turn
            };
            let Condition::Literal(literal) = self.condition(row, column, &none) else {
                break;
            };
            // The bytes in the order in which they are met from the end.
            let bytes = names.bytes(literal).iter().copied();
            if end.is_last {
                text.extend(bytes.rev());
            } else {
                text.extend(bytes);
            }
            text.push(b'/');
            if text.len() >= end.bytes {
                break;
            }
        }
        let add = |window, &byte: &u8| window << 8 | u64::from(byte);
        let seen = text.iter().take(end.bytes);
        if end.is_last {
            seen.fold(0, add)
        } else {
            seen.rev().fold(0, add)
        }
    }
}
