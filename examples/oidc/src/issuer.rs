//! A stand-in for an issuer. It believes whatever it is told, so it is for trying out only.

use std::time::SystemTime;

use brrtrouter::prelude::*;
use brrtrouter_spec::Loader;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::AUDIENCE;

/// A private key of Ed25519 in PKCS #8 (RFC 8410 §7) up to its 32 bytes.
const PKCS8: [u8; 16] = *b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";

/// The name of the one key.
const KID: &str = "stand-in-1";

/// The query of `handOut`.
#[derive(Deserialize)]
struct Wanted {
    subject: String,
    scope: String,
}

struct Stand {
    address: String,
    key: EncodingKey,
    published: JwkSet,
}

/// The issuer that is served at `address`, such as `http://127.0.0.1:9090`, with a key of its own.
///
/// # Errors
///
/// If there are no random bytes for a key.
pub fn service(address: &str) -> brrtrouter::Result<AppService> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    let key = EncodingKey::from_ed_der(&[&PKCS8[..], &seed].concat());
    let mut public = Jwk::from_encoding_key(&key, Algorithm::EdDSA)?;
    public.common.key_id = Some(KID.to_owned());
    let stand = Stand {
        address: address.to_owned(),
        key,
        published: JwkSet { keys: vec![public] },
    };
    let spec = Loader::new().load_str(include_str!("../issuer.yaml"), "issuer.yaml")?;
    let service = AppService::builder(spec)
        .state(stand)
        .handler("describe", |stand: State<Stand>| {
            let address = &stand.address;
            Json(json!({"issuer": address, "jwks_uri": format!("{address}/keys")}))
        })
        .handler("publishKeys", |stand: State<Stand>| {
            serde_json::to_value(&stand.published)
                .map(Json::<Value>)
                .map_err(Problem::internal)
        })
        .handler("handOut", hand_out);
    Ok(service.build()?)
}

fn hand_out(Query(wanted): Query<Wanted>, stand: State<Stand>) -> Result<Text, Problem> {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_err(Problem::internal)?
        .as_secs();
    let claims = json!({
        "iss": stand.address,
        "aud": AUDIENCE,
        "sub": wanted.subject,
        "scope": wanted.scope,
        "iat": now,
        "exp": now + 600,
    });
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(KID.to_owned());
    let token = jsonwebtoken::encode(&header, &claims, &stand.key).map_err(Problem::internal)?;
    Ok(Text::from(token))
}
