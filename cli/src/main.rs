//! `brrt`: checks, shows, explains and bundles OpenAPI documents as BRRTRouter reads them.
//!
//! ```text
//! brrt check FILE… [--strict] [--format human|json]
//! brrt routes FILE [--format table|json]
//! brrt explain FILE METHOD PATH [-H FIELD]… [--format human|json]
//! brrt bundle FILE -o OUT
//! ```
//!
//! It ends with 0 where all is well or there are only warnings, 1 where a document has errors or a
//! request no answer, and 2 where a file cannot be read or written, or the command line is wrong.

#![forbid(unsafe_code)]

mod bundle;
mod check;
mod explain;
mod outcome;
mod routes;
mod terminal;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use outcome::Outcome;

/// Checks, shows, explains and bundles OpenAPI documents.
#[derive(Debug, Parser)]
#[command(name = "brrt", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Arguments),
    Routes(routes::Arguments),
    Explain(explain::Arguments),
    Bundle(bundle::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Routes(arguments) => routes::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Bundle(arguments) => bundle::run(&arguments),
    };
    outcome.unwrap_or_else(Outcome::of_output).into()
}
