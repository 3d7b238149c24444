//! The routes of a method → those that begin alike.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::slots::{lay_out, window};
use super::{BYTES_BESIDES, Compiler, Entry};
use crate::path::LONGEST_PATH;
use crate::template::Segment;
use crate::trie::leaf::apart;
use crate::trie::roots::Class;
use crate::trie::shape::Shape;
use crate::trie::step::{CLASS, Step, factor};

/// Where more routes on average begin alike, classes would not part them much.
const MOST_ALIKE: usize = 64;
/// Classes are looked for so many bytes behind the beginning of a segment at most.
const FARTHEST: usize = 16;

/// How often slots are doubled, since classes that share one become one.
const SPARSE: u32 = 2;

/// Routes by what they have in one place of a segment, before which all routes have literals of the same lengths.
struct Parted {
    /// Where in a path that is.
    place: usize,
    /// Which routes have which bytes there.
    alike: BTreeMap<u64, Vec<usize>>,
    /// Those that have no literal, and so belong to every class.
    others: Vec<usize>,
}

impl Compiler {
    /// The switch that leads to the classes of a method.
    pub(super) fn classes(&mut self, routes: &[Entry<'_>]) -> Step {
        let Parted {
            place,
            alike,
            others,
        } = parted(routes);
        let windows: Vec<u64> = alike.keys().copied().collect();
        if windows.len() < 2 || routes.len() / windows.len() > MOST_ALIKE {
            let class = self.class(routes, BYTES_BESIDES);
            let one = self.tables.steps.len() as u32 + 1;
            self.tables.steps.extend([[class.0, class.1]; 3]);
            return Step::new(factor(0, 1, 0), one, CLASS);
        }
        let layout = lay_out(&windows, place as i16, SPARSE, &mut self.random);
        let besides = BYTES_BESIDES / windows.len();
        let mut entries = Vec::new();
        let other = self.class(&pick(routes, others.clone()), besides);
        entries.push([other.0, other.1]);
        for slot in &layout.slots {
            let own = slot
                .iter()
                .filter_map(|&number| windows.get(number as usize));
            let own: Vec<u64> = own.copied().collect();
            let mut rows = others.clone();
            for window in &own {
                rows.extend(alike.get(window).into_iter().flatten());
            }
            let class = match own.as_slice() {
                [] => Step::NOTHING.tagged(0, Shape::NONE),
                [window] => {
                    let hash = Step(layout.factor, 0).hash(*window);
                    self.class(&pick(routes, rows), besides)
                        .tagged(hash, Shape::ANY)
                }
                _ => self.class(&pick(routes, rows), besides),
            };
            entries.push([class.0, class.1]);
        }
        let one = self.tables.steps.len() as u32 + 1;
        self.tables.steps.extend(entries);
        Step::new(layout.factor, one, CLASS)
    }

    /// What paths of some routes begin with.
    fn class(&mut self, routes: &[Entry<'_>], besides: usize) -> Step {
        if !routes.iter().any(|entry| entry.template.has_catch_all()) {
            return self.joint(routes, besides).untagged();
        }
        let counts = routes.iter().map(|entry| entry.template.segments().len());
        // The last root is for paths with fewer segments as well.
        let most = counts.max().unwrap_or_default();
        let mut roots = Vec::new();
        for count in 0..=most + 1 {
            let root = self.root(routes, count, besides);
            roots.push([root.0, root.1]);
        }
        let first = self.tables.steps.len() as u32;
        self.tables.steps.extend(roots);
        Step::new(Class::new(first, most + 1).0, 0, CLASS)
    }
}

/// Some of the routes, in their order.
fn pick<'r>(routes: &[Entry<'r>], mut places: Vec<usize>) -> Vec<Entry<'r>> {
    places.sort_unstable();
    let own = places.into_iter().filter_map(|at| routes.get(at));
    own.copied().collect()
}

/// The place that parts the routes best, or the first of such places.
fn parted(routes: &[Entry<'_>]) -> Parted {
    let mut best = Parted {
        place: 0,
        alike: BTreeMap::new(),
        others: Vec::new(),
    };
    let mut start = 1;
    for column in 0.. {
        let literals: Vec<Option<Literal<'_>>> = routes
            .iter()
            .map(|entry| Literal::new(entry, column))
            .collect();
        let lengths = literals.iter().flatten().map(|literal| literal.bytes.len());
        let shortest = lengths.min().unwrap_or_default();
        for offset in 0..=shortest.min(FARTHEST) {
            let parted = Parted::new(&literals, start + offset, offset);
            // A route that has no literal there belongs to every class.
            let copies = parted.others.len() * parted.alike.len();
            // Bytes that are farther behind must tell noticeably more.
            if copies <= routes.len() && parted.alike.len() * 7 > best.alike.len() * 8 {
                best = parted;
            }
        }
        match common_len(&literals) {
            Some(len) if start + len + FARTHEST < LONGEST_PATH => start += len + 1,
            _ => break,
        }
    }
    best
}

impl Parted {
    /// Routes by what their literals have from an offset on, which is that place of a path.
    fn new(literals: &[Option<Literal<'_>>], place: usize, offset: usize) -> Self {
        let mut parted = Self {
            place,
            alike: BTreeMap::new(),
            others: Vec::new(),
        };
        for (at, literal) in literals.iter().enumerate() {
            match literal {
                Some(literal) => {
                    let window = literal.window(offset);
                    parted.alike.entry(window).or_default().push(at);
                }
                None => parted.others.push(at),
            }
        }
        parted
    }
}

/// A segment of a route that is a literal.
struct Literal<'r> {
    bytes: &'r [u8],
    /// Whether nothing is behind it.
    is_last: bool,
}

impl<'r> Literal<'r> {
    fn new(entry: &Entry<'r>, column: usize) -> Option<Self> {
        let segments = entry.template.segments();
        match segments.get(column)? {
            Segment::Literal(bytes) => Some(Self {
                bytes,
                is_last: column + 1 == segments.len(),
            }),
            _ => None,
        }
    }

    /// What paths have from an offset on.
    fn window(&self, offset: usize) -> u64 {
        let left = self.bytes.len() - offset;
        let slash = match self.is_last || left >= 8 {
            true => 0,
            false => u64::from(b'/') << (8 * left),
        };
        window(self.bytes, offset) | slash
    }
}

/// The length of some literals, if all routes have them of the same length and they need no escapes.
fn common_len(literals: &[Option<Literal<'_>>]) -> Option<usize> {
    let mut lengths = literals.iter().map(|literal| {
        let bytes = literal.as_ref()?.bytes;
        let is_plain = bytes.iter().all(|&byte| apart(byte) == byte);
        is_plain.then_some(bytes.len())
    });
    let first = lengths.next()??;
    lengths.all(|length| length == Some(first)).then_some(first)
}
