use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use crate::limits::Limits;
use crate::source::faults::merge_duplicate;

/// What parsing notices on its way, for a closer look if there is anything.
pub(super) struct Notes {
    pub(super) has_duplicates: bool,
    pub(super) has_rounded: bool,
    pub(super) is_too_deep: bool,
    pub(super) is_too_large: bool,
    nodes: usize,
    depth: usize,
}

impl Notes {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            has_duplicates: false,
            has_rounded: false,
            is_too_deep: false,
            is_too_large: false,
            nodes: limits.nodes,
            depth: limits.depth,
        }
    }
}

/// Parses a whole text; of duplicate keys the first one is kept, or the one that is not empty.
pub(super) fn parse(text: &str, notes: &mut Notes) -> serde_json::Result<Value> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Node(notes).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

struct Node<'a>(&'a mut Notes);

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.0.nodes.checked_sub(1) {
            Some(left) => self.0.nodes = left,
            None => {
                self.0.is_too_large = true;
                return Err(de::Error::custom("too many values"));
            }
        }
        deserializer.deserialize_any(self)
    }
}

impl Node<'_> {
    fn enter<E: de::Error>(&mut self) -> Result<(), E> {
        match self.0.depth.checked_sub(1) {
            Some(left) => {
                self.0.depth = left;
                Ok(())
            }
            None => {
                self.0.is_too_deep = true;
                Err(E::custom("nested too deeply"))
            }
        }
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        // An integer beyond 64 bits arrives as a float.
        if value.abs() >= 9.2e18 {
            self.0.has_rounded = true;
        }
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        self.enter()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(Node(self.0))? {
            array.push(item);
        }
        self.0.depth += 1;
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Value, A::Error> {
        self.enter()?;
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            let value = members.next_value_seed(Node(self.0))?;
            match object.entry(key) {
                Entry::Vacant(slot) => {
                    slot.insert(value);
                }
                Entry::Occupied(mut first) => {
                    merge_duplicate(first.get_mut(), value);
                    self.0.has_duplicates = true;
                }
            }
        }
        self.0.depth += 1;
        Ok(Value::Object(object))
    }
}
