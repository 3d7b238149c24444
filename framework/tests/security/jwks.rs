//! Keys that are fetched: how often, when again, and what happens if they cannot be.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use brrtrouter::security::jwt::{Algorithm, Issuer, Jwks, JwksError, JwksTimes, Jwt};
use brrtrouter::testing::TestClient;
use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};

use crate::tokens::{ISSUER, claims, sign};
use crate::{one_operation, service_of, who};

const SCHEME: &str = "    token: {type: http, scheme: bearer}\n";
const PRIVATE: &[u8] = include_bytes!("keys/ed25519.pem");
const PUBLIC: &[u8] = include_bytes!("keys/ed25519.pub.pem");

/// The public key under that name.
fn key(kid: &str) -> Value {
    let text = std::str::from_utf8(PUBLIC).unwrap();
    let base64: String = text
        .lines()
        .filter(|line| !line.starts_with("--"))
        .collect();
    let der = base64::engine::general_purpose::STANDARD
        .decode(base64)
        .unwrap();
    // The last 32 bytes are the key (RFC 8410 §4).
    let x = URL_SAFE_NO_PAD.encode(&der[der.len() - 32..]);
    json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "use": "sig", "x": x})
}

fn set(kids: &[&str]) -> Vec<u8> {
    let keys: Vec<Value> = kids.iter().map(|kid| key(kid)).collect();
    json!({ "keys": keys }).to_string().into_bytes()
}

fn token(kid: &str) -> String {
    let header = json!({"alg": "EdDSA", "kid": kid}).to_string();
    let key = EncodingKey::from_ed_pem(PRIVATE).unwrap();
    sign(&header, &claims().to_string(), Algorithm::EdDSA, &key)
}

/// What an issuer publishes, and how often it was asked.
#[derive(Default)]
struct Stand {
    published: Mutex<Vec<u8>>,
    is_down: AtomicBool,
    fetches: AtomicUsize,
}

impl Stand {
    fn of(kids: &[&str]) -> Arc<Self> {
        let stand = Self::default();
        stand.publish(kids);
        Arc::new(stand)
    }

    fn publish(&self, kids: &[&str]) {
        *self.published.lock().unwrap() = set(kids);
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    fn keys(self: &Arc<Self>, times: JwksTimes) -> Jwks {
        let stand = Arc::clone(self);
        let keys = Jwks::fetched_by(times, move || {
            stand.fetches.fetch_add(1, Ordering::SeqCst);
            if stand.is_down.load(Ordering::SeqCst) {
                return Err("it is down".into());
            }
            Ok(stand.published.lock().unwrap().clone())
        });
        keys.unwrap()
    }

    fn client(self: &Arc<Self>, times: JwksTimes) -> TestClient {
        let tokens = Jwt::new(Issuer::new(ISSUER, "pets", self.keys(times))).unwrap();
        let builder = service_of(&one_operation("[token: []]", SCHEME));
        let builder = builder.security("token", tokens).handler("it", who);
        TestClient::new(builder.build().unwrap())
    }
}

fn times(fresh: u64, stale: u64, pause: u64) -> JwksTimes {
    let mut times = JwksTimes::default();
    times.fresh = Duration::from_millis(fresh);
    times.stale = Duration::from_millis(stale);
    times.pause = Duration::from_millis(pause);
    times
}

fn ask(client: &TestClient, token: &str) -> u16 {
    let value = format!("Bearer {token}");
    client
        .get("/")
        .field("authorization", value)
        .send()
        .status()
}

/// Asks until the status is that one.
fn ask_until(client: &TestClient, token: &str, status: u16) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while ask(client, token) != status {
        assert!(Instant::now() < deadline, "it never becomes {status}");
        std::thread::yield_now();
    }
}

const HOUR: u64 = 3_600_000;

#[test]
fn ten_thousand_unknown_keys_cause_two_fetches_at_most() {
    let stand = Stand::of(&["k1"]);
    let client = stand.client(times(HOUR, HOUR, HOUR));
    let tokens: Vec<String> = (0..10_000)
        .map(|number| {
            // Only the header counts before a key is found.
            let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"EdDSA","kid":"u{number}"}}"#));
            format!("{header}.e30.AA")
        })
        .collect();
    std::thread::scope(|scope| {
        for part in tokens.chunks(1_250) {
            let client = &client;
            scope.spawn(move || {
                part.iter()
                    .for_each(|one| assert_eq!(ask(client, one), 401))
            });
        }
    });
    assert!(stand.fetches() <= 2, "{}", stand.fetches());
    assert_eq!(ask(&client, &token("k1")), 200);
}

#[test]
fn a_key_that_was_added_is_fetched_when_it_is_first_needed() {
    let stand = Stand::of(&["k1"]);
    let client = stand.client(times(HOUR, HOUR, 0));
    assert_eq!((ask(&client, &token("k1")), stand.fetches()), (200, 1));
    stand.publish(&["k1", "k2"]);
    assert_eq!((ask(&client, &token("k2")), stand.fetches()), (200, 2));
    assert_eq!((ask(&client, &token("k2")), stand.fetches()), (200, 2));
}

#[test]
fn all_that_miss_a_key_at_once_wait_for_one_fetch() {
    let stand = Stand::of(&["k1"]);
    let client = stand.client(times(HOUR, HOUR, 0));
    stand.publish(&["k1", "k2"]);
    let token = token("k2");
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..16)
            .map(|_| scope.spawn(|| ask(&client, &token)))
            .collect();
        asked
            .into_iter()
            .for_each(|one| assert_eq!(one.join().unwrap(), 200));
    });
    assert_eq!(stand.fetches(), 2);
}

#[test]
fn a_key_that_was_removed_is_no_longer_good_though_its_token_was_known() {
    let stand = Stand::of(&["k1", "k2"]);
    let client = stand.client(times(20, HOUR, 0));
    let (one, other) = (token("k1"), token("k2"));
    assert_eq!((ask(&client, &one), ask(&client, &other)), (200, 200));
    stand.publish(&["k2"]);
    ask_until(&client, &one, 401);
    assert_eq!(ask(&client, &other), 200);
}

#[test]
fn while_fetching_fails_old_keys_are_used_for_a_while_and_then_nobody_is_let_in() {
    let stand = Stand::of(&["k1"]);
    let client = stand.client(times(20, 1_000, 10));
    let token = token("k1");
    assert_eq!(ask(&client, &token), 200);
    stand.is_down.store(true, Ordering::SeqCst);
    let failed = stand.fetches() + 2;
    while stand.fetches() < failed {
        std::thread::yield_now();
    }
    assert_eq!(ask(&client, &token), 200, "stale keys are used");
    ask_until(&client, &token, 503);
    stand.is_down.store(false, Ordering::SeqCst);
    ask_until(&client, &token, 200);
}

#[test]
fn only_keys_for_signatures_are_taken() {
    let with = |name: &str, value: Value| {
        let mut key = key("k1");
        key[name] = value;
        key
    };
    let mut rows: VecDeque<(Value, bool)> = VecDeque::from([
        (key("k1"), true),
        (with("alg", json!("EdDSA")), true),
        (with("alg", json!("ES256")), false),
        (with("alg", json!("none")), false),
        (with("use", json!("enc")), false),
        (with("crv", json!("P-256")), false),
        (with("kty", json!("what")), false),
        (
            json!({"kty": "oct", "kid": "k1", "k": URL_SAFE_NO_PAD.encode([7; 64])}),
            false,
        ),
        (
            json!({"kty": "RSA", "kid": "k1", "e": "AQAB", "n": URL_SAFE_NO_PAD.encode([0xff; 128])}),
            false,
        ),
        (json!("k1"), false),
    ]);
    while let Some((key, is_good)) = rows.pop_front() {
        let content = json!({ "keys": [key] }).to_string().into_bytes();
        let keys = Jwks::fetched_by(JwksTimes::default(), move || Ok(content.clone()));
        match keys {
            Ok(_) => assert!(is_good, "{key}"),
            Err(JwksError::Empty) => assert!(!is_good, "{key}"),
            Err(error) => panic!("{key}: {error}"),
        }
    }
}

#[test]
fn a_first_fetch_that_fails_stops_the_start() {
    let failing = Jwks::fetched_by(JwksTimes::default(), || Err("it is down".into()));
    assert!(matches!(failing, Err(JwksError::Fetch(_))));
    let malformed = Jwks::fetched_by(JwksTimes::default(), || Ok(b"<html>".to_vec()));
    assert!(matches!(malformed, Err(JwksError::Malformed(_))));
    let panicking = Jwks::fetched_by(JwksTimes::default(), || panic!("it panics"));
    assert!(matches!(panicking, Err(JwksError::Fetch(_))));
}
