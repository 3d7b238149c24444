use std::time::Duration;

use brrtrouter::middleware::{CorsError, CorsMiddleware, CorsPolicy};
use brrtrouter::testing::{TestAnswer, TestClient};
use whole_server_tests::{On, Served, on_both};

use crate::api::api;

on_both!(
    a_simple_request_is_answered_and_marked_for_exactly_the_origins_of_the_policy,
    a_preflight_is_answered_for_its_operation_before_security,
    errors_are_marked_too,
    any_origin_is_a_star_and_never_with_credentials,
    credentials_are_said_for_the_origins_that_are_listed,
    null_is_an_origin_where_it_is_listed,
    a_private_network_is_open_where_the_policy_says_so,
    an_operation_may_have_a_policy_of_its_own,
);

const APP: &str = "https://app.example";
const OTHER: &str = "https://other.example";

fn client(on: On, policy: CorsPolicy) -> Served {
    on.client(
        api()
            .middleware(CorsMiddleware::new(policy))
            .build()
            .unwrap(),
    )
}

fn preflight(
    client: &TestClient,
    path: &str,
    origin: &str,
    method: &str,
    fields: &str,
) -> TestAnswer {
    let request = client
        .request("OPTIONS", path)
        .field("origin", origin)
        .field("access-control-request-method", method);
    match fields {
        "" => request.send(),
        fields => request
            .field("access-control-request-headers", fields)
            .send(),
    }
}

fn origin_of(answer: &TestAnswer) -> &str {
    answer.field("access-control-allow-origin")
}

fn vary(answer: &TestAnswer) -> Vec<&str> {
    let fields = answer.fields().filter(|(name, _)| *name == "vary");
    fields.map(|(_, value)| value).collect()
}

fn a_simple_request_is_answered_and_marked_for_exactly_the_origins_of_the_policy(on: On) {
    let client = client(
        on,
        CorsPolicy::origins([APP, "http://localhost:3000"]).unwrap(),
    );
    for origin in [APP, "http://localhost:3000"] {
        let answer = client.get("/things/7").field("origin", origin).send();
        assert_eq!((answer.status(), origin_of(&answer)), (200, origin));
        assert_eq!(vary(&answer), ["Origin"]);
        assert_eq!(answer.field("access-control-allow-credentials"), "");
    }
    for origin in [
        OTHER,
        "null",
        "https://app.example.evil",
        "https://evilapp.example",
        "https://app.example:444",
        "http://app.example",
        "HTTPS://APP.EXAMPLE",
        "https://app.example/",
        "",
        "*",
    ] {
        let answer = client.get("/things/7").field("origin", origin).send();
        assert_eq!((answer.status(), origin_of(&answer)), (200, ""), "{origin}");
        assert_eq!(vary(&answer), ["Origin"], "a cache must not mix them up");
    }
    let answer = client.get("/things/7").send();
    assert_eq!((origin_of(&answer), vary(&answer)), ("", vec!["Origin"]));
    let twice = client
        .get("/things/7")
        .field("origin", APP)
        .field("origin", OTHER)
        .send();
    assert_eq!(origin_of(&twice), "");
}

fn a_preflight_is_answered_for_its_operation_before_security(on: On) {
    let policy = CorsPolicy::origins([APP])
        .unwrap()
        .max_age(Duration::from_secs(600));
    let client = client(on, policy);
    let answer = preflight(&client, "/secret", APP, "GET", "X-Key, x-other");
    assert_eq!(answer.status(), 204);
    assert_eq!(origin_of(&answer), APP);
    assert_eq!(answer.field("access-control-allow-methods"), "GET");
    assert_eq!(answer.field("access-control-allow-headers"), "X-Key");
    assert_eq!(answer.field("access-control-max-age"), "600");
    assert_eq!(
        vary(&answer),
        [
            "Access-Control-Request-Method",
            "Access-Control-Request-Headers",
            "Origin"
        ]
    );

    let body = preflight(&client, "/things/7", APP, "PUT", "content-type,x-bad");
    assert_eq!(body.field("access-control-allow-methods"), "PUT");
    assert_eq!(body.field("access-control-allow-headers"), "content-type");

    let stranger = preflight(&client, "/secret", OTHER, "GET", "x-key");
    assert_eq!((stranger.status(), origin_of(&stranger)), (204, ""));
    assert_eq!(stranger.field("access-control-allow-methods"), "");

    let missing = preflight(&client, "/things/7", APP, "DELETE", "");
    assert_eq!(missing.status(), 204);
    assert!(
        !missing
            .field("access-control-allow-methods")
            .contains("DELETE")
    );
    assert!(
        missing
            .field("access-control-allow-methods")
            .contains("PUT")
    );

    assert_eq!(preflight(&client, "/nowhere", APP, "GET", "").status(), 404);
    let plain = client
        .request("OPTIONS", "/things/7")
        .field("origin", APP)
        .send();
    assert!(
        plain.field("allow").contains("PUT"),
        "OPTIONS itself goes on"
    );
    assert_eq!(origin_of(&plain), APP);
}

fn errors_are_marked_too(on: On) {
    let client = client(on, CorsPolicy::origins([APP]).unwrap());
    for (path, status) in [
        ("/nowhere", 404),
        ("/things/x", 400),
        ("/secret", 401),
        ("/panic", 500),
    ] {
        let answer = client.get(path).field("origin", APP).send();
        assert_eq!((answer.status(), origin_of(&answer)), (status, APP));
    }
    let answer = client.delete("/things/7").field("origin", APP).send();
    assert_eq!((answer.status(), origin_of(&answer)), (405, APP));
}

fn any_origin_is_a_star_and_never_with_credentials(on: On) {
    let client = client(on, CorsPolicy::any_origin().any_field().unwrap());
    for origin in [APP, "null"] {
        let answer = client.get("/things/7").field("origin", origin).send();
        assert_eq!((origin_of(&answer), vary(&answer)), ("*", vec![]));
        assert_eq!(answer.field("access-control-allow-credentials"), "");
    }
    let answer = preflight(
        &client,
        "/things/7",
        APP,
        "GET",
        "authorization, x-any, b@d",
    );
    assert_eq!(
        answer.field("access-control-allow-headers"),
        "authorization, x-any"
    );

    let refused = CorsError::CredentialsForAnyone;
    assert_eq!(
        CorsPolicy::any_origin().with_credentials().unwrap_err(),
        refused
    );
    let null = CorsPolicy::origins(["null"]).unwrap();
    assert_eq!(null.with_credentials().unwrap_err(), refused);
    let any_field = CorsPolicy::origins([APP]).unwrap().any_field().unwrap();
    assert_eq!(any_field.with_credentials().unwrap_err(), refused);
}

fn credentials_are_said_for_the_origins_that_are_listed(on: On) {
    let policy = CorsPolicy::origins([APP])
        .unwrap()
        .with_credentials()
        .unwrap();
    let client = client(on, policy.expose(["x-total"]).unwrap());
    let answer = client.get("/secret").field("origin", APP).send();
    assert_eq!(answer.field("access-control-allow-credentials"), "true");
    assert_eq!(answer.field("access-control-expose-headers"), "x-total");
    let stranger = client.get("/secret").field("origin", OTHER).send();
    assert_eq!(stranger.field("access-control-allow-credentials"), "");
    assert_eq!(
        preflight(&client, "/secret", APP, "GET", "").field("access-control-allow-credentials"),
        "true"
    );
}

fn null_is_an_origin_where_it_is_listed(on: On) {
    let listed = client(on, CorsPolicy::origins(["null"]).unwrap());
    assert_eq!(
        origin_of(&listed.get("/things/7").field("origin", "null").send()),
        "null"
    );
    let judged = CorsPolicy::origins_judged_by(|origin| origin.ends_with(".example"));
    let judged = client(on, judged.with_credentials().unwrap());
    assert_eq!(
        origin_of(&judged.get("/things/7").field("origin", APP).send()),
        APP
    );
    for origin in ["null", "https://a.example/x.example", "x.example"] {
        assert_eq!(
            origin_of(&judged.get("/things/7").field("origin", origin).send()),
            "",
            "{origin}"
        );
    }
}

fn a_private_network_is_open_where_the_policy_says_so(on: On) {
    for is_open in [false, true] {
        let policy = CorsPolicy::origins([APP]).unwrap();
        let client = client(
            on,
            if is_open {
                policy.with_private_network()
            } else {
                policy
            },
        );
        let answer = client
            .request("OPTIONS", "/things/7")
            .field("origin", APP)
            .field("access-control-request-method", "GET")
            .field("access-control-request-private-network", "true")
            .send();
        let expected = if is_open { "true" } else { "" };
        assert_eq!(
            answer.field("access-control-allow-private-network"),
            expected
        );
    }
}

fn an_operation_may_have_a_policy_of_its_own(on: On) {
    let cors = CorsMiddleware::new(CorsPolicy::origins([APP]).unwrap())
        .operation("text", CorsPolicy::any_origin());
    let client = on.client(api().middleware(cors).build().unwrap());
    assert_eq!(
        origin_of(&client.get("/text").field("origin", OTHER).send()),
        "*"
    );
    assert_eq!(
        origin_of(&preflight(&client, "/text", OTHER, "GET", "")),
        "*"
    );
    assert_eq!(
        origin_of(&client.get("/things/7").field("origin", OTHER).send()),
        ""
    );
}

#[test]
fn what_no_browser_sends_is_no_origin() {
    for bad in [
        "https://app.example/",
        "https://App.example",
        "app.example",
        "https://",
        "://x",
        "*",
        "https://app.example:443",
        "http://a:80",
        "https://a b",
        "https://a@b",
        "https://a?b",
    ] {
        assert!(CorsPolicy::origins([bad]).is_err(), "{bad}");
    }
}
