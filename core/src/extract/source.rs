//! One pass over a request: where each parameter's value stands.

use smallvec::SmallVec;

use super::text::{Coding, Text};
use super::{Extractors, Key, Place};
use crate::path::PathParams;
use crate::percent::Plus;

/// What parameters are taken from.
#[derive(Clone, Copy)]
pub struct Source<'r> {
    /// Path and query, as they were looked up.
    pub target: &'r str,
    /// What the lookup left.
    pub path: &'r PathParams,
    /// The header fields.
    pub fields: &'r dyn FieldSource,
}

impl core::fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Source")
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

/// Header fields by name.
pub trait FieldSource {
    /// The value of the first field of that name, in any case.
    fn field(&self, name: &str) -> Option<&[u8]>;

    /// The value of the field of that name that has `index` others before it.
    ///
    /// A source that can hold several fields of one name overrides this; then lists may stand in
    /// several fields (RFC 9110 §5.3), and a single value that comes twice is refused.
    fn field_at(&self, name: &str, index: usize) -> Option<&[u8]> {
        if index == 0 { self.field(name) } else { None }
    }
}

/// No fields at all.
impl FieldSource for () {
    fn field(&self, _name: &str) -> Option<&[u8]> {
        None
    }
}

/// Names and values in the order sent.
impl<N: AsRef<str>, V: AsRef<[u8]>> FieldSource for [(N, V)] {
    fn field(&self, name: &str) -> Option<&[u8]> {
        self.field_at(name, 0)
    }

    fn field_at(&self, name: &str, index: usize) -> Option<&[u8]> {
        self.iter()
            .filter(|(own, _)| own.as_ref().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_ref())
            .nth(index)
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>, const COUNT: usize> FieldSource for [(N, V); COUNT] {
    fn field(&self, name: &str) -> Option<&[u8]> {
        self.as_slice().field(name)
    }

    fn field_at(&self, name: &str, index: usize) -> Option<&[u8]> {
        self.as_slice().field_at(name, index)
    }
}

/// The parameters of one request: found, and not decoded before someone asks.
#[derive(Debug)]
pub struct Parameters<'r> {
    pub(crate) extractors: &'r Extractors,
    pub(crate) source: Source<'r>,
    pub(crate) query: &'r [u8],
    pub(crate) slots: SmallVec<[Slot<'r>; 16]>,
}

/// What was seen of one parameter.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Slot<'r> {
    /// The first value.
    pub(crate) value: Option<&'r [u8]>,
    /// How many values there are.
    pub(crate) count: u32,
    /// Whether one of them has brackets behind its name.
    pub(crate) is_bracketed: bool,
}

impl Extractors {
    /// Finds the parameters of one request.
    ///
    /// Allocates nothing where there are at most 16 parameters.
    pub fn extract<'r>(&'r self, source: Source<'r>) -> Parameters<'r> {
        let query = source
            .path
            .query(source.target)
            .unwrap_or_default()
            .as_bytes();
        self.extract_query(query, source)
    }

    /// Finds the parameters of one request whose query is this one.
    pub(super) fn extract_query<'r>(
        &'r self,
        query: &'r [u8],
        source: Source<'r>,
    ) -> Parameters<'r> {
        let mut slots: SmallVec<[Slot<'r>; 16]> =
            SmallVec::from_elem(Slot::default(), self.parameters.len());
        for (slot, parameter) in slots.iter_mut().zip(&self.parameters) {
            let value = match parameter.place {
                Place::Path => parameter
                    .capture
                    .and_then(|capture| source.path.raw(usize::from(capture), source.target))
                    .map(str::as_bytes),
                Place::Header => source.fields.field(&parameter.name),
                Place::QueryString => source.path.query(source.target).map(str::as_bytes),
                Place::Query | Place::Cookie => continue,
            };
            slot.value = value;
            slot.count = value.is_some().into();
        }
        if !self.query.is_empty() || self.rest.is_some() {
            for pair in Pairs::of_query(query) {
                self.note(&mut slots, &self.query, self.rest, pair);
            }
        }
        if !self.cookies.is_empty() {
            for pair in Cookies::new(source.fields) {
                self.note(&mut slots, &self.cookies, None, pair);
            }
        }
        Parameters {
            extractors: self,
            source,
            query,
            slots,
        }
    }

    fn note<'r>(&self, slots: &mut [Slot<'r>], keys: &[Key], rest: Option<u16>, pair: Pair<'r>) {
        let mut is_known = false;
        for key in keys.iter().filter(|key| key.takes(pair.name)) {
            is_known = true;
            if let Some(slot) = slots.get_mut(usize::from(key.parameter)) {
                slot.see(pair.value, key.is_bracketed);
            }
        }
        if !is_known && let Some(slot) = rest.and_then(|rest| slots.get_mut(usize::from(rest))) {
            slot.see(pair.value, false);
        }
    }
}

impl<'r> Slot<'r> {
    fn see(&mut self, value: &'r [u8], is_bracketed: bool) {
        if !is_bracketed && (self.value.is_none() || self.is_bracketed) {
            self.value = Some(value);
        }
        self.value = self.value.or(Some(value));
        self.is_bracketed |= is_bracketed;
        self.count = self.count.saturating_add(1);
    }
}

impl Key {
    pub(super) fn takes(&self, name: Text<'_>) -> bool {
        if self.is_bracketed {
            bracket(name, &self.name).is_some()
        } else {
            name.is(&self.name)
        }
    }
}

/// One name with its value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair<'r> {
    pub(crate) name: Text<'r>,
    pub(crate) value: &'r [u8],
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

/// What stands between the brackets of `base[…]`, brackets being encoded or not; still encoded.
pub(crate) fn bracket<'r>(name: Text<'r>, base: &[u8]) -> Option<Text<'r>> {
    // An encoded name is no shorter than what it stands for.
    if name.raw.len() < base.len() + 2 {
        return None;
    }
    let mut rest = name.raw;
    for &byte in base {
        rest = take(rest, name.coding, byte)?;
    }
    rest = take(rest, name.coding, b'[')?;
    let inner = match rest {
        [inner @ .., b']'] => inner,
        [inner @ .., b'%', b'5', b'D' | b'd'] if name.coding != Coding::Plain => inner,
        _ => return None,
    };
    Some(Text {
        raw: inner,
        coding: name.coding,
    })
}

/// The rest of an encoded text after that byte.
fn take(text: &[u8], coding: Coding, byte: u8) -> Option<&[u8]> {
    match coding {
        Coding::Plain => text.strip_prefix(&[byte]),
        Coding::Percent(plus) => {
            let mut decoded = crate::percent::Decoded::new(text, plus);
            (decoded.next() == Some(byte)).then(|| decoded.rest())
        }
    }
}

impl<'r> Parameters<'r> {
    /// The names in the query that no parameter declares, encoded as they stand.
    pub fn unknown_query(&self) -> impl Iterator<Item = &'r str> + '_ {
        let extractors = self.extractors;
        let takes_all = extractors.takes_query || extractors.rest.is_some();
        let query = if takes_all { &[] } else { self.query };
        Pairs::of_query(query)
            .filter(|pair| !extractors.query.iter().any(|key| key.takes(pair.name)))
            .map(|pair| core::str::from_utf8(pair.name.raw).unwrap_or_default())
    }
}
