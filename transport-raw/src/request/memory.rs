//! What a worker remembers of the heads that it has read.

use super::host::KnownHost;
use super::plain::Section;

/// Sound parts of heads, which need not be looked at again.
pub(crate) struct Memory {
    pub(super) host: KnownHost,
    pub(super) section: Section,
}

impl Memory {
    pub(crate) const fn new() -> Self {
        Self {
            host: KnownHost::new(),
            section: Section::new(),
        }
    }
}
