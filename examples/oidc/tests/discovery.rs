//! The API asks the issuer for its keys, and takes its tokens and nobody else's.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::net::TcpListener;
use std::time::Duration;

use brrtrouter::prelude::*;
use brrtrouter::{ServerHandle, Spec};
use brrtrouter_spec::Loader;

/// The document, with the issuer at that address.
fn document(issuer: &str) -> Spec {
    let text = include_str!("../openapi.yaml");
    let named = text.replace("http://127.0.0.1:9090", issuer);
    assert!(named.contains(issuer));
    Loader::new()
        .load_str(&named, "openapi.yaml")
        .expect("it loads")
}

/// An issuer on a port that the system has chosen.
fn issuer() -> (String, ServerHandle) {
    // The issuer has to know its address before it listens there.
    for _ in 0..100 {
        let free = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let address = format!("http://{free}");
        let service = oidc::issuer::service(&address).unwrap();
        if let Ok(server) = RawServer::bind(free)
            && let Ok(handle) = server.serve(service)
        {
            return (address, handle);
        }
    }
    unreachable!("no port is free")
}

fn get(url: &str, token: Option<&str>) -> (u16, String) {
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .new_agent();
    let mut request = agent.get(url);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let mut answer = request.call().expect("an answer");
    let text = answer.body_mut().read_to_string().expect("its content");
    (answer.status().as_u16(), text)
}

#[test]
fn tokens_of_the_discovered_issuer_are_taken() {
    let (address, issuer) = issuer();
    let (other_address, other) = self::issuer();
    let service = oidc::api::service(document(&address)).expect("the issuer is there");
    let api = RawServer::bind("127.0.0.1:0")
        .unwrap()
        .serve(service)
        .unwrap();
    let api_address = api.local_addr();
    let me = format!("http://{api_address}/me");
    let notes = format!("http://{api_address}/notes");

    let token = |issuer: &str, query: &str| get(&format!("{issuer}/token{query}"), None).1;
    let plain = token(&address, "");
    let reader = token(&address, "?subject=ben&scope=notes:read");
    let foreign = token(&other_address, "?scope=notes:read");
    assert_eq!(get(&me, None).0, 401);
    assert_eq!(get(&me, Some(&plain)), (200, "anna".to_owned()));
    assert_eq!(get(&notes, Some(&plain)).0, 403);
    assert_eq!(
        get(&notes, Some(&reader)),
        (200, r#"["ben was here"]"#.to_owned())
    );
    assert_eq!(get(&notes, Some(&foreign)).0, 401);

    for server in [api, issuer, other] {
        server.shutdown(Duration::ZERO);
    }
}

#[test]
fn an_issuer_that_is_not_there_or_is_another_stops_the_start() {
    let gone = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let missing = oidc::api::service(document(&format!("http://{gone}")));
    assert!(
        missing
            .unwrap_err()
            .to_string()
            .contains("cannot be fetched")
    );

    let (address, issuer) = issuer();
    // The same server under a name that its description does not give.
    let renamed = address.replace("127.0.0.1", "localhost");
    let error = oidc::api::service(document(&renamed))
        .unwrap_err()
        .to_string();
    assert!(error.contains(&address), "{error}");
    issuer.shutdown(Duration::ZERO);

    let insecure = oidc::api::service(document("http://login.example"));
    assert!(insecure.unwrap_err().to_string().contains("neither HTTPS"));
}
