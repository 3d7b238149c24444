//! What a template is, and what it is made of.

use crate::path::{LONGEST_PATH, MOST_PARAMETERS, MOST_SEGMENTS};
use crate::percent::{self, Utf8};

/// What keeps a text from being a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    NoSlash,
    TooLong,
    TooManySegments,
    TooManyParameters,
    Brace,
    NoName,
    SameName,
    Touching,
    CatchAll,
    NotAPath,
    DotSegment,
    Escape,
    NotText,
}

/// Makes sure that a text is a template, or tells its first fault and at which byte it is: for a name
/// that is there twice, where the second begins.
///
/// It runs when a program is compiled, so it can have neither iterators nor closures.
pub(super) const fn check(text: &str) -> Result<(), (Fault, usize)> {
    let bytes = text.as_bytes();
    if !is(bytes, 0, b'/') {
        return Err((Fault::NoSlash, 0));
    }
    if bytes.len() > LONGEST_PATH {
        return Err((Fault::TooLong, 0));
    }
    let mut names = Names::NONE;
    let (mut at, mut segments) = (0, 0);
    while at < bytes.len() {
        if segments == MOST_SEGMENTS {
            return Err((Fault::TooManySegments, at));
        }
        segments += 1;
        at = match check_segment(bytes, at + 1, &mut names) {
            Ok(end) => end,
            Err(fault) => return Err(fault),
        };
    }
    Ok(())
}

/// Where the names of a template stand.
struct Names {
    spans: [(usize, usize); MOST_PARAMETERS],
    count: usize,
}

impl Names {
    const NONE: Self = Self {
        spans: [(0, 0); MOST_PARAMETERS],
        count: 0,
    };

    const fn add(&mut self, bytes: &[u8], start: usize, end: usize) -> Result<(), (Fault, usize)> {
        if start == end {
            return Err((Fault::NoName, start));
        }
        let mut known = 0;
        while known < self.count {
            let (from, to) = self.spans[known];
            if is_same(bytes, (from, to), (start, end)) {
                return Err((Fault::SameName, start));
            }
            known += 1;
        }
        if self.count == MOST_PARAMETERS {
            return Err((Fault::TooManyParameters, start));
        }
        self.spans[self.count] = (start, end);
        self.count += 1;
        Ok(())
    }
}

/// Checks the segment that begins there, and gives its end.
const fn check_segment(
    bytes: &[u8],
    start: usize,
    names: &mut Names,
) -> Result<usize, (Fault, usize)> {
    let mut at = start;
    let mut utf8 = Utf8::START;
    let (mut literals, mut are_dots) = (0, true);
    let (mut has_parameter, mut is_behind_one) = (false, false);
    while at < bytes.len() && bytes[at] != b'/' {
        match bytes[at] {
            b'{' => {
                if is_behind_one {
                    return Err((Fault::Touching, at));
                }
                if !utf8.is_whole() {
                    return Err((Fault::NotText, at));
                }
                let is_catch_all = is(bytes, at + 1, b'*');
                let name = if is_catch_all { at + 2 } else { at + 1 };
                let Some(end) = end_of_name(bytes, name) else {
                    return Err((Fault::Brace, at));
                };
                if is_catch_all && (at != start || end + 1 != bytes.len()) {
                    return Err((Fault::CatchAll, at));
                }
                if let Err(fault) = names.add(bytes, name, end) {
                    return Err(fault);
                }
                (has_parameter, is_behind_one) = (true, true);
                at = end + 1;
                continue;
            }
            b'}' => return Err((Fault::Brace, at)),
            b'?' | b'#' => return Err((Fault::NotAPath, at)),
            _ => {}
        }
        let (byte, len) = match bytes[at] {
            b'%' if at + 2 < bytes.len() => {
                match (percent::hex(bytes[at + 1]), percent::hex(bytes[at + 2])) {
                    (Some(high), Some(low)) => (high << 4 | low, 3),
                    _ => return Err((Fault::Escape, at)),
                }
            }
            b'%' => return Err((Fault::Escape, at)),
            byte => (byte, 1),
        };
        if byte == 0 || !utf8.takes(byte) {
            return Err((Fault::NotText, at));
        }
        literals += 1;
        are_dots = are_dots && byte == b'.';
        is_behind_one = false;
        at += len;
    }
    if !utf8.is_whole() {
        return Err((Fault::NotText, start));
    }
    if !has_parameter && are_dots && (literals == 1 || literals == 2) {
        return Err((Fault::DotSegment, start));
    }
    Ok(at)
}

/// Where the brace stands that closes a name.
const fn end_of_name(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    while at < bytes.len() {
        match bytes[at] {
            b'}' => return Some(at),
            b'{' | b'/' => return None,
            _ => at += 1,
        }
    }
    None
}

const fn is(bytes: &[u8], at: usize, byte: u8) -> bool {
    at < bytes.len() && bytes[at] == byte
}

const fn is_same(bytes: &[u8], one: (usize, usize), other: (usize, usize)) -> bool {
    if one.1 - one.0 != other.1 - other.0 {
        return false;
    }
    let mut at = 0;
    while at < one.1 - one.0 {
        if bytes[one.0 + at] != bytes[other.0 + at] {
            return false;
        }
        at += 1;
    }
    true
}

/// What a segment is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// As it is written, escapes and all.
    Literal(&'t str),
    /// The name of a parameter.
    Parameter(&'t str),
    /// The name of a catch-all.
    CatchAll(&'t str),
}

/// The segments of a template.
pub(super) fn segments(text: &str) -> impl Iterator<Item = &str> {
    text.strip_prefix('/').unwrap_or(text).split('/')
}

/// The pieces of a segment of a template.
pub(super) fn pieces(segment: &str) -> Pieces<'_> {
    Pieces { rest: segment }
}

pub(super) struct Pieces<'t> {
    rest: &'t str,
}

impl<'t> Iterator for Pieces<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        if self.rest.is_empty() {
            return None;
        }
        if let Some(rest) = self.rest.strip_prefix('{')
            && let Some((name, rest)) = rest.split_once('}')
        {
            self.rest = rest;
            return Some(match name.strip_prefix('*') {
                Some(name) => Piece::CatchAll(name),
                None => Piece::Parameter(name),
            });
        }
        let end = self.rest.find('{').unwrap_or(self.rest.len());
        let (literal, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(Piece::Literal(literal))
    }
}

/// The names of a template's parameters, in their order.
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    segments(text)
        .flat_map(pieces)
        .filter_map(|piece| match piece {
            Piece::Literal(_) => None,
            Piece::Parameter(name) | Piece::CatchAll(name) => Some(name),
        })
}
