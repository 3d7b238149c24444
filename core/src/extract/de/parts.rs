//! The items of a list, and the names and values of an object.

use serde::de::value::{BorrowedStrDeserializer, CowStrDeserializer};
use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess};

use super::{Outcome, ParameterValue};
use crate::extract::error::{ParameterError, ParameterErrorKind as Kind};
use crate::extract::plan::{Object, Shape};
use crate::extract::scalar::Scalar;
use crate::extract::view::{Entries, Items, View};

pub(super) struct OneItem<'r> {
    pub(super) value: Option<ParameterValue<'r>>,
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

pub(super) struct ItemAccess<'a, 'r> {
    pub(super) value: &'a ParameterValue<'r>,
    pub(super) items: Items<'r>,
    pub(super) scalar: &'r Scalar,
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
pub(super) struct EntryAccess<'a, 'r> {
    pub(super) value: &'a ParameterValue<'r>,
    pub(super) entries: Entries<'r>,
    pub(super) object: &'r Object,
    pub(super) next_property: usize,
    pub(super) others: Entries<'r>,
    pub(super) pending: Option<ParameterValue<'r>>,
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
