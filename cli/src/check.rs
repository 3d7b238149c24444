//! `brrt check`: what is wrong with documents, and where.

pub(crate) mod human;
mod json;

use std::io;
use std::path::{Path, PathBuf};

use brrtrouter_spec::{Counts, Diagnostic, Loader};
use clap::{Args, ValueEnum};

use crate::outcome::Outcome;

/// Tell what is wrong with documents, and where
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The documents, YAML or JSON
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Take as an error what real documents do against the rules
    #[arg(long)]
    strict: bool,
    /// For people, or one JSON object for each file
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Human,
    Json,
}

/// What was found out of one file.
#[derive(Debug)]
pub(crate) struct Checked<'f> {
    file: &'f Path,
    /// `None` where the document cannot be read so far.
    counts: Option<Counts>,
    diagnostics: Vec<Diagnostic>,
    outcome: Outcome,
}

pub(crate) fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let loader = Loader::new().strict(arguments.strict).lint(true);
    let mut worst = Outcome::Fine;
    let mut out = io::stdout().lock();
    for file in &arguments.files {
        let checked = check(&loader, file);
        worst = worst.max(checked.outcome);
        match arguments.format {
            Format::Human => human::write(&mut out, &checked)?,
            Format::Json => json::write(&mut out, &checked)?,
        }
    }
    Ok(worst)
}

fn check<'f>(loader: &Loader, file: &'f Path) -> Checked<'f> {
    match loader.load(file) {
        Ok(spec) => Checked {
            file,
            counts: Some(spec.counts),
            diagnostics: spec.diagnostics,
            outcome: Outcome::Fine,
        },
        Err(error) => Checked {
            file,
            counts: error.counts().cloned(),
            outcome: Outcome::of_error(&error),
            diagnostics: error.into_diagnostics(),
        },
    }
}
