//! One pass over a request: where each parameter's value stands.

use alloc::vec::Vec;

use super::bracket::bracket;
use super::plan::Extractor;
use super::quick::{Glance, Quick, short_integer};
use super::{Extractors, Key, Place};
use crate::path::PathParams;
use crate::source::{Cookies, Pair, Pairs, Source, Text};

/// The parameters of one request: found, and not decoded before someone asks.
#[derive(Debug)]
pub struct Parameters<'r> {
    pub(crate) extractors: &'r Extractors,
    pub(crate) source: Source<'r>,
    pub(crate) query: &'r [u8],
    pub(crate) slots: &'r [Slot<'r>],
    /// Whether each value is seen to be sound at the first glance.
    pub(crate) is_sound: bool,
}

impl<'r> Parameters<'r> {
    /// The same, taken by [descriptor](crate::Param).
    pub fn described(&self) -> crate::Params<'r> {
        crate::Params::planned(self.extractors, self.source)
    }
}

/// The parameters that most operations have at most.
const FEW: usize = 4;

/// The parameters that an operation may have before [`Extractors::extract`] allocates.
const SOME: usize = 16;

/// Scratch for the parameters of one request: where the value of each stands.
// Arrays, since their lifetime may be shortened and nothing runs when they are dropped.
#[derive(Debug)]
pub struct Slots<'r> {
    few: [Slot<'r>; FEW],
    /// Made when it is needed, since even to empty it takes its time.
    more: More<'r>,
}

#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "it lies on the stack, so that few parameters cost no allocation"
)]
enum More<'r> {
    None,
    Some([Slot<'r>; SOME]),
    Many(Vec<Slot<'r>>),
}

impl<'r> Slots<'r> {
    /// Scratch that holds nothing yet.
    #[inline]
    pub const fn new() -> Self {
        Self {
            few: [Slot::EMPTY; FEW],
            more: More::None,
        }
    }

    /// So many slots, which may hold anything.
    #[inline]
    fn take(&mut self, count: usize) -> &mut [Slot<'r>] {
        match self.few.get_mut(..count) {
            Some(few) => few,
            None => self.more.take(count),
        }
    }
}

impl<'r> More<'r> {
    #[inline(never)]
    fn take(&mut self, count: usize) -> &mut [Slot<'r>] {
        let before = core::mem::replace(self, More::None);
        *self = if count <= SOME {
            More::Some([Slot::EMPTY; SOME])
        } else {
            let mut many = match before {
                More::Many(many) => many,
                _ => Vec::new(),
            };
            many.clear();
            many.resize(count, Slot::EMPTY);
            More::Many(many)
        };
        match self {
            More::None => &mut [],
            More::Some(some) => some.get_mut(..count).unwrap_or_default(),
            More::Many(many) => many,
        }
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
    /// How many of them have brackets behind their names.
    pub(crate) bracketed: u32,
    /// The only value, where the parameter is an integer and it is written as most are.
    pub(crate) integer: Option<i64>,
    /// Whether the only value is seen to be sound at the first glance.
    pub(crate) is_sound: bool,
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
    #[inline]
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
            is_sound: true,
        }
    }

    /// Finds the parameters of one request whose query is this one.
    #[inline]
    pub(super) fn extract_query<'a, 'r>(
        &'r self,
        query: &'r [u8],
        source: Source<'r>,
        slots: &'a mut Slots<'r>,
    ) -> Parameters<'a>
    where
        'r: 'a,
    {
        let slots = slots.take(self.parameters.len());
        let is_sound = self.note_segments(slots, source.target, source.path)
            || self.note_all(slots, query, source);
        Parameters {
            extractors: self,
            source,
            query,
            slots,
            is_sound,
        }
    }

    /// Notes the parameters of an operation if they all are segments of the path, and sound at the first
    /// glance; whether that is so.
    #[inline(never)]
    fn note_segments<'r>(
        &self,
        slots: &mut [Slot<'r>],
        target: &'r str,
        path: &PathParams,
    ) -> bool {
        let Some(spans) = path.whole_segments() else {
            return false;
        };
        let mut left = slots.len();
        for (segment, span) in self.segments.iter().zip(spans) {
            let Some(slot) = slots.get_mut(usize::from(segment.parameter)) else {
                return false;
            };
            let text = target.as_bytes();
            if let Quick::Integer { least, most } = segment.kind
                && let Some((value, integer)) = short_integer(text, &span)
                && least <= integer
                && integer <= most
            {
                *slot = Slot::of(Glance {
                    value,
                    integer: Some(integer),
                    is_sound: true,
                });
            } else if !slot.note(segment.kind, text.get(span)) {
                return false;
            }
            left -= 1;
        }
        left == 0
    }

    /// Notes all parameters; whether they are sound at the first glance.
    #[inline(never)]
    fn note_all<'r>(&self, slots: &mut [Slot<'r>], query: &'r [u8], source: Source<'r>) -> bool {
        slots.fill(Slot::EMPTY);
        let target = source.target.as_bytes();
        for (&at, span) in self.at(Place::Path).iter().zip(source.path.spans()) {
            if let Some(value) = target.get(span) {
                self.see(slots, at, value, false);
            }
        }
        self.note_others(slots, query, source);
        slots.iter().all(|slot| slot.is_sound)
    }

    /// Notes the parameters that do not stand in the path.
    fn note_others<'r>(&self, slots: &mut [Slot<'r>], query: &'r [u8], source: Source<'r>) {
        if self.has_whole_values {
            self.note_whole_values(slots, source);
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
    }

    /// The parameters of a place, in the order in which a tuple takes them.
    #[inline]
    pub(super) fn at(&self, place: Place) -> &[u16] {
        self.places.get(place as usize).map_or(&[], |all| all)
    }

    /// Notes the parameters that are a header field or the whole query.
    fn note_whole_values<'r>(&self, slots: &mut [Slot<'r>], source: Source<'r>) {
        for (slot, parameter) in slots.iter_mut().zip(&self.parameters) {
            let value = match parameter.place {
                Place::Header => source.fields.field(&parameter.name),
                Place::QueryString => source.path.query(source.target).map(str::as_bytes),
                Place::Path | Place::Query | Place::Cookie => continue,
            };
            slot.value = value;
            slot.count = value.is_some().into();
        }
    }

    fn note<'r>(&self, slots: &mut [Slot<'r>], keys: &[Key], rest: Option<u16>, pair: Pair<'r>) {
        let mut is_known = false;
        for key in keys.iter().filter(|key| key.takes(pair.name)) {
            is_known = true;
            self.see(slots, key.parameter, pair.value, key.is_bracketed);
        }
        if !is_known && let Some(rest) = rest {
            self.see(slots, rest, pair.value, false);
        }
    }

    #[inline]
    fn see<'r>(&self, slots: &mut [Slot<'r>], at: u16, value: &'r [u8], is_bracketed: bool) {
        let at = usize::from(at);
        if let (Some(slot), Some(parameter)) = (slots.get_mut(at), self.parameters.get(at)) {
            slot.see(value, is_bracketed, parameter);
        }
    }
}

impl<'r> Slot<'r> {
    const EMPTY: Self = Self {
        value: None,
        count: 0,
        bracketed: 0,
        integer: None,
        is_sound: false,
    };

    /// The only value.
    #[inline(always)]
    fn of(glance: Glance<'r>) -> Self {
        Self {
            value: Some(glance.value),
            count: 1,
            bracketed: 0,
            integer: glance.integer,
            is_sound: glance.is_sound,
        }
    }

    /// Takes note of the only value; whether it is sound at the first glance.
    #[inline(never)]
    fn note(&mut self, kind: Quick, value: Option<&'r [u8]>) -> bool {
        let Some(value) = value else {
            return false;
        };
        *self = Self::of(kind.glance(value));
        self.is_sound
    }

    /// Takes note of one value of `parameter`.
    fn see(&mut self, value: &'r [u8], is_bracketed: bool, parameter: &Extractor) {
        if self.count == 0
            && !is_bracketed
            && let Some(kind) = parameter.quick
        {
            *self = Self::of(kind.glance(value));
            return;
        }
        if !is_bracketed && (self.value.is_none() || self.bracketed > 0) {
            self.value = Some(value);
        }
        self.value = self.value.or(Some(value));
        self.count = self.count.saturating_add(1);
        self.bracketed = self.bracketed.saturating_add(is_bracketed.into());
        self.integer = None;
        self.is_sound = false;
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
