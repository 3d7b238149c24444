use super::Extensions;

/// A value that something may have.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Example {
    /// The key under `examples`; `None` for the value under `example`.
    pub name: Option<String>,
    /// `summary`.
    pub summary: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// The JSON pointer of the value in the normalised document.
    pub value: Option<String>,
    /// The value as it is written in a message (3.2).
    pub serialized: Option<String>,
    /// The URL of the value; it is never fetched.
    pub external: Option<String>,
    /// The extensions (`x-…`) of the example.
    pub extensions: Extensions,
}
