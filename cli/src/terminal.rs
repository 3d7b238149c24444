use std::io::{self, IsTerminal, Write};

use annotate_snippets::Renderer;
use brrtrouter_spec::{Diagnostic, LoadError};

use crate::check::human::Snippets;
use crate::outcome::Outcome;

/// The renderer of a stream: with colour only for a person who sees it, and has not asked for none.
pub(crate) fn renderer(is_terminal: bool) -> Renderer {
    let is_coloured = is_terminal && std::env::var_os("NO_COLOR").is_none_or(|no| no.is_empty());
    if is_coloured {
        Renderer::styled()
    } else {
        Renderer::plain()
    }
}

/// Tells, on standard error, why a document cannot be used.
pub(crate) fn tell(error: &LoadError) -> io::Result<Outcome> {
    let mut out = io::stderr().lock();
    let mut snippets = Snippets::new(renderer(out.is_terminal()));
    let errors: Vec<&Diagnostic> = error.errors().collect();
    for diagnostic in errors {
        writeln!(out, "{}\n", snippets.render(diagnostic))?;
    }
    Ok(Outcome::of_error(error))
}
