//! JSON texts as values of parameters.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::error::ParameterErrorKind as Kind;
use crate::value::Expected;

/// The most arrays and objects in each other: what recurses over them may run on a small stack.
const DEEPEST: usize = 64;

/// Whether a text is JSON in which no object has a key twice, since readers differ in which of the
/// two they take (RFC 8259 §4).
pub(super) fn check(json: &str) -> Result<(), Kind<'static>> {
    if depth(json.as_bytes()) > DEEPEST {
        let message = format!("it has more than {DEEPEST} arrays and objects in each other");
        return Err(Kind::Rejected(message));
    }
    match serde_json::from_str::<Sound>(json) {
        Ok(Sound) => Ok(()),
        Err(error) if error.is_data() => Err(Kind::Rejected(error.to_string())),
        Err(_) => Err(Expected::Json.into()),
    }
}

/// How many arrays and objects are open at once, at most.
fn depth(json: &[u8]) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    let mut is_text = false;
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => is_text = !is_text,
            // Whatever is escaped ends no text.
            b'\\' if is_text => drop(bytes.next()),
            b'[' | b'{' if !is_text => {
                open += 1;
                most = most.max(open);
            }
            b']' | b'}' if !is_text => open = open.saturating_sub(1),
            _ => {}
        }
    }
    most
}

impl From<Expected> for Kind<'_> {
    fn from(expected: Expected) -> Self {
        Self::Malformed { expected }
    }
}

/// Any value without a key that is there twice.
struct Sound;

impl<'de> Deserialize<'de> for Sound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

macro_rules! any {
    ($($method:ident: $type:ty,)*) => {
        $(fn $method<E: Error>(self, _value: $type) -> Result<Self, E> {
            Ok(Self)
        })*
    };
}

impl<'de> Visitor<'de> for Sound {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("json")
    }

    any! {
        visit_bool: bool,
        visit_i64: i64,
        visit_u64: u64,
        visit_f64: f64,
        visit_str: &str,
    }

    fn visit_unit<E: Error>(self) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(Self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self, A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            entries.next_value::<Self>()?;
            if let Some(again) = seen.replace(key) {
                return Err(Error::custom(format!("the key {again:?} is there twice")));
            }
        }
        Ok(Self)
    }
}
