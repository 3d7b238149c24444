//! Which test a set of rows is parted by.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::rows::{Condition, Names, Row};
use crate::path::MOST_SEGMENTS;
use crate::trie::shape::Shape;
use crate::trie::step::{Step, Window};

/// The most rows of which each is compared with each.
const MOST_COMPARED: usize = 64;

/// The rows of one root while they are compiled.
pub(super) struct Work<'r> {
    pub(super) rows: &'r [Row],
    pub(super) count: usize,
    /// What is added to windows, and asked for by leaves.
    pub(super) shape: Shape,
    pub(super) most_bytes: usize,
    /// The literal that is nothing, if there is one.
    pub(super) empty: Option<u32>,
    pub(super) known: BTreeMap<(Vec<u32>, Tested), Step>,
}

/// What has been tested on the way to a step.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tested {
    /// Columns in which the literal is known; one more than a path has segments, for a catch-all.
    pub(super) known: u64,
    /// Affixes that fit.
    pub(super) fitting: Vec<(u8, u32)>,
}

/// Some bytes at an end of the path, eight at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub(super) is_last: bool,
    pub(super) bytes: usize,
}

impl End {
    /// Where these bytes are in paths of so many segments, fewer than [`MOST_SEGMENTS`].
    pub(super) fn window(self, count: usize) -> Window {
        let limit = count.saturating_sub(1);
        let bytes = self.bytes as i16;
        let (anchor, offset) = if self.is_last {
            (count, -bytes)
        } else {
            (0, 1)
        };
        Window {
            anchor,
            offset,
            limit,
            most: self.bytes,
        }
    }
}

/// How to go on with a set of rows.
pub(super) enum Test {
    End(End),
    Literals(usize),
    Affix(usize, u32),
}

impl<'r> Work<'r> {
    /// Rows for paths of a shape. `told` is the same if the walk knows it, or else any.
    pub(super) fn new(
        rows: &'r [Row],
        shape: Shape,
        told: Shape,
        most_bytes: usize,
        empty: Option<u32>,
    ) -> Self {
        Self {
            rows,
            count: shape.count(),
            shape: told,
            most_bytes,
            empty,
            known: BTreeMap::new(),
        }
    }
}

impl Work<'_> {
    /// The numbers of all rows.
    pub(super) fn all(&self) -> impl Iterator<Item = u32> + use<> {
        0..self.rows.len() as u32
    }

    /// What a row still asks of a column.
    pub(super) fn condition(&self, row: u32, column: usize, tested: &Tested) -> Condition {
        if tested.known & 1 << column != 0 {
            return Condition::Free;
        }
        let condition = self
            .rows
            .get(row as usize)
            .and_then(|row| row.conditions.get(column))
            .copied()
            .unwrap_or(Condition::Free);
        match condition {
            Condition::Affix(affix) if tested.fitting.contains(&(column as u8, affix)) => {
                Condition::Free
            }
            condition => condition,
        }
    }

    /// Takes out rows that another row before them hides, since it asks for no more.
    pub(super) fn drop_hidden(&self, set: &mut Vec<u32>, tested: &Tested) {
        let asks =
            |row: u32| (0..self.count).any(|at| self.condition(row, at, tested) != Condition::Free);
        if let Some(at) = set.iter().position(|&row| !asks(row)) {
            let mut place = 0;
            set.retain(|&row| {
                place += 1;
                place <= at + 1 || self.takes_empty(row, tested)
            });
        }
        if set.len() > MOST_COMPARED {
            return;
        }
        let mut kept: Vec<u32> = Vec::with_capacity(set.len());
        for &row in set.iter() {
            let is_hidden = kept.iter().any(|&before| {
                (0..self.count).all(|column| {
                    let condition = self.condition(before, column, tested);
                    let other = self.condition(row, column, tested);
                    condition == other
                        || (condition == Condition::Free && !self.is_empty_literal(other))
                })
            });
            if !is_hidden {
                kept.push(row);
            }
        }
        *set = kept;
    }

    /// Whether a row asks for an empty segment, which no parameter before it takes.
    fn takes_empty(&self, row: u32, tested: &Tested) -> bool {
        (0..self.count).any(|at| self.is_empty_literal(self.condition(row, at, tested)))
    }

    fn is_empty_literal(&self, condition: Condition) -> bool {
        self.empty
            .is_some_and(|empty| condition == Condition::Literal(empty))
    }

    /// The test that copies the fewest rows; of those the one with the most outcomes, of those the
    /// leftmost. `None` where all rows ask the same.
    ///
    /// Bytes at an end of the path are found sooner than those of a segment, so they are taken instead
    /// if they tell half as many rows apart.
    pub(super) fn choose(&self, set: &[u32], tested: &Tested, names: &Names) -> Option<Test> {
        let &first = set.first()?;
        let mut best: Option<((usize, usize), Test)> = None;
        for column in 0..self.count {
            let own = self.condition(first, column, tested);
            let mut literals = BTreeSet::new();
            let mut affixes = BTreeMap::new();
            let mut others = 0_usize;
            let mut is_common = true;
            for &row in set {
                let condition = self.condition(row, column, tested);
                is_common &= condition == own;
                match condition {
                    Condition::Literal(literal) => {
                        literals.insert(literal);
                    }
                    Condition::Affix(affix) => {
                        *affixes.entry(affix).or_insert(0_usize) += 1;
                        others += 1;
                    }
                    Condition::Free => others += 1,
                }
            }
            if is_common {
                continue;
            }
            let candidate = if literals.is_empty() {
                // The affix of the row with precedence, or of the first that has one.
                let affix = set
                    .iter()
                    .find_map(|&row| match self.condition(row, column, tested) {
                        Condition::Affix(affix) => Some(affix),
                        _ => None,
                    });
                affix.map(|affix| {
                    let with = affixes.get(&affix).copied().unwrap_or_default();
                    ((set.len() - with, usize::MAX), Test::Affix(column, affix))
                })
            } else {
                let copies = others * literals.len();
                Some((
                    (copies, usize::MAX - literals.len()),
                    Test::Literals(column),
                ))
            };
            if let Some((cost, test)) = candidate
                && best.as_ref().is_none_or(|(least, _)| cost < *least)
            {
                best = Some((cost, test));
            }
        }
        let ((copies, outcomes), test) = best?;
        let outcomes = match test {
            Test::Literals(_) if copies == 0 => usize::MAX - outcomes,
            _ => 0,
        };
        let end = [false, true]
            .into_iter()
            .filter_map(|is_last| self.end(set, is_last, tested, names))
            .max_by_key(|(_, outcomes)| *outcomes);
        match end {
            Some((end, told)) if told > 1 && 2 * told >= outcomes => Some(Test::End(end)),
            _ => Some(test),
        }
    }

    /// The bytes that all rows fix at an end of the path, and how many outcomes they have.
    fn end(
        &self,
        set: &[u32],
        is_last: bool,
        tested: &Tested,
        names: &Names,
    ) -> Option<(End, usize)> {
        let bytes = set
            .iter()
            .map(|&row| self.fixed_bytes(row, is_last, tested, names))
            .min()?;
        if bytes == 0 || self.count >= MOST_SEGMENTS {
            return None;
        }
        let end = End { is_last, bytes };
        let outcomes: BTreeSet<u64> = set
            .iter()
            .map(|&row| self.end_window(row, end, names))
            .collect();
        Some((end, outcomes.len()))
    }
}
