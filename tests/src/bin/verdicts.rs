//! Says what the framework answers to requests: `verdicts DOCUMENT < REQUESTS`.
//!
//! A request is a line of JSON: `{"method": "GET", "target": "/a?b=c", "fields": [["name", "value"]],
//! "body": "text"}`. For each one the status of its answer is printed; 204 if nothing is wrong with it.

#![forbid(unsafe_code)]

use std::io::{BufRead as _, Write as _};

use brrtrouter::prelude::*;
use brrtrouter::testing::TestClient;
use serde::Deserialize;

#[derive(Deserialize)]
struct Asked {
    method: String,
    target: String,
    fields: Vec<(String, String)>,
    body: Option<String>,
}

fn main() -> brrtrouter::Result<()> {
    let document = std::env::args()
        .nth(1)
        .ok_or("usage: verdicts DOCUMENT < REQUESTS")?;
    let spec = load_spec(document)?;
    let names: Vec<String> = spec.operations.iter().map(|one| one.name.clone()).collect();
    let mut builder = AppService::builder(spec);
    for name in names {
        builder = builder.raw(name, |_| NoContent);
    }
    let client = TestClient::new(builder.build()?);
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let asked: Asked = serde_json::from_str(&line?)?;
        let mut request = client.request(asked.method, asked.target);
        let mut kind = String::new();
        for (name, value) in asked.fields {
            match name.eq_ignore_ascii_case("content-type") {
                true => kind = value,
                false => request = request.field(name, value),
            }
        }
        if let Some(body) = asked.body {
            request = request.body(kind, body);
        }
        writeln!(out, "{}", request.send().status())?;
    }
    Ok(())
}
