//! Rows → decision tables.
//!
//! A set of rows, the first of which has precedence, becomes a step: a leaf where all rows ask the
//! same of the segments that are still untested, or else a test of the column that copies the fewest
//! rows. Sets that ask the same are compiled once.
//!
//! Where every row of a set has a literal in the column, a segment that is none of them fits no row,
//! so a few bytes of it tell which literal it must be: the leaf compares it. Where other rows might
//! still match it is compared at once.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::Compiler;
use super::choice::{End, Test, Tested, Work};
use super::rows::Condition;
use super::runs;
use super::slots::{self, best_offset, lay_out};
use crate::trie::leaf::{CHUNK, Check, MOST_CHUNKS};
use crate::trie::shape::Shape;
use crate::trie::step::{AFFIX, CAREFUL, EXACT, MOST_ENTRIES, SWITCH, Step, Window};

/// The tables would grow beyond their cap.
pub(super) struct TooLarge;

/// Deeper than this, rows are left to the plain trie.
const DEEPEST: usize = 192;

/// Through so many switches at most one test goes; what they do not tell apart is left to the plain trie.
const LEVELS: usize = 4;

/// What one switch looks at.
#[derive(Clone, Copy)]
pub(super) enum Look {
    /// A segment, and what follows where it is no literal; none where nothing else can match.
    Column(usize, Option<Otherwise>),
    /// An end of the path of so many segments.
    End(End, usize),
    /// Nothing but the shape.
    Shape,
}

/// What follows where a segment is no literal.
#[derive(Clone, Copy)]
pub(super) struct Otherwise {
    pub(super) step: Step,
    /// Whether an affix is among it.
    pub(super) has_affix: bool,
}

/// What a switch leads to.
#[derive(Clone, Copy)]
pub(super) struct Child {
    pub(super) shape: Shape,
    /// The literal of the segment that is looked at, if paths of the shape have it.
    pub(super) literal: Option<u32>,
    /// What is seen at the end of the path, or of the segment; the shape is not yet in it.
    pub(super) window: u64,
    pub(super) step: Step,
}

impl Compiler {
    /// The size of what is capped.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.tables.steps.as_slice())
            + size_of_val(self.tables.leaves.as_slice())
            + size_of_val(self.tables.chunks.as_slice())
            + size_of_val(self.tables.others.as_slice())
            + size_of_val(self.tables.checks.as_slice())
    }

    /// Whether a table comes near what a step can tell apart.
    fn is_full(&self) -> bool {
        let tables = &self.tables;
        tables.steps.len().max(tables.leaves.len()) > MOST_ENTRIES / 2
            || tables.chunks.len().max(tables.others.len()) > MOST_CHUNKS / 2
    }

    pub(super) fn step(
        &mut self,
        work: &mut Work<'_>,
        mut set: Vec<u32>,
        tested: Tested,
        depth: usize,
    ) -> Result<Step, TooLarge> {
        work.drop_hidden(&mut set, &tested);
        let Some(&winner) = set.first() else {
            return Ok(Step::NOTHING);
        };
        let key = (set, tested);
        if let Some(&step) = work.known.get(&key) {
            return Ok(step);
        }
        let (set, tested) = key;
        if depth > DEEPEST || self.bytes() > work.most_bytes || self.is_full() {
            return Err(TooLarge);
        }
        let step = match work.choose(&set, &tested, &self.names) {
            None => self.leaf(work, winner),
            Some(Test::End(end)) => self.at_end(work, &set, &tested, end, depth)?,
            Some(Test::Literals(column)) => self.switch(work, &set, &tested, column, depth)?,
            Some(Test::Affix(column, affix)) => {
                let mut yes = tested.clone();
                yes.fitting.push((column as u8, affix));
                yes.fitting.sort_unstable();
                let fits = self.step(work, set.clone(), yes, depth + 1)?;
                let others = set
                    .iter()
                    .copied()
                    .filter(|&row| work.condition(row, column, &tested) != Condition::Affix(affix))
                    .collect();
                let otherwise = self.step(work, others, tested.clone(), depth + 1)?;
                let one = self.tables.steps.len() as u32 + 1;
                let both = [otherwise.untagged(), fits.untagged()];
                self.tables.steps.extend(both.map(|step| [step.0, step.1]));
                Step::new(affix.into(), one, AFFIX).at(Window {
                    anchor: column,
                    offset: 0,
                    limit: column,
                    most: 0,
                })
            }
        };
        let step = if tested.known != 0 && step != Step::NOTHING {
            step.unsure()
        } else {
            step
        };
        work.known.insert((set, tested), step);
        Ok(step)
    }

    fn switch(
        &mut self,
        work: &mut Work<'_>,
        set: &[u32],
        tested: &Tested,
        column: usize,
        depth: usize,
    ) -> Result<Step, TooLarge> {
        let (literals, others) = self.parted(work, set, tested, column);
        let is_exact = !others.is_empty();
        let mut known = tested.clone();
        if is_exact {
            known.known |= 1 << column;
            known.fitting.retain(|&(own, _)| usize::from(own) != column);
        }
        let mut children = Vec::with_capacity(literals.len());
        for (literal, rows) in literals {
            children.push(Child {
                shape: work.shape,
                literal: Some(literal),
                window: 0,
                step: self.step(work, rows, known.clone(), depth + 1)?,
            });
        }
        let otherwise = if is_exact {
            let is_affix =
                |&row: &u32| matches!(work.condition(row, column, tested), Condition::Affix(_));
            let has_affix = others.iter().any(is_affix);
            let step = self.step(work, others, tested.clone(), depth + 1)?;
            Some(Otherwise { step, has_affix })
        } else {
            None
        };
        self.slots(Look::Column(column, otherwise), &children)
    }

    /// The rows for each literal of a column, among them those that ask for none but may take it; and all that
    /// ask for none.
    pub(super) fn parted(
        &self,
        work: &Work<'_>,
        set: &[u32],
        tested: &Tested,
        column: usize,
    ) -> (BTreeMap<u32, Vec<u32>>, Vec<u32>) {
        let mut literals: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let mut others = Vec::new();
        for &row in set {
            match work.condition(row, column, tested) {
                Condition::Literal(literal) => literals.entry(literal).or_default().push(row),
                condition => others.push((row, condition)),
            }
        }
        for (&literal, rows) in &mut literals {
            let fitting = others
                .iter()
                .filter(|(_, condition)| self.names.takes(*condition, literal))
                .map(|(row, _)| *row);
            rows.extend(fitting);
            rows.sort_unstable();
        }
        (literals, others.into_iter().map(|(row, _)| row).collect())
    }

    fn at_end(
        &mut self,
        work: &mut Work<'_>,
        set: &[u32],
        tested: &Tested,
        end: End,
        depth: usize,
    ) -> Result<Step, TooLarge> {
        let mut groups: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
        for &row in set {
            let window = work.end_window(row, end, &self.names);
            groups.entry(window).or_default().push(row);
        }
        let mut children = Vec::with_capacity(groups.len());
        for (window, rows) in groups {
            children.push(Child {
                shape: work.shape,
                literal: None,
                window,
                step: self.step(work, rows, tested.clone(), depth + 1)?,
            });
        }
        self.slots(Look::End(end, work.count), &children)
    }

    /// The switch among some outcomes, each with the step that follows.
    pub(super) fn slots(&mut self, look: Look, children: &[Child]) -> Result<Step, TooLarge> {
        self.slots_below(look, children, 0)
    }

    /// The same in a slot of a switch, which is in one of so many others less one.
    fn slots_below(
        &mut self,
        look: Look,
        children: &[Child],
        level: usize,
    ) -> Result<Step, TooLarge> {
        if level == LEVELS {
            return Err(TooLarge);
        }
        let (window, windows) = match look {
            Look::Column(column, _) => {
                let literals: Vec<&[u8]> = children
                    .iter()
                    .filter_map(|child| Some(self.names.bytes(child.literal?)))
                    .collect();
                let offset = best_offset(&literals);
                let seen = |child: &Child| {
                    let literal = child.literal.map(|literal| self.names.bytes(literal));
                    literal.map_or(0, |literal| slots::window(literal, offset))
                };
                let windows = children.iter().map(seen).collect();
                (Window::of_segment(column, offset), windows)
            }
            Look::End(end, count) => (end.window(count), seen(children)),
            Look::Shape => (Window::NOTHING, seen(children)),
        };
        let windows: Vec<u64> = core::iter::zip(windows, children)
            .map(|(window, child): (u64, &Child)| window.wrapping_add(child.shape.mix()))
            .collect();
        let layout = lay_out(&windows, window.offset, 0, &mut self.random);
        let otherwise = match look {
            Look::Column(_, otherwise) => otherwise,
            Look::End(..) | Look::Shape => None,
        };
        let other = otherwise.map_or(Step::NOTHING, |otherwise| otherwise.step.untagged());
        let mut entries = Vec::from([[other.0, other.1]]);
        let mut wholes = Vec::new();
        for slot in &layout.slots {
            let own: Vec<Child> = slot
                .iter()
                .filter_map(|&number| children.get(number as usize).copied())
                .collect();
            let mut whole = [0; 2];
            let step = match own.as_slice() {
                [] => {
                    whole = [Check(0).of(Shape::NONE).0, 0];
                    Step::NOTHING.tagged(0, Shape::NONE)
                }
                [child] => {
                    if let Look::Column(column, Some(_)) = look {
                        whole = self.whole(child.literal, column, child.shape);
                    }
                    let number = slot.first().copied().unwrap_or_default();
                    let window = windows.get(number as usize).copied().unwrap_or_default();
                    let hash = Step(layout.factor, 0).hash(window);
                    child.step.tagged(hash, child.shape)
                }
                // Not one factor of many has parted them.
                several if children.len() > 1 && several.len() == children.len() => {
                    return Err(TooLarge);
                }
                several => self.slots_below(look, several, level + 1)?.untagged(),
            };
            entries.push([step.0, step.1]);
            wholes.push(whole);
        }
        let one = self.tables.steps.len() as u32 + 1;
        self.tables.steps.extend(entries);
        let kind = match otherwise {
            None => SWITCH,
            Some(otherwise) => {
                self.tables.steps.extend(wholes);
                if otherwise.has_affix { CAREFUL } else { EXACT }
            }
        };
        Ok(Step::new(layout.factor, one, kind).at(window))
    }

    /// What a slot compares a whole segment with: one check, and where the literal stands if that is
    /// not all of it.
    fn whole(&mut self, literal: Option<u32>, column: usize, shape: Shape) -> [u64; 2] {
        let Some(literal) = literal else {
            return [Check(0).of(shape).0, 0];
        };
        let bytes = self.names.bytes(literal);
        let text = runs::with_slash(bytes);
        let is_long = text.len() > CHUNK;
        let last = text.get(text.len().saturating_sub(CHUNK)..);
        let last = self.texts.intern(last.unwrap_or_default());
        let label = if is_long {
            let [start, len] = self.texts.intern(bytes);
            u64::from(start) | u64::from(len) << 32
        } else {
            0
        };
        [Check::new(last, column, 0).of(shape).0, label]
    }
}

fn seen(children: &[Child]) -> Vec<u64> {
    children.iter().map(|child| child.window).collect()
}
