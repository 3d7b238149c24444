//! The routes of a method → those that begin alike.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::slots::{lay_out, window};
use super::{BYTES_BESIDES, Compiler, Entry};
use crate::path::LONGEST_PATH;
use crate::template::Segment;
use crate::trie::leaf::apart;
use crate::trie::roots::{Class, Head};
use crate::trie::shape::Shape;
use crate::trie::step::{CLASS, Step, factor};

/// Where more routes on average begin alike, classes would not part them much.
const MOST_ALIKE: usize = 64;
/// Classes are looked for so many bytes behind the beginning of a segment at most.
const FARTHEST: usize = 16;

/// Routes by some of their first bytes.
struct Parted {
    head: Head,
    /// Which routes have which bytes there.
    alike: BTreeMap<u64, Vec<usize>>,
    /// Those that have none, and so belong to every class.
    others: Vec<usize>,
}

impl Compiler {
    /// The switch that leads to the classes of a method, and what it looks at.
    pub(super) fn classes(&mut self, routes: &[Entry<'_>]) -> (Step, Head) {
        let Parted {
            head,
            alike,
            others,
        } = parted(routes);
        let windows: Vec<u64> = alike.keys().copied().collect();
        if windows.len() < 2 || routes.len() / windows.len() > MOST_ALIKE {
            let class = self.class(routes, BYTES_BESIDES);
            let one = self.tables.steps.len() as u32 + 1;
            self.tables.steps.extend([[class.0, class.1]; 3]);
            return (Step::new(factor(0, 1, 0), one, CLASS), Head::default());
        }
        let layout = lay_out(&windows, head.place as i16, &mut self.random);
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
        (Step::new(layout.factor, one, CLASS), head)
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

/// The bytes that part the routes best, in the first of the segments that have some, before which all routes have
/// literals of the same lengths.
fn parted(routes: &[Entry<'_>]) -> Parted {
    let mut best = Parted {
        head: Head::default(),
        alike: BTreeMap::new(),
        others: (0..routes.len()).collect(),
    };
    let mut start = 1;
    for column in 0.. {
        let texts: Vec<Option<Text<'_>>> =
            routes.iter().map(|entry| Text::new(entry, column)).collect();
        let firsts = texts.iter().flatten().map(|text| text.first.len());
        let shortest = firsts.min().unwrap_or_default().min(FARTHEST);
        for offset in 0..=shortest {
            let place = start + offset;
            let fixed = texts.iter().flatten().map(|text| text.fixed(offset));
            let unused = 8i64 - fixed.min().unwrap_or_default() as i64;
            let uncut = (unused < 0).then_some(Head {
                place,
                is_cut: false,
                unused: unused as u32,
            });
            let cut = Head {
                place,
                is_cut: true,
                unused: 0,
            };
            for head in uncut.into_iter().chain([cut]) {
                let parted = Parted::new(&texts, head, offset);
                let (own, least) = (parted.alike.len(), best.alike.len());
                let copies = parted.others.len() * own;
                // Bytes that are found later, or cut, must tell noticeably more.
                if copies <= routes.len() && own * 7 > least * 8 {
                    best = parted;
                }
            }
        }
        match common_len(&texts) {
            Some(len) if start + len + FARTHEST < LONGEST_PATH => start += len + 1,
            _ => break,
        }
    }
    best
}

impl Parted {
    /// Routes by what their texts have so far behind their beginning.
    fn new(texts: &[Option<Text<'_>>], head: Head, offset: usize) -> Self {
        let mut parted = Self {
            head,
            alike: BTreeMap::new(),
            others: Vec::new(),
        };
        for (at, text) in texts.iter().enumerate() {
            match text {
                Some(text) => {
                    let window = text.head(head, offset);
                    parted.alike.entry(window).or_default().push(at);
                }
                None => parted.others.push(at),
            }
        }
        parted
    }
}

/// What a route has from the beginning of a segment on that is a literal.
struct Text<'r> {
    first: &'r [u8],
    /// The segment, and those literals behind it that follow at once.
    bytes: Vec<u8>,
    /// Whether nothing is behind that.
    is_all: bool,
}

impl<'r> Text<'r> {
    fn new(entry: &Entry<'r>, column: usize) -> Option<Self> {
        let segments = entry.template.segments().get(column..)?;
        let literals = segments.iter().map_while(|segment| match segment {
            Segment::Literal(bytes) => Some(&**bytes),
            _ => None,
        });
        let first = literals.clone().next()?;
        let count = literals.clone().count();
        let mut bytes = Vec::from(first);
        for literal in literals.skip(1) {
            bytes.push(b'/');
            bytes.extend(literal);
        }
        let is_all = count == segments.len();
        if !is_all {
            bytes.push(b'/');
        }
        Some(Self {
            first,
            bytes,
            is_all,
        })
    }

    /// How many of the eight bytes from an offset on paths of the route have in common.
    fn fixed(&self, offset: usize) -> usize {
        match self.is_all {
            true => 8,
            false => (self.bytes.len() - offset).min(8),
        }
    }

    /// What paths of the route have at a head that is so far behind the beginning.
    fn head(&self, head: Head, offset: usize) -> u64 {
        match head.is_cut {
            true => window(self.first, offset),
            false => head.of(window(&self.bytes, offset)),
        }
    }
}

/// The length of the first literals, if all routes have them of the same length and they need no escapes.
fn common_len(texts: &[Option<Text<'_>>]) -> Option<usize> {
    let mut lengths = texts.iter().map(|text| {
        let first = text.as_ref()?.first;
        let is_plain = first.iter().all(|&byte| apart(byte) == byte);
        is_plain.then_some(first.len())
    });
    let first = lengths.next()??;
    lengths.all(|length| length == Some(first)).then_some(first)
}
