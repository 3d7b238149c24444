/// How much of a document, and of what it refers to, is taken in before it is refused.
///
/// All limits hold for one load: the entry document and every file that it refers to together,
/// except where one file is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one file. Default 64 MiB.
    pub file_bytes: u64,
    /// Bytes of all files together. Default 256 MiB.
    pub total_bytes: u64,
    /// Files. Default 20,000.
    pub files: usize,
    /// Values (scalars, arrays and objects) of one file, aliases expanded. Default 8,000,000.
    pub nodes: usize,
    /// How deep arrays and objects may stand in each other. Default 100; in JSON never more
    /// than 127, and in the flow style of YAML never more than 255.
    pub depth: usize,
    /// Values that YAML aliases and merge keys may add to one file. Default 100,000.
    pub alias_nodes: usize,
    /// Bytes of text that YAML aliases and merge keys may add to one file. Default 8 MiB.
    pub alias_bytes: usize,
    /// Values that references to other files may bring. Default 2,000,000.
    pub bundled_nodes: usize,
    /// References that may lead on to each other. Default 64.
    pub reference_hops: usize,
    /// Diagnostics that are kept; the last one then says how many were not. Default 10,000.
    pub diagnostics: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 64 << 20,
            total_bytes: 256 << 20,
            files: 20_000,
            nodes: 8_000_000,
            depth: 100,
            alias_nodes: 100_000,
            alias_bytes: 8 << 20,
            bundled_nodes: 2_000_000,
            reference_hops: 64,
            diagnostics: 10_000,
        }
    }
}
