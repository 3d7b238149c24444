//! Tokens: whose are taken, and what else they have to say.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use brrtrouter::prelude::*;
use brrtrouter::security::jwt::{Algorithm, Issuer, Jwt, KeySet};
use brrtrouter::testing::TestClient;
use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};

use crate::{one_operation, service_of, who};

pub(crate) const ISSUER: &str = "https://login.example";
const SECRET: &[u8; 64] = b"a secret of sixty-four bytes, which is long enough for them all.";
const SCHEME: &str = "    token: {type: http, scheme: bearer}\n";

pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap().as_secs()
}

/// Signs what it is given, whatever that is.
pub(crate) fn sign(header: &str, claims: &str, algorithm: Algorithm, key: &EncodingKey) -> String {
    let head = URL_SAFE_NO_PAD.encode(header);
    let message = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).unwrap();
    format!("{message}.{signature}")
}

pub(crate) fn claims() -> Value {
    json!({"iss": ISSUER, "aud": "pets", "sub": "anna", "exp": now() + 600, "scope": "read write"})
}

fn hmac() -> KeySet {
    KeySet::new().hmac("k1", Algorithm::HS256, SECRET).unwrap()
}

fn issuer() -> Issuer {
    Issuer::new(ISSUER, "pets", hmac())
}

/// A good token but for what `change` does to its header and claims.
fn token(change: impl FnOnce(&mut Value, &mut Value)) -> String {
    let mut header = json!({"alg": "HS256", "kid": "k1"});
    let mut claims = claims();
    change(&mut header, &mut claims);
    let key = EncodingKey::from_secret(SECRET);
    sign(
        &header.to_string(),
        &claims.to_string(),
        Algorithm::HS256,
        &key,
    )
}

fn client(tokens: Jwt) -> TestClient {
    let builder = service_of(&one_operation("[token: []]", SCHEME));
    let builder = builder.security("token", tokens).handler("it", who);
    TestClient::new(builder.build().unwrap())
}

fn ask(client: &TestClient, token: &str) -> u16 {
    let value = format!("Bearer {token}");
    client
        .get("/")
        .field("authorization", value)
        .send()
        .status()
}

#[test]
fn every_algorithm_is_taken_from_its_own_key_and_from_no_other() {
    let pem = |name: &str| {
        let path = format!(
            "{}/tests/security/keys/{name}.pem",
            env!("CARGO_MANIFEST_DIR")
        );
        std::fs::read(path).unwrap()
    };
    let rsa = || EncodingKey::from_rsa_pem(&pem("rsa")).unwrap();
    let p256 = || EncodingKey::from_ec_pem(&pem("p256")).unwrap();
    let p384 = || EncodingKey::from_ec_pem(&pem("p384")).unwrap();
    let ed = || EncodingKey::from_ed_pem(&pem("ed25519")).unwrap();
    let secret = || EncodingKey::from_secret(SECRET);
    let all = [
        (Algorithm::HS256, secret(), None),
        (Algorithm::HS384, secret(), None),
        (Algorithm::HS512, secret(), None),
        (Algorithm::RS256, rsa(), Some("rsa")),
        (Algorithm::RS384, rsa(), Some("rsa")),
        (Algorithm::RS512, rsa(), Some("rsa")),
        (Algorithm::PS256, rsa(), Some("rsa")),
        (Algorithm::PS384, rsa(), Some("rsa")),
        (Algorithm::PS512, rsa(), Some("rsa")),
        (Algorithm::ES256, p256(), Some("p256")),
        (Algorithm::ES384, p384(), Some("p384")),
        (Algorithm::EdDSA, ed(), Some("ed25519")),
    ];
    let tokens: Vec<String> = all
        .iter()
        .map(|(algorithm, key, _)| {
            let header = json!({"alg": algorithm}).to_string();
            sign(&header, &claims().to_string(), *algorithm, key)
        })
        .collect();
    for (index, (algorithm, _, public)) in all.iter().enumerate() {
        let keys = match public {
            None => KeySet::new().hmac("", *algorithm, SECRET),
            Some(name) => KeySet::new().pem("", *algorithm, &pem(&format!("{name}.pub"))),
        };
        let client = client(Jwt::new(Issuer::new(ISSUER, "pets", keys.unwrap())).unwrap());
        for (other, token) in tokens.iter().enumerate() {
            let expected = if other == index { 200 } else { 401 };
            assert_eq!(
                ask(&client, token),
                expected,
                "{algorithm:?}: {:?}",
                all[other].0
            );
        }
    }
}

#[test]
fn scopes_and_claims_become_those_of_the_identity() {
    let builder = service_of(&one_operation("[token: [write]]", SCHEME));
    let tokens = Jwt::new(issuer().scopes_in("roles")).unwrap();
    let service = builder
        .security("token", tokens)
        .handler("it", |one: Identity| {
            let level: Option<u32> = one.claim("level");
            format!("{} {:?} {level:?}", one.subject(), one.scopes())
        });
    let client = TestClient::new(service.build().unwrap());
    let scoped = token(|_, claims| {
        claims["level"] = json!(3);
        claims["scp"] = json!(["more"]);
        claims["roles"] = json!("admin");
    });
    let send = |token: &str| {
        let field = format!("bearer {token}");
        client.get("/").field("authorization", field).send()
    };
    for _ in 0..2 {
        let answer = send(&scoped);
        let expected = r#"anna ["read", "write", "more", "admin"] Some(3)"#;
        assert_eq!(answer.text(), expected);
    }
    assert_eq!(
        send(&token(|_, claims| claims["scope"] = json!("read"))).status(),
        403
    );
    assert_eq!(
        send(&token(|_, claims| claims["scope"] = json!("writer"))).status(),
        403
    );
    assert_eq!(
        send(&token(|_, claims| claims["scope"] = json!(7))).status(),
        403
    );
}

#[test]
fn times_are_heeded_within_the_leeway() {
    let tokens = issuer()
        .leeway(Duration::from_secs(60))
        .max_age(Duration::from_secs(300));
    let client = client(Jwt::new(tokens).unwrap());
    let at = |name: &'static str, offset: i64| {
        let time = now().checked_add_signed(offset).unwrap();
        token(move |_, claims| {
            claims["iat"] = json!(now());
            claims[name] = json!(time);
        })
    };
    for (name, offset, status) in [
        ("exp", -30, 200),
        ("exp", -90, 401),
        ("nbf", 30, 200),
        ("nbf", 90, 401),
        ("iat", 30, 200),
        ("iat", 90, 401),
        ("iat", -330, 200),
        ("iat", -390, 401),
    ] {
        assert_eq!(ask(&client, &at(name, offset)), status, "{name} {offset}");
    }
    assert_eq!(ask(&client, &token(|_, _| {})), 401, "without iat");
}

#[test]
fn each_issuer_has_its_own_keys_and_audience() {
    let other = KeySet::new()
        .hmac("k1", Algorithm::HS256, &[9; 32])
        .unwrap();
    let other = Issuer::new("https://other.example", "birds", other).without_audience();
    let client = client(Jwt::new(issuer()).unwrap().issuer(other).unwrap());
    let sign = |issuer: &str, audience: Value, secret: &[u8]| {
        let mut claims = claims();
        claims["iss"] = json!(issuer);
        claims["aud"] = audience;
        let key = EncodingKey::from_secret(secret);
        sign(
            r#"{"alg":"HS256","kid":"k1"}"#,
            &claims.to_string(),
            Algorithm::HS256,
            &key,
        )
    };
    for (issuer, audience, secret, status) in [
        (ISSUER, json!("pets"), &SECRET[..], 200),
        (ISSUER, json!(["birds", "pets"]), &SECRET[..], 200),
        (ISSUER, json!(["birds"]), &SECRET[..], 401),
        (ISSUER, json!([]), &SECRET[..], 401),
        (ISSUER, json!(["pets", 7]), &SECRET[..], 401),
        (ISSUER, json!("pets"), &[9; 32][..], 401),
        (
            "https://other.example",
            json!("anything"),
            &[9; 32][..],
            200,
        ),
        ("https://other.example", json!("pets"), &SECRET[..], 401),
        ("https://third.example", json!("pets"), &SECRET[..], 401),
    ] {
        let token = sign(issuer, audience.clone(), secret);
        assert_eq!(ask(&client, &token), status, "{issuer} {audience}");
    }
}

#[test]
fn a_token_that_was_taken_back_is_refused_though_it_was_known() {
    let is_revoked = Arc::new(AtomicBool::new(false));
    let revoked = Arc::clone(&is_revoked);
    let tokens = Jwt::new(issuer()).unwrap().revoked_if(move |identity| {
        let is_it = identity.claim::<String>("jti").as_deref() == Some("j1");
        is_it && revoked.load(Ordering::SeqCst)
    });
    let client = client(tokens);
    let (one, other) = (
        token(|_, claims| claims["jti"] = json!("j1")),
        token(|_, _| {}),
    );
    assert_eq!((ask(&client, &one), ask(&client, &other)), (200, 200));
    is_revoked.store(true, Ordering::SeqCst);
    assert_eq!((ask(&client, &one), ask(&client, &other)), (401, 200));
}

#[test]
fn a_known_token_expires_all_the_same() {
    let client = client(Jwt::new(issuer().leeway(Duration::ZERO)).unwrap());
    let expires = now() + 2;
    let short = token(|_, claims| claims["exp"] = json!(expires));
    let mut last = ask(&client, &short);
    assert_eq!(last, 200);
    while now() <= expires {
        last = ask(&client, &short);
        std::thread::yield_now();
    }
    assert_eq!(ask(&client, &short), 401, "before: {last}");
}

#[test]
fn more_tokens_than_are_remembered_are_all_still_good() {
    for room in [0, 1, 8] {
        let client = client(Jwt::new(issuer()).unwrap().cache(room));
        let tokens: Vec<String> = (0..40)
            .map(|number| token(|_, claims| claims["sub"] = json!(format!("user-{number}"))))
            .collect();
        for _ in 0..2 {
            for (number, token) in tokens.iter().enumerate() {
                let field = format!("Bearer {token}");
                let answer = client.get("/").field("authorization", field).send();
                assert!(
                    answer.text().starts_with(&format!("user-{number} ")),
                    "{}",
                    answer.text()
                );
            }
        }
    }
}

#[test]
fn a_type_that_is_asked_for_is_needed() {
    let client = client(Jwt::new(issuer().token_type("at+jwt")).unwrap());
    for (kind, status) in [
        (json!("at+jwt"), 200),
        (json!("application/AT+JWT"), 200),
        (json!("JWT"), 401),
        (json!("logout+jwt"), 401),
        (json!(7), 401),
        (Value::Null, 401),
    ] {
        let token = token(|header, _| header["typ"] = kind.clone());
        assert_eq!(ask(&client, &token), status, "{kind}");
    }
    assert_eq!(ask(&client, &token(|_, _| {})), 401);
}

#[test]
fn neither_keys_nor_tokens_are_shown() {
    let shown = format!(
        "{:?} {:?} {:?}",
        Jwt::new(issuer()).unwrap(),
        issuer(),
        hmac()
    );
    assert!(!shown.contains("sixty-four"), "{shown}");
    assert!(!shown.contains("97, 32, 115"), "{shown}");
    assert!(shown.contains("HS256"), "{shown}");
}
