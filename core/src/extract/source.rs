//! One pass over a request: where each parameter's value stands.

use smallvec::SmallVec;

use super::{Extractors, Key, Place};
use crate::source::{Cookies, Pair, Pairs, Source, Text, bracket};

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
