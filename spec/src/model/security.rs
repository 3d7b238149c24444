use indexmap::IndexMap;

use super::{Extensions, ParameterIn};
use crate::diagnostic::Location;

/// What a request must show: all of these schemes. Empty means nothing at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecurityRequirement {
    /// Scopes (or roles) by the scheme's name, in the order of the document.
    pub schemes: IndexMap<String, Vec<String>>,
}

/// One entry of `components.securitySchemes`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SecurityScheme {
    /// The key in the document.
    pub name: String,
    /// What kind of scheme it is.
    pub kind: SecuritySchemeKind,
    /// `description`.
    pub description: Option<String>,
    /// Whether it is marked as deprecated (3.2).
    pub is_deprecated: bool,
    /// The extensions (`x-…`) of the scheme.
    pub extensions: Extensions,
    /// The JSON pointer of the scheme in the normalised document.
    pub pointer: String,
    /// Where the scheme stands in its file.
    pub location: Option<Location>,
}

/// The kinds of schemes (OpenAPI 3.1 §4.8.27).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum SecuritySchemeKind {
    /// A key in a header field, the query or a cookie.
    ApiKey {
        /// The name of the field, query parameter or cookie.
        name: String,
        /// Where it stands.
        location: ParameterIn,
    },
    /// An HTTP authentication scheme.
    Http {
        /// The scheme's name, such as `basic` or `bearer`, in lower case.
        scheme: String,
        /// A hint at the token's format.
        bearer_format: Option<String>,
    },
    /// OAuth 2.
    OAuth2 {
        /// The flows by their names.
        flows: IndexMap<String, OAuthFlow>,
        /// The metadata document (3.2).
        metadata_url: Option<String>,
    },
    /// OpenID Connect.
    OpenIdConnect {
        /// The discovery document.
        url: String,
    },
    /// A certificate of the client.
    MutualTls,
}

/// One OAuth 2 flow.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct OAuthFlow {
    /// `authorizationUrl`.
    pub authorization_url: Option<String>,
    /// `tokenUrl`.
    pub token_url: Option<String>,
    /// `refreshUrl`.
    pub refresh_url: Option<String>,
    /// `deviceAuthorizationUrl` (3.2).
    pub device_authorization_url: Option<String>,
    /// Scopes and what they grant.
    pub scopes: IndexMap<String, String>,
    /// The extensions (`x-…`) of the flow.
    pub extensions: Extensions,
}
