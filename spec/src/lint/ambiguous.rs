use std::cmp::Ordering;
use std::collections::HashMap;

use super::Findings;
use crate::diagnostic::code;
use crate::model::{Operation, Spec};
use crate::source::Aim;

/// Finds pairs of templates that match a common path, each the narrower one in another segment: a
/// rule decides which one answers, and a reader may expect the other.
pub(super) fn check(spec: &Spec, findings: &mut Findings<'_>) {
    let mut groups: HashMap<(&str, usize), Vec<Routed<'_>>> = HashMap::new();
    for operation in &spec.operations {
        if operation.shadowed_by.is_some() {
            continue;
        }
        let segments: Vec<Segment<'_>> = operation.path.split('/').map(Segment::of).collect();
        let group = groups.entry((operation.method.as_str(), segments.len()));
        let group = group.or_default();
        for (other, theirs) in &*group {
            if let Some(witness) = witness(&segments, theirs) {
                findings.push(
                    &code::AMBIGUOUS,
                    &operation.pointer,
                    Aim::Key,
                    format!(
                        "{} {} and {} both match {witness}",
                        operation.method, operation.path, other.path
                    ),
                    Some("the leftmost segment in which they differ decides; literals go first"),
                );
            }
        }
        group.push((operation, segments));
    }
}

/// An operation and the segments of its template.
type Routed<'s> = (&'s Operation, Vec<Segment<'s>>);

/// A path that both match, where neither is the narrower one throughout.
fn witness(one: &[Segment<'_>], other: &[Segment<'_>]) -> Option<String> {
    let mut path = Vec::with_capacity(one.len());
    let (mut is_narrower, mut is_wider) = (false, false);
    for (one, other) in one.iter().zip(other) {
        path.push(one.common(other)?);
        match one.rank().cmp(&other.rank()) {
            Ordering::Greater => is_narrower = true,
            Ordering::Less => is_wider = true,
            Ordering::Equal if one != other => (is_narrower, is_wider) = (true, true),
            Ordering::Equal => {}
        }
    }
    (is_narrower && is_wider).then(|| path.join("/"))
}

/// One segment of a template.
#[derive(Debug, PartialEq, Eq)]
enum Segment<'p> {
    Literal(&'p str),
    /// A parameter, or several, with the text before, between and after them.
    Parameter(Vec<&'p str>),
}

impl<'p> Segment<'p> {
    fn of(text: &'p str) -> Self {
        let mut parts = text.split('{');
        let first = parts.next().unwrap_or_default();
        let mut texts = vec![first];
        texts.extend(parts.map(|part| part.split_once('}').map_or("", |(_, after)| after)));
        if texts.len() == 1 {
            Self::Literal(text)
        } else {
            Self::Parameter(texts)
        }
    }

    /// Literals before parameters with more text before those with less.
    fn rank(&self) -> (bool, usize) {
        match self {
            Self::Literal(_) => (true, 0),
            Self::Parameter(texts) => (false, texts.iter().map(|text| text.len()).sum()),
        }
    }

    /// A segment that both match.
    fn common(&self, other: &Self) -> Option<String> {
        match (self, other) {
            (Self::Literal(one), Self::Literal(other)) => (one == other).then(|| (*one).to_owned()),
            (Self::Literal(text), Self::Parameter(texts))
            | (Self::Parameter(texts), Self::Literal(text)) => {
                matches(texts, text).then(|| (*text).to_owned())
            }
            (Self::Parameter(one), Self::Parameter(other)) => {
                let first = longer(one.first()?, other.first()?, |text, end| {
                    text.starts_with(end)
                })?;
                let last = longer(one.last()?, other.last()?, |text, end| text.ends_with(end))?;
                let inner = |texts: &[&str]| -> String {
                    let inner = texts.get(1..texts.len() - 1).unwrap_or_default();
                    inner
                        .iter()
                        .fold("x".into(), |path, text| format!("{path}{text}x"))
                };
                let candidates = [inner(one), inner(other)];
                candidates
                    .iter()
                    .map(|inner| format!("{first}{inner}{last}"))
                    .find(|text| matches(one, text) && matches(other, text))
            }
        }
    }
}

/// The longer of two ends of which one is part of the other.
fn longer<'t>(one: &'t str, other: &'t str, is_end: fn(&str, &str) -> bool) -> Option<&'t str> {
    if is_end(one, other) {
        Some(one)
    } else if is_end(other, one) {
        Some(other)
    } else {
        None
    }
}

/// Whether a segment matches: its text in order, and something for each parameter.
fn matches(texts: &[&str], segment: &str) -> bool {
    let (Some((first, rest)), Some(last)) = (texts.split_first(), texts.last()) else {
        return false;
    };
    let Some(middle) = segment
        .strip_prefix(first)
        .and_then(|rest| rest.strip_suffix(last))
    else {
        return false;
    };
    let mut middle = middle;
    for text in rest.get(..rest.len() - 1).unwrap_or_default() {
        let from = middle.chars().next().map_or(1, char::len_utf8);
        let Some(at) = middle.get(from..).and_then(|rest| rest.find(text)) else {
            return false;
        };
        middle = middle.get(from + at + text.len()..).unwrap_or_default();
    }
    !middle.is_empty()
}

#[cfg(test)]
mod tests {
    use super::{Segment, witness};

    fn common(one: &str, other: &str) -> Option<String> {
        let segments =
            |path| -> Vec<Segment<'_>> { str::split(path, '/').map(Segment::of).collect() };
        witness(&segments(one), &segments(other))
    }

    #[test]
    fn templates_that_cross_have_a_witness() {
        for (one, other, path) in [
            ("/a/{x}/b", "/a/c/{y}", Some("/a/c/b")),
            ("/{x}/b", "/a/{y}", Some("/a/b")),
            ("/{x}.json", "/a{y}.json", None),
            ("/{x}-b", "/a-{y}", Some("/a-x-b")),
            ("/a/{x}", "/a/b", None),
            ("/a/{x}/b", "/c/d/{y}", None),
            ("/{a}...{b}/c", "/{a}/{d}", None),
        ] {
            assert_eq!(common(one, other).as_deref(), path, "{one} {other}");
        }
    }
}
