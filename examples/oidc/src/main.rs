//! Serves the API and, unless told otherwise, the stand-in for the issuer that its document names.

#![forbid(unsafe_code)]

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;

use brrtrouter::DRAIN_LIMIT;
use brrtrouter::prelude::*;
use clap::Parser;

/// An API whose callers log in elsewhere.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Where the API listens
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where the stand-in listens; the document has to name it
    #[arg(long, default_value = "127.0.0.1:9090")]
    issuer: SocketAddr,
    /// Do not start the stand-in
    #[arg(long)]
    without_issuer: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "oidc: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> brrtrouter::Result<()> {
    let issuer = format!("http://{}", arguments.issuer);
    if !arguments.without_issuer {
        // It runs until the program ends.
        let _ = RawServer::bind(arguments.issuer)?.serve(oidc::issuer::service(&issuer)?)?;
    }
    let spec = load_spec(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.yaml"))?;
    let server = RawServer::bind(arguments.listen)?.serve(oidc::api::service(spec)?)?;
    let server = server.drain_on_signals(DRAIN_LIMIT)?;
    let address = server.local_addr();
    writeln!(
        std::io::stdout(),
        "notes on http://{address}\n\nTry:\n\n  curl -i http://{address}/me\n  \
         curl -i http://{address}/notes \\\n    \
         -H \"Authorization: Bearer $(curl -s '{issuer}/token?scope=notes:read')\"\n\nCtrl-C ends it."
    )?;
    server.join()?;
    Ok(())
}
