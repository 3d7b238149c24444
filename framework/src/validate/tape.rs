//! A JSON text as a flat list of its values, in the order in which they stand.
//!
//! Reading one allocates the list and the texts that hold escapes; all other texts stay where they
//! are. `node` shows it to validators.

mod node;

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

use crate::problem::Violation;
use crate::validate::json;

pub(crate) use node::{Node, OnTape};

/// Objects of more members than this find keys that stand twice by hash.
const FEW: usize = 16;

/// The values of one text.
#[derive(Debug)]
pub(crate) struct Tape<'t> {
    entries: Vec<Entry<'t>>,
}

/// One value. Those of an array follow it, and those of an object too, each after its key.
#[derive(Debug)]
pub(crate) enum Entry<'t> {
    Null,
    Bool(bool),
    Number(Number),
    Text(&'t str),
    /// A text that had escapes.
    Owned(Box<str>),
    Array(Span),
    Object(Span),
}

/// What belongs to an array or an object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    /// How many items or members there are.
    count: u32,
    /// Where the next value is that does not belong to it.
    end: u32,
}

impl<'t> Tape<'t> {
    /// The values of a JSON text of at most `depth` nested arrays and objects, in which no object has
    /// a key twice.
    pub(crate) fn read(text: &'t [u8], depth: usize) -> Result<Self, Violation> {
        json::check_depth(text, depth)?;
        // Most values with their keys take more, so the list does not grow.
        let mut tape = Self {
            entries: Vec::with_capacity(text.len() / 8 + 4),
        };
        let mut deserializer = serde_json::Deserializer::from_slice(text);
        Writer { tape: &mut tape }
            .deserialize(&mut deserializer)
            .and_then(|()| deserializer.end())
            .map_err(|error| Violation::of_body("json", error.to_string()))?;
        Ok(tape)
    }

    /// The outermost value.
    pub(crate) fn root(&self) -> Node<'_> {
        Node::new(&self.entries, 0)
    }

    /// How many values and keys there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    fn push<E: Error>(&mut self, entry: Entry<'t>) -> Result<u32, E> {
        let at = u32::try_from(self.entries.len()).map_err(|_| E::custom("too many values"))?;
        self.entries.push(entry);
        Ok(at)
    }

    fn close(&mut self, at: u32, count: u32, make: fn(Span) -> Entry<'t>) {
        let end = self.entries.len() as u32;
        if let Some(entry) = self.entries.get_mut(at as usize) {
            *entry = make(Span { count, end });
        }
    }

    fn text(&self, at: u32) -> &str {
        text_of(self.entries.get(at as usize)).unwrap_or_default()
    }

    /// Where the value after the one at that place stands.
    fn after(&self, at: u32) -> u32 {
        after(&self.entries, at)
    }

    /// The key that stands twice in the object that starts at that place and is the last so far.
    fn twice(&self, object: u32, count: u32) -> Option<&str> {
        let end = self.entries.len() as u32;
        let mut at = object + 1;
        let mut seen = HashSet::new();
        while at < end {
            let key = self.text(at);
            let is_known = match count as usize <= FEW {
                true => self.stands_between(object + 1, at, key),
                false => !seen.insert(key),
            };
            if is_known {
                return Some(key);
            }
            at = self.after(at + 1);
        }
        None
    }

    fn stands_between(&self, from: u32, to: u32, key: &str) -> bool {
        let mut at = from;
        while at < to {
            if self.text(at) == key {
                return true;
            }
            at = self.after(at + 1);
        }
        false
    }
}

fn text_of<'e>(entry: Option<&'e Entry<'_>>) -> Option<&'e str> {
    match entry? {
        Entry::Text(text) => Some(text),
        Entry::Owned(text) => Some(text),
        _ => None,
    }
}

fn after(entries: &[Entry<'_>], at: u32) -> u32 {
    match entries.get(at as usize) {
        Some(Entry::Array(span) | Entry::Object(span)) => span.end,
        _ => at + 1,
    }
}

/// Writes one value.
struct Writer<'w, 't> {
    tape: &'w mut Tape<'t>,
}

impl<'t> DeserializeSeed<'t> for Writer<'_, 't> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'t> Visitor<'t> for Writer<'_, 't> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.tape.push(Entry::Null).map(drop)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.tape.push(Entry::Bool(value)).map(drop)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.tape.push(Entry::Number(value.into())).map(drop)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.tape.push(Entry::Number(value.into())).map(drop)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        let number = json::number(value).ok_or_else(|| E::custom("number out of range"))?;
        self.tape.push(Entry::Number(number)).map(drop)
    }

    fn visit_borrowed_str<E: Error>(self, value: &'t str) -> Result<(), E> {
        self.tape.push(Entry::Text(value)).map(drop)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.tape.push(Entry::Owned(value.into())).map(drop)
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut items: A) -> Result<(), A::Error> {
        let at = self.tape.push(Entry::Null)?;
        let mut count = 0;
        while items
            .next_element_seed(Writer {
                tape: &mut *self.tape,
            })?
            .is_some()
        {
            count += 1;
        }
        self.tape.close(at, count, Entry::Array);
        Ok(())
    }

    fn visit_map<A: MapAccess<'t>>(self, mut members: A) -> Result<(), A::Error> {
        let at = self.tape.push(Entry::Null)?;
        let mut count = 0;
        while members
            .next_key_seed(Writer {
                tape: &mut *self.tape,
            })?
            .is_some()
        {
            members.next_value_seed(Writer {
                tape: &mut *self.tape,
            })?;
            count += 1;
        }
        if let Some(key) = self.tape.twice(at, count) {
            return Err(A::Error::custom(json::Twice(key)));
        }
        self.tape.close(at, count, Entry::Object);
        Ok(())
    }
}

impl From<Node<'_>> for Value {
    fn from(node: Node<'_>) -> Self {
        node.value()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(text: &str) -> Result<Value, Violation> {
        Tape::read(text.as_bytes(), 64).map(|tape| tape.root().into())
    }

    #[test]
    fn what_is_read_is_what_was_written() {
        let document = json!({
            "string": "héllo", "escaped": "a\n\"b\"", "integer": 42, "float": 1.5, "negative": -7,
            "boolean": true, "null": null, "array": [10, [], {}, [20]], "a/b": {"nested": {"x": 1}},
        });
        assert_eq!(value(&document.to_string()), Ok(document));
        assert_eq!(value("[3.0, 1e300]"), Ok(json!([3, 1e300])));
        assert_eq!(value(" 1 "), Ok(json!(1)));
    }

    #[test]
    fn validators_can_rely_on_it() {
        let document = jsonschema::json::conformance::document().to_string();
        let tape = Tape::read(document.as_bytes(), 64).expect("it is JSON");
        jsonschema::json::conformance::assert_conformance::<OnTape>(&tape.root());
    }

    #[test]
    fn what_is_no_json_is_refused_as_by_value() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\":1",
            "1 2",
            "\"\u{1}\"",
            "nul",
            "{\"a\" 1}",
            "[1e999]",
        ] {
            let (tape, plain) = (value(text), json::parse(text.as_bytes(), 64));
            assert_eq!(tape, plain, "{text}");
            assert!(tape.is_err(), "{text}");
        }
        assert!(Tape::read(b"\"\xff\"", 64).is_err());
        assert!(Tape::read(&[b'['; 100_000], 64).is_err());
    }

    #[test]
    fn a_key_that_stands_twice_is_refused_however_many_there_are() {
        for count in [2, 16, 17, 1_000] {
            let mut keys: Vec<String> = (0..count).map(|key| format!("\"{key}\":[{{}}]")).collect();
            assert!(value(&format!("{{{}}}", keys.join(","))).is_ok());
            keys.push("\"1\":2".to_owned());
            let fault = value(&format!("{{{}}}", keys.join(","))).expect_err("1 stands twice");
            assert!(
                fault.detail.contains("the key \"1\" stands twice"),
                "{fault:?}"
            );
        }
        assert!(value(r#"{"a": 1, "\u0061": 2}"#).is_err());
        assert!(value(r#"{"a": {"b": 1}, "c": {"b": 1}}"#).is_ok());
    }
}
