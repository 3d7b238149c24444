//! An explanation as a text.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::explain::{Candidate, Explanation, Fate, Mismatch, Test};
use crate::path::BadPath;
use crate::router::Lookup;

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.method, self.path)?;
        let widths = self
            .tests
            .iter()
            .map(|test| quoted(&test.segment).chars().count());
        let width = widths.max().unwrap_or_default();
        for (at, test) in self.tests.iter().enumerate() {
            let segment = quoted(&test.segment);
            writeln!(f, "  {}  {segment:width$}  {test}", at + 1)?;
        }
        self.say_outcome(f)?;
        for (name, value) in &self.captured {
            writeln!(f, "  {name} = {value:?}")?;
        }
        for candidate in &self.candidates {
            if candidate.fate != Fate::Wins {
                writeln!(f, "  {candidate}")?;
            }
        }
        Ok(())
    }
}

impl Explanation<'_> {
    fn say_outcome(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let winner = self
            .candidates
            .iter()
            .find(|candidate| candidate.fate == Fate::Wins);
        match self.lookup {
            Lookup::Found(found) => {
                let head = if found.head_from_get {
                    ", since no HEAD has this path"
                } else {
                    ""
                };
                match winner {
                    Some(winner) => writeln!(f, "{} answers{head}", winner.route),
                    None => writeln!(f, "route {} answers{head}", found.route),
                }
            }
            Lookup::Options(allow) => {
                writeln!(f, "the table answers; Allow: {}", allow.header_value())
            }
            Lookup::NotFound => f.write_str("no route has this path: 404\n"),
            Lookup::MethodNotAllowed(allow) => writeln!(
                f,
                "no {} has this path, other methods do: 405; Allow: {}",
                self.method,
                allow.header_value()
            ),
            Lookup::Redirect(redirect) => writeln!(
                f,
                "the path with another end has a route: 308; Location: {}",
                redirect.location(&self.path)
            ),
            Lookup::BadPath(reason) => {
                let status = if reason == BadPath::TooLong { 414 } else { 400 };
                write!(f, "{reason}: {status}")?;
                match self.bad_segment {
                    Some(segment) => writeln!(f, ", in segment {}", segment + 1),
                    None => f.write_str("\n"),
                }
            }
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.fits.is_empty() {
            return match self.others {
                1 => f.write_str("does not fit the only one there"),
                others => write!(f, "fits none of {others}"),
            };
        }
        let fits: Vec<String> = self
            .fits
            .iter()
            .map(|(text, count)| {
                let text = shown(text);
                let plural = if *count == 1 { "" } else { "s" };
                alloc::format!("{text} ({count} route{plural})")
            })
            .collect();
        write!(f, "fits {}", fits.join(", "))?;
        match self.others {
            0 => Ok(()),
            1 => f.write_str(", and not 1 other"),
            others => write!(f, ", and not {others} others"),
        }
    }
}

impl fmt::Display for Candidate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let route = self.route;
        match &self.fate {
            Fate::Wins => write!(f, "{route} answers"),
            Fate::Loses {
                segment,
                winner,
                own,
            } => write!(
                f,
                "before {route}: in segment {} {} comes before {}",
                segment + 1,
                shown(winner),
                shown(own)
            ),
            Fate::OtherMethod => write!(f, "{route} has it"),
            Fate::OtherEnd => write!(f, "{route} has that"),
            Fate::Fails(mismatch) => write!(f, "near is {route}: {mismatch}"),
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mismatch::Segment {
                segment,
                found,
                expected,
            } => write!(
                f,
                "in segment {} it has {}, and the path {found:?}",
                segment + 1,
                shown(expected)
            ),
            Mismatch::Longer { rest } => write!(f, "it goes on with /{rest}"),
            Mismatch::Shorter { rest } => write!(f, "it ends before /{}", rest.escape_debug()),
        }
    }
}

/// A segment of a template, where nothing would not be seen.
fn shown(segment: &str) -> &str {
    if segment.is_empty() {
        "nothing"
    } else {
        segment
    }
}

fn quoted(segment: &str) -> String {
    alloc::format!("{segment:?}")
}
