//! `brrt bundle`: a document of several files, or of an older version, as one of OpenAPI 3.1.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use brrtrouter_spec::Loader;
use clap::Args;

use crate::outcome::Outcome;
use crate::terminal;

/// Write a document as one file of OpenAPI 3.1
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The document, YAML or JSON
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where to write it, as JSON; `-` for standard output
    #[arg(short, long, value_name = "OUT")]
    out: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let spec = match Loader::new().load(&arguments.file) {
        Ok(spec) => spec,
        Err(error) => return terminal::tell(&error),
    };
    let mut text = serde_json::to_vec_pretty(spec.document.root())?;
    text.push(b'\n');
    if arguments.out == Path::new("-") {
        io::stdout().lock().write_all(&text)?;
        return Ok(Outcome::Fine);
    }
    if is_same(&arguments.file, &arguments.out) {
        return refuse(arguments, "it is the document itself");
    }
    match std::fs::write(&arguments.out, &text) {
        Ok(()) => Ok(Outcome::Fine),
        Err(error) => refuse(arguments, &error.to_string()),
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

fn refuse(arguments: &Arguments, reason: &str) -> io::Result<Outcome> {
    let out = arguments.out.display();
    writeln!(
        io::stderr().lock(),
        "error: {out} cannot be written: {reason}"
    )?;
    Ok(Outcome::Unreadable)
}
