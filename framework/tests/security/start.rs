//! What cannot be enforced stops the start, with its place in the document.

use brrtrouter::AppServiceBuilder;
use brrtrouter::prelude::*;
use brrtrouter::security::jwt::{Algorithm, Issuer, Jwt, KeySet};
use brrtrouter::security::{BasicUsers, MutualTls};

use crate::{one_operation, service_of, who};

const SCHEMES: &str = "    key: {type: apiKey, in: header, name: k}
    token: {type: http, scheme: bearer}
    login: {type: http, scheme: basic}
    tls: {type: mutualTLS}
    oidc: {type: openIdConnect, openIdConnectUrl: 'https://login.example/.well-known/openid-configuration'}
";

fn builder(security: &str) -> AppServiceBuilder {
    service_of(&one_operation(security, SCHEMES)).handler("it", who)
}

/// What the start says, of which one line is about security.
fn fault(builder: AppServiceBuilder) -> String {
    let error = builder
        .build()
        .expect_err("it cannot be enforced")
        .to_string();
    let mut lines = error.lines().skip(1);
    let line = lines.next().expect("a fault").to_owned();
    assert_eq!(lines.next(), None, "{error}");
    line
}

fn no_keys() -> [(&'static str, &'static str); 0] {
    []
}

#[test]
fn each_fault_has_its_place() {
    let good = || ApiKeys::new([("me", "a-key-of-some-length")]);
    let weak = KeySet::new().hmac("", Algorithm::HS256, b"secret");
    let weak = weak.map(|keys| Jwt::new(Issuer::new("i", "a", keys)).unwrap());
    let rows = [
        (
            fault(builder("[absent: []]")),
            "secured.yaml:5:5: security scheme \"absent\", which operation \"it\" demands, is not declared",
        ),
        (
            fault(builder("[key: []]")),
            "secured.yaml:11:5: security scheme \"key\" has no provider; operation \"it\" demands it",
        ),
        (
            fault(builder("[key: []]").security("key", ApiKeys::new(no_keys()))),
            "secured.yaml:11:5: the provider of security scheme \"key\" cannot be used: there is no API key",
        ),
        (
            fault(builder("[token: []]").security("token", weak)),
            "secured.yaml:12:5: the provider of security scheme \"token\" cannot be used: the secret for HS256 \
             has 6 bytes, and needs 32",
        ),
        (
            fault(
                builder("[token: []]")
                    .security("token", Jwt::new(Issuer::new("i", "a", KeySet::new()))),
            ),
            "secured.yaml:12:5: the provider of security scheme \"token\" cannot be used: issuer \"i\" has no key",
        ),
        (
            fault(builder("[login: []]").security("login", BasicUsers::new(no_keys()))),
            "secured.yaml:13:5: the provider of security scheme \"login\" cannot be used: there is no user",
        ),
        (
            fault(builder("[tls: []]").security("tls", MutualTls::new(no_keys()))),
            "secured.yaml:14:5: the provider of security scheme \"tls\" cannot be used: there is no client \
             certificate to know",
        ),
        (
            fault(builder("[login: []]").security("login", good())),
            "secured.yaml:13:5: the provider of security scheme \"login\" cannot be used: API keys are for \
             schemes of type `apiKey`, or `http` other than basic",
        ),
        (
            // One that no operation asks for is named too.
            fault(builder("[]").security("tls", good())),
            "secured.yaml:14:5: the provider of security scheme \"tls\" cannot be used: API keys are for \
             schemes of type `apiKey`, or `http` other than basic",
        ),
    ];
    for (found, expected) in rows {
        assert_eq!(found, format!("  - {expected}"));
    }
}

#[test]
fn weak_keys_and_rules_that_nothing_could_pass_are_refused() {
    const SECRET: [u8; 64] = [7; 64];
    for (algorithm, needed) in [
        (Algorithm::HS256, 32),
        (Algorithm::HS384, 48),
        (Algorithm::HS512, 64),
    ] {
        let keys = |bytes| KeySet::new().hmac("", algorithm, &SECRET[..bytes]);
        assert!(keys(needed).is_ok());
        let error = keys(needed - 1).expect_err("it is too short").to_string();
        assert!(!error.contains('\u{7}'), "{error}");
    }
    let rsa = include_bytes!("keys/rsa.pub.pem");
    let weak = include_bytes!("keys/weak-rsa.pub.pem");
    assert!(KeySet::new().pem("", Algorithm::RS256, rsa).is_ok());
    assert!(KeySet::new().pem("", Algorithm::RS256, weak).is_err());
    // A public key is no secret, and a key of one kind is none of another.
    assert!(KeySet::new().hmac("", Algorithm::RS256, rsa).is_err());
    assert!(KeySet::new().pem("", Algorithm::HS256, rsa).is_err());
    assert!(KeySet::new().pem("", Algorithm::ES256, rsa).is_err());
    let p384 = include_bytes!("keys/p384.pub.pem");
    assert!(KeySet::new().pem("", Algorithm::ES384, p384).is_ok());
    assert!(KeySet::new().pem("", Algorithm::ES256, p384).is_err());

    let keys = || KeySet::new().hmac("", Algorithm::HS256, &SECRET).unwrap();
    assert!(Jwt::new(Issuer::new("", "a", keys())).is_err());
    assert!(Jwt::new(Issuer::new("i", "", keys())).is_err());
    assert!(Jwt::new(Issuer::new("i", "a", keys()).algorithms([Algorithm::RS256])).is_err());
    let twice = Jwt::new(Issuer::new("i", "a", keys())).unwrap();
    assert!(twice.issuer(Issuer::new("i", "b", keys())).is_err());
}
