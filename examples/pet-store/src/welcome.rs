//! What a person sees first.

use std::fmt::Write as _;
use std::net::SocketAddr;

use brrtrouter::Spec;
use brrtrouter::security::{ApiKeys, ApiKeysError};
use pet_store::store::SAMPLE;

/// The variable that holds `owner=key` pairs.
const KEYS: &str = "PET_STORE_KEYS";

/// One row of the route table: method, path, operation.
pub(crate) type Route = [String; 3];

/// The API keys of the environment, or one made for this run, which is then returned as well.
pub(crate) fn keys() -> brrtrouter::Result<(ApiKeys, Option<String>)> {
    match ApiKeys::from_env(KEYS) {
        Err(ApiKeysError::Variable {
            source: std::env::VarError::NotPresent,
            ..
        }) => {
            let mut bytes = [0; 16];
            getrandom::fill(&mut bytes)?;
            let key: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            Ok((ApiKeys::new([("you", &key)])?, Some(key)))
        }
        keys => Ok((keys?, None)),
    }
}

/// The route table of the document.
pub(crate) fn routes(spec: &Spec) -> Vec<Route> {
    spec.operations
        .iter()
        .map(|one| [one.method.clone(), one.path.clone(), one.name.clone()])
        .collect()
}

/// The address, the route table, and three lines to try.
pub(crate) fn text(address: SocketAddr, routes: &[Route], key: Option<&str>) -> String {
    let mut text = format!("pet store on http://{address}\n\n");
    let width = |column: usize| {
        routes
            .iter()
            .map(|row| row[column].len())
            .max()
            .unwrap_or(0)
    };
    let (methods, paths) = (width(0), width(1));
    for [method, path, operation] in routes {
        let _ = writeln!(text, "  {method:methods$}  {path:paths$}  {operation}");
    }
    let _ = write!(
        text,
        "\nTry:\n\n  \
         curl -i 'http://{address}/pets?limit=2'\n  \
         curl -i http://{address}/pets -H 'Content-Type: application/json' \
         -d '{{\"name\": \"Tom\", \"species\": \"cat\"}}'\n  "
    );
    let sample = format_args!("http://{address}/pets/{SAMPLE}");
    // A key that was given is a secret, and not for a terminal.
    let _ = match key {
        Some(key) => writeln!(text, "curl -i -X DELETE {sample} -H 'X-API-Key: {key}'"),
        None => writeln!(text, "curl -i {sample}"),
    };
    text.push_str(
        "\nTo replace a pet, send a token: -H \"Authorization: Bearer $(pet-store token)\"\n",
    );
    text.push_str("\nCtrl-C ends it.\n");
    text
}
