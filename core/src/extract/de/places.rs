//! All parameters of a place as a deserializer.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::Outcome;
use super::single::Single;
use crate::extract::Place;
use crate::extract::error::{ParameterError, ParameterErrorKind as Kind};
use crate::extract::source::Parameters;
use crate::extract::view::View;

/// All parameters of a place.
pub(super) struct Places<'a, 'r> {
    pub(super) parameters: &'a Parameters<'r>,
    pub(super) place: Place,
}

impl<'a, 'r> Places<'a, 'r> {
    /// The only parameter, where there is just one.
    #[inline]
    fn single(&self) -> Outcome<'r, Single<'a, 'r>> {
        let mut all = self.parameters.ordered(self.place);
        match (all.next(), all.next()) {
            (Some(index), None) => Ok(Single::new(self.parameters, index)),
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
            && let View::Array(..) = self.parameters.view(only.index)
        {
            return only.deserialize_seq(visitor);
        }
        visitor.visit_seq(PlaceAccess {
            parameters: self.parameters,
            indices: self.parameters.ordered(self.place),
            pending: None,
        })
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

    fn deserialize_unit<V: Visitor<'r>>(self, visitor: V) -> Outcome<'r, V::Value> {
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

    wrapped_as_their_insides! {}
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
    pending: Option<Single<'a, 'r>>,
}

impl<'r, I: Iterator<Item = usize>> MapAccess<'r> for PlaceAccess<'_, 'r, I> {
    type Error = ParameterError<'r>;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'r>>(&mut self, seed: K) -> Outcome<'r, Option<K::Value>> {
        for index in self.indices.by_ref() {
            let single = Single::new(self.parameters, index);
            if (single.is_integer() || self.parameters.is_there(index))
                && let Some(parameter) = self.parameters.extractors.parameters.get(index)
            {
                self.pending = Some(single);
                return seed
                    .deserialize(BorrowedStrDeserializer::new(&parameter.name))
                    .map(Some);
            }
        }
        Ok(None)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'r>>(&mut self, seed: V) -> Outcome<'r, V::Value> {
        match self.pending.take() {
            Some(single) => seed.deserialize(single),
            None => Err(ParameterError::nameless(Kind::Missing, None)),
        }
    }
}

impl<'r, I: Iterator<Item = usize>> SeqAccess<'r> for PlaceAccess<'_, 'r, I> {
    type Error = ParameterError<'r>;

    fn next_element_seed<T: DeserializeSeed<'r>>(
        &mut self,
        seed: T,
    ) -> Outcome<'r, Option<T::Value>> {
        let parameters = self.parameters;
        self.indices
            .next()
            .map(|index| seed.deserialize(Single::new(parameters, index)))
            .transpose()
    }
}
