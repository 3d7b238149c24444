use indexmap::IndexMap;

use super::Extensions;

/// Where an API is served.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Server {
    /// The URL template as written.
    pub url: String,
    /// `description`.
    pub description: Option<String>,
    /// The name by which it can be chosen (3.2).
    pub name: Option<String>,
    /// The variables of the template.
    pub variables: IndexMap<String, ServerVariable>,
    /// The extensions (`x-…`) of the server.
    pub extensions: Extensions,
}

/// One variable of a server's URL template.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ServerVariable {
    /// The values it may have; any where empty.
    pub values: Vec<String>,
    /// The value it has if none is chosen.
    pub default: String,
    /// `description`.
    pub description: Option<String>,
    /// The extensions (`x-…`) of the variable.
    pub extensions: Extensions,
}
