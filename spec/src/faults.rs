//! Faults as they are found, before their places are looked up.

use crate::diagnostic::{Code, Diagnostic, Location, code};
#[cfg(feature = "lint")]
use crate::pointer::is_within;
use crate::source::{Aim, Fault};
use crate::sources::Sources;

/// A place in one of the files.
#[derive(Debug, Clone)]
pub(crate) struct Spot {
    pub(crate) source: usize,
    pub(crate) pointer: String,
    pub(crate) aim: Aim,
}

/// All that is wrong with a document and the files that it refers to.
#[derive(Debug)]
pub(crate) struct Faults {
    found: Vec<Found>,
    limit: usize,
    beyond: usize,
    has_refused: bool,
}

#[derive(Debug)]
struct Found {
    code: &'static Code,
    message: String,
    help: Option<String>,
    at: At,
}

#[derive(Debug)]
enum At {
    Spot(Spot),
    Location(Option<Location>, String),
}

impl Faults {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            found: Vec::new(),
            limit,
            beyond: 0,
            has_refused: false,
        }
    }

    pub(crate) fn push(
        &mut self,
        code: &'static Code,
        spot: Spot,
        message: impl Into<String>,
        help: Option<&str>,
    ) {
        self.add(
            code,
            message.into(),
            help.map(str::to_owned),
            At::Spot(spot),
        );
    }

    /// Adds what reading a file found.
    pub(crate) fn push_read(&mut self, fault: Fault, location: Location) {
        self.add(
            fault.code,
            fault.message,
            fault.help,
            At::Location(Some(location), fault.pointer),
        );
    }

    /// Adds a fault that has no place in a file, or whose place is known.
    pub(crate) fn push_at(
        &mut self,
        code: &'static Code,
        location: Option<Location>,
        message: String,
        help: Option<String>,
    ) {
        self.add(code, message, help, At::Location(location, String::new()));
    }

    fn add(&mut self, code: &'static Code, message: String, help: Option<String>, at: At) {
        let is_refused = code.policy == crate::diagnostic::Policy::Refused;
        // The first reason to refuse the document is always told.
        if self.found.len() >= self.limit && (self.has_refused || !is_refused) {
            self.beyond += 1;
            return;
        }
        self.has_refused |= is_refused;
        self.found.push(Found {
            code,
            message,
            help,
            at,
        });
    }

    /// Whether anything was found for which the document cannot be used.
    pub(crate) fn refuse(&self, strict: bool) -> bool {
        self.found
            .iter()
            .any(|found| found.code.severity(strict) == crate::Severity::Error)
    }

    /// Whether something against the rules was found in the entry document at that place, within it,
    /// or in what it stands in.
    #[cfg(feature = "lint")]
    pub(crate) fn has_fault_around(&self, pointer: &str) -> bool {
        let is_around = |other: &str| is_within(pointer, other) || is_within(other, pointer);
        self.found
            .iter()
            .filter(|found| found.code.policy != crate::diagnostic::Policy::Advised)
            .any(|found| match &found.at {
                At::Spot(spot) => spot.source == 0 && is_around(&spot.pointer),
                At::Location(_, other) => !other.is_empty() && is_around(other),
            })
    }

    /// The faults by file, line and column.
    pub(crate) fn into_diagnostics(self, sources: &Sources, strict: bool) -> Vec<Diagnostic> {
        let mut placed: Vec<(usize, Diagnostic)> = self
            .found
            .into_iter()
            .map(|found| {
                let (source, pointer, location) = match found.at {
                    At::Spot(spot) => sources.locate(spot),
                    At::Location(location, pointer) => {
                        let source = location
                            .as_ref()
                            .map_or(0, |location| sources.index_of(&location.file));
                        (source, pointer, location)
                    }
                };
                let diagnostic = Diagnostic {
                    code: found.code.id,
                    severity: found.code.severity(strict),
                    message: found.message,
                    help: found.help,
                    pointer,
                    location,
                };
                (source, diagnostic)
            })
            .collect();
        placed.sort_by_key(|(source, diagnostic)| {
            let place = diagnostic
                .location
                .as_ref()
                .map(|location| (location.line, location.column));
            (*source, place)
        });
        let mut diagnostics: Vec<Diagnostic> = placed
            .into_iter()
            .map(|(_, diagnostic)| diagnostic)
            .collect();
        // What several places refer to is looked at from each of them.
        diagnostics.dedup();
        if self.beyond > 0 {
            diagnostics.push(Diagnostic {
                code: code::NOT_ALL_LISTED.id,
                severity: code::NOT_ALL_LISTED.severity(strict),
                message: format!("faults that are not listed: {}", self.beyond),
                help: Some("raise the limit `diagnostics` to see them".into()),
                pointer: String::new(),
                location: None,
            });
        }
        diagnostics
    }
}
