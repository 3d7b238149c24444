//! Values → serde, guided by the plan and without a JSON tree in between.
//!
//! | module | holds |
//! |---|---|
//! | `value` | one parameter, looked at, as a deserializer |
//! | `parts` | its items, or its names and values |
//! | `single` | one parameter, of which an integer need not be looked at |
//! | `places` | all parameters of a place as a deserializer |

/// What a type that wraps others is read from: what is inside it.
macro_rules! wrapped_as_their_insides {
    () => {
        fn deserialize_tuple<V: Visitor<'r>>(
            self,
            _len: usize,
            visitor: V,
        ) -> Outcome<'r, V::Value> {
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

        fn deserialize_newtype_struct<V: Visitor<'r>>(
            self,
            _name: &'static str,
            visitor: V,
        ) -> Outcome<'r, V::Value> {
            visitor.visit_newtype_struct(self)
        }

        fn deserialize_unit_struct<V: Visitor<'r>>(
            self,
            _name: &'static str,
            visitor: V,
        ) -> Outcome<'r, V::Value> {
            self.deserialize_unit(visitor)
        }
    };
}

mod parts;
mod places;
mod single;
mod value;

use serde::de::Deserialize;

use super::Place;
use super::error::ParameterError;
use super::source::Parameters;
use super::view::View;
use places::Places;

/// The value of one parameter: a [`Deserializer`](serde::Deserializer).
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
    #[inline]
    fn ordered(&self, place: Place) -> impl Iterator<Item = usize> + '_ {
        self.extractors.at(place).iter().map(|&at| usize::from(at))
    }
}

type Outcome<'r, T> = Result<T, ParameterError<'r>>;
