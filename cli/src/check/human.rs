use std::collections::HashMap;
use std::io::{self, IsTerminal, Write};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use brrtrouter_spec::{Diagnostic, Location, Severity};

use super::Checked;

/// Writes each diagnostic with the line that it is about, and then how it stands.
pub(super) fn write(out: &mut impl Write, checked: &Checked<'_>) -> io::Result<()> {
    let mut snippets = Snippets::new(crate::terminal::renderer(io::stdout().is_terminal()));
    for diagnostic in &checked.diagnostics {
        writeln!(out, "{}\n", snippets.render(diagnostic))?;
    }
    let of = |severity| {
        let found = checked
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == severity);
        found.count()
    };
    write!(out, "{}: ", checked.file.display())?;
    if let Some(counts) = &checked.counts {
        write!(
            out,
            "OpenAPI {}, {}, {}, {}, {}: ",
            counts.openapi,
            number(counts.paths, "path"),
            number(counts.operations, "operation"),
            number(counts.schemas, "schema"),
            number(counts.webhooks, "webhook"),
        )?;
    }
    writeln!(
        out,
        "{}, {}",
        number(of(Severity::Error), "error"),
        number(of(Severity::Warning), "warning")
    )
}

fn number(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Renders diagnostics with the lines of their files.
pub(crate) struct Snippets {
    renderer: Renderer,
    files: HashMap<Arc<PathBuf>, Lines>,
}

/// A text, and where its lines begin.
#[derive(Default)]
struct Lines {
    text: String,
    starts: Vec<usize>,
}

/// Of a longer line, only so many characters on each side of the place are shown.
const WINDOW: usize = 200;

impl Snippets {
    pub(crate) fn new(renderer: Renderer) -> Self {
        Self {
            renderer,
            files: HashMap::new(),
        }
    }

    pub(crate) fn render(&mut self, diagnostic: &Diagnostic) -> String {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level
            .primary_title(diagnostic.message.as_str())
            .id(diagnostic.code);
        let file;
        let shown;
        let mut group = Group::with_title(title);
        if let Some(location) = &diagnostic.location {
            file = location.file.display().to_string();
            shown = self.line(location);
            if let Some(shown) = &shown {
                let annotation = AnnotationKind::Primary.span(shown.span.clone());
                let snippet = Snippet::source(shown.text.as_str())
                    .line_start(location.line as usize)
                    .annotation(annotation);
                // Of a cut line the renderer would count the columns from the cut.
                group = if shown.is_cut {
                    let place = Level::NOTE.message(format!("at {location}"));
                    group.element(snippet).element(place)
                } else {
                    group.element(snippet.path(file.as_str()))
                };
            }
        }
        if !diagnostic.pointer.is_empty() {
            group = group.element(Level::NOTE.message(format!("at {}", diagnostic.pointer)));
        }
        if let Some(help) = &diagnostic.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        self.renderer.render(&[group])
    }

    fn line(&mut self, location: &Location) -> Option<Shown> {
        let lines = self
            .files
            .entry(Arc::clone(&location.file))
            .or_insert_with(|| Lines::read(&location.file));
        let number = (location.line as usize).checked_sub(1)?;
        let start = *lines.starts.get(number)?;
        let rest = lines.text.get(start..)?;
        let line = rest.split(['\n', '\r']).next().unwrap_or_default();
        let column = (location.column as usize).saturating_sub(1);
        let at = byte_of(line, column);
        let from = byte_of(line, column.saturating_sub(WINDOW));
        let text: String = line.get(from..)?.chars().take(2 * WINDOW).collect();
        let is_cut = text.len() < line.len();
        let start = (at - from).min(text.len());
        let end = start + token(text.get(start..)?);
        Some(Shown {
            span: start..end,
            text,
            is_cut,
        })
    }
}

/// A line, or what of it is shown, and what of that is meant.
struct Shown {
    text: String,
    span: Range<usize>,
    is_cut: bool,
}

impl Lines {
    /// A file that cannot be read a second time is shown without its lines.
    fn read(file: &PathBuf) -> Self {
        let Ok(bytes) = std::fs::read(file) else {
            return Self::default();
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let text = text
            .strip_prefix('\u{feff}')
            .map(str::to_owned)
            .unwrap_or(text);
        let starts = std::iter::once(0)
            .chain(line_ends(&text).map(|end| end + 1))
            .collect();
        Self { text, starts }
    }
}

/// The last byte of every line that has an end: a line feed, a carriage return, or both.
fn line_ends(text: &str) -> impl Iterator<Item = usize> {
    let breaks = text.match_indices(['\n', '\r']);
    breaks
        .filter(|(at, found)| {
            *found == "\n"
                || !text
                    .get(at + 1..)
                    .is_some_and(|rest| rest.starts_with('\n'))
        })
        .map(|(at, _)| at)
}

fn byte_of(line: &str, column: usize) -> usize {
    line.char_indices()
        .nth(column)
        .map_or(line.len(), |(start, _)| start)
}

/// The length of the key or value that begins here.
fn token(text: &str) -> usize {
    let mut characters = text.char_indices();
    let Some((_, first)) = characters.next() else {
        return 0;
    };
    if first == '"' || first == '\'' {
        let mut is_escaped = false;
        for (at, character) in characters {
            if character == first && !is_escaped {
                return at + 1;
            }
            is_escaped = character == '\\' && first == '"' && !is_escaped;
        }
        return text.trim_end().len();
    }
    if matches!(first, '{' | '[') {
        return 1;
    }
    let end = text
        .char_indices()
        .find(|(at, character)| {
            let rest = text.get(at + character.len_utf8()..).unwrap_or_default();
            matches!(character, ',' | '}' | ']' | '#')
                || (*character == ':' && (rest.is_empty() || rest.starts_with([' ', '\n'])))
        })
        .map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default().trim_end().len().max(1)
}
