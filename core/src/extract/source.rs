//! One pass over a request: where each parameter's value stands.

use alloc::vec::Vec;

use super::bracket::bracket;
use super::{Extractors, Key, Place};
use crate::source::{Cookies, Pair, Pairs, Source, Text};

/// The parameters of one request: found, and not decoded before someone asks.
#[derive(Debug)]
pub struct Parameters<'r> {
    pub(crate) extractors: &'r Extractors,
    pub(crate) source: Source<'r>,
    pub(crate) query: &'r [u8],
    pub(crate) slots: &'r [Slot<'r>],
}

impl<'r> Parameters<'r> {
    /// The same, taken by [descriptor](crate::Param).
    pub fn described(&self) -> crate::Params<'r> {
        crate::Params::planned(self.extractors, self.source)
    }
}

/// The parameters that an operation may have before [`Extractors::extract`] allocates.
const FEW: usize = 16;

/// Scratch for the parameters of one request: where the value of each stands.
// An array, since its lifetime may be shortened and nothing runs when it is dropped.
#[derive(Debug)]
pub struct Slots<'r> {
    few: [Slot<'r>; FEW],
    many: Vec<Slot<'r>>,
}

impl<'r> Slots<'r> {
    /// Scratch that holds nothing yet.
    pub const fn new() -> Self {
        Self {
            few: [Slot::EMPTY; FEW],
            many: Vec::new(),
        }
    }

    /// So many slots, all empty.
    fn clear_for(&mut self, count: usize) -> &mut [Slot<'r>] {
        if let Some(few) = self.few.get_mut(..count) {
            few.fill(Slot::EMPTY);
            return few;
        }
        self.many.clear();
        self.many.resize(count, Slot::EMPTY);
        &mut self.many
    }
}

impl Default for Slots<'_> {
    fn default() -> Self {
        Self::new()
    }
}

/// What was seen of one parameter.
#[derive(Debug, Clone, Copy)]
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
    ///
    /// ```
    /// use brrtrouter_core::{Extractors, PathParams, Place, Router, Slots, Source};
    /// # let document = r#"{"openapi": "3.1.0", "info": {"title": "a", "version": "1"}, "paths": {
    /// #     "/pets/{id}": {"get": {"operationId": "pet", "responses": {}, "parameters": [
    /// #     {"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}]}}}}"#;
    /// # let spec = brrtrouter_spec::Loader::new().load_str(document, "pets.json")?;
    /// let router = Router::compile(&spec)?;
    /// let extractors = Extractors::compile(&spec, &spec.operations[0])?;
    ///
    /// let (target, mut path) = ("/pets/7", PathParams::new());
    /// router.lookup("GET", target, &mut path);
    /// let source = Source { target, path: &path, fields: &() };
    /// let mut slots = Slots::new();
    /// let parameters = extractors.extract(source, &mut slots);
    /// assert_eq!(parameters.deserialize(Place::Path), Ok(7));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn extract<'a, 'r>(&'r self, source: Source<'r>, slots: &'a mut Slots<'r>) -> Parameters<'a>
    where
        'r: 'a,
    {
        let query = source
            .path
            .query(source.target)
            .unwrap_or_default()
            .as_bytes();
        self.extract_query(query, source, slots)
    }

    /// The parameters of one request to an operation that has none.
    #[inline]
    pub fn none<'r>(&'r self, source: Source<'r>) -> Parameters<'r> {
        Parameters {
            extractors: self,
            source,
            query: &[],
            slots: &[],
        }
    }

    /// Finds the parameters of one request whose query is this one.
    pub(super) fn extract_query<'a, 'r>(
        &'r self,
        query: &'r [u8],
        source: Source<'r>,
        slots: &'a mut Slots<'r>,
    ) -> Parameters<'a>
    where
        'r: 'a,
    {
        let slots = slots.clear_for(self.parameters.len());
        for (slot, parameter) in slots.iter_mut().zip(&self.parameters) {
            let value = match parameter.place {
                Place::Header => source.fields.field(&parameter.name),
                Place::QueryString => source.path.query(source.target).map(str::as_bytes),
                Place::Path | Place::Query | Place::Cookie => continue,
            };
            slot.value = value;
            slot.count = value.is_some().into();
        }
        let target = source.target.as_bytes();
        for (&at, span) in self.path.iter().zip(source.path.spans()) {
            if let Some(slot) = slots.get_mut(usize::from(at))
                && let Some(value) = target.get(span)
            {
                slot.value = Some(value);
                slot.count = 1;
            }
        }
        if !self.query.is_empty() || self.rest.is_some() {
            for pair in Pairs::of_query(query) {
                self.note(slots, &self.query, self.rest, pair);
            }
        }
        if !self.cookies.is_empty() {
            for pair in Cookies::new(source.fields) {
                self.note(slots, &self.cookies, None, pair);
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
    const EMPTY: Self = Self {
        value: None,
        count: 0,
        is_bracketed: false,
    };

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
