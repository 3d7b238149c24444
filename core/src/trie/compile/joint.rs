//! Routes of several shapes that begin alike → one step.
//!
//! A switch can tell shapes and literals apart at once, since the shape is added to the bytes that it looks
//! at. So no step is made for the shape alone, unless the routes have nothing else in common.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::choice::{Tested, Work};
use super::decide::{Child, Look, Otherwise, TooLarge};
use super::rows::{Condition, Row};
use super::{BYTES_PER_BYTE, Compiler, Entry};
use crate::path::ALWAYS_NOTED;
use crate::trie::shape::Shape;
use crate::trie::step::Step;

/// Only of these columns it is known where they are whatever the shape.
const COLUMNS: usize = ALWAYS_NOTED - 1;

impl Compiler {
    /// The step that paths of any shape begin with, for routes without a catch-all. `besides` are bytes that it
    /// may take in any case.
    pub(super) fn joint(&mut self, routes: &[Entry<'_>], besides: usize) -> Step {
        let mut rows: BTreeMap<Shape, Vec<Row>> = BTreeMap::new();
        let mut bytes = 0;
        for entry in routes {
            let template = entry.template;
            let shape = Shape::new(template.segments().len(), template.as_str().ends_with('/'));
            if let Some(row) = self.row(entry, shape) {
                bytes += template.as_str().len();
                rows.entry(shape).or_default().push(row);
            }
        }
        let most_bytes = self.bytes() + BYTES_PER_BYTE * bytes + besides;
        let empty = self.names.empty();
        let mut works: Vec<Work<'_>> = rows
            .iter()
            .map(|(&shape, rows)| Work::new(rows, shape, shape, most_bytes, empty))
            .collect();
        match works.as_mut_slice() {
            [] => return Step::NOTHING,
            [work] => return self.root_of(work),
            _ => {}
        }
        if let Some(column) = best_column(&works) {
            let step = self.or_nothing(|compiler| compiler.at_column(&mut works, column));
            if let Some(step) = step {
                return step;
            }
            // What is known of the rows went with it.
            works.iter_mut().for_each(|work| work.known.clear());
        }
        let steps = works
            .iter_mut()
            .map(|work| (work.shape, self.root_of(work)))
            .collect();
        self.by_shape(steps)
    }

    /// The switch that tells apart the shapes, and the literals of a column besides.
    fn at_column(&mut self, works: &mut [Work<'_>], column: usize) -> Result<Step, TooLarge> {
        let none = Tested::default();
        let mut children = Vec::new();
        let mut others = Vec::new();
        let mut has_affix = false;
        for work in works {
            let shape = work.shape;
            let mut add = |literal: Option<u32>, step: Step| {
                children.push(Child {
                    shape,
                    literal,
                    window: 0,
                    step,
                });
            };
            let rows: Vec<u32> = work.all().collect();
            if column >= work.count {
                add(None, self.step(work, rows, none.clone(), 1)?);
                continue;
            }
            let (literals, rest) = self.parted(work, &rows, &none, column);
            let mut known = none.clone();
            if !rest.is_empty() {
                known.known |= 1 << column;
            }
            for (literal, rows) in literals {
                add(Some(literal), self.step(work, rows, known.clone(), 1)?);
            }
            if !rest.is_empty() {
                let is_affix =
                    |&row| matches!(work.condition(row, column, &none), Condition::Affix(_));
                has_affix |= rest.iter().any(is_affix);
                others.push((shape, self.step(work, rest, none.clone(), 1)?));
            }
        }
        let otherwise = (!others.is_empty()).then(|| Otherwise {
            step: self.by_shape(others),
            has_affix,
        });
        self.slots(Look::Column(column, otherwise), &children)
    }

    /// The switch that tells shapes apart.
    fn by_shape(&mut self, steps: Vec<(Shape, Step)>) -> Step {
        if let [(_, step)] = steps.as_slice() {
            return *step;
        }
        let children: Vec<Child> = steps
            .into_iter()
            .map(|(shape, step)| Child {
                shape,
                literal: None,
                window: 0,
                step,
            })
            .collect();
        self.or_plain(|compiler| compiler.slots(Look::Shape, &children))
    }
}

/// The column that tells the most apart, of those that copy the fewest rows; none where no literal tells more
/// than the shape does.
fn best_column(works: &[Work<'_>]) -> Option<usize> {
    let none = Tested::default();
    let mut best = None;
    for column in 0..COLUMNS {
        let (mut copies, mut outcomes) = (0, 0);
        for work in works {
            let mut literals = BTreeSet::new();
            let mut others = 0;
            for row in work.all() {
                match work.condition(row, column, &none) {
                    Condition::Literal(literal) => {
                        literals.insert(literal);
                    }
                    _ => others += 1,
                }
            }
            copies += others * literals.len();
            outcomes += literals.len() + usize::from(others > 0);
        }
        let cost = (copies, usize::MAX - outcomes);
        if outcomes > works.len() && best.is_none_or(|(least, _)| cost < least) {
            best = Some((cost, column));
        }
    }
    best.map(|(_, column)| column)
}
