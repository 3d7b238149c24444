use std::fmt;
use std::path::PathBuf;

use crate::counts::Counts;
use crate::diagnostic::{Diagnostic, Severity, code};

/// A document that cannot be used, and everything that was found wrong with it.
///
/// Printed, it is one diagnostic after the other, each with its place:
/// `file:line:column: error[B0103]: message (at pointer)`.
#[derive(Debug, Clone)]
pub struct LoadError {
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) counts: Option<Counts>,
    pub(crate) files: Vec<PathBuf>,
}

impl LoadError {
    /// What was found, errors and warnings, in the order of the document.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The diagnostics themselves.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    /// The errors alone.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether the entry document could not be read at all; otherwise it is faulty.
    pub fn is_unreadable(&self) -> bool {
        self.counts.is_none()
            && self.errors().any(|diagnostic| {
                [
                    code::UNREADABLE.id,
                    code::FILE_TOO_LARGE.id,
                    code::NOT_UTF8.id,
                ]
                .contains(&diagnostic.code)
            })
    }

    /// The files that were read, and those that were looked for in vain; as
    /// [`Spec::files`](crate::Spec#structfield.files).
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// What the document holds, where it could be read that far.
    pub fn counts(&self) -> Option<&Counts> {
        self.counts.as_ref()
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.diagnostics.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for LoadError {}
