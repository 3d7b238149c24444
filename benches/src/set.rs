//! Templates and the paths to look up.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::contender::{self, Contender};

/// A route set: what `NAME.routes` and `NAME.paths` hold.
#[derive(Debug, Clone)]
pub struct Set {
    /// The name of the routes file, without its ending.
    pub name: String,
    /// One template a line.
    pub routes: Vec<String>,
    /// Paths, each with the route that must win; `None` where none may.
    pub lookups: Vec<(Option<u32>, String)>,
}

/// How many lookups a set has that is made here.
const LOOKUPS: usize = 8192;

/// In which order paths are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Order {
    /// As the paths file has them.
    Shuffled,
    /// Sorted by route.
    File,
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Order::Shuffled => "shuffled",
            Order::File => "file",
        })
    }
}

/// Why a set cannot be used.
#[derive(Debug)]
#[non_exhaustive]
pub enum SetError {
    /// A file cannot be read.
    Read(PathBuf, std::io::Error),
    /// A line of the paths file is not an index, a tab and a path.
    Line(PathBuf, usize, String),
}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SetError::Read(file, error) => write!(f, "cannot read {}: {error}", file.display()),
            SetError::Line(file, line, text) => write!(
                f,
                "{}:{line}: not the index of a route, a tab and a path: {text:?}",
                file.display()
            ),
        }
    }
}

impl std::error::Error for SetError {}

impl Set {
    /// Reads a set.
    ///
    /// # Errors
    ///
    /// [`SetError`] where a file cannot be read or a line is not what it should be.
    pub fn read(routes: &Path, paths: &Path) -> Result<Self, SetError> {
        let read = |file: &Path| {
            fs::read_to_string(file).map_err(|error| SetError::Read(file.to_owned(), error))
        };
        let templates: Vec<String> = read(routes)?.lines().map(str::to_owned).collect();
        let mut lookups = Vec::new();
        for (number, line) in read(paths)?.lines().enumerate() {
            let lookup = line.split_once('\t').and_then(|(index, path)| {
                let index: u32 = index.parse().ok()?;
                ((index as usize) < templates.len()).then(|| (Some(index), path.to_owned()))
            });
            match lookup {
                Some(lookup) => lookups.push(lookup),
                None => {
                    return Err(SetError::Line(
                        paths.to_owned(),
                        number + 1,
                        line.to_owned(),
                    ));
                }
            }
        }
        let name = routes
            .file_stem()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Ok(Self {
            name,
            routes: templates,
            lookups,
        })
    }

    /// A set that is made here: so many routes as an API has them, most with parameters.
    #[must_use]
    pub fn synthetic(count: usize) -> Self {
        const NOUNS: [&str; 8] = [
            "accounts",
            "orders",
            "invoices",
            "users",
            "reports",
            "tasks",
            "shipments",
            "notes",
        ];
        const KINDS: [&str; 6] = [
            "",
            "/{id}",
            "/{id}/PART",
            "/{id}/PART/{part}",
            "/{id}/PART/{part}/history",
            "/{id}/settings",
        ];
        let noun = |number: usize| NOUNS.get(number % NOUNS.len()).copied().unwrap_or_default();
        let mut routes = Vec::with_capacity(count);
        for number in 0..count {
            let resource = number / KINDS.len();
            let kind = KINDS.get(number % KINDS.len()).copied().unwrap_or_default();
            let kind = kind.replace("PART", noun(resource / 8 + 3));
            let version = resource % 3 + 1;
            routes.push(format!("/v{version}/{}{resource:03}{kind}", noun(resource)));
        }
        let mut random = 0x9E37_79B9_7F4A_7C15_u64;
        let mut next = || {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random >> 16
        };
        let mut lookups = Vec::with_capacity(LOOKUPS);
        for _ in 0..LOOKUPS {
            let route = next() as usize % routes.len().max(1);
            let template = routes.get(route).map_or("", String::as_str);
            let path = template
                .replace("{id}", &(next() % 1_000_000).to_string())
                .replace(
                    "{part}",
                    &format!("{:x}", next() % (1 << (next() % 40 + 1))),
                );
            lookups.push((Some(route as u32), path));
        }
        Self {
            name: format!("synthetic{count}"),
            routes,
            lookups,
        }
    }

    /// The same lookups in that order.
    #[must_use]
    pub fn in_order(mut self, order: Order) -> Self {
        if order == Order::File {
            self.lookups.sort();
        }
        self
    }

    /// Paths that are like those of the set and belong to no route: one segment of each is changed.
    #[must_use]
    pub fn misses(mut self) -> Self {
        let judge = contender::Own::new(&self.routes);
        self.lookups = self
            .lookups
            .iter()
            .enumerate()
            .filter_map(|(number, (_, path))| {
                let segments = path.matches('/').count();
                (0..=segments)
                    .map(|turn| miss(path, (number + turn) % segments, turn == segments))
                    .find(|path| judge.find(path).is_none())
            })
            .map(|path| (None, path))
            .collect();
        self
    }
}

/// The path with something behind one of its segments, or with one more of them.
fn miss(path: &str, segment: usize, is_longer: bool) -> String {
    if is_longer {
        return format!("{path}/-/-/-");
    }
    let mut changed = String::new();
    for (number, part) in path.split('/').skip(1).enumerate() {
        changed.push('/');
        changed.push_str(part);
        if number == segment {
            changed.push('-');
        }
    }
    changed
}
