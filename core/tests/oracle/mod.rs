//! A slow router that follows the rules word by word, to judge the fast one.
//!
//! It shares no code with the crate: templates are read anew for every question, every route is
//! tried, every way to split a segment is tried, and the winner is the least of all that match.

use std::cmp::Ordering;

/// What the rules say of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The route and what it captures, raw.
    Found(usize, Vec<String>, bool),
    Options(Vec<String>),
    NotFound,
    NotAllowed(Vec<String>),
    Redirect(String),
    Bad,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slash {
    Strict,
    Redirect,
    Ignore,
}

/// A piece of a template's segment.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(Vec<u8>),
    Parameter,
    Rest,
}

fn pieces(segment: &str) -> Vec<Piece> {
    if segment.starts_with("{*") {
        return vec![Piece::Rest];
    }
    let mut pieces = Vec::new();
    let mut rest = segment;
    while let Some(open) = rest.find('{') {
        if open > 0 {
            pieces.push(Piece::Literal(units(&rest[..open]).bytes()));
        }
        pieces.push(Piece::Parameter);
        rest = &rest[open..][rest[open..].find('}').map_or(1, |close| close + 1)..];
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Literal(units(rest).bytes()));
    }
    pieces
}

/// One decoded byte and the text that it was written as.
#[derive(Debug, Clone)]
struct Units<'t>(Vec<(u8, &'t [u8])>);

impl Units<'_> {
    fn bytes(&self) -> Vec<u8> {
        self.0.iter().map(|(byte, _)| *byte).collect()
    }
}

fn units(text: &str) -> Units<'_> {
    let bytes = text.as_bytes();
    let mut units = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let escaped = text
            .get(at + 1..at + 3)
            .filter(|_| bytes[at] == b'%')
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped {
            Some(byte) => {
                units.push((byte, &bytes[at..at + 3]));
                at += 3;
            }
            None => {
                units.push((bytes[at], &bytes[at..=at]));
                at += 1;
            }
        }
    }
    Units(units)
}

/// All captures of a segment, if it matches: the first parameter as long as it can be.
fn captures(pieces: &[Piece], units: &[(u8, &[u8])]) -> Option<Vec<String>> {
    match pieces.first() {
        None => units.is_empty().then(Vec::new),
        Some(Piece::Literal(literal)) => {
            let head: Vec<u8> = units
                .iter()
                .take(literal.len())
                .map(|unit| unit.0)
                .collect();
            (head == *literal)
                .then(|| captures(&pieces[1..], &units[literal.len()..]))
                .flatten()
        }
        Some(_) => (1..=units.len()).rev().find_map(|len| {
            let mut found = captures(&pieces[1..], &units[len..])?;
            let raw: Vec<u8> = units[..len]
                .iter()
                .flat_map(|unit| unit.1.to_vec())
                .collect();
            found.insert(0, String::from_utf8(raw).ok()?);
            Some(found)
        }),
    }
}

fn matches(template: &str, path: &str) -> Option<Vec<String>> {
    let segments: Vec<&str> = path[1..].split('/').collect();
    let mut found = Vec::new();
    let mut at = 0;
    for segment in template[1..].split('/') {
        let pieces = pieces(segment);
        if pieces == [Piece::Rest] {
            let rest = segments.get(at..)?;
            return rest.first().filter(|first| !first.is_empty()).map(|_| {
                found.push(rest.join("/"));
                found
            });
        }
        found.extend(captures(&pieces, &units(segments.get(at)?).0)?);
        at += 1;
    }
    (at == segments.len()).then_some(found)
}

/// Which of two templates comes first, by the rules; they are never equal unless of the same shape.
fn precedence(one: &str, other: &str) -> Ordering {
    let rank = |segment: &str| {
        let pieces = pieces(segment);
        let literals: Vec<&Vec<u8>> = pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Literal(literal) => Some(literal),
                _ => None,
            })
            .collect();
        let bytes: usize = literals.iter().map(|literal| literal.len()).sum();
        let parameters = pieces.len() - literals.len();
        let prefix = match pieces.first() {
            Some(Piece::Literal(literal)) => literal.len(),
            _ => 0,
        };
        let suffix = match pieces.last() {
            Some(Piece::Literal(literal)) => literal.len(),
            _ => 0,
        };
        match pieces.as_slice() {
            [Piece::Literal(_)] => (0, 0, 0, 0, 0),
            [Piece::Rest] => (3, 0, 0, 0, 0),
            [Piece::Parameter] => (2, 0, 0, 0, 0),
            _ => (
                1,
                usize::MAX - bytes,
                usize::MAX - prefix,
                usize::MAX - suffix,
                parameters,
            ),
        }
    };
    for (one, other) in one[1..].split('/').zip(other[1..].split('/')) {
        let order = rank(one).cmp(&rank(other));
        if order != Ordering::Equal {
            return order;
        }
        let literals = |segment: &str| -> Vec<Vec<u8>> {
            let mut all = vec![Vec::new()];
            for piece in pieces(segment) {
                match piece {
                    Piece::Literal(literal) => all.last_mut().expect("one").extend(literal),
                    _ => all.push(Vec::new()),
                }
            }
            all
        };
        let order = literals(one).cmp(&literals(other));
        if order != Ordering::Equal {
            return order;
        }
    }
    one.split('/').count().cmp(&other.split('/').count())
}

fn is_bad(path: &str) -> bool {
    if !path.starts_with('/') || path.len() > 8192 || path.matches('/').count() > 32 {
        return true;
    }
    let bytes = path.as_bytes();
    let bad_escape = (0..bytes.len()).any(|at| {
        bytes[at] == b'%'
            && !(bytes.len() > at + 2
                && bytes[at + 1].is_ascii_hexdigit()
                && bytes[at + 2].is_ascii_hexdigit())
    });
    bad_escape
        || path[1..].split('/').any(|segment| {
            let decoded = units(segment).bytes();
            decoded == b"."
                || decoded == b".."
                || decoded.contains(&0)
                || String::from_utf8(decoded).is_err()
        })
}

/// The best route of a method for a path.
fn best(routes: &[(&str, &str)], method: &str, path: &str) -> Option<(usize, Vec<String>)> {
    let mut best: Option<(usize, Vec<String>)> = None;
    for (number, (own, template)) in routes.iter().enumerate() {
        if *own != method {
            continue;
        }
        let Some(found) = matches(template, path) else {
            continue;
        };
        let is_better = best
            .as_ref()
            .is_none_or(|(best, _)| precedence(template, routes[*best].1) == Ordering::Less);
        if is_better {
            best = Some((number, found));
        }
    }
    best
}

fn with_head(routes: &[(&str, &str)], method: &str, path: &str) -> Option<Verdict> {
    if let Some((route, found)) = best(routes, method, path) {
        return Some(Verdict::Found(route, found, false));
    }
    if method == "HEAD" {
        let (route, found) = best(routes, "GET", path)?;
        return Some(Verdict::Found(route, found, true));
    }
    None
}

fn methods(routes: &[(&str, &str)], path: &str) -> Vec<String> {
    let mut all: Vec<String> = routes
        .iter()
        .filter(|(_, template)| matches(template, path).is_some())
        .map(|(method, _)| (*method).to_owned())
        .collect();
    if all.is_empty() {
        return all;
    }
    if all.iter().any(|method| method == "GET") {
        all.push("HEAD".to_owned());
    }
    all.push("OPTIONS".to_owned());
    all.sort();
    all.dedup();
    all
}

/// What the rules say.
pub(crate) fn judge(routes: &[(&str, &str)], slash: Slash, method: &str, target: &str) -> Verdict {
    let (path, query) = match target.find('?') {
        Some(at) => target.split_at(at),
        None => (target, ""),
    };
    if target == "*" && method == "OPTIONS" {
        let mut all: Vec<String> = routes
            .iter()
            .map(|(method, _)| (*method).to_owned())
            .collect();
        if all.iter().any(|method| method == "GET") {
            all.push("HEAD".to_owned());
        }
        all.push("OPTIONS".to_owned());
        all.sort();
        all.dedup();
        return Verdict::Options(all);
    }
    if is_bad(path) {
        return Verdict::Bad;
    }
    if let Some(found) = with_head(routes, method, path) {
        return found;
    }
    let mut allowed = methods(routes, path);
    let other = match path.strip_suffix('/') {
        Some("") => None,
        Some(other) => Some(other.to_owned()),
        None if path.matches('/').count() == 32 => None,
        None => Some(format!("{path}/")),
    };
    if let Some(other) = other
        && slash != Slash::Strict
    {
        let is_there = with_head(routes, method, &other);
        let others = methods(routes, &other);
        if slash == Slash::Ignore {
            if let Some(found) = is_there {
                return found;
            }
            allowed.extend(others);
            allowed.sort();
            allowed.dedup();
        } else if !path.starts_with("//")
            && (is_there.is_some()
                || (method == "OPTIONS" && allowed.is_empty() && !others.is_empty()))
        {
            return Verdict::Redirect(format!("{other}{query}"));
        }
    }
    if allowed.is_empty() {
        Verdict::NotFound
    } else if method == "OPTIONS" {
        Verdict::Options(allowed)
    } else {
        Verdict::NotAllowed(allowed)
    }
}
