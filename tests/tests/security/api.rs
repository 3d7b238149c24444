//! The service under test.

use brrtrouter::prelude::*;
use brrtrouter::security::jwt::{Algorithm, Issuer, Jwt, KeySet};
use brrtrouter::security::{
    ApiKeys, BasicUsers, Credential, Denial, Identity, MutualTls, SecurityProvider,
};
use whole_server_tests::service_of;

pub(crate) const HEADER_KEY: &str = "the-key-of-the-header-b81f";
pub(crate) const QUERY_KEY: &str = "the key of the query & more";
pub(crate) const COOKIE_KEY: &str = "the-key-of-the-cookie-77aa";

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
security: [{header: []}]
paths:
  /header: {get: {operationId: header, responses: &ok {'200': {description: ok}}}}
  /query: {get: {operationId: query, security: [{query: []}], responses: *ok}}
  /cookie: {get: {operationId: cookie, security: [{cookie: []}], responses: *ok}}
  /basic: {get: {operationId: basic, security: [{basic: []}], responses: *ok}}
  /bearer: {get: {operationId: bearer, security: [{bearer: [write]}], responses: *ok}}
  /oauth: {get: {operationId: oauth, security: [{oauth: [read, write]}], responses: *ok}}
  /oidc: {get: {operationId: oidc, security: [{oidc: [write]}], responses: *ok}}
  /own: {get: {operationId: own, security: [{own: []}], responses: *ok}}
  /tls: {get: {operationId: tls, security: [{tls: []}], responses: *ok}}
  /public: {get: {operationId: public, security: [], responses: *ok}}
  /either: {get: {operationId: either, security: [{header: []}, {bearer: [write]}], responses: *ok}}
  /both: {get: {operationId: both, security: [{header: [], bearer: [write]}], responses: *ok}}
  /blocking: {get: {operationId: blocking, security: [{basic: []}, {header: []}], responses: *ok}}
  /optional: {get: {operationId: optional, security: [{bearer: [write]}, {}], responses: *ok}}
components:
  securitySchemes:
    header: {type: apiKey, in: header, name: X-Key}
    query: {type: apiKey, in: query, name: key}
    cookie: {type: apiKey, in: cookie, name: session}
    basic: {type: http, scheme: basic}
    bearer: {type: http, scheme: bearer, bearerFormat: JWT}
    oauth:
      type: oauth2
      flows: {clientCredentials: {tokenUrl: /token, scopes: {read: r, write: w}}}
    oidc:
      type: openIdConnect
      openIdConnectUrl: https://login.example/.well-known/openid-configuration
    own: {type: http, scheme: x-pass}
    tls: {type: mutualTLS}
";

pub(crate) const OPERATIONS: [&str; 14] = [
    "header", "query", "cookie", "basic", "bearer", "oauth", "oidc", "own", "tls", "public",
    "either", "both", "blocking", "optional",
];

/// A scheme that is none of those that come with the framework.
struct Pass;

impl SecurityProvider for Pass {
    fn verify(&self, credential: &Credential<'_>) -> Result<Identity, Denial> {
        match credential.value() {
            "let me in" => Ok(Identity::new("guest")),
            "it is me" => Err(Denial::forbidden("the guest is known and not welcome")),
            _ => Err(Denial::unknown("nobody has this pass")),
        }
    }
}

fn tokens() -> Jwt {
    let public = include_bytes!("../../../framework/tests/security/keys/rsa.pub.pem");
    let keys = KeySet::new().pem("k1", Algorithm::RS256, public);
    Jwt::new(Issuer::new(super::tokens::ISSUER, "pets", keys.unwrap())).unwrap()
}

/// Answers with the subject of who asks.
fn who(identity: Option<Identity>) -> String {
    identity.map_or("nobody".to_owned(), |one| one.subject().to_owned())
}

pub(crate) fn service() -> AppService {
    let keys = |owner: &str, key: &str| ApiKeys::new([(owner, key)]);
    let users = BasicUsers::new([("ben", bcrypt::hash("brot", 4).unwrap())]);
    let proxied = MutualTls::new([("CN=till,O=Shop", "till")]).unwrap();
    let mut builder = service_of(DOCUMENT)
        .security("header", keys("header", HEADER_KEY))
        .security("query", keys("query", QUERY_KEY))
        .security("cookie", keys("cookie", COOKIE_KEY))
        .security("basic", users)
        .security("bearer", tokens())
        .security("oauth", tokens())
        .security("oidc", tokens())
        .security("own", Pass)
        .security("tls", proxied.behind_proxy("x-client", ["127.0.0.0/8"]));
    for operation in OPERATIONS {
        builder = builder.handler(operation, who);
    }
    builder.build().unwrap()
}
