//! What handlers learn of who asks, and what the log does not.

use std::sync::{Mutex, OnceLock};

use brrtrouter::prelude::*;
use brrtrouter::security::{SecurityChangeKind, changes};
use brrtrouter::testing::TestClient;
use brrtrouter_spec::{Loader, Spec};

use crate::{one_operation, service_of, who};

const SCHEMES: &str = "    a: {type: apiKey, in: header, name: a}\n    \
                       b: {type: apiKey, in: query, name: b}\n";

const A: &str = "the-secret-key-of-anna";
const B: &str = "the-secret-key-of-ben";

fn keys(owner: &str, key: &str) -> ApiKeys {
    ApiKeys::new([(owner, key)]).unwrap()
}

fn client(security: &str) -> TestClient {
    let builder = service_of(&one_operation(security, SCHEMES))
        .security("a", keys("anna", A))
        .security("b", keys("ben", B))
        .handler("it", |identity: Option<Identity>| {
            let ben = identity.as_ref().and_then(|one| one.of("b"));
            let ben = ben.map(|one| one.subject().to_owned());
            format!("{}, {}", who(identity), ben.unwrap_or_default())
        });
    TestClient::new(builder.build().unwrap())
}

#[test]
fn all_that_one_requirement_establishes_is_there() {
    let client = client("[{a: [], b: []}]");
    let answer = client.get(format!("/?b={B}")).field("a", A).send();
    assert_eq!(answer.text(), "anna by a for [], ben");
    assert_eq!(client.get("/").field("a", A).send().status(), 401);
}

#[test]
fn where_it_is_optional_nobody_is_one_too() {
    let client = client("[{b: []}, {}]");
    assert_eq!(
        client.get(format!("/?b={B}")).send().text(),
        "ben by b for [], ben"
    );
    assert_eq!(client.get("/").send().text(), "nobody, ");
    assert_eq!(
        client.get("/?b=wrong-key-of-some-length").send().text(),
        "nobody, "
    );
}

/// Keeps all that is logged.
struct Log;

fn logged() -> &'static Mutex<String> {
    static LOGGED: OnceLock<Mutex<String>> = OnceLock::new();
    LOGGED.get_or_init(Mutex::default)
}

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let mut all = logged().lock().unwrap();
        *all += &format!("{} {}\n", record.level(), record.args());
    }

    fn flush(&self) {}
}

#[test]
fn the_log_names_the_caller_and_the_reason_and_never_a_secret() {
    log::set_logger(&Log).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let client = client("[{a: [], b: []}]");
    client.get(format!("/?b={B}")).field("a", A).send();
    client
        .get("/?b=a-wrong-key-of-some-length")
        .field("a", A)
        .send();
    client.get("/").send();
    let all = logged().lock().unwrap().clone();
    assert!(all.contains("DEBUG it: \"anna\" by scheme \"a\""), "{all}");
    assert!(
        all.contains("INFO it: scheme \"b\" refuses: nobody has this API key"),
        "{all}"
    );
    assert!(all.contains("there is no credential in its place"), "{all}");
    for secret in [A, B, "a-wrong-key"] {
        assert!(!all.contains(secret), "{all}");
    }
}

fn spec(security: &str, schemes: &str) -> Spec {
    let document = one_operation(security, schemes);
    Loader::new().load_str(&document, "a.yaml").unwrap()
}

#[test]
fn changes_are_judged_by_what_satisfies_them() {
    use SecurityChangeKind::{Redeclared, Strengthened, Weakened};
    let rows = [
        ("[a: []]", "[a: []]", None),
        ("[a: []]", "[]", Some(Weakened)),
        ("[a: []]", "[{a: []}, {}]", Some(Weakened)),
        ("[a: []]", "[{a: []}, {b: []}]", Some(Weakened)),
        ("[{a: [], b: []}]", "[a: []]", Some(Weakened)),
        ("[a: [read, write]]", "[a: [read]]", Some(Weakened)),
        ("[a: []]", "[b: []]", Some(Weakened)),
        ("[]", "[a: []]", Some(Strengthened)),
        ("[{}]", "[]", None),
        ("[a: []]", "[a: [read]]", Some(Strengthened)),
        ("[{a: []}, {b: []}]", "[b: []]", Some(Strengthened)),
        ("[{a: []}, {b: []}]", "[{b: []}, {a: []}]", None),
        ("[a: []]", "[{a: []}, {a: [], b: []}]", None),
    ];
    for (before, after, kind) in rows {
        let found = changes(&spec(before, SCHEMES), &spec(after, SCHEMES));
        let found = found.first().map(|change| change.kind);
        assert_eq!(found, kind, "{before} to {after}");
    }
    let other = SCHEMES.replace("in: header, name: a", "in: query, name: a");
    let moved = changes(&spec("[a: []]", SCHEMES), &spec("[a: []]", &other));
    assert_eq!(moved[0].kind, Redeclared);
}
