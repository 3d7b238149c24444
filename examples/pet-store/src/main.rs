//! Serves the pet store.

#![forbid(unsafe_code)]

mod welcome;

use std::io::Write as _;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use brrtrouter::prelude::*;
use brrtrouter::{DRAIN_LIMIT, ServeError, ServerHandle};
use brrtrouter_minihttp::MiniHttpServer;
use clap::{Parser, Subcommand, ValueEnum};
use pet_store::service;
use pet_store::store::Store;
use pet_store::tokens::SigningKey;

/// A pet store served from its OpenAPI document.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The port to listen on; 0 lets the system choose
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// The HTTP server to run on
    #[arg(long, value_enum, default_value_t = TransportName::Raw)]
    transport: TransportName,
    /// How many threads serve; 0 is one for each core
    #[arg(long, default_value_t = 0)]
    workers: usize,
    /// Answer the operations that stream with 501, for a transport that cannot
    #[arg(long)]
    without_streams: bool,
    /// The OpenAPI document
    #[arg(long, default_value = service::DOCUMENT, hide_default_value = true)]
    spec: PathBuf,
    /// The secret that tokens are signed with; made at the first start
    #[arg(long, default_value_os_t = SigningKey::usual_file(), global = true)]
    key_file: PathBuf,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print a token that the pet store takes
    Token {
        /// Whose token it is
        #[arg(long, default_value = "you")]
        subject: String,
        /// What it is good for; may be repeated
        #[arg(long, default_value = "pets:write")]
        scope: Vec<String>,
        /// For how long it is good
        #[arg(long, default_value_t = 60)]
        minutes: u32,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum TransportName {
    /// BRRTRouter's own HTTP/1.1 server
    Raw,
    /// may_minihttp, which cannot stream
    Minihttp,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "pet-store: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> brrtrouter::Result<()> {
    let file = &arguments.key_file;
    let signing = SigningKey::load_or_make(file)
        .map_err(|error| format!("the secret {}: {error}", file.display()))?;
    if let Some(Command::Token {
        subject,
        scope,
        minutes,
    }) = &arguments.command
    {
        let lifetime = Duration::from_secs(u64::from(*minutes) * 60);
        let token = signing.mint(subject, scope, lifetime)?;
        writeln!(std::io::stdout(), "{token}")?;
        return Ok(());
    }
    let spec = load_spec(&arguments.spec)?;
    for diagnostic in &spec.diagnostics {
        writeln!(std::io::stderr(), "{diagnostic}")?;
    }
    let routes = welcome::routes(&spec);
    let (keys, key) = welcome::keys()?;
    let mut builder = service::builder(spec, Store::with_samples(), keys, signing.provider()?);
    if arguments.without_streams {
        builder = builder.without_streams();
    }
    let server = serve(arguments, builder.build()?)?.drain_on_signals(DRAIN_LIMIT)?;
    let welcome = welcome::text(server.local_addr(), &routes, key.as_deref());
    std::io::stdout().write_all(welcome.as_bytes())?;
    std::io::stdout().flush()?;
    let drained = server.join()?;
    if !drained.is_clean() {
        let busy = drained.aborted;
        writeln!(std::io::stderr(), "{busy} connections were cut off")?;
    }
    Ok(())
}

fn serve(arguments: &Arguments, service: AppService) -> brrtrouter::Result<ServerHandle> {
    let address = (arguments.host, arguments.port);
    let served = match arguments.transport {
        TransportName::Raw => RawServer::bind(address)?
            .workers(arguments.workers)
            .serve(service),
        TransportName::Minihttp => MiniHttpServer::bind(address)?
            .workers(arguments.workers)
            .serve(service),
    };
    served.map_err(|error| match error {
        ServeError::CannotStream { .. } => {
            format!("{error}\nrun with --without-streams to answer these with 501").into()
        }
        error => error.into(),
    })
}
