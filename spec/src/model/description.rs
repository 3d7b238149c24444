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
    /// Who answers for the API.
    pub contact: Option<Contact>,
    /// Under what terms it is given.
    pub license: Option<License>,
    /// The extensions (`x-…`) of `info`.
    pub extensions: Extensions,
}

/// Who answers for an API.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Contact {
    /// `name`.
    pub name: Option<String>,
    /// `url`.
    pub url: Option<String>,
    /// `email`.
    pub email: Option<String>,
    /// The extensions (`x-…`) of the contact.
    pub extensions: Extensions,
}

/// Under what terms an API is given.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct License {
    /// `name`.
    pub name: String,
    /// The SPDX expression (3.1).
    pub identifier: Option<String>,
    /// `url`.
    pub url: Option<String>,
    /// The extensions (`x-…`) of the license.
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
    /// Where more is written.
    pub external_docs: Option<ExternalDocs>,
    /// The extensions (`x-…`) of the tag.
    pub extensions: Extensions,
}

/// Where more is written.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ExternalDocs {
    /// `url`.
    pub url: String,
    /// `description`.
    pub description: Option<String>,
    /// The extensions (`x-…`) beside them.
    pub extensions: Extensions,
}
