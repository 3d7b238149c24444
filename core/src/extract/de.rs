//! Values → serde, guided by the plan and without a JSON tree in between.

use alloc::borrow::Cow;

use serde::de::value::{BorrowedStrDeserializer, CowStrDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::Place;
use super::error::{ParameterError, ParameterErrorKind as Kind};
use super::plan::{Object, Shape};
use super::quick;
use super::scalar::{Reading, Scalar};
use super::source::Parameters;
use super::view::{Entries, Items, View};
use crate::source::{SHORT, Text};
use crate::value::{self, Expected};

/// The value of one parameter: a [`Deserializer`].
///
/// Asked for anything, it gives what the schema says: an integer, a number, a boolean, a text
/// (borrowed where nothing had to be decoded), a sequence or a map. Asked for a type, it reads the
/// text as that.
#[derive(Clone)]
pub struct ParameterValue<'r> {
    name: &'r str,
    place: Place,
    view: View<'r>,
}

impl core::fmt::Debug for ParameterValue<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ParameterValue")
            .field("name", &self.name)
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

impl<'r> Parameters<'r> {
    /// How many parameters the operation has.
    pub fn len(&self) -> usize {
        self.extractors.parameters.len()
    }

    /// Whether the operation has none.
    pub fn is_empty(&self) -> bool {
        self.extractors.parameters.is_empty()
    }

    /// The value of the parameter at that place of
    /// [`Extractors::parameters`](super::Extractors::parameters), or its default; `None` where it is
    /// missing.
    pub fn get(&self, index: usize) -> Option<ParameterValue<'r>> {
        let value = self.value(index)?;
        match value.view {
            View::Missing => None,
            _ => Some(value),
        }
    }

    /// The value of the parameter of that name and place, or its default; `None` where it is missing
    /// or there is none such.
    pub fn named(&self, place: Place, name: &str) -> Option<ParameterValue<'r>> {
        let index = self
            .extractors
            .parameters
            .iter()
            .position(|own| own.place == place && own.has_name(name))?;
        self.get(index)
    }

    fn value(&self, index: usize) -> Option<ParameterValue<'r>> {
        let parameter = self.extractors.parameters.get(index)?;
        Some(ParameterValue {
            name: &parameter.name,
            place: parameter.place,
            view: self.view(index),
        })
    }

    /// All parameters of a place as one value.
    ///
    /// A struct or a map takes them by name, a tuple in the order of the path's template (or of the
    /// document, at other places), and where there is just one, any type takes it alone. What is
    /// missing and has no default is no key, so `Option` and `#[serde(default)]` do as they do.
    ///
    /// # Errors
    ///
    /// The first parameter that does not fit; what the types do not say is not looked at, which is
    /// for [`check`](Parameters::check).
    pub fn deserialize<T: Deserialize<'r>>(&self, place: Place) -> Result<T, ParameterError<'r>> {
        T::deserialize(Places {
            parameters: self,
            place,
        })
        .map_err(|error| ParameterError { place, ..error })
    }

    /// The places of the parameters in a request part, in the order in which a tuple takes them.
    fn ordered(&self, place: Place) -> impl Iterator<Item = usize> + '_ {
        let parameters = &self.extractors.parameters;
        let path = match place {
            Place::Path => &*self.extractors.path,
            _ => &[],
        };
        let others = if path.is_empty() { parameters.len() } else { 0 };
        let is_of_place =
            move |&at: &usize| parameters.get(at).is_some_and(|one| one.place == place);
        path.iter()
            .map(|&at| usize::from(at))
            .chain((0..others).filter(is_of_place))
    }
}

type Outcome<'r, T> = Result<T, ParameterError<'r>>;

impl<'r> ParameterValue<'r> {
    /// The text as it stands in the request; `None` for lists and objects of several parts, and for
    /// defaults.
    pub fn raw(&self) -> Option<&'r [u8]> {
        match &self.view {
            View::Scalar(text, _) | View::Json(text) | View::Empty(text) => Some(text.raw),
            View::Wrong(_, text) => text.map(|text| text.raw),
            _ => None,
        }
    }

    fn fail<T>(&self, kind: Kind<'r>, text: Option<Text<'r>>) -> Outcome<'r, T> {
        Err(ParameterError::nameless(kind, text.map(Text::shown)).of(self.name, self.place))
    }

    fn malformed<T>(&self, expected: Expected, text: Option<Text<'r>>) -> Outcome<'r, T> {
        self.fail(Kind::Malformed { expected }, text)
    }

    /// The text of a single value.
    fn text(&self, expected: Expected) -> Outcome<'r, Text<'r>> {
        match &self.view {
            View::Scalar(text, _) | View::Json(text) | View::Empty(text) => Ok(*text),
            View::Missing => self.fail(Kind::Missing, None),
            View::Wrong(kind, text) => self.fail(kind.clone(), *text),
            View::Default(_) | View::Array(..) | View::Object(..) => self.malformed(expected, None),
        }
    }

    fn decoded(&self, text: Text<'r>) -> Outcome<'r, Cow<'r, str>> {
        match text.decode() {
            Ok(text) => Ok(text),
            Err(_) => self.fail(Kind::Encoding, Some(text)),
        }
    }

    fn visit_text<V: Visitor<'r>>(&self, text: Text<'r>, visitor: V) -> Outcome<'r, V::Value> {
        match self.decoded(text)? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
        .map_err(|error| self.refused(error, text))
    }

    fn visit_scalar<V: Visitor<'r>>(
        &self,
        text: Text<'r>,
        scalar: &Scalar,
        visitor: V,
    ) -> Outcome<'r, V::Value> {
        let visited = match scalar.read(text) {
            Ok(Reading::Null) => visitor.visit_unit(),
            Ok(Reading::Boolean(boolean)) => visitor.visit_bool(boolean),
            Ok(Reading::Integer(integer)) => visit_integer(integer, visitor),
            Ok(Reading::Number(number)) => visitor.visit_f64(number),
            Ok(Reading::Text) => return self.visit_text(text, visitor),
            Err(kind) => return self.fail(kind, Some(text)),
        };
        visited.map_err(|error| self.refused(error, text))
    }

    /// A number, for a type that asks for one.
    fn visit_number<V: Visitor<'r>>(self, is_integer: bool, visitor: V) -> Outcome<'r, V::Value> {
        if self.is_given_elsewhere() {
            return self.deserialize_any(visitor);
        }
        if is_integer
            && let View::Scalar(text, _) = self.view
            && let Some(integer) = quick::integer(text.raw)
        {
            let visited = match u64::try_from(integer) {
                Ok(integer) => visitor.visit_u64(integer),
                Err(_) => visitor.visit_i64(integer),
            };
            return visited.map_err(|error| self.refused(error, text));
        }
        let expected = if is_integer {
            Expected::Integer
        } else {
            Expected::Number
        };
        let text = self.text(expected)?;
        let mut scratch = [0; SHORT];
        let Some(short) = text.short(&mut scratch) else {
            return self.malformed(expected, Some(text));
        };
        let visited = match value::read_integer(short) {
            Some(Ok(integer)) if is_integer => visit_integer(integer, visitor),
            Some(Err(bound)) if is_integer => {
                return self.fail(Kind::OutOfRange { bound }, Some(text));
            }
            _ => match value::read_number(short) {
                Some(number) if !is_integer => visitor.visit_f64(number),
                _ => return self.malformed(expected, Some(text)),
            },
        };
        visited.map_err(|error| self.refused(error, text))
    }

    /// Whether the value is no text: a default, or a list or an object.
    fn is_given_elsewhere(&self) -> bool {
        matches!(
            self.view,
            View::Default(_) | View::Array(..) | View::Object(..) | View::Json(_)
        )
    }

    /// The fault of a type that does not take the value, with the parameter and its text.
    fn refused(&self, error: ParameterError<'r>, text: Text<'r>) -> ParameterError<'r> {
        let error = error.of(self.name, self.place);
        ParameterError {
            value: error.value.or_else(|| super::check::shown(text)),
            ..error
        }
    }

    /// An item or a property of the same parameter.
    fn part(&self, view: View<'r>) -> Self {
        Self {
            name: self.name,
            place: self.place,
            view,
        }
    }
}

fn visit_integer<'r, V: Visitor<'r>, E: serde::de::Error>(
    integer: i128,
    visitor: V,
) -> Result<V::Value, E> {
    match (i64::try_from(integer), u64::try_from(integer)) {
        (_, Ok(integer)) => visitor.visit_u64(integer),
        (Ok(integer), _) => visitor.visit_i64(integer),
        _ => visitor.visit_i128(integer),
    }
}

macro_rules! numbers {
    ($($method:ident: $is_integer:literal,)*) => {
        $(fn $method<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
            self.visit_number($is_integer, visitor)
        })*
    };
}

impl<'r> Deserializer<'r> for ParameterValue<'r> {
    type Error = ParameterError<'r>;

    fn deserialize_any<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
        match self.view {
            View::Missing => self.fail(Kind::Missing, None),
            View::Wrong(ref kind, text) => self.fail(kind.clone(), text),
            View::Empty(_) => visitor.visit_unit(),
            View::Scalar(text, scalar) => self.visit_scalar(text, scalar, visitor),
            View::Default(value) => value
                .deserialize_any(visitor)
                .map_err(|error| rejected(error).of(self.name, self.place)),
            View::Json(text) => {
                let json = self.decoded(text)?;
                let fault = |error: serde_json::Error| {
                    let error = if error.is_data() {
                        rejected(error)
                    } else {
                        ParameterError::nameless(
                            Kind::Malformed {
                                expected: Expected::Json,
                            },
                            None,
                        )
                    };
                    self.refused(error, text)
                };
                match json {
                    Cow::Borrowed(json) => {
                        let mut json = serde_json::Deserializer::from_str(json);
                        let value = json.deserialize_any(visitor).map_err(fault)?;
                        json.end().map_err(fault)?;
                        Ok(value)
                    }
                    Cow::Owned(json) => {
                        let value: serde_json::Value =
                            serde_json::from_str(&json).map_err(fault)?;
                        value.deserialize_any(visitor).map_err(fault)
                    }
                }
            }
            View::Array(ref items, array) => {
                let items = ItemAccess {
                    value: &self,
                    items: items.clone(),
                    scalar: &array.items,
                };
                visitor.visit_seq(items)
            }
            View::Object(ref entries, object) => visitor.visit_map(EntryAccess {
                value: &self,
                entries: entries.clone(),
                object,
                next_property: 0,
                others: entries.clone(),
                pending: None,
            }),
        }
    }

    fn deserialize_bool<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
        if self.is_given_elsewhere() {
            return self.deserialize_any(visitor);
        }
        let text = self.text(Expected::Boolean)?;
        let mut scratch = [0; SHORT];
        match text.short(&mut scratch).and_then(value::read_boolean) {
            Some(boolean) => visitor
                .visit_bool(boolean)
                .map_err(|error| self.refused(error, text)),
            None => self.malformed(Expected::Boolean, Some(text)),
        }
    }

    numbers! {
        deserialize_i8: true,
        deserialize_i16: true,
        deserialize_i32: true,
        deserialize_i64: true,
        deserialize_i128: true,
        deserialize_u8: true,
        deserialize_u16: true,
        deserialize_u32: true,
        deserialize_u64: true,
        deserialize_u128: true,
        deserialize_f32: false,
        deserialize_f64: false,
    }

    fn deserialize_str<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
        if self.is_given_elsewhere() {
            return self.deserialize_any(visitor);
        }
        let text = self.text(Expected::String)?;
        self.visit_text(text, visitor)
    }

    fn deserialize_string<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
        if self.is_given_elsewhere() {
            return self.deserialize_any(visitor);
        }
        let text = self.text(Expected::String)?;
        match self.decoded(text)? {
            Cow::Borrowed(text) => visitor.visit_borrowed_bytes(text.as_bytes()),
            Cow::Owned(text) => visitor.visit_byte_buf(text.into_bytes()),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
        match &self.view {
            View::Missing => visitor.visit_none(),
            View::Default(serde_json::Value::Null) => visitor.visit_none(),
            View::Empty(_) => visitor.visit_none(),
            View::Scalar(text, scalar) if scalar.read(*text) == Ok(Reading::Null) => {
                visitor.visit_none()
            }
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
        self.deserialize_any(visitor)
    }

    fn deserialize_unit_struct<V: Visitor<'r>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Outcome<'r, V::Value> {
        self.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'r>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Outcome<'r, V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
        match self.view {
            // A type that wants a list takes a single value as a list of one.
            View::Scalar(text, scalar) => visitor.visit_seq(OneItem {
                value: Some(self.part(View::Scalar(text, scalar))),
            }),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'r>>(self, _len: usize, visitor: V) -> Outcome<'r, V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'r>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Outcome<'r, V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
        self.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'r>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Outcome<'r, V::Value> {
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'r>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Outcome<'r, V::Value> {
        match self.view {
            View::Default(value) => value
                .deserialize_enum(name, variants, visitor)
                .map_err(|error| rejected(error).of(self.name, self.place)),
            View::Json(text) => {
                let json = self.decoded(text)?;
                let value: serde_json::Value = serde_json::from_str(&json)
                    .map_err(|error| self.refused(rejected(error), text))?;
                value
                    .deserialize_enum(name, variants, visitor)
                    .map_err(|error| self.refused(rejected(error), text))
            }
            _ => {
                let text = self.text(Expected::String)?;
                let variant: CowStrDeserializer<'_, Self::Error> =
                    self.decoded(text)?.into_deserializer();
                visitor
                    .visit_enum(variant)
                    .map_err(|error| match error.kind {
                        // The variants are the values that it may have.
                        Kind::Rejected(_) => self.refused(
                            ParameterError {
                                kind: Kind::NotInEnum,
                                ..error
                            },
                            text,
                        ),
                        _ => self.refused(error, text),
                    })
            }
        }
    }

    fn deserialize_ignored_any<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
        visitor.visit_unit()
    }
}

fn rejected<'r>(error: serde_json::Error) -> ParameterError<'r> {
    serde::de::Error::custom(error)
}

struct OneItem<'r> {
    value: Option<ParameterValue<'r>>,
}

impl<'r> SeqAccess<'r> for OneItem<'r> {
    type Error = ParameterError<'r>;

    fn next_element_seed<T: DeserializeSeed<'r>>(
        &mut self,
        seed: T,
    ) -> Outcome<'r, Option<T::Value>> {
        self.value
            .take()
            .map(|value| seed.deserialize(value))
            .transpose()
    }
}

struct ItemAccess<'a, 'r> {
    value: &'a ParameterValue<'r>,
    items: Items<'r>,
    scalar: &'r Scalar,
}

impl<'r> SeqAccess<'r> for ItemAccess<'_, 'r> {
    type Error = ParameterError<'r>;

    fn next_element_seed<T: DeserializeSeed<'r>>(
        &mut self,
        seed: T,
    ) -> Outcome<'r, Option<T::Value>> {
        self.items
            .next()
            .map(|item| seed.deserialize(self.value.part(View::Scalar(item, self.scalar))))
            .transpose()
    }
}

/// First the declared properties, in their order; then the others, in the order sent.
struct EntryAccess<'a, 'r> {
    value: &'a ParameterValue<'r>,
    entries: Entries<'r>,
    object: &'r Object,
    next_property: usize,
    others: Entries<'r>,
    pending: Option<ParameterValue<'r>>,
}

impl<'r> EntryAccess<'_, 'r> {
    /// The view of a declared property, where it is there.
    fn property(&self, name: &'r str, shape: &'r Shape) -> Option<View<'r>> {
        let mut values = self
            .entries
            .clone()
            .filter(|(own, _)| own.is(name.as_bytes()))
            .map(|(_, value)| value);
        let first = values.next()?;
        let again = values.next();
        Some(match (&shape.scalar, &shape.array) {
            (Some(scalar), array) if again.is_none() || array.is_none() => match again {
                Some(again) => View::Wrong(Kind::Repeated, Some(again)),
                None => View::Scalar(first, scalar),
            },
            (_, Some(array)) => View::Array(
                Items::Property {
                    entries: self.entries.clone(),
                    name,
                },
                array,
            ),
            _ => View::Missing,
        })
    }
}

impl<'r> MapAccess<'r> for EntryAccess<'_, 'r> {
    type Error = ParameterError<'r>;

    fn next_key_seed<K: DeserializeSeed<'r>>(&mut self, seed: K) -> Outcome<'r, Option<K::Value>> {
        let object = self.object;
        while let Some(property) = object.properties.get(self.next_property) {
            self.next_property += 1;
            if let Some(view) = self.property(&property.name, &property.shape) {
                self.pending = Some(self.value.part(view));
                let key = BorrowedStrDeserializer::new(&property.name);
                return seed.deserialize(key).map(Some);
            }
        }
        for (name, value) in self.others.by_ref() {
            if object.property(|own| name.is(own)).is_some() {
                continue;
            }
            let Some(scalar) = &object.additional else {
                return self
                    .value
                    .fail(Kind::UnknownProperty(name.shown()), Some(value));
            };
            self.pending = Some(self.value.part(View::Scalar(value, scalar)));
            let key: CowStrDeserializer<'r, Self::Error> =
                self.value.decoded(name)?.into_deserializer();
            return seed.deserialize(key).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'r>>(&mut self, seed: V) -> Outcome<'r, V::Value> {
        match self.pending.take() {
            Some(value) => seed.deserialize(value),
            None => self.value.fail(Kind::Missing, None),
        }
    }
}

/// All parameters of a place.
struct Places<'a, 'r> {
    parameters: &'a Parameters<'r>,
    place: Place,
}

impl<'r> Places<'_, 'r> {
    /// The only parameter, where there is just one.
    fn single(&self) -> Outcome<'r, ParameterValue<'r>> {
        let mut all = self.parameters.ordered(self.place);
        match (all.next(), all.next()) {
            (Some(only), None) => self
                .parameters
                .value(only)
                .ok_or_else(|| ParameterError::nameless(Kind::Missing, None)),
            (None, _) => Err(serde::de::Error::custom(
                "a value is asked for, and there is no parameter",
            )),
            _ => Err(serde::de::Error::custom(
                "a single value is asked for, and there are several parameters",
            )),
        }
    }
}

macro_rules! singles {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
            self.single()?.$method(visitor)
        })*
    };
}

impl<'r> Deserializer<'r> for Places<'_, 'r> {
    type Error = ParameterError<'r>;

    fn deserialize_any<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
        visitor.visit_map(PlaceAccess {
            parameters: self.parameters,
            indices: self.parameters.ordered(self.place),
            pending: None,
        })
    }

    fn deserialize_seq<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
        if let Ok(only) = self.single()
            && matches!(only.view, View::Array(..))
        {
            return only.deserialize_seq(visitor);
        }
        visitor.visit_seq(PlaceAccess {
            parameters: self.parameters,
            indices: self.parameters.ordered(self.place),
            pending: None,
        })
    }

    fn deserialize_tuple<V: Visitor<'r>>(self, _len: usize, visitor: V) -> Outcome<'r, V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'r>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Outcome<'r, V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_option<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
        let is_there = self
            .parameters
            .ordered(self.place)
            .any(|index| self.parameters.is_there(index));
        if is_there {
            visitor.visit_some(self)
        } else {
            visitor.visit_none()
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'r>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Outcome<'r, V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'r>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Outcome<'r, V::Value> {
        visitor.visit_unit()
    }

    fn deserialize_enum<V: Visitor<'r>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Outcome<'r, V::Value> {
        self.single()?.deserialize_enum(name, variants, visitor)
    }

    singles! {
        deserialize_bool
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string
        deserialize_bytes deserialize_byte_buf deserialize_identifier
    }

    forward_to_deserialize_any! { <W: Visitor<'r>> map struct ignored_any }
}

struct PlaceAccess<'a, 'r, I> {
    parameters: &'a Parameters<'r>,
    indices: I,
    pending: Option<usize>,
}

impl<'r, I: Iterator<Item = usize>> MapAccess<'r> for PlaceAccess<'_, 'r, I> {
    type Error = ParameterError<'r>;

    fn next_key_seed<K: DeserializeSeed<'r>>(&mut self, seed: K) -> Outcome<'r, Option<K::Value>> {
        for index in self.indices.by_ref() {
            if self.parameters.is_there(index)
                && let Some(parameter) = self.parameters.extractors.parameters.get(index)
            {
                self.pending = Some(index);
                return seed
                    .deserialize(BorrowedStrDeserializer::new(&parameter.name))
                    .map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'r>>(&mut self, seed: V) -> Outcome<'r, V::Value> {
        let index = self.pending.take();
        let Some(value) = index.and_then(|index| self.parameters.value(index)) else {
            return Err(ParameterError::nameless(Kind::Missing, None));
        };
        let (name, place) = (value.name, value.place);
        seed.deserialize(value)
            .map_err(|error| error.of(name, place))
    }
}

impl<'r, I: Iterator<Item = usize>> SeqAccess<'r> for PlaceAccess<'_, 'r, I> {
    type Error = ParameterError<'r>;

    fn next_element_seed<T: DeserializeSeed<'r>>(
        &mut self,
        seed: T,
    ) -> Outcome<'r, Option<T::Value>> {
        let Some(value) = self
            .indices
            .next()
            .and_then(|index| self.parameters.value(index))
        else {
            return Ok(None);
        };
        let (name, place) = (value.name, value.place);
        seed.deserialize(value)
            .map(Some)
            .map_err(|error| error.of(name, place))
    }
}
