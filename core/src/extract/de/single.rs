//! One parameter as a deserializer, and a short way for integers, which most parameters are.

use serde::de::{Deserializer, Visitor};

use super::{Outcome, ParameterValue};
use crate::extract::error::{ParameterError, ParameterErrorKind as Kind};
use crate::extract::source::Parameters;

/// One of the parameters: an integer that was read when it was found goes straight into its type, and
/// all else is [looked at](ParameterValue) first.
#[derive(Clone, Copy)]
pub(super) struct Single<'a, 'r> {
    parameters: &'a Parameters<'r>,
    pub(super) index: usize,
    integer: Option<i64>,
}

impl<'a, 'r> Single<'a, 'r> {
    #[inline]
    pub(super) fn new(parameters: &'a Parameters<'r>, index: usize) -> Self {
        Self {
            parameters,
            index,
            integer: parameters.slots.get(index).and_then(|slot| slot.integer),
        }
    }

    /// Whether it is an integer that was read already.
    #[inline]
    pub(super) fn is_integer(self) -> bool {
        self.integer.is_some()
    }

    pub(super) fn value(self) -> Outcome<'r, ParameterValue<'r>> {
        self.parameters
            .value(self.index)
            .ok_or_else(|| ParameterError::nameless(Kind::Missing, None))
    }

    /// Reads it the long way, and names it where it is at fault.
    #[inline(never)]
    fn read<T>(self, read: impl FnOnce(ParameterValue<'r>) -> Outcome<'r, T>) -> Outcome<'r, T> {
        let value = self.value()?;
        let (name, place) = (value.name, value.place);
        read(value).map_err(|error| error.of(name, place))
    }

    /// The fault of a type that does not take the value.
    #[cold]
    fn refused(self, error: ParameterError<'r>) -> ParameterError<'r> {
        match self.value() {
            Ok(value) => value.refused_whole(error),
            Err(missing) => missing,
        }
    }
}

macro_rules! integers {
    ($($method:ident)*) => {
        $(
            #[inline]
            fn $method<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
                let visited = match self.integer {
                    Some(integer) => match u64::try_from(integer) {
                        Ok(integer) => visitor.visit_u64(integer),
                        Err(_) => visitor.visit_i64(integer),
                    },
                    None => return self.read(|value| value.$method(visitor)),
                };
                visited.map_err(|error| self.refused(error))
            }
        )*
    };
}

macro_rules! others {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
            self.read(|value| value.$method(visitor))
        })*
    };
}

impl<'r> Deserializer<'r> for Single<'_, 'r> {
    type Error = ParameterError<'r>;

    integers! {
        deserialize_any
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    #[inline]
    fn deserialize_option<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
        match self.integer {
            Some(_) => visitor.visit_some(self),
            None => self.read(|value| value.deserialize_option(visitor)),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'r>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Outcome<'r, V::Value> {
        visitor.visit_newtype_struct(self)
    }

    others! {
        deserialize_bool deserialize_f32 deserialize_f64 deserialize_char
        deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf
        deserialize_unit deserialize_seq deserialize_map
        deserialize_identifier deserialize_ignored_any
    }

    fn deserialize_unit_struct<V: Visitor<'r>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Outcome<'r, V::Value> {
        self.read(|value| value.deserialize_unit_struct(name, visitor))
    }

    fn deserialize_tuple<V: Visitor<'r>>(self, len: usize, visitor: V) -> Outcome<'r, V::Value> {
        self.read(|value| value.deserialize_tuple(len, visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'r>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Outcome<'r, V::Value> {
        self.read(|value| value.deserialize_tuple_struct(name, len, visitor))
    }

    fn deserialize_struct<V: Visitor<'r>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Outcome<'r, V::Value> {
        self.read(|value| value.deserialize_struct(name, fields, visitor))
    }

    fn deserialize_enum<V: Visitor<'r>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Outcome<'r, V::Value> {
        self.read(|value| value.deserialize_enum(name, variants, visitor))
    }
}
