use super::places::Mark;
use crate::diagnostic::Code;

/// A fault that reading found, with its own place.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) code: &'static Code,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) pointer: String,
    pub(crate) mark: Mark,
}
