use std::io;
use std::process::ExitCode;

use brrtrouter_spec::LoadError;

/// How a command ended; the gravest of several is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// All is well, or there are warnings only.
    Fine,
    /// A document has errors, or a request no answer.
    Faulty,
    /// A file cannot be read or written.
    Unreadable,
}

impl Outcome {
    /// What a document that cannot be used means.
    pub(crate) fn of_error(error: &LoadError) -> Self {
        if error.is_unreadable() {
            Self::Unreadable
        } else {
            Self::Faulty
        }
    }

    /// What it means that output cannot be written; a reader that has seen enough is no fault.
    pub(crate) fn of_output(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::Fine
        } else {
            Self::Unreadable
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Fine => 0,
            Outcome::Faulty => 1,
            Outcome::Unreadable => 2,
        })
    }
}
