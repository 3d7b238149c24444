//! One parameter as a deserializer.

use alloc::borrow::Cow;

use serde::de::value::CowStrDeserializer;
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::parts::{EntryAccess, ItemAccess, OneItem};
use super::{Outcome, ParameterValue};
use crate::extract::error::{ParameterError, ParameterErrorKind as Kind};
use crate::extract::quick;
use crate::extract::scalar::{Reading, Scalar};
use crate::extract::view::View;
use crate::source::{SHORT, Text};
use crate::value::{self, Expected};

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

    pub(super) fn fail<T>(&self, kind: Kind<'r>, text: Option<Text<'r>>) -> Outcome<'r, T> {
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

    pub(super) fn decoded(&self, text: Text<'r>) -> Outcome<'r, Cow<'r, str>> {
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
                Some(number) if !is_integer && number.is_finite() => visitor.visit_f64(number),
                Some(number) if !is_integer => {
                    let bound = value::beyond(number);
                    return self.fail(Kind::OutOfRange { bound }, Some(text));
                }
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
            value: error.value.or_else(|| Some(text.shown())),
            ..error
        }
    }

    /// The same, where the text is the whole value.
    pub(super) fn refused_whole(&self, error: ParameterError<'r>) -> ParameterError<'r> {
        match self.text(Expected::Integer) {
            Ok(text) => self.refused(error, text),
            Err(fault) => fault,
        }
    }

    /// An item or a property of the same parameter.
    pub(super) fn part(&self, view: View<'r>) -> Self {
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
            View::Json(text) if text.is(b"null") => visitor.visit_none(),
            View::Scalar(text, scalar) if scalar.read(*text) == Ok(Reading::Null) => {
                visitor.visit_none()
            }
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_seq<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
        match self.view {
            // What may be empty is a list of nothing.
            View::Empty(_) => visitor.visit_seq(OneItem { value: None }),
            // A type that wants a list takes a single value as a list of one.
            View::Scalar(text, scalar) => visitor.visit_seq(OneItem {
                value: Some(self.part(View::Scalar(text, scalar))),
            }),
            _ => self.deserialize_any(visitor),
        }
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

    wrapped_as_their_insides! {}
    forward_to_deserialize_any! { <W: Visitor<'r>> unit map struct }
}

fn rejected<'r>(error: serde_json::Error) -> ParameterError<'r> {
    serde::de::Error::custom(error)
}
