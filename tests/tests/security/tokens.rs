//! Good tokens, and all the ways in which one can be bad.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use crate::credentials::{Outcome, State};

pub(crate) const ISSUER: &str = "https://login.example";

const PRIVATE: &[u8] = include_bytes!("../../../framework/tests/security/keys/rsa.pem");
const PUBLIC: &[u8] = include_bytes!("../../../framework/tests/security/keys/rsa.pub.pem");
const OTHER: &[u8] = include_bytes!("../../../framework/tests/security/keys/p256.pem");

fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap().as_secs()
}

fn header() -> Value {
    json!({"alg": "RS256", "kid": "k1", "typ": "JWT"})
}

pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": "pets", "sub": "anna", "iat": now(), "nbf": now(), "exp": now() + 600,
        "scope": "read write",
    })
}

pub(crate) fn sign(header: &str, claims: &str, algorithm: Algorithm, key: &EncodingKey) -> String {
    let head = URL_SAFE_NO_PAD.encode(header);
    let message = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).unwrap();
    format!("{message}.{signature}")
}

fn signed(header: &str, claims: &str) -> String {
    let key = EncodingKey::from_rsa_pem(PRIVATE).unwrap();
    sign(header, claims, Algorithm::RS256, &key)
}

fn with(object: Value, name: &str, value: Value) -> String {
    let mut object = object;
    match value {
        Value::Null => drop(object.as_object_mut().unwrap().remove(name)),
        value => object[name] = value,
    }
    object.to_string()
}

/// Fields of a head that make a token good for nothing: what it is, the field, and its value in JSON;
/// `null` for one that is left out.
const HEADS: &str = r#"
alg in lower case     | alg  | "rs256"
alg missing           | alg  | null
alg a number          | alg  | 256
kid that is not known | kid  | "k2"
kid that climbs       | kid  | "../../../../dev/null"
kid that injects      | kid  | "k1' OR '1'='1"
kid with a line break | kid  | "k1\nX: y"
kid of a list         | kid  | ["k1"]
jwk                   | jwk  | {"kty": "oct", "k": "AAAA"}
jku                   | jku  | "https://evil.example/keys"
x5u                   | x5u  | "https://evil.example/cert"
x5c                   | x5c  | ["MIIB"]
crit                  | crit | ["exp"]
b64                   | b64  | false
typ of a log-out      | typ  | "logout+jwt"
"#;

/// The same of claims.
const CLAIMS: &str = r#"
expired long ago              | exp | 0
without exp                   | exp | null
exp as text                   | exp | "4102444800"
exp below zero                | exp | -1
nbf as text                   | nbf | "now"
iat as list                   | iat | [1]
another audience              | aud | "birds"
other audiences               | aud | ["birds", "fish"]
no audience                   | aud | null
an audience that begins alike | aud | "petshop"
audience as object            | aud | {"pets": "pets"}
another issuer                | iss | "https://evil.example"
no issuer                     | iss | null
no subject                    | sub | null
empty subject                 | sub | ""
subject as number             | sub | 7
"#;

/// The rows of such a table.
fn rows_of(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str, Value)> {
    table.trim().lines().map(|line| {
        let mut cells = line.splitn(3, '|').map(str::trim);
        let mut cell = || cells.next().expect("a row has three cells");
        let (label, name) = (cell(), cell());
        let value = serde_json::from_str(cell()).expect("the value is JSON");
        (label, name, value)
    })
}

/// All of them by their labels, with what they should come to where scope `write` is asked for.
pub(crate) fn all() -> Vec<(String, Outcome, String)> {
    use Outcome::{Forbidden, Good, Refused, Unknown};
    let plain = || signed(&header().to_string(), &claims().to_string());
    let claim =
        |name: &str, value: Value| signed(&header().to_string(), &with(claims(), name, value));
    let head =
        |name: &str, value: Value| signed(&with(header(), name, value), &claims().to_string());
    let text = |from: &str, to: &str| {
        let claims = claims().to_string();
        assert!(claims.contains(from), "{claims}");
        signed(&header().to_string(), &claims.replacen(from, to, 1))
    };
    let good = plain();
    let mut parts = good.split('.');
    let (h, c, s) = (
        parts.next().unwrap(),
        parts.next().unwrap(),
        parts.next().unwrap(),
    );
    let admin = URL_SAFE_NO_PAD.encode(with(claims(), "sub", json!("admin")));
    let unsigned = |algorithm: &str| {
        let head = URL_SAFE_NO_PAD.encode(json!({"alg": algorithm, "kid": "k1"}).to_string());
        format!("{head}.{c}.")
    };
    let by_secret = |secret: &[u8]| {
        let header = json!({"alg": "HS256", "kid": "k1"}).to_string();
        let key = EncodingKey::from_secret(secret);
        sign(&header, &claims().to_string(), Algorithm::HS256, &key)
    };
    let by_other = |header: Value| {
        let key = EncodingKey::from_ec_pem(OTHER).unwrap();
        sign(
            &header.to_string(),
            &claims().to_string(),
            Algorithm::ES256,
            &key,
        )
    };
    let rs384 = {
        let key = EncodingKey::from_rsa_pem(PRIVATE).unwrap();
        let header = with(header(), "alg", json!("RS384"));
        sign(&header, &claims().to_string(), Algorithm::RS384, &key)
    };
    let mut rows: Vec<(&str, Outcome, String)> = vec![
        ("good", Good, good.clone()),
        ("again", Good, good.clone()),
        (
            "for several audiences",
            Good,
            claim("aud", json!(["birds", "pets"])),
        ),
        (
            "times with fractions",
            Good,
            claim("exp", json!(now() as f64 + 600.5)),
        ),
        ("without typ", Good, head("typ", Value::Null)),
        ("typ at+jwt", Good, head("typ", json!("application/at+jwt"))),
        ("without kid", Good, head("kid", Value::Null)),
        (
            "scopes in a list",
            Good,
            claim("scope", json!(["read", "write"])),
        ),
        ("a header of no meaning", Good, head("x", json!("y"))),
        (
            "one scope too few",
            Forbidden,
            claim("scope", json!("read")),
        ),
        ("no scope", Forbidden, claim("scope", Value::Null)),
        (
            "a scope that begins alike",
            Forbidden,
            claim("scope", json!("read writer")),
        ),
        (
            "a scope in another case",
            Forbidden,
            claim("scope", json!("read WRITE")),
        ),
        ("expired", Unknown, claim("exp", json!(now() - 60))),
        (
            "exp beyond all bounds",
            Unknown,
            text("\"exp\":", "\"exp\":1e300,\"x\":"),
        ),
        ("not yet good", Unknown, claim("nbf", json!(now() + 120))),
        (
            "issued in the future",
            Unknown,
            claim("iat", json!(now() + 120)),
        ),
        ("issuer in a list", Unknown, claim("iss", json!([ISSUER]))),
        (
            "issuer with a slash",
            Unknown,
            claim("iss", json!(format!("{ISSUER}/"))),
        ),
        (
            "sub twice",
            Unknown,
            text("\"sub\":\"anna\"", "\"sub\":\"anna\",\"sub\":\"admin\""),
        ),
        ("exp twice", Unknown, text("\"exp\":", "\"exp\":1,\"exp\":")),
        (
            "scope twice, escaped",
            Unknown,
            text("\"scope\":", "\"sc\\u006fpe\":\"x\",\"scope\":"),
        ),
        (
            "alg twice",
            Unknown,
            signed(
                r#"{"alg":"none","alg":"RS256","kid":"k1"}"#,
                &claims().to_string(),
            ),
        ),
        ("alg none", Unknown, unsigned("none")),
        ("alg None", Unknown, unsigned("None")),
        ("alg empty", Unknown, unsigned("")),
        ("alg RS256 without signature", Unknown, unsigned("RS256")),
        (
            "signed with the public key in PEM as secret",
            Unknown,
            by_secret(PUBLIC),
        ),
        ("signed with an empty secret", Unknown, by_secret(b"")),
        ("another algorithm of the same key", Unknown, rs384),
        (
            "another key under the same kid",
            Unknown,
            by_other(json!({"alg": "ES256", "kid": "k1"})),
        ),
        (
            "another key that says it is of this one's algorithm",
            Unknown,
            by_other(header()),
        ),
        (
            "kid of 1,000 bytes",
            Unknown,
            head("kid", json!("k".repeat(1000))),
        ),
        (
            "another payload under this signature",
            Unknown,
            format!("{h}.{admin}.{s}"),
        ),
        (
            "signature cut short",
            Unknown,
            good[..good.len() - 4].to_owned(),
        ),
        (
            "signature of zeros",
            Unknown,
            format!("{h}.{c}.{}", URL_SAFE_NO_PAD.encode([0; 256])),
        ),
        ("two parts", Unknown, format!("{h}.{c}")),
        ("four parts", Unknown, format!("{good}.{s}")),
        (
            "five parts, as if encrypted",
            Unknown,
            format!("{h}.{c}.{s}.{s}.{s}"),
        ),
        ("dots", Unknown, "..".to_owned()),
        ("not base64", Unknown, format!("{h}.{c}!.{s}")),
        ("padded base64", Unknown, format!("{h}=.{c}.{s}")),
        ("white space inside", Unknown, format!("{h}. {c}.{s}")),
        (
            "a list for a payload",
            Unknown,
            signed(&header().to_string(), "[]"),
        ),
        (
            "a payload that is not JSON",
            Unknown,
            signed(&header().to_string(), "{"),
        ),
        (
            "nested deeply",
            Unknown,
            text(
                "\"sub\":",
                &format!("\"deep\":{}{},\"sub\":", "[".repeat(400), "]".repeat(400)),
            ),
        ),
        (
            "of 100 KB",
            Refused,
            claim("fill", json!("x".repeat(75_000))),
        ),
    ];
    rows.extend(rows_of(HEADS).map(|(label, name, value)| (label, Unknown, head(name, value))));
    rows.extend(rows_of(CLAIMS).map(|(label, name, value)| (label, Unknown, claim(name, value))));
    let rows = rows.into_iter();
    rows.map(|(label, outcome, token)| (label.to_owned(), outcome, token))
        .collect()
}

/// The same as the credentials of a bearer scheme, and the places and forms that are none.
pub(crate) fn states() -> Vec<State> {
    let all = all();
    let good = all[0].2.clone();
    let mut states: Vec<State> = all
        .into_iter()
        .map(|(label, outcome, token)| {
            State::new(format!("token {label}"), outcome)
                .field("Authorization", format!("Bearer {token}"))
        })
        .collect();
    let state = |label: &str, outcome| State::new(format!("token {label}"), outcome);
    let bearer = format!("Bearer {good}");
    states.extend([
        state("missing", Outcome::Unknown),
        state("with the scheme in lower case", Outcome::Good)
            .field("authorization", format!("bearer {good}")),
        state("behind several spaces", Outcome::Good)
            .field("authorization", format!("Bearer   {good}")),
        state("without scheme", Outcome::Unknown).field("authorization", good.clone()),
        state("of an empty scheme", Outcome::Unknown).field("authorization", "Bearer".to_owned()),
        state("under another scheme", Outcome::Unknown)
            .field("authorization", format!("Token {good}")),
        state("as basic", Outcome::Unknown).field("authorization", format!("Basic {good}")),
        state("in two fields", Outcome::Unknown)
            .field("authorization", bearer.clone())
            .field("authorization", bearer.clone()),
        state("beside another", Outcome::Unknown)
            .field("authorization", bearer.clone())
            .field("Authorization", "Basic YTpi".to_owned()),
        state("twice in one field", Outcome::Unknown)
            .field("authorization", format!("{bearer}, {bearer}")),
        state("in the query", Outcome::Unknown).query("access_token", &good),
        state("in another field", Outcome::Unknown).field("X-Authorization", bearer.clone()),
        state("in a cookie", Outcome::Unknown).field("cookie", format!("access_token={good}")),
        state("for the proxy", Outcome::Unknown).field("proxy-authorization", bearer),
    ]);
    states
}
