//! `brrt routes`: the operations of a document.

mod row;
mod table;

use std::io::{self, Write};
use std::path::PathBuf;

use brrtrouter_spec::Loader;
use clap::{Args, ValueEnum};

use crate::outcome::Outcome;
use crate::terminal;
use row::Row;

/// List the operations of a document
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The document, YAML or JSON
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A table, or a JSON array
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Json,
}

pub(crate) fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let spec = match Loader::new().load(&arguments.file) {
        Ok(spec) => spec,
        Err(error) => return terminal::tell(&error),
    };
    let rows: Vec<Row> = spec
        .operations
        .iter()
        .map(|operation| Row::of(&spec, operation))
        .collect();
    let mut out = io::stdout().lock();
    match arguments.format {
        Format::Table => table::write(&mut out, &rows)?,
        Format::Json => {
            let rows: Vec<_> = rows.iter().map(Row::to_json).collect();
            serde_json::to_writer_pretty(&mut out, &rows)?;
            writeln!(out)?;
        }
    }
    Ok(Outcome::Fine)
}
