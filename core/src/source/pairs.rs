//! Names and values of a query, a form or cookies, still encoded.

use super::{Coding, FieldSource, Text};
use crate::percent::Plus;

/// One name with its value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair<'r> {
    pub(crate) name: Text<'r>,
    pub(crate) value: &'r [u8],
}

impl<'r> Pair<'r> {
    /// The value, in that coding.
    pub(crate) fn text(&self, coding: Coding) -> Text<'r> {
        Text {
            raw: self.value,
            coding,
        }
    }
}

/// Names and values with a separator between them: `a=1&b=2`.
#[derive(Debug, Clone)]
pub(crate) struct Pairs<'r> {
    rest: &'r [u8],
    separator: u8,
    coding: Coding,
}

impl<'r> Pairs<'r> {
    pub(crate) fn of_query(query: &'r [u8]) -> Self {
        Self {
            rest: query,
            separator: b'&',
            coding: Coding::Percent(Plus::Space),
        }
    }
}

impl<'r> Iterator for Pairs<'r> {
    type Item = Pair<'r>;

    fn next(&mut self) -> Option<Pair<'r>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let (mut one, rest) = split_at_byte(self.rest, self.separator);
            self.rest = rest.unwrap_or_default();
            if self.separator == b';' {
                one = one.trim_ascii();
            }
            if one.is_empty() {
                continue;
            }
            let (name, value) = split_at_byte(one, b'=');
            return Some(Pair {
                name: Text {
                    raw: name,
                    coding: self.coding,
                },
                value: value.unwrap_or_default(),
            });
        }
    }
}

/// The cookies of all `Cookie` fields (RFC 6265 §4.2, RFC 9113 §8.2.3).
#[derive(Clone)]
pub(crate) struct Cookies<'r> {
    fields: &'r dyn FieldSource,
    next: usize,
    pairs: Pairs<'r>,
}

impl<'r> Cookies<'r> {
    pub(crate) fn new(fields: &'r dyn FieldSource) -> Self {
        Self {
            fields,
            next: 0,
            pairs: Pairs {
                rest: &[],
                separator: b';',
                coding: Coding::Plain,
            },
        }
    }
}

impl<'r> Iterator for Cookies<'r> {
    type Item = Pair<'r>;

    fn next(&mut self) -> Option<Pair<'r>> {
        loop {
            if let Some(pair) = self.pairs.next() {
                return Some(pair);
            }
            self.pairs.rest = self.fields.field_at("cookie", self.next)?;
            self.next += 1;
        }
    }
}

/// The pairs of a query, or of all cookies.
#[derive(Clone)]
pub(crate) enum NamedPairs<'r> {
    Query(Pairs<'r>),
    Cookies(Cookies<'r>),
}

impl<'r> Iterator for NamedPairs<'r> {
    type Item = Pair<'r>;

    fn next(&mut self) -> Option<Pair<'r>> {
        match self {
            NamedPairs::Query(pairs) => pairs.next(),
            NamedPairs::Cookies(pairs) => pairs.next(),
        }
    }
}

/// What is before the first such byte, and what is after it.
pub(crate) fn split_at_byte(text: &[u8], byte: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|&other| other == byte) {
        Some(at) => (
            text.get(..at).unwrap_or_default(),
            Some(text.get(at + 1..).unwrap_or_default()),
        ),
        None => (text, None),
    }
}
