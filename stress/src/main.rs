//! Loads and faults that take long.
//!
//! Each command starts a server in a process of its own, lets clients loose on it, says what it saw,
//! and ends with a status other than 0 if that is not what it should be.

#![forbid(unsafe_code)]

mod cap;
mod chaos;
mod client;
mod events;
mod idle;
mod load;
mod metrics;
mod process;
mod random;
mod reload;
mod serve;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What went wrong, in words; there is nobody to handle it.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[derive(Parser)]
#[command(about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Clients of every kind, good and bad: no answer may be lost, doubled or wrong, and the memory
    /// must not grow.
    Chaos {
        /// How long, in seconds.
        #[arg(long, default_value_t = 600)]
        seconds: u64,
    },
    /// Connections that have had an answer and now do nothing: what each costs in memory, and what
    /// is left when they are gone.
    Idle {
        /// How many.
        #[arg(long, default_value_t = 10_000)]
        connections: usize,
    },
    /// Clients of one event stream: nobody may miss an event, and all see a proper end.
    Events {
        /// How many.
        #[arg(long, default_value_t = 10_000)]
        clients: usize,
        /// For how long, at an event a second.
        #[arg(long, default_value_t = 30)]
        seconds: u64,
    },
    /// More connections than are allowed: those beyond the cap are told, those within it served.
    Cap {
        /// How many.
        #[arg(long, default_value_t = 20_000)]
        connections: usize,
    },
    /// A document that is saved again and again under full load: no answer may be lost or be of two
    /// documents, the others must not wait, and a broken one must be told each time.
    Reload(reload::Options),
    /// Metrics of many operations: how long they take, and whether requests beside them wait.
    Metrics(metrics::Options),
    /// The server that the others start.
    #[command(hide = true)]
    Serve(serve::Options),
    /// The server over a document that is watched.
    #[command(hide = true)]
    ServeDocument {
        /// The document.
        path: std::path::PathBuf,
    },
    /// The server over many operations that are counted.
    #[command(hide = true)]
    ServeMetrics {
        /// How many operations.
        operations: usize,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Chaos { seconds } => chaos::run(seconds),
        Command::Idle { connections } => idle::run(connections),
        Command::Events { clients, seconds } => events::run(clients, seconds),
        Command::Cap { connections } => cap::run(connections),
        Command::Reload(options) => reload::run(&options),
        Command::Serve(options) => serve::run(&options),
        Command::Metrics(options) => metrics::run(&options),
        Command::ServeMetrics { operations } => metrics::serve(operations),
        Command::ServeDocument { path } => reload::serve(&path),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "FAILED: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes a line for whoever watches.
fn say(text: std::fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
