//! Users with passwords.

use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use brrtrouter::security::{BasicUsers, BasicUsersError};
use brrtrouter::testing::TestClient;

use crate::cancelling::{Held, options};
use crate::{one_operation, service_of, who};

const SCHEME: &str = "    login: {type: http, scheme: basic}\n";

/// The cheapest that bcrypt has.
fn bcrypt(password: &str) -> String {
    bcrypt::hash(password, 4).unwrap()
}

/// Cheap, for tests only.
fn argon2id(password: &str) -> String {
    use argon2::password_hash::CustomizedPasswordHasher as _;
    let params = argon2::Params::new(64, 1, 1, None).unwrap();
    let hasher = argon2::Argon2::default();
    let hash = hasher.hash_password_with_params(password.as_bytes(), b"salt of a test", params);
    hash.unwrap().to_string()
}

fn client(users: BasicUsers) -> TestClient {
    let builder = service_of(&one_operation("[login: []]", SCHEME));
    let builder = builder.security("login", users).handler("it", who);
    TestClient::new(builder.build().unwrap())
}

fn login(client: &TestClient, credentials: &str) -> u16 {
    let value = format!("Basic {}", STANDARD.encode(credentials));
    client
        .get("/")
        .field("authorization", value)
        .send()
        .status()
}

#[test]
fn argon2id_and_bcrypt_are_verified() {
    let hashes = [("anna", argon2id("käse:brot")), ("ben", bcrypt("brot"))];
    let client = client(BasicUsers::new(hashes).unwrap());
    for _ in 0..2 {
        assert_eq!(login(&client, "anna:käse:brot"), 200);
        assert_eq!(login(&client, "ben:brot"), 200);
        for wrong in [
            "anna:brot",
            "ben:käse:brot",
            "ben:",
            "cleo:brot",
            "Ben:brot",
            ":brot",
        ] {
            assert_eq!(login(&client, wrong), 401, "{wrong}");
        }
    }
}

#[test]
fn a_password_that_goes_past_what_bcrypt_reads_is_wrong() {
    let long = "x".repeat(72);
    let client = client(BasicUsers::new([("ben", bcrypt(&long))]).unwrap());
    assert_eq!(login(&client, &format!("ben:{long}y")), 401);
    assert_eq!(login(&client, &format!("ben:{long}")), 200);
}

#[test]
fn users_are_replaced_while_they_serve_and_what_was_remembered_is_forgotten() {
    let users = BasicUsers::new([("ben", bcrypt("old"))]).unwrap();
    let users = users.remember(64, Duration::from_secs(3600));
    let handle = users.clone();
    let client = client(users);
    assert_eq!(
        (login(&client, "ben:old"), login(&client, "ben:old")),
        (200, 200)
    );
    handle.replace([("ben", bcrypt("new"))]).unwrap();
    assert_eq!(
        (login(&client, "ben:old"), login(&client, "ben:new")),
        (401, 200)
    );
}

#[test]
fn a_password_that_was_right_is_remembered_and_needs_no_thread() {
    let (begin, begun) = channel();
    let (end, held) = channel();
    let schemes = format!("{SCHEME}    held: {{type: apiKey, in: header, name: held}}\n");
    let users = BasicUsers::new([("ben", bcrypt("brot")), ("anna", bcrypt("kuchen"))]);
    let builder = service_of(&one_operation("[{held: []}, {login: []}]", &schemes))
        .security("login", users)
        .security("held", Held(Mutex::new(begin), Mutex::new(held)))
        .security_options(options(1, 1, 60_000))
        .handler("it", who);
    let client = TestClient::new(builder.build().unwrap());
    assert_eq!(login(&client, "ben:brot"), 200);
    std::thread::scope(|scope| {
        let hold = || client.get("/").field("held", "x").send().status();
        let first = scope.spawn(hold);
        begun.recv().unwrap();
        // The one thread is taken. Of two more requests one takes the one place in the queue.
        let more = [scope.spawn(hold), scope.spawn(hold)];
        while !more.iter().any(|one| one.is_finished()) {
            std::thread::yield_now();
        }
        assert_eq!(login(&client, "ben:brot"), 200);
        assert_eq!(login(&client, "anna:kuchen"), 503);
        assert_eq!(login(&client, "ben:kuchen"), 503);
        (0..2).for_each(|_| end.send(()).unwrap());
        assert_eq!(first.join().unwrap(), 200);
        let mut others = more.map(|one| one.join().unwrap());
        others.sort_unstable();
        assert_eq!(others, [200, 503]);
    });
    assert_eq!(login(&client, "anna:kuchen"), 200);
}

#[test]
fn hashes_of_other_kinds_stop_the_start() {
    let weak = [
        "brot",
        "",
        "$1$salt$qJH7.N4xYta3aEG/dfqo/0",
        "$argon2i$v=19$m=4096,t=3,p=1$c2FsdHNhbHQ$qqSCqQPLbO7RKU+qFwyhN0BxFUIW1ABnkMnG0u3mJCc",
        "$argon2id$v=19$m=4096,t=3,p=1$c2FsdHNhbHQ",
        "$2y$05$tooshort",
    ];
    for hash in weak {
        let refused = BasicUsers::new([("ben", hash)]);
        assert!(
            matches!(refused, Err(BasicUsersError::Hash { user }) if user == "ben"),
            "{hash}"
        );
    }
    let colon = BasicUsers::new([("b:n", bcrypt("x"))]);
    assert!(matches!(colon, Err(BasicUsersError::Name { .. })));
    let none: [(&str, &str); 0] = [];
    assert!(matches!(BasicUsers::new(none), Err(BasicUsersError::Empty)));
}
