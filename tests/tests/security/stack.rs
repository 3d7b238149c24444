//! To verify a signature fits the stack of a connection, whatever the algorithm.

use brrtrouter::security::jwt::{Algorithm, Issuer, Jwt, KeySet};
use jsonwebtoken::EncodingKey;
use serde_json::json;
use whole_server_tests::{On, on_both, service_of};

use crate::tokens::{ISSUER, claims, sign};

on_both!(every_algorithm_fits_the_stack_of_a_connection);

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /: {get: {operationId: it, security: [{token: []}], responses: {'200': {description: ok}}}}
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
";

fn pem(name: &str) -> Vec<u8> {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../framework/tests/security/keys"
    );
    std::fs::read(format!("{folder}/{name}.pem")).unwrap()
}

fn every_algorithm_fits_the_stack_of_a_connection(on: On) {
    const SECRET: [u8; 64] = [7; 64];
    let all = [
        (Algorithm::HS512, "", EncodingKey::from_secret(&SECRET)),
        (
            Algorithm::RS512,
            "rsa",
            EncodingKey::from_rsa_pem(&pem("rsa")).unwrap(),
        ),
        (
            Algorithm::PS512,
            "rsa",
            EncodingKey::from_rsa_pem(&pem("rsa")).unwrap(),
        ),
        (
            Algorithm::ES256,
            "p256",
            EncodingKey::from_ec_pem(&pem("p256")).unwrap(),
        ),
        (
            Algorithm::ES384,
            "p384",
            EncodingKey::from_ec_pem(&pem("p384")).unwrap(),
        ),
        (
            Algorithm::EdDSA,
            "ed25519",
            EncodingKey::from_ed_pem(&pem("ed25519")).unwrap(),
        ),
    ];
    let keys = all
        .iter()
        .try_fold(KeySet::new(), |keys, (algorithm, name, _)| match *name {
            "" => keys.hmac("", *algorithm, &SECRET),
            name => keys.pem("", *algorithm, &pem(&format!("{name}.pub"))),
        });
    let tokens = Jwt::new(Issuer::new(ISSUER, "pets", keys.unwrap()))
        .unwrap()
        .cache(0);
    let service = service_of(DOCUMENT)
        .security("token", tokens)
        .handler("it", || "in");
    let server = on.serve(service.build().unwrap());
    let client = server.client();
    for (algorithm, _, key) in &all {
        let header = json!({ "alg": algorithm }).to_string();
        let token = sign(&header, &claims().to_string(), *algorithm, key);
        let bearer = format!("Bearer {token}");
        let answer = client.send("GET", "/", &[("authorization", &bearer)], b"");
        assert_eq!(answer.status, 200, "{algorithm:?}");
    }
}
