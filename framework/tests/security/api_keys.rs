//! API keys: where they stand, how they are rotated, and what a check costs.

use brrtrouter::prelude::*;
use brrtrouter::security::ApiKeysError;
use brrtrouter::testing::TestClient;

use crate::{one_operation, service_of, who};

const FIRST: &str = "the-first-key-of-some-length";
const SECOND: &str = "the-second-key-of-some-length";
const HEADER: &str = "    key: {type: apiKey, in: header, name: X-Key}\n";

fn client(security: &str, keys: ApiKeys) -> TestClient {
    let builder = service_of(&one_operation(security, HEADER));
    let builder = builder.security("key", keys).handler("it", who);
    TestClient::new(builder.build().unwrap())
}

fn status(client: &TestClient, key: &str) -> u16 {
    client.get("/").field("x-key", key).send().status()
}

#[test]
fn keys_are_rotated_while_they_serve() {
    let keys = ApiKeys::new([("kiosk", FIRST)]).unwrap();
    let handle = keys.clone();
    let client = client("[key: []]", keys);
    assert_eq!(
        (status(&client, FIRST), status(&client, SECOND)),
        (200, 401)
    );
    handle
        .replace([("kiosk", FIRST), ("kiosk", SECOND)])
        .unwrap();
    assert_eq!(
        (status(&client, FIRST), status(&client, SECOND)),
        (200, 200)
    );
    handle.replace([("kiosk", SECOND)]).unwrap();
    assert_eq!(
        (status(&client, FIRST), status(&client, SECOND)),
        (401, 200)
    );
    let refused = handle.replace([("kiosk", "short")]);
    assert!(matches!(refused, Err(ApiKeysError::TooShort { owner }) if owner == "kiosk"));
    assert_eq!(
        (status(&client, FIRST), status(&client, SECOND)),
        (401, 200)
    );
}

#[test]
fn a_key_has_the_scopes_of_its_owner() {
    let writer = Identity::new("writer").with_scopes(["read", "write"]);
    let reader = Identity::new("reader").with_scopes(["read"]);
    let keys = ApiKeys::new([(writer, FIRST), (reader, SECOND)]).unwrap();
    let client = client("[key: [write]]", keys);
    let answer = client.get("/").field("x-key", FIRST).send();
    assert_eq!(answer.text(), "writer by key for [\"read\", \"write\"]");
    assert_eq!(status(&client, SECOND), 403);
    assert_eq!(status(&client, "nobody-has-such-a-key"), 401);
}

#[test]
fn of_many_keys_each_is_that_of_its_owner() {
    let all: Vec<(String, String)> = (0..500)
        .map(|number| {
            (
                format!("owner-{number}"),
                format!("a-key-with-the-number-{number}"),
            )
        })
        .collect();
    let client = client("[key: []]", ApiKeys::new(all.clone()).unwrap());
    for (owner, key) in all {
        let answer = client.get("/").field("x-key", key).send();
        assert_eq!(answer.text(), format!("{owner} by key for []"));
    }
}

#[test]
fn hashes_stand_for_keys_that_the_server_never_sees() {
    let secret = [9; 32];
    let hash = ApiKeys::hash(&secret, FIRST);
    let keys = ApiKeys::from_hashes(secret, [("kiosk", &hash)]).unwrap();
    let client = client("[key: []]", keys);
    assert_eq!((status(&client, FIRST), status(&client, &hash)), (200, 401));
    let malformed = ApiKeys::from_hashes(secret, [("kiosk", "00ff")]);
    assert!(matches!(malformed, Err(ApiKeysError::Hash { owner }) if owner == "kiosk"));
}

#[test]
fn a_key_that_two_owners_have_is_refused() {
    let refused = ApiKeys::new([("one", FIRST), ("other", FIRST)]);
    assert!(matches!(refused, Err(ApiKeysError::Shared { .. })));
}

#[test]
fn neither_keys_nor_hashes_are_shown() {
    let keys = ApiKeys::new([("kiosk", FIRST)]).unwrap();
    assert_eq!(format!("{keys:?}"), "ApiKeys { owners: [\"kiosk\"], .. }");
}
