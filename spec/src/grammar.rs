//! What may stand where in a document, by the specification's own tables of fields.

mod fields;
mod schema;

use crate::version::Version;

pub(crate) use fields::fields;
pub(crate) use schema::{Keyword, Operand, TYPES, keyword};

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Data, or what the specification says nothing of: never looked into.
    Any,
    /// Data of an extension: looked into for references to files only.
    Extension,
    Text,
    Flag,
    Document,
    Info,
    Contact,
    License,
    Server,
    ServerVariable,
    Components,
    Paths,
    PathItem,
    Operation,
    ExternalDocs,
    Parameter,
    RequestBody,
    MediaType,
    Encoding,
    Responses,
    Response,
    Callback,
    Example,
    Link,
    Header,
    Tag,
    Schema,
    Discriminator,
    Xml,
    SecurityScheme,
    OAuthFlows,
    OAuthFlow,
    SecurityRequirement,
    /// An object whose members are all of one kind, whatever their names.
    Map(&'static Kind),
    List(&'static Kind),
}

/// One field of an object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) since: Version,
    pub(crate) need: Need,
}

/// What it means that a field is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing.
    Optional,
    /// The specification requires it, but all is clear without it.
    Wanted,
    /// As wanted, up to the version before 3.2.
    WantedBefore32,
    /// The object means nothing without it.
    Needed,
}

/// The JSON type of what stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    Anything,
    Text,
    Flag,
    Object,
    Array,
    ObjectOrFlag,
}

impl Kind {
    pub(crate) fn expected(self) -> Expected {
        match self {
            Kind::Any | Kind::Extension => Expected::Anything,
            Kind::Text => Expected::Text,
            Kind::Flag => Expected::Flag,
            Kind::List(_) => Expected::Array,
            Kind::Schema => Expected::ObjectOrFlag,
            _ => Expected::Object,
        }
    }

    /// What the member of that name is.
    pub(crate) fn member(self, name: &str) -> Kind {
        match self {
            Kind::Map(kind) | Kind::List(kind) => *kind,
            Kind::Any => Kind::Any,
            Kind::Extension => Kind::Extension,
            _ if name.starts_with("x-") => Kind::Extension,
            Kind::Paths if name.starts_with('/') => Kind::PathItem,
            Kind::Callback => Kind::PathItem,
            Kind::Responses => Kind::Response,
            Kind::SecurityRequirement => Kind::List(&Kind::Text),
            Kind::Schema => keyword(name).map_or(Kind::Any, |keyword| keyword.kind),
            _ => fields(self)
                .iter()
                .find(|field| field.name == name)
                .map_or(Kind::Any, |field| field.kind),
        }
    }

    /// What stands at the end of the way from here by those names.
    pub(crate) fn along<'n>(self, names: impl Iterator<Item = std::borrow::Cow<'n, str>>) -> Kind {
        names.fold(self, |kind, name| kind.member(&name))
    }

    /// Where a reference to such an object may be kept: its section of the components.
    pub(crate) fn section(self) -> Option<&'static str> {
        Some(match self {
            Kind::Schema => "schemas",
            Kind::Response => "responses",
            Kind::Parameter => "parameters",
            Kind::Example => "examples",
            Kind::RequestBody => "requestBodies",
            Kind::Header => "headers",
            Kind::SecurityScheme => "securitySchemes",
            Kind::Link => "links",
            Kind::Callback => "callbacks",
            Kind::PathItem => "pathItems",
            Kind::MediaType => "mediaTypes",
            _ => return None,
        })
    }

    /// Whether the specification allows a reference in place of such an object.
    pub(crate) fn allows_reference(self, version: Version) -> bool {
        match self {
            Kind::MediaType => version >= Version::V32,
            kind => kind.section().is_some(),
        }
    }

    /// What the object is called, with its article.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Kind::Any | Kind::Extension => "a value",
            Kind::Text => "text",
            Kind::Flag => "true or false",
            Kind::Document => "an OpenAPI document",
            Kind::Info => "the info object",
            Kind::Contact => "a contact",
            Kind::License => "a license",
            Kind::Server => "a server",
            Kind::ServerVariable => "a server variable",
            Kind::Components => "the components",
            Kind::Paths => "the paths",
            Kind::PathItem => "a path item",
            Kind::Operation => "an operation",
            Kind::ExternalDocs => "external documentation",
            Kind::Parameter => "a parameter",
            Kind::RequestBody => "a request body",
            Kind::MediaType => "a media type",
            Kind::Encoding => "an encoding",
            Kind::Responses => "the responses",
            Kind::Response => "a response",
            Kind::Callback => "a callback",
            Kind::Example => "an example",
            Kind::Link => "a link",
            Kind::Header => "a header",
            Kind::Tag => "a tag",
            Kind::Schema => "a schema",
            Kind::Discriminator => "a discriminator",
            Kind::Xml => "what is said of XML",
            Kind::SecurityScheme => "a security scheme",
            Kind::OAuthFlows => "the OAuth flows",
            Kind::OAuthFlow => "an OAuth flow",
            Kind::SecurityRequirement => "a security requirement",
            Kind::Map(_) => "a map",
            Kind::List(_) => "a list",
        }
    }
}
