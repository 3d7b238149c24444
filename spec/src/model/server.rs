use indexmap::IndexMap;

/// Where an API is served.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Server {
    /// The URL template as written.
    pub url: String,
    /// `description`.
    pub description: Option<String>,
    /// The variables of the template.
    pub variables: IndexMap<String, ServerVariable>,
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
}
