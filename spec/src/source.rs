//! Files as values, with the place of everything in them.

mod faults;
mod json;
mod places;
mod read;
mod yaml;

use std::cell::OnceCell;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use crate::diagnostic::Location;
use crate::limits::Limits;
use places::Places;

pub(crate) use faults::Fault;
pub(crate) use places::{Aim, Mark};
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
    Unknown {
        text: String,
        places: OnceCell<Places>,
        /// Those of the outermost levels only, which are found much faster.
        outer: OnceCell<Places>,
    },
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
        let (value, places) = if is_json(&file, &text) {
            let value = json::parse(&text, limits, &mut faults);
            let (places, outer) = (OnceCell::new(), OnceCell::new());
            let places = Place::Unknown {
                text,
                places,
                outer,
            };
            (value, places)
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
        let places = match &self.places {
            Place::Known(places) => places,
            Place::Unknown { text, outer, .. } if pointer.matches('/').count() <= OUTER => {
                outer.get_or_init(|| json::scan(text, OUTER, false).places)
            }
            Place::Unknown { text, places, .. } => {
                places.get_or_init(|| json::scan(text, usize::MAX, false).places)
            }
        };
        let (mark, found) = places
            .find(pointer, aim)
            .unwrap_or((Mark { line: 1, column: 1 }, 0));
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

fn is_json(file: &std::path::Path, text: &str) -> bool {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some(extension) if extension.eq_ignore_ascii_case("json") => true,
        Some(extension)
            if extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml") =>
        {
            false
        }
        _ => text.trim_ascii_start().starts_with(['{', '[']),
    }
}
