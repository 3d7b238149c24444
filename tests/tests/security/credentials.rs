//! What a request may carry for each scheme.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::api::{COOKIE_KEY, HEADER_KEY, QUERY_KEY};

/// What a credential comes to by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Its owner is let in.
    Good,
    /// 401
    Unknown,
    /// 403
    Forbidden,
    /// The transport takes no such request.
    Refused,
}

/// One thing that a request may carry.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) label: String,
    pub(crate) outcome: Outcome,
    pub(crate) fields: Vec<(&'static str, String)>,
    pub(crate) query: String,
}

impl State {
    pub(crate) fn new(label: impl Into<String>, outcome: Outcome) -> Self {
        Self {
            label: label.into(),
            outcome,
            fields: Vec::new(),
            query: String::new(),
        }
    }

    pub(crate) fn field(mut self, name: &'static str, value: String) -> Self {
        self.fields.push((name, value));
        self
    }

    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query += &format!("{name}={}", encoded(value));
        self
    }
}

/// Everything that is not a letter or a digit percent-encoded.
fn encoded(text: &str) -> String {
    let byte = |one: &u8| match one.is_ascii_alphanumeric() {
        true => char::from(*one).to_string(),
        false => format!("%{one:02X}"),
    };
    text.as_bytes().iter().map(byte).collect()
}

pub(crate) fn of_header() -> Vec<State> {
    let state = |label: &str, outcome| State::new(format!("header key {label}"), outcome);
    let key = || HEADER_KEY.to_owned();
    vec![
        state("good", Outcome::Good).field("X-Key", key()),
        state("in another case of the field", Outcome::Good).field("x-KEY", key()),
        state("missing", Outcome::Unknown),
        state("wrong", Outcome::Unknown).field("X-Key", "the-key-of-nobody-at-all".to_owned()),
        state("empty", Outcome::Unknown).field("X-Key", String::new()),
        state("in another case", Outcome::Unknown).field("X-Key", key().to_uppercase()),
        state("cut short", Outcome::Unknown).field("X-Key", key()[1..].to_owned()),
        state("with more behind it", Outcome::Unknown).field("X-Key", key() + "0"),
        state("of 4 KB", Outcome::Unknown).field("X-Key", "k".repeat(4096)),
        state("of 100 KB", Outcome::Refused).field("X-Key", "k".repeat(100_000)),
        state("of another scheme", Outcome::Unknown).field("X-Key", COOKIE_KEY.to_owned()),
        state("twice", Outcome::Unknown)
            .field("X-Key", key())
            .field("x-key", key()),
        state("beside a wrong one", Outcome::Unknown)
            .field("X-Key", key())
            .field("X-Key", "the-key-of-nobody-at-all".to_owned()),
        state("twice in one field", Outcome::Unknown)
            .field("X-Key", format!("{HEADER_KEY}, {HEADER_KEY}")),
        state("in the query", Outcome::Unknown).query("X-Key", HEADER_KEY),
        state("in a cookie", Outcome::Unknown).field("cookie", format!("X-Key={HEADER_KEY}")),
        state("as a token", Outcome::Unknown).field("x-key", format!("Bearer {HEADER_KEY}")),
        state("in a field of a like name", Outcome::Unknown).field("X_Key", key()),
    ]
}

pub(crate) fn of_query() -> Vec<State> {
    let state = |label: &str, outcome| State::new(format!("query key {label}"), outcome);
    let mut named = state("under an encoded name", Outcome::Good);
    named.query = format!("%6bey={}", encoded(QUERY_KEY));
    let mut bare = state("and a bare name", Outcome::Unknown).query("key", QUERY_KEY);
    bare.query.push_str("&key");
    let mut broken = state("that is not UTF-8", Outcome::Unknown);
    broken.query = "key=%ff%fe".to_owned();
    vec![
        state("good", Outcome::Good).query("key", QUERY_KEY),
        state("among others", Outcome::Good)
            .query("a", "b")
            .query("key", QUERY_KEY)
            .query("keys", "c"),
        named,
        bare,
        broken,
        state("missing", Outcome::Unknown),
        state("empty", Outcome::Unknown).query("key", ""),
        state("wrong", Outcome::Unknown).query("key", HEADER_KEY),
        state("in another case of the name", Outcome::Unknown).query("Key", QUERY_KEY),
        state("twice", Outcome::Unknown)
            .query("key", QUERY_KEY)
            .query("key", QUERY_KEY),
        state("in a field", Outcome::Unknown).field("key", QUERY_KEY.to_owned()),
        state("of 4 KB", Outcome::Unknown).query("key", &"k".repeat(4096)),
    ]
}

pub(crate) fn of_cookie() -> Vec<State> {
    let state = |label: &str, outcome| State::new(format!("cookie key {label}"), outcome);
    let session = format!("session={COOKIE_KEY}");
    vec![
        state("good", Outcome::Good).field("Cookie", session.clone()),
        state("among others", Outcome::Good).field("cookie", format!("a=b; {session};sessions=c")),
        state("missing", Outcome::Unknown),
        state("without any", Outcome::Unknown).field("cookie", "a=b".to_owned()),
        state("empty", Outcome::Unknown).field("cookie", "session=".to_owned()),
        state("wrong", Outcome::Unknown).field("cookie", format!("session={HEADER_KEY}")),
        state("in another case of the name", Outcome::Unknown)
            .field("cookie", format!("Session={COOKIE_KEY}")),
        state("twice in one field", Outcome::Unknown)
            .field("cookie", format!("{session}; {session}")),
        state("in two fields", Outcome::Unknown)
            .field("cookie", session.clone())
            .field("cookie", session),
        state("in a field", Outcome::Unknown).field("session", COOKIE_KEY.to_owned()),
        state("in the query", Outcome::Unknown).query("session", COOKIE_KEY),
    ]
}

pub(crate) fn of_basic() -> Vec<State> {
    let state = |label: &str, outcome| State::new(format!("password {label}"), outcome);
    let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
    let with = |label: &str, outcome, text: &str| {
        state(label, outcome).field("authorization", basic(text))
    };
    vec![
        with("good", Outcome::Good, "ben:brot"),
        with("good and known", Outcome::Good, "ben:brot"),
        state("with the scheme in lower case", Outcome::Good)
            .field("authorization", basic("ben:brot").replace("Basic", "basic")),
        state("missing", Outcome::Unknown),
        with("wrong", Outcome::Unknown, "ben:kuchen"),
        with("of nobody", Outcome::Unknown, "anna:brot"),
        with("empty", Outcome::Unknown, "ben:"),
        with("without a name", Outcome::Unknown, ":brot"),
        with("without a colon", Outcome::Unknown, "benbrot"),
        with(
            "with a control character",
            Outcome::Unknown,
            "ben:brot\u{0}",
        ),
        with(
            "of 3 KB",
            Outcome::Unknown,
            &format!("ben:{}", "x".repeat(3000)),
        ),
        state("not base64", Outcome::Unknown).field("authorization", "Basic ben:brot".to_owned()),
        state("not UTF-8", Outcome::Unknown).field(
            "authorization",
            format!("Basic {}", STANDARD.encode(b"ben:\xff")),
        ),
        state("as a token", Outcome::Unknown).field(
            "authorization",
            basic("ben:brot").replace("Basic", "Bearer"),
        ),
        state("in two fields", Outcome::Unknown)
            .field("authorization", basic("ben:brot"))
            .field("authorization", basic("ben:brot")),
    ]
}

pub(crate) fn of_own() -> Vec<State> {
    let state = |label: &str, outcome| State::new(format!("pass {label}"), outcome);
    let pass = |text: &str| format!("X-Pass {text}");
    vec![
        state("good", Outcome::Good).field("authorization", pass("let me in")),
        state("missing", Outcome::Unknown),
        state("wrong", Outcome::Unknown).field("authorization", pass("please")),
        state("of one who is not welcome", Outcome::Forbidden)
            .field("authorization", pass("it is me")),
        state("under another scheme", Outcome::Unknown)
            .field("authorization", "X-Passport let me in".to_owned()),
    ]
}

pub(crate) fn of_tls() -> Vec<State> {
    let state = |label: &str, outcome| State::new(format!("certificate {label}"), outcome);
    let till = || "CN=till,O=Shop".to_owned();
    vec![
        state("good", Outcome::Good).field("x-client", till()),
        state("missing", Outcome::Unknown),
        state("of another", Outcome::Unknown).field("x-client", "CN=other".to_owned()),
        state("in another case", Outcome::Unknown).field("x-client", till().to_lowercase()),
        state("twice", Outcome::Unknown)
            .field("x-client", till())
            .field("x-client", till()),
    ]
}
