use indexmap::IndexMap;

use super::Extensions;

/// What is said of the API as a whole.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Info {
    /// `title`.
    pub title: String,
    /// `version`: that of the API, not of OpenAPI.
    pub version: String,
    /// `summary`.
    pub summary: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `termsOfService`.
    pub terms_of_service: Option<String>,
    /// The fields of `contact`.
    pub contact: IndexMap<String, String>,
    /// The fields of `license`.
    pub license: IndexMap<String, String>,
    /// The extensions (`x-…`) of `info`.
    pub extensions: Extensions,
}

/// A tag and what is said of it.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Tag {
    /// The name that operations carry.
    pub name: String,
    /// What it is called where room is short (3.2).
    pub summary: Option<String>,
    /// What it stands for.
    pub description: Option<String>,
    /// The tag that this one is nested in (3.2).
    pub parent: Option<String>,
    /// What the tag is used for, such as `nav` (3.2).
    pub kind: Option<String>,
    /// The extensions (`x-…`) of the tag.
    pub extensions: Extensions,
}

/// Where more is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExternalDocs {
    /// `url`.
    pub url: String,
    /// `description`.
    pub description: Option<String>,
}
