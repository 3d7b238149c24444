//! Where a parameter stands.

use core::fmt;

/// Where a parameter stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// In a segment of the path.
    Path,
    /// In the query.
    Query,
    /// The whole query.
    QueryString,
    /// In a header field.
    Header,
    /// In the `Cookie` field.
    Cookie,
}

#[cfg(feature = "openapi")]
impl Place {
    /// How many there are.
    pub(crate) const COUNT: usize = 5;

    /// All of them, each at its own number.
    pub(crate) const ALL: [Place; Self::COUNT] = [
        Place::Path,
        Place::Query,
        Place::QueryString,
        Place::Header,
        Place::Cookie,
    ];
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Place::Path => "path",
            Place::Query => "query",
            Place::QueryString => "query string",
            Place::Header => "header",
            Place::Cookie => "cookie",
        })
    }
}
