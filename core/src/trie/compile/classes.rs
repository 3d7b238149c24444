//! The routes of a method → those that begin alike.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::slots::{lay_out, window};
use super::{BYTES_BESIDES, Compiler, Entry};
use crate::path::LONGEST_PATH;
use crate::template::Segment;
use crate::trie::leaf::apart;
use crate::trie::roots::Class;
use crate::trie::step::{CLASS, Step, factor};

/// Where more routes on average begin alike, classes would not part them much.
const MOST_ALIKE: usize = 64;

/// A segment that begins in the same place of all paths.
struct Head {
    /// The bytes before it.
    place: usize,
    /// Which routes have a literal there, by its first bytes.
    literals: BTreeMap<u64, Vec<usize>>,
    /// Those that have none.
    others: Vec<usize>,
}

impl Compiler {
    /// The switch that leads to the classes of a method.
    pub(super) fn classes(&mut self, routes: &[Entry<'_>]) -> Step {
        let head = best_head(routes);
        let windows: Vec<u64> = head.literals.keys().copied().collect();
        if windows.len() < 2 || routes.len() / windows.len() > MOST_ALIKE {
            let class = self.class(routes, BYTES_BESIDES);
            let one = self.tables.steps.len() as u32 + 1;
            self.tables.steps.extend([[class.0, class.1]; 3]);
            return Step::new(factor(0, 1, 0), one, CLASS);
        }
        let layout = lay_out(&windows, head.place as i16, &mut self.random);
        let besides = BYTES_BESIDES / windows.len();
        let mut entries = Vec::new();
        let others: Vec<Entry<'_>> = pick(routes, head.others.clone());
        let other = self.class(&others, besides);
        entries.push([other.0, other.1]);
        for slot in &layout.slots {
            let own = slot
                .iter()
                .filter_map(|&number| windows.get(number as usize));
            let own: Vec<u64> = own.copied().collect();
            let mut rows = head.others.clone();
            for window in &own {
                rows.extend(head.literals.get(window).into_iter().flatten());
            }
            let class = match own.as_slice() {
                [] => other,
                [window] => {
                    let hash = Step(layout.factor, 0).hash(*window);
                    self.class(&pick(routes, rows), besides).tagged(Some(hash))
                }
                _ => self.class(&pick(routes, rows), besides),
            };
            entries.push([class.0, class.1]);
        }
        let one = self.tables.steps.len() as u32 + 1;
        self.tables.steps.extend(entries);
        Step::new(layout.factor, one, CLASS)
    }

    /// The roots of some routes.
    fn class(&mut self, routes: &[Entry<'_>], besides: usize) -> Step {
        let counts = routes.iter().map(|entry| entry.template.segments().len());
        let (Some(fewest), Some(most)) = (counts.clone().min(), counts.max()) else {
            return Step::NOTHING;
        };
        let has_catch_all = routes.iter().any(|entry| entry.template.has_catch_all());
        // The last root is for paths with fewer segments as well, where there are no others for them.
        let fewest = if has_catch_all { 0 } else { fewest };
        let has_open = has_catch_all
            || routes
                .iter()
                .any(|entry| entry.template.as_str().ends_with('/'));
        let mut roots = Vec::new();
        let mut add = |is_open: bool| {
            for count in fewest..=most + 1 {
                let root = self.root(routes, count, is_open, besides);
                roots.push([root.0, root.1]);
            }
        };
        add(false);
        if has_open {
            add(true);
        }
        let first = self.tables.steps.len() as u32;
        self.tables.steps.extend(roots);
        let class = Class::new(first, fewest, most + 1 - fewest, has_open);
        Step::new(class.0, 0, CLASS)
    }
}

/// Some of the routes, in their order.
fn pick<'r>(routes: &[Entry<'r>], mut places: Vec<usize>) -> Vec<Entry<'r>> {
    places.sort_unstable();
    let own = places.into_iter().filter_map(|at| routes.get(at));
    own.copied().collect()
}

/// The segment that parts the routes best: the first of those with the most literals, before which all
/// routes have literals of the same lengths.
fn best_head(routes: &[Entry<'_>]) -> Head {
    let mut best = Head {
        place: 0,
        literals: BTreeMap::new(),
        others: Vec::new(),
    };
    let mut place = 1;
    for column in 0.. {
        let mut head = Head {
            place,
            literals: BTreeMap::new(),
            others: Vec::new(),
        };
        for (at, entry) in routes.iter().enumerate() {
            match entry.template.segments().get(column) {
                Some(Segment::Literal(bytes)) => {
                    head.literals.entry(window(bytes, 0)).or_default().push(at);
                }
                _ => head.others.push(at),
            }
        }
        // A route that has no literal there belongs to every class.
        let copies = head.others.len() * head.literals.len();
        if copies <= routes.len() && head.literals.len() > best.literals.len() {
            best = head;
        }
        match common_len(routes, column) {
            Some(len) if place + len < LONGEST_PATH => place += len + 1,
            _ => break,
        }
    }
    best
}

/// The length of the literals there, if all routes have literals of the same length that need no escapes.
fn common_len(routes: &[Entry<'_>], column: usize) -> Option<usize> {
    let mut lengths = routes.iter().map(|entry| {
        let Some(Segment::Literal(bytes)) = entry.template.segments().get(column) else {
            return None;
        };
        let is_plain = bytes.iter().all(|&byte| apart(byte) == byte);
        is_plain.then_some(bytes.len())
    });
    let first = lengths.next()??;
    lengths.all(|length| length == Some(first)).then_some(first)
}
