//! What a row is found by → a leaf.

use alloc::vec::Vec;

use super::choice::{Tested, Work};
use super::{Compiler, leaf_step};
use crate::path::MOST_SEGMENTS;
use crate::trie::leaf::{CHUNK, Check, Chunk, Compared, Leaf};
use crate::trie::step::Step;

impl Compiler {
    /// What a row is found by, whatever of it has been tested: tags do not prove anything.
    pub(super) fn leaf(&mut self, work: &Work<'_>, winner: u32) -> Step {
        let Some(row) = work.rows.get(winner as usize) else {
            return Step::NOTHING;
        };
        let mut checks = Vec::new();
        let (mut head, mut tail, mut middle) = ([0; CHUNK], [0; CHUNK], [0; CHUNK]);
        // A middle that is nothing is found soonest at the end.
        let (mut column, mut middle_back) =
            (work.count.saturating_sub(1).min(MOST_SEGMENTS - 1), 0);
        for run in work.runs(winner, &Tested::default(), &self.names) {
            let text = run.text.as_slice();
            // What is still to be compared, before so many bytes that the end of the path covers.
            let (mut from, mut back) = (0, 0);
            if run.first == 0 {
                let is_all = run.last + 1 == work.count;
                let behind: &[u8] = if is_all { b"" } else { b"/" };
                for (slot, byte) in head.iter_mut().zip(text.iter().chain(behind)) {
                    *slot = *byte;
                }
                if text.len() < CHUNK {
                    from = text.len();
                }
            }
            if run.last + 1 == work.count {
                back = text.len().min(CHUNK);
                fill_from_end(&mut tail, text);
            }
            let mut end = text.len() - back;
            // What begins before the end of the first chunk leaves nothing open if the two have a slash in common:
            // no path with so many slashes could hold both farther apart.
            let is_covered = |end: usize| {
                let common = text.get(end..CHUNK).unwrap_or_default();
                run.first == 0 && common.contains(&b'/')
            };
            while end > from && !is_covered(end) {
                let start = from.max(end.saturating_sub(CHUNK));
                let chunk = text.get(start..end).unwrap_or_default();
                let back = text.len() - end;
                if middle == [0; CHUNK] {
                    fill_from_end(&mut middle, chunk);
                    (column, middle_back) = (run.last, back);
                } else {
                    let chunk = self.texts.intern(chunk);
                    checks.push(Check::new(chunk, run.last, back).0);
                }
                end = start;
            }
        }
        let [head, tail, middle] = [head, tail, middle].map(|bytes| self.chunk(bytes) as usize);
        let compared = Compared {
            head,
            tail,
            middle,
            column,
            back: middle_back,
            others: self.others(checks) as usize,
            shape: work.shape,
        };
        let far = |compiler: &mut Self| {
            let leaf = Leaf::new(compared);
            let fresh = compiler.tables.leaves.len() as u32;
            let at = *compiler.known_leaves.entry(leaf).or_insert(fresh);
            if at == fresh {
                compiler.tables.leaves.push([leaf.0, leaf.1]);
            }
            leaf_step(row.route, row.captured, row.special, at)
        };
        if row.special.is_some() {
            return far(self);
        }
        if let (Ok(captured), 0) = (u8::try_from(row.captured), compared.others) {
            let near = Step::near(row.route, captured, compared);
            return near.unwrap_or_else(|| far(self));
        }
        let leaf = far(self);
        let at = self.tables.steps.len() as u32;
        match Step::near(at, 0, compared) {
            Some(near) => {
                self.tables.steps.push([leaf.0, leaf.1]);
                near.with_more()
            }
            None => leaf,
        }
    }

    /// The number of a chunk.
    fn chunk(&mut self, bytes: [u8; CHUNK]) -> u32 {
        let chunk: Chunk = bytemuck::cast(bytes);
        let fresh = self.tables.chunks.len() as u32;
        let at = *self.known_chunks.entry(chunk).or_insert(fresh);
        if at == fresh {
            self.tables.chunks.push(chunk);
        }
        at
    }

    /// The number of a run of checks.
    fn others(&mut self, checks: Vec<u64>) -> u32 {
        if let Some(&at) = self.known_checks.get(&checks) {
            return at;
        }
        let at = self.tables.others.len() as u32;
        let from = self.tables.checks.len() as u32;
        self.tables.others.push([from, checks.len() as u32]);
        self.tables.checks.extend_from_slice(&checks);
        self.known_checks.insert(checks, at);
        at
    }
}

/// Puts the last bytes of a text at the end.
fn fill_from_end(bytes: &mut [u8; CHUNK], text: &[u8]) {
    for (slot, byte) in bytes.iter_mut().rev().zip(text.iter().rev()) {
        *slot = *byte;
    }
}
