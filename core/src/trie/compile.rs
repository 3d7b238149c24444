//! Templates → tables.
//!
//! | module | holds |
//! |---|---|
//! | `rows` | templates as rows of conditions, one for each segment |
//! | `concrete` | templates without parameters → their table |
//! | `classes` | the routes of a method → those that begin alike |
//! | `joint` | routes of several shapes that begin alike → one step |
//! | `choice` | which test parts a set of rows |
//! | `decide` | a set of rows → the step that tells them apart |
//! | `leaves` | what a row is found by → a leaf |
//! | `runs` | the literals of a row that stand behind each other, and at the ends of the path |
//! | `slots` | the outcomes of a step → its slots |
//! | `plain` | templates → the plain trie, where the tables would grow too large |
//! | `texts` | what is compared |
//!
//! Entries are pushed before those that lead to them, so that every step leads to lower numbers.

mod choice;
mod classes;
mod concrete;
mod decide;
mod joint;
mod leaves;
mod plain;
mod rows;
mod runs;
mod slots;
mod texts;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::leaf::{Chunk, Leaf};
use super::owned::OwnedTables;
use super::roots::Method;
use super::shape::Shape;
use super::step::{self, CAPTURE_AFFIX, CAPTURE_REST, CAPTURE_SEGMENT, LEAF, PLAIN, SPECIAL, Step};
use crate::method::{MethodSet, Number};
use crate::template::{Segment, Template};
use choice::{Tested, Work};
use decide::TooLarge;
use rows::{Names, Row};
use texts::Texts;

/// The cap of a root: so many bytes for each byte of its templates, and some besides.
const BYTES_PER_BYTE: usize = 4;
const BYTES_BESIDES: usize = 16 * 1024;

/// Compiles method after method into the same tables.
struct Compiler {
    tables: OwnedTables,
    names: Names,
    texts: Texts,
    known_leaves: BTreeMap<Leaf, u32>,
    known_chunks: BTreeMap<Chunk, u32>,
    known_checks: BTreeMap<Vec<u64>, u32>,
    /// Whether a root of the method that is compiled leads to the plain trie.
    needs_plain: bool,
    /// Whether routes without parameters have a table of their own.
    has_concrete: bool,
    random: u64,
}

/// A route of the method that is compiled.
#[derive(Clone, Copy)]
struct Entry<'r> {
    template: &'r Template,
    route: u32,
    /// Its captures, if some are not whole segments.
    special: Option<u32>,
}

/// Compiles routes, by the numbers of their methods, of which those of one method have different shapes.
pub(crate) fn compile(routes: &[Vec<(Template, u32)>]) -> OwnedTables {
    let concrete = concrete::concrete(routes);
    let are_most = 2 * concrete.len() >= routes.iter().map(Vec::len).sum();
    let places = are_most.then(|| concrete::places(&concrete)).flatten();
    let mut compiler = Compiler::new(places.is_some());
    for (number, routes) in routes.iter().enumerate() {
        if !routes.is_empty() {
            let method = compiler.method(routes);
            if let Some(slot) = compiler.tables.methods.get_mut(number) {
                *slot = [method.0, method.1];
            }
            compiler.tables.used = compiler.tables.used.with(MethodSet::of(number as Number));
        }
    }
    if let Some(places) = places {
        compiler.place_concrete(&concrete, places);
    }
    compiler.finish()
}

impl Compiler {
    fn new(has_concrete: bool) -> Self {
        let mut tables = OwnedTables::default();
        // The first leads nowhere.
        tables.steps.push([0; 2]);
        tables.chunks.push([0; 2]);
        tables.others.push([0; 2]);
        Self {
            tables,
            names: Names::default(),
            texts: Texts::new(),
            known_leaves: BTreeMap::new(),
            known_chunks: BTreeMap::from([([0; 2], 0)]),
            known_checks: BTreeMap::from([(Vec::new(), 0)]),
            needs_plain: false,
            has_concrete,
            random: 0x9E37_79B9_7F4A_7C15,
        }
    }

    /// Compiles the routes of one method but for those that have a table of their own.
    fn method(&mut self, routes: &[(Template, u32)]) -> Method {
        let has_place =
            |template: &Template| self.has_concrete && concrete::text(template).is_some();
        let own = routes.iter().filter(|(template, _)| !has_place(template));
        let mut order: Vec<&(Template, u32)> = own.collect();
        order.sort_by(|(one, _), (other, _)| one.segments().cmp(other.segments()));
        let mut entries = Vec::with_capacity(order.len());
        for (template, route) in order.iter().copied() {
            entries.push(Entry {
                template,
                route: *route,
                special: self.special(template),
            });
        }
        let classes = self.classes(&entries);
        let has_catch_all = order.iter().any(|(template, _)| template.has_catch_all());
        let plain = (has_catch_all || self.needs_plain).then(|| self.plain(&order));
        self.needs_plain = false;
        Method::new(classes, has_catch_all, plain)
    }

    /// The tables of all methods.
    fn finish(mut self) -> OwnedTables {
        for affix in self.names.affixes() {
            let start = self.tables.literals.len() as u32;
            let count = affix.literals.len() as u32;
            self.tables.affixes.push([start, count]);
            for literal in &affix.literals {
                self.tables.literals.push(self.texts.intern(literal));
            }
        }
        self.tables.text = self.texts.finish();
        self.tables
    }

    /// The captures of a template, where some are not whole segments.
    fn special(&mut self, template: &Template) -> Option<u32> {
        let segments = template.segments();
        let is_plain = segments
            .iter()
            .all(|segment| matches!(segment, Segment::Literal(_) | Segment::Parameter));
        if is_plain {
            return None;
        }
        let start = self.tables.specials.len();
        self.tables.specials.push(0);
        for (column, segment) in segments.iter().enumerate() {
            let column = column as u8;
            let capture = match segment {
                Segment::Literal(_) => continue,
                Segment::Parameter => step::capture(CAPTURE_SEGMENT, column, 0),
                Segment::CatchAll => step::capture(CAPTURE_REST, column, 0),
                Segment::Affixed(affix) => {
                    step::capture(CAPTURE_AFFIX, column, self.names.affix(affix))
                }
            };
            self.tables.specials.push(capture);
        }
        let count = (self.tables.specials.len() - start - 1) as u32;
        if let Some(first) = self.tables.specials.get_mut(start) {
            *first = count;
        }
        Some(start as u32)
    }

    /// The step that paths with so many segments begin with, for the routes that take such, if only they do not
    /// end with a slash. `besides` are bytes that it may take in any case.
    fn root(&mut self, routes: &[Entry<'_>], count: usize, besides: usize) -> Step {
        let shape = Shape::new(count, false);
        let mut bytes = 0;
        let mut rows = Vec::new();
        for entry in routes {
            if let Some(row) = self.row(entry, shape) {
                bytes += entry.template.as_str().len();
                rows.push(row);
            }
        }
        let most_bytes = self.bytes() + BYTES_PER_BYTE * bytes + besides;
        self.root_of(&mut Work::new(
            &rows,
            shape,
            Shape::ANY,
            most_bytes,
            self.names.empty(),
        ))
    }

    /// The step that some rows begin with.
    fn root_of(&mut self, work: &mut Work<'_>) -> Step {
        if work.rows.is_empty() {
            return Step::NOTHING;
        }
        let set: Vec<u32> = work.all().collect();
        self.or_plain(|compiler| compiler.step(work, set, Tested::default(), 0))
    }

    /// A step, or the one that leads to the plain trie where the tables would grow too large.
    fn or_plain(&mut self, step: impl FnOnce(&mut Self) -> Result<Step, TooLarge>) -> Step {
        self.or_nothing(step).unwrap_or_else(|| {
            self.needs_plain = true;
            Step::new(0, 0, PLAIN)
        })
    }

    /// A step; none, and no entries, where the tables would grow too large.
    fn or_nothing(
        &mut self,
        step: impl FnOnce(&mut Self) -> Result<Step, TooLarge>,
    ) -> Option<Step> {
        let steps = self.tables.steps.len();
        let (leaves, chunks) = (self.tables.leaves.len(), self.tables.chunks.len());
        let (others, checks) = (self.tables.others.len(), self.tables.checks.len());
        let step = step(self);
        if step.is_err() {
            self.tables.steps.truncate(steps);
            self.tables.leaves.truncate(leaves);
            self.tables.chunks.truncate(chunks);
            self.tables.others.truncate(others);
            self.tables.checks.truncate(checks);
            self.known_leaves.retain(|_, at| (*at as usize) < leaves);
            self.known_chunks.retain(|_, at| (*at as usize) < chunks);
            self.known_checks.retain(|_, at| (*at as usize) < others);
        }
        step.ok()
    }

    /// What a route asks of paths of a shape, if it may take one.
    fn row(&mut self, entry: &Entry<'_>, shape: Shape) -> Option<Row> {
        Some(Row {
            conditions: self.names.conditions(entry.template, shape.count())?,
            route: entry.route,
            captured: captured(entry.template),
            special: entry.special,
        })
    }
}

/// The segments that a template captures as a whole.
fn captured(template: &Template) -> u32 {
    let segments = template.segments().iter().enumerate();
    segments
        .filter(|(_, segment)| matches!(segment, Segment::Parameter))
        .fold(0, |captured, (column, _)| captured | 1 << column)
}

/// A leaf of either kind, with what it compares.
fn leaf_step(route: u32, captured: u32, special: Option<u32>, leaf: u32) -> Step {
    let (captured, kind) = match special {
        Some(captures) => (captures, SPECIAL),
        None => (captured, LEAF),
    };
    let word = u64::from(route) | u64::from(captured) << 32;
    Step::new(word, leaf, kind)
}
