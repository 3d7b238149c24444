//! Serves the API that measurements run against.

#![forbid(unsafe_code)]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use brrtrouter::prelude::*;
use brrtrouter::{DRAIN_LIMIT, RawServer, ServerHandle, StaticFiles};
use clap::{Parser, ValueEnum};

/// A small API through the full framework path, for measurements.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The HTTP server to run on
    #[arg(long, value_enum, default_value_t = TransportName::Raw)]
    transport: TransportName,
    /// The port to listen on, on 127.0.0.1; 0 lets the system choose
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// How many threads serve; 0 is one for each core
    #[arg(long, default_value_t = 0)]
    workers: usize,
    /// Wrap all built-in middleware around it
    #[arg(long)]
    middleware: bool,
    /// Serve the files of a folder below /files
    #[arg(long, value_name = "FOLDER")]
    files: Option<PathBuf>,
    /// Seconds in which a head must have arrived (raw only)
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    head_timeout: u64,
    /// Seconds in which the next bytes of a body must have arrived (raw only)
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    body_timeout: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum TransportName {
    /// BRRTRouter's own HTTP/1.1 server
    Raw,
    /// may_minihttp
    #[cfg(feature = "minihttp")]
    Minihttp,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "bench-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> brrtrouter::Result<()> {
    let mut builder = bench_server::builder(load_spec(bench_server::DOCUMENT)?);
    if arguments.middleware {
        builder = bench_server::wrap(builder)?;
    }
    if let Some(folder) = &arguments.files {
        builder = builder.mount("/files", StaticFiles::new(folder)?);
    }
    let service = builder.build()?;
    let server = serve(arguments, service)?.drain_on_signals(DRAIN_LIMIT)?;
    writeln!(std::io::stdout(), "listening on {}", server.local_addr())?;
    server.join()?;
    Ok(())
}

fn serve(arguments: &Arguments, service: AppService) -> brrtrouter::Result<ServerHandle> {
    let address = ("127.0.0.1", arguments.port);
    Ok(match arguments.transport {
        TransportName::Raw => {
            let limits = brrtrouter_raw::Limits::default()
                .head_timeout(Duration::from_secs(arguments.head_timeout))
                .body_timeout(Duration::from_secs(arguments.body_timeout));
            RawServer::bind(address)?
                .workers(arguments.workers)
                .limits(limits)
                .serve(service)?
        }
        #[cfg(feature = "minihttp")]
        TransportName::Minihttp => brrtrouter_minihttp::MiniHttpServer::bind(address)?
            .workers(arguments.workers)
            .serve(service)?,
    })
}
