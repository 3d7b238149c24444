//! What `WWW-Authenticate` says (RFC 9110 §11.6.1, RFC 6750 §3, RFC 7617 §2).

use brrtrouter::prelude::*;
use brrtrouter::security::{Credential, Denial, SecurityOptions, SecurityProvider};
use brrtrouter::testing::{TestAnswer, TestClient};
use brrtrouter_spec::model::SecurityScheme;

use crate::{one_operation, service_of, who};

const SCHEMES: &str = "    key: {type: apiKey, in: header, name: 'X-\"Key'}
    basic: {type: http, scheme: BASIC}
    bearer: {type: http, scheme: bearer}
    digest: {type: http, scheme: digest}
    other: {type: http, scheme: X-Own}
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: /t, scopes: {read: r, write: w}}}}
    oidc: {type: openIdConnect, openIdConnectUrl: 'https://login.example/.well-known/openid-configuration'}
    tls: {type: mutualTLS}
";

/// Says what it is told to.
struct Told;

impl SecurityProvider for Told {
    fn verify(&self, credential: &Credential<'_>) -> Result<Identity, Denial> {
        match credential.value() {
            "good" => Ok(Identity::new("somebody")),
            _ => Err(Denial::unknown("it is told to")),
        }
    }
}

/// Has challenges of its own.
struct Nonce;

impl SecurityProvider for Nonce {
    fn verify(&self, _: &Credential<'_>) -> Result<Identity, Denial> {
        Err(Denial::unknown("always"))
    }

    fn challenge(&self, _: &SecurityScheme) -> Option<String> {
        Some("Digest realm=\"api\", nonce=\"n1\"".to_owned())
    }
}

fn client(security: &str) -> TestClient {
    let mut options = SecurityOptions::default();
    options.realm = "pets \"and\" möre".to_owned();
    let mut builder = service_of(&one_operation(security, SCHEMES)).security_options(options);
    for name in ["key", "basic", "bearer", "other", "oauth", "oidc", "tls"] {
        builder = builder.security(name, Told);
    }
    let builder = builder.security("digest", Nonce).handler("it", who);
    TestClient::new(builder.build().unwrap())
}

fn challenges(answer: &TestAnswer) -> Vec<&str> {
    let fields = answer.fields();
    fields
        .filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate"))
        .map(|(_, value)| value)
        .collect()
}

const REALM: &str = "realm=\"pets \\\"and\\\" mre\"";

#[test]
fn each_scheme_has_its_own() {
    for (security, expected) in [
        ("[key: []]", format!("ApiKey {REALM}, name=\"X-\\\"Key\"")),
        ("[basic: []]", format!("Basic {REALM}, charset=\"UTF-8\"")),
        ("[bearer: []]", format!("Bearer {REALM}")),
        ("[bearer: [a, b]]", format!("Bearer {REALM}, scope=\"a b\"")),
        ("[oauth: [read]]", format!("Bearer {REALM}, scope=\"read\"")),
        ("[oidc: []]", format!("Bearer {REALM}")),
        ("[other: []]", format!("x-own {REALM}")),
        (
            "[digest: []]",
            "Digest realm=\"api\", nonce=\"n1\"".to_owned(),
        ),
        ("[tls: []]", format!("ClientCertificate {REALM}")),
    ] {
        let answer = client(security).get("/").send();
        assert_eq!(answer.status(), 401, "{security}");
        assert_eq!(challenges(&answer), [expected.as_str()], "{security}");
    }
}

#[test]
fn a_token_that_was_refused_is_called_invalid_and_a_missing_one_is_not() {
    let client = client("[bearer: [a]]");
    let missing = client.get("/").send();
    assert_eq!(
        challenges(&missing),
        [format!("Bearer {REALM}, scope=\"a\"")]
    );
    let refused = client.get("/").field("authorization", "Bearer bad").send();
    let expected = format!("Bearer {REALM}, error=\"invalid_token\", scope=\"a\"");
    assert_eq!(challenges(&refused), [expected]);
}

#[test]
fn a_scope_that_lacks_is_403_and_named() {
    let client = client("[bearer: [a, 'b\"c']]");
    let refused = client.get("/").field("authorization", "Bearer good").send();
    assert_eq!(refused.status(), 403);
    let expected = format!("Bearer {REALM}, error=\"insufficient_scope\", scope=\"a\"");
    assert_eq!(challenges(&refused), [expected]);
}

#[test]
fn all_schemes_of_all_alternatives_are_asked_for_once() {
    let client = client("[{key: [], bearer: []}, {basic: []}, {oauth: []}, {bearer: []}]");
    let refused = client.get("/").field("authorization", "Bearer bad").send();
    let expected = [
        format!("ApiKey {REALM}, name=\"X-\\\"Key\""),
        // In the first alternative the key was missing before the token was looked at.
        format!("Bearer {REALM}, error=\"invalid_token\""),
        format!("Basic {REALM}, charset=\"UTF-8\""),
    ];
    assert_eq!(challenges(&refused), expected);
}

#[test]
fn the_problem_says_nothing_of_which_part_failed() {
    let client = client("[{key: [], bearer: []}, {basic: []}]");
    let bodies: Vec<String> = [
        ("x", "y"),
        ("authorization", "Bearer bad"),
        ("x-\"key", "good"),
    ]
    .into_iter()
    .map(|(name, value)| client.get("/").field(name, value).send().text().to_owned())
    .collect();
    assert!(
        bodies.windows(2).all(|pair| pair[0] == pair[1]),
        "{bodies:?}"
    );
    let problem = client.get("/").send();
    assert_eq!(problem.field("content-type"), "application/problem+json");
    let body: serde_json::Value = problem.json();
    assert_eq!(body["detail"], "valid credentials are required");
    assert_eq!(body.as_object().unwrap().len(), 3);
}
