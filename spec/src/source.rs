//! Files as values, with the place of everything in them.

mod faults;
mod json;
mod mark;
mod places;
mod read;
mod yaml;

use std::cell::{Cell, OnceCell};
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use crate::diagnostic::Location;
use crate::limits::Limits;
use places::Places;

pub(crate) use faults::Fault;
pub(crate) use mark::Mark;
pub(crate) use places::Aim;
pub(crate) use read::read;

/// One file.
#[derive(Debug)]
pub(crate) struct Source {
    /// The file, as it was named.
    pub(crate) file: Arc<PathBuf>,
    /// Where it really lies; `None` for a text that is no file.
    pub(crate) path: Option<PathBuf>,
    /// What it holds; `Null` where it cannot be read, or has been taken to be worked on.
    pub(crate) value: Value,
    places: Place,
}

#[derive(Debug)]
enum Place {
    /// Found while reading.
    Known(Places),
    /// Found when they are asked for.
    Unknown(Unknown),
}

/// The places of a JSON text, found as far as they are asked for.
#[derive(Debug)]
struct Unknown {
    text: String,
    /// Those of the outermost levels, which are found much faster than all.
    outer: OnceCell<Places>,
    all: OnceCell<Places>,
    /// How often something below the outermost levels has been asked for.
    asked: Cell<usize>,
}

impl Unknown {
    fn find(&self, pointer: &str, aim: Aim) -> Option<(Mark, usize)> {
        let outer = self
            .outer
            .get_or_init(|| json::scan(&self.text, OUTER, false).places);
        let (start, mark, depth) = outer.nearest(pointer)?;
        if depth == pointer.len() || pointer.matches('/').count() <= OUTER {
            return outer.find(pointer, aim);
        }
        if self.asked.replace(self.asked.get() + 1) >= ASKED {
            let all = self
                .all
                .get_or_init(|| json::scan(&self.text, usize::MAX, false).places);
            return all.find(pointer, aim);
        }
        let inner = json::scan_value(&self.text, start, mark);
        match inner.find(pointer.get(depth..)?, aim)? {
            (_, 0) => outer.find(pointer, aim),
            (mark, found) => Some((mark, depth + found)),
        }
    }
}

impl Source {
    /// Parses a text: JSON if it is named so or begins so, else YAML.
    pub(crate) fn parse(
        file: Arc<PathBuf>,
        path: Option<PathBuf>,
        mut text: String,
        limits: &Limits,
    ) -> (Self, Vec<Fault>) {
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let mut faults = Vec::new();
        let looks_like_json = text.trim_ascii_start().starts_with(['{', '[']);
        let mut value = None;
        let mut is_json = names_json(&file).unwrap_or(looks_like_json);
        if is_json {
            value = json::parse(&text, limits, &mut faults);
        } else if looks_like_json {
            // JSON in a file called YAML, as all JSON is YAML; read as such it takes far less.
            value = json::parse(&text, limits, &mut faults);
            is_json = value.is_some();
        }
        let (value, places) = if is_json {
            let unknown = Unknown {
                text,
                outer: OnceCell::new(),
                all: OnceCell::new(),
                asked: Cell::new(0),
            };
            (value, Place::Unknown(unknown))
        } else {
            let composed = yaml::compose(&text, limits);
            faults = composed.faults;
            (composed.value, Place::Known(composed.places))
        };
        let source = Self {
            file,
            path,
            value: value.unwrap_or_default(),
            places,
        };
        (source, faults)
    }

    /// Where the value at `pointer`, or its nearest ancestor that is there, stands; and the
    /// length of the pointer that was found.
    pub(crate) fn locate(&self, pointer: &str, aim: Aim) -> (Location, usize) {
        let found = match &self.places {
            Place::Known(places) => places.find(pointer, aim),
            Place::Unknown(unknown) => unknown.find(pointer, aim),
        };
        let (mark, found) = found.unwrap_or((Mark::START, 0));
        (self.location(mark), found)
    }

    pub(crate) fn location(&self, mark: Mark) -> Location {
        Location {
            file: Arc::clone(&self.file),
            line: mark.line,
            column: mark.column,
        }
    }
}

/// As deep as an operation stands: `/paths/~1pets/get`.
const OUTER: usize = 3;

/// How often one value is scanned by itself before all are.
const ASKED: usize = 64;

/// Whether a file's name says that it is JSON, or that it is not.
fn names_json(file: &std::path::Path) -> Option<bool> {
    let extension = file.extension()?;
    let is = |name| extension.eq_ignore_ascii_case(name);
    if is("json") {
        return Some(true);
    }
    (is("yaml") || is("yml")).then_some(false)
}
