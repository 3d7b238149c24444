//! A text with separators, still encoded.

use crate::source::{Coding, Text};

/// A text with separators.
#[derive(Debug, Clone)]
pub(crate) struct Split<'r> {
    pub(crate) rest: Option<&'r [u8]>,
    pub(crate) separator: Separator,
    pub(crate) coding: Coding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Separator {
    Comma,
    Dot,
    Semicolon,
    /// A space, which an URL writes as `%20` or `+`.
    Space,
    /// `|`, as such or as `%7C`.
    Pipe,
}

impl Separator {
    /// Where the first one is, and how long it is.
    pub(crate) fn find(self, text: &[u8]) -> Option<(usize, usize)> {
        let byte = |byte| {
            text.iter()
                .position(|&other| other == byte)
                .map(|at| (at, 1))
        };
        let either = |plain: u8, escaped: [u8; 2]| {
            (0..text.len()).find_map(|at| match text.get(at..)? {
                [first, ..] if *first == plain => Some((at, 1)),
                [b'%', high, low, ..]
                    if *high == escaped[0] && low.eq_ignore_ascii_case(&escaped[1]) =>
                {
                    Some((at, 3))
                }
                _ => None,
            })
        };
        match self {
            Separator::Comma => byte(b','),
            Separator::Dot => byte(b'.'),
            Separator::Semicolon => byte(b';'),
            Separator::Space => either(b'+', *b"20"),
            Separator::Pipe => either(b'|', *b"7C"),
        }
    }
}

impl<'r> Iterator for Split<'r> {
    type Item = Text<'r>;

    fn next(&mut self) -> Option<Text<'r>> {
        let rest = self.rest?;
        let (raw, rest) = match self.separator.find(rest) {
            Some((at, len)) => (rest.get(..at), rest.get(at + len..)),
            None => (Some(rest), None),
        };
        self.rest = rest;
        Some(Text {
            raw: raw.unwrap_or_default(),
            coding: self.coding,
        })
    }
}
