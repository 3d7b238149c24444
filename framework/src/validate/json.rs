use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::problem::Violation;

/// The value of a JSON text of at most `depth` nested arrays and objects.
///
/// The depth is found by a scan before anything recurses.
pub(crate) fn parse(text: &[u8], depth: usize) -> Result<Value, Violation> {
    check_depth(text, depth)?;
    match serde_json::from_slice(text) {
        Ok(Strict(value)) => Ok(value),
        Err(error) => Err(Violation::of_body("json", error.to_string())),
    }
}

/// Makes sure that a text nests arrays and objects no deeper than that, before anything recurses.
pub(super) fn check_depth(text: &[u8], depth: usize) -> Result<(), Violation> {
    match nesting(text) > depth {
        true => {
            let detail = format!("the JSON is nested deeper than {depth}");
            Err(Violation::of_body("depth", detail))
        }
        false => Ok(()),
    }
}

/// A key that stands twice, as a client is told of it.
pub(super) struct Twice<'k>(pub(super) &'k str);

impl fmt::Display for Twice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.0.chars().take(64).collect();
        write!(f, "the key {shown:?} stands twice")
    }
}

/// A number without a fraction is an integer to JSON Schema (2020-12 §4.2.3), so that is what it
/// becomes where it is exact: `3.0` fits a handler's integer as it fits `type: integer`.
pub(super) fn number(value: f64) -> Option<Number> {
    const EXACT: f64 = (1_u64 << 53) as f64;
    match value.fract() == 0.0 && value.abs() <= EXACT {
        true => Some((value as i64).into()),
        false => Number::from_f64(value),
    }
}

/// How deep arrays and objects are nested in a text that may or may not be JSON.
fn nesting(text: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => {
                while let Some(byte) = rest.next() {
                    match byte {
                        b'"' => break,
                        b'\\' => {
                            rest.next();
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    deepest
}

/// A value in which no object has a key twice.
struct Strict(Value);

struct StrictVisitor;

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        let number = number(value).ok_or_else(|| E::custom("number out of range"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(Twice(&key)));
            }
            let Strict(value) = members.next_value()?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_counted_outside_of_strings() {
        assert_eq!(nesting(b"1"), 0);
        assert_eq!(nesting(b"[[{}]]"), 3);
        assert_eq!(nesting(br#"["[[[", "\"[[", {"a": []}]"#), 3);
        assert_eq!(nesting(b"]]]][["), 2);
    }

    #[test]
    fn a_number_without_a_fraction_is_an_integer() {
        let value = parse(br#"[3.0, 1e3, -0.0, 2.5, 1e300]"#, 64).unwrap();
        assert_eq!(value, serde_json::json!([3, 1000, 0, 2.5, 1e300]));
    }

    #[test]
    fn a_key_that_stands_twice_is_refused() {
        let fault = parse(br#"{"a": 1, "b": {"c": 2, "c": 3}}"#, 64).unwrap_err();
        assert!(fault.detail.contains("\"c\" stands twice"), "{fault:?}");
    }

    #[test]
    fn a_text_at_the_limit_is_read_and_one_past_it_is_not() {
        let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
        assert!(parse(&nested(64), 64).is_ok());
        assert_eq!(parse(&nested(65), 64).unwrap_err().rule, "depth");
        assert_eq!(parse(&nested(1_000_000), 64).unwrap_err().rule, "depth");
    }
}
