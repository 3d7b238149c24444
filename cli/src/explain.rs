//! `brrt explain`: which operation would answer a request, and why; or why none.

mod read;
mod request;

use std::io::{self, Write};
use std::path::PathBuf;

use brrtrouter_core::{BadPath, BasePath, Explanation, Fate, Lookup, Router, TrailingSlash};
use brrtrouter_spec::{Loader, Operation, Spec};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::outcome::Outcome;
use crate::terminal;
use read::Read;
use request::Field;

/// Tell which operation would answer a request, and why; or why none
///
/// It ends with 0 where an operation answers and takes the parameters, 1 where none answers, the
/// parameters are at fault or the document has errors, and 2 where the document cannot be read.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The document, YAML or JSON
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The method, such as GET
    #[arg(value_name = "METHOD")]
    method: String,
    /// The path as it would be sent, with its query
    #[arg(value_name = "PATH")]
    target: String,
    /// A header field of the request
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    fields: Vec<Field>,
    /// Which of the document's servers the paths stand behind
    #[arg(long, value_enum, default_value_t = Base::None)]
    base: Base,
    /// What a slash at the end of a path means
    #[arg(long, value_enum, default_value_t = Slash::Strict)]
    slash: Slash,
    /// For people, or one JSON object
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Base {
    /// Paths are as written
    None,
    /// The first server of each operation
    First,
    /// All servers of each operation
    Every,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Slash {
    /// Another path
    Strict,
    /// Another path, to which a request is redirected
    Redirect,
    /// Nothing
    Ignore,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Human,
    Json,
}

pub(crate) fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let spec = match Loader::new().load(&arguments.file) {
        Ok(spec) => spec,
        Err(error) => return terminal::tell(&error),
    };
    let builder = Router::builder()
        .spec(&spec)
        .keep_first()
        .servers(match arguments.base {
            Base::None => BasePath::AsWritten,
            Base::First => BasePath::FirstServer,
            Base::Every => BasePath::EveryServer,
        })
        .trailing_slash(match arguments.slash {
            Slash::Strict => TrailingSlash::Strict,
            Slash::Redirect => TrailingSlash::Redirect,
            Slash::Ignore => TrailingSlash::Ignore,
        });
    let router = match builder.build() {
        Ok(router) => router,
        Err(errors) => {
            writeln!(io::stderr().lock(), "{errors}")?;
            return Ok(Outcome::Faulty);
        }
    };
    let explanation = router.explain(&arguments.method, &arguments.target);
    let operation = match explanation.lookup {
        Lookup::Found(found) => spec.operations.get(found.operation().index()),
        _ => None,
    };
    let read = match operation {
        Some(operation) => read::read(&spec, &router, operation, arguments),
        None => Ok(Read::default()),
    };
    let read = match read {
        Ok(read) => read,
        Err(error) => {
            writeln!(io::stderr().lock(), "{error}")?;
            return Ok(Outcome::Faulty);
        }
    };
    let mut out = io::stdout().lock();
    match arguments.format {
        Format::Human => write_human(&mut out, &explanation, operation, &read)?,
        Format::Json => {
            let json = to_json(&spec, &explanation, operation, &read);
            serde_json::to_writer_pretty(&mut out, &json)?;
            writeln!(out)?;
        }
    }
    let is_answered = matches!(explanation.lookup, Lookup::Found(_) | Lookup::Options(_));
    Ok(if is_answered && read.faults.is_empty() {
        Outcome::Fine
    } else {
        Outcome::Faulty
    })
}

fn write_human(
    out: &mut impl Write,
    explanation: &Explanation<'_>,
    operation: Option<&Operation>,
    read: &Read,
) -> io::Result<()> {
    write!(out, "{explanation}")?;
    let Some(operation) = operation else {
        return Ok(());
    };
    writeln!(
        out,
        "operation {}, at {}",
        operation.name, operation.pointer
    )?;
    for one in &read.values {
        match &one.value {
            Some(value) => writeln!(out, "  {} {} = {value}", one.place, one.name)?,
            None => writeln!(out, "  {} {} is not given", one.place, one.name)?,
        }
    }
    for fault in &read.faults {
        writeln!(out, "  {fault}: 400")?;
    }
    for name in &read.unknown {
        writeln!(out, "  {name} of the query is not declared")?;
    }
    Ok(())
}

fn to_json(
    spec: &Spec,
    explanation: &Explanation<'_>,
    operation: Option<&Operation>,
    read: &Read,
) -> Value {
    let (outcome, status) = match explanation.lookup {
        Lookup::Found(_) => ("found", None),
        Lookup::Options(_) => ("options", None),
        Lookup::NotFound => ("not-found", Some(404)),
        Lookup::MethodNotAllowed(_) => ("method-not-allowed", Some(405)),
        Lookup::Redirect(_) => ("redirect", Some(308)),
        Lookup::BadPath(BadPath::TooLong) => ("bad-path", Some(414)),
        _ => ("bad-path", Some(400)),
    };
    let allow = match explanation.lookup {
        Lookup::Options(allow) | Lookup::MethodNotAllowed(allow) => Some(allow.header_value()),
        _ => None,
    };
    let candidates: Vec<Value> = explanation
        .candidates
        .iter()
        .map(|candidate| {
            let operation = spec.operations.get(candidate.route.route as usize);
            json!({
                "method": candidate.route.method,
                "path": candidate.route.template,
                "operation": operation.map(|operation| &operation.name),
                "wins": candidate.fate == Fate::Wins,
                "why": candidate.to_string(),
            })
        })
        .collect();
    let parameters: Vec<Value> = read
        .values
        .iter()
        .map(|one| json!({"name": one.name, "in": one.place.to_string(), "value": one.value}))
        .collect();
    let status = status.or((!read.faults.is_empty()).then_some(400));
    json!({
        "method": explanation.method,
        "path": explanation.path,
        "outcome": outcome,
        "status": status,
        "allow": allow,
        "operation": operation.map(|operation| &operation.name),
        "pointer": operation.map(|operation| &operation.pointer),
        "parameters": parameters,
        "faults": read.faults,
        "undeclared": read.unknown,
        "candidates": candidates,
    })
}
