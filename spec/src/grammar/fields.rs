use super::{Field, Kind, Need};
use crate::version::Version;

const fn field(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        since: Version::V30,
        need: Need::Optional,
    }
}

impl Field {
    const fn since(mut self, version: Version) -> Self {
        self.since = version;
        self
    }

    const fn wanted(mut self) -> Self {
        self.need = Need::Wanted;
        self
    }

    const fn wanted_before_3_2(mut self) -> Self {
        self.need = Need::WantedBefore32;
        self
    }

    const fn needed(mut self) -> Self {
        self.need = Need::Needed;
        self
    }
}

/// Two tables as one.
#[allow(
    clippy::indexing_slicing,
    reason = "what is out of bounds does not compile"
)]
const fn joined<const N: usize>(one: &[Field], other: &[Field]) -> [Field; N] {
    let mut all = [field("", Kind::Any); N];
    let mut index = 0;
    while index < N {
        all[index] = if index < one.len() {
            one[index]
        } else {
            other[index - one.len()]
        };
        index += 1;
    }
    all
}

const fn text(name: &'static str) -> Field {
    field(name, Kind::Text)
}

const fn flag(name: &'static str) -> Field {
    field(name, Kind::Flag)
}

use Kind::{List, Map};
use Version::{V31, V32};

const TEXT_MAP: Kind = Map(&Kind::Text);
const CONTENT: Kind = Map(&Kind::MediaType);
const HEADERS: Kind = Map(&Kind::Header);
const EXAMPLES: Kind = Map(&Kind::Example);

static DOCUMENT: &[Field] = &[
    text("openapi").needed(),
    text("$self").since(V32),
    field("info", Kind::Info).wanted(),
    text("jsonSchemaDialect").since(V31),
    field("servers", List(&Kind::Server)),
    field("paths", Kind::Paths),
    field("webhooks", Map(&Kind::PathItem)).since(V31),
    field("components", Kind::Components),
    field("security", List(&Kind::SecurityRequirement)),
    field("tags", List(&Kind::Tag)),
    field("externalDocs", Kind::ExternalDocs),
];

static INFO: &[Field] = &[
    text("title").wanted(),
    text("summary").since(V31),
    text("description"),
    text("termsOfService"),
    field("contact", Kind::Contact),
    field("license", Kind::License),
    text("version").wanted(),
];

static CONTACT: &[Field] = &[text("name"), text("url"), text("email")];

static LICENSE: &[Field] = &[
    text("name").wanted(),
    text("identifier").since(V31),
    text("url"),
];

static SERVER: &[Field] = &[
    text("url").wanted(),
    text("description"),
    text("name").since(V32),
    field("variables", Map(&Kind::ServerVariable)),
];

static SERVER_VARIABLE: &[Field] = &[
    field("enum", List(&Kind::Text)),
    text("default").wanted(),
    text("description"),
];

static COMPONENTS: &[Field] = &[
    field("schemas", Map(&Kind::Schema)),
    field("responses", Map(&Kind::Response)),
    field("parameters", Map(&Kind::Parameter)),
    field("examples", EXAMPLES),
    field("requestBodies", Map(&Kind::RequestBody)),
    field("headers", HEADERS),
    field("securitySchemes", Map(&Kind::SecurityScheme)),
    field("links", Map(&Kind::Link)),
    field("callbacks", Map(&Kind::Callback)),
    field("pathItems", Map(&Kind::PathItem)).since(V31),
    field("mediaTypes", CONTENT).since(V32),
];

static PATH_ITEM: &[Field] = &[
    text("$ref"),
    text("summary"),
    text("description"),
    field("get", Kind::Operation),
    field("put", Kind::Operation),
    field("post", Kind::Operation),
    field("delete", Kind::Operation),
    field("options", Kind::Operation),
    field("head", Kind::Operation),
    field("patch", Kind::Operation),
    field("trace", Kind::Operation),
    field("query", Kind::Operation).since(V32),
    field("additionalOperations", Map(&Kind::Operation)).since(V32),
    field("servers", List(&Kind::Server)),
    field("parameters", List(&Kind::Parameter)),
];

static OPERATION: &[Field] = &[
    field("tags", List(&Kind::Text)),
    text("summary"),
    text("description"),
    field("externalDocs", Kind::ExternalDocs),
    text("operationId"),
    field("parameters", List(&Kind::Parameter)),
    field("requestBody", Kind::RequestBody),
    field("responses", Kind::Responses),
    field("callbacks", Map(&Kind::Callback)),
    flag("deprecated"),
    field("security", List(&Kind::SecurityRequirement)),
    field("servers", List(&Kind::Server)),
];

static EXTERNAL_DOCS: &[Field] = &[text("description"), text("url").wanted()];

/// How a value is written, and what is said of it: what a parameter and a header have in common.
const WRITTEN: &[Field] = &[
    text("description"),
    flag("required"),
    flag("deprecated"),
    flag("allowEmptyValue"),
    text("style"),
    flag("explode"),
    flag("allowReserved"),
    field("schema", Kind::Schema),
    field("example", Kind::Any),
    field("examples", EXAMPLES),
    field("content", CONTENT),
];

static PARAMETER: &[Field] =
    &joined::<{ WRITTEN.len() + 2 }>(WRITTEN, &[text("name").needed(), text("in").needed()]);

static HEADER: &[Field] = WRITTEN;

static REQUEST_BODY: &[Field] = &[
    text("description"),
    field("content", CONTENT).wanted(),
    flag("required"),
];

static MEDIA_TYPE: &[Field] = &[
    field("schema", Kind::Schema),
    field("itemSchema", Kind::Schema).since(V32),
    field("example", Kind::Any),
    field("examples", EXAMPLES),
    field("encoding", Map(&Kind::Encoding)),
    PREFIX_ENCODING,
    ITEM_ENCODING,
];

const PREFIX_ENCODING: Field = field("prefixEncoding", List(&Kind::Encoding)).since(V32);
const ITEM_ENCODING: Field = field("itemEncoding", Kind::Encoding).since(V32);

static ENCODING: &[Field] = &[
    text("contentType"),
    field("headers", HEADERS),
    text("style"),
    flag("explode"),
    flag("allowReserved"),
    field("encoding", Map(&Kind::Encoding)).since(V32),
    PREFIX_ENCODING,
    ITEM_ENCODING,
];

static RESPONSE: &[Field] = &[
    text("summary").since(V32),
    text("description").wanted_before_3_2(),
    field("headers", HEADERS),
    field("content", CONTENT),
    field("links", Map(&Kind::Link)),
];

static EXAMPLE: &[Field] = &[
    text("summary"),
    text("description"),
    field("value", Kind::Any),
    field("dataValue", Kind::Any).since(V32),
    text("serializedValue").since(V32),
    text("externalValue"),
];

static LINK: &[Field] = &[
    text("operationRef"),
    text("operationId"),
    field("parameters", Map(&Kind::Any)),
    field("requestBody", Kind::Any),
    text("description"),
    field("server", Kind::Server),
];

static TAG: &[Field] = &[
    text("name").needed(),
    text("summary").since(V32),
    text("description"),
    field("externalDocs", Kind::ExternalDocs),
    text("parent").since(V32),
    text("kind").since(V32),
];

static DISCRIMINATOR: &[Field] = &[
    text("propertyName").needed(),
    field("mapping", TEXT_MAP),
    text("defaultMapping").since(V32),
];

static XML: &[Field] = &[
    text("nodeType").since(V32),
    text("name"),
    text("namespace"),
    text("prefix"),
    flag("attribute"),
    flag("wrapped"),
];

static SECURITY_SCHEME: &[Field] = &[
    text("type").needed(),
    text("description"),
    text("name"),
    text("in"),
    text("scheme"),
    text("bearerFormat"),
    field("flows", Kind::OAuthFlows),
    text("openIdConnectUrl"),
    text("oauth2MetadataUrl").since(V32),
    flag("deprecated").since(V32),
];

static OAUTH_FLOWS: &[Field] = &[
    field("implicit", Kind::OAuthFlow),
    field("password", Kind::OAuthFlow),
    field("clientCredentials", Kind::OAuthFlow),
    field("authorizationCode", Kind::OAuthFlow),
    field("deviceAuthorization", Kind::OAuthFlow).since(V32),
];

static OAUTH_FLOW: &[Field] = &[
    text("authorizationUrl"),
    text("tokenUrl"),
    text("refreshUrl"),
    text("deviceAuthorizationUrl").since(V32),
    field("scopes", TEXT_MAP).wanted(),
];

/// The fixed fields of an object; none for maps and for what is no object.
pub(crate) fn fields(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Document => DOCUMENT,
        Kind::Info => INFO,
        Kind::Contact => CONTACT,
        Kind::License => LICENSE,
        Kind::Server => SERVER,
        Kind::ServerVariable => SERVER_VARIABLE,
        Kind::Components => COMPONENTS,
        Kind::PathItem => PATH_ITEM,
        Kind::Operation => OPERATION,
        Kind::ExternalDocs => EXTERNAL_DOCS,
        Kind::Parameter => PARAMETER,
        Kind::RequestBody => REQUEST_BODY,
        Kind::MediaType => MEDIA_TYPE,
        Kind::Encoding => ENCODING,
        Kind::Response => RESPONSE,
        Kind::Example => EXAMPLE,
        Kind::Link => LINK,
        Kind::Header => HEADER,
        Kind::Tag => TAG,
        Kind::Discriminator => DISCRIMINATOR,
        Kind::Xml => XML,
        Kind::SecurityScheme => SECURITY_SCHEME,
        Kind::OAuthFlows => OAUTH_FLOWS,
        Kind::OAuthFlow => OAUTH_FLOW,
        _ => &[],
    }
}
