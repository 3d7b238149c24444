//! What nearly all parameters are: a single value, written as it is. They take the short way through
//! checks and decoding; whatever is unusual about one is left to the long way.

use brrtrouter_spec::model::Style;

use super::Place;
use super::plan::{Extractor, Form};
use super::scalar::{Scalar, Types};
use crate::value::{Bound, Number};

/// The kinds of single values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quick {
    /// An integer between these, both included, and nothing else to check.
    Integer { least: i64, most: i64 },
    /// Any text.
    Text,
    /// A value with more to check.
    Other,
}

impl Quick {
    /// The kind of a parameter; `None` where a value may be more than one, or may be empty.
    pub(crate) fn of(parameter: &Extractor) -> Option<Self> {
        let is_simple = matches!(
            parameter.form,
            Form::Style {
                style: Style::Simple | Style::Form,
                allow_empty: false,
                ..
            }
        );
        let has_own_slot = matches!(parameter.place, Place::Path | Place::Query | Place::Cookie);
        let shape = &parameter.shape;
        if !is_simple || !has_own_slot || shape.array.is_some() || shape.object.is_some() {
            return None;
        }
        shape.scalar.as_ref().map(Self::of_scalar)
    }

    fn of_scalar(scalar: &Scalar) -> Self {
        if scalar.choices.is_some() {
            return Quick::Other;
        }
        let types = scalar.types.and(Types::SCALARS);
        if types == Types::INTEGER && scalar.multiple_of.is_none() {
            return integers(&scalar.bounds).unwrap_or(Quick::Other);
        }
        let is_free = scalar.format.is_none() && scalar.least_chars == 0;
        if types == Types::STRING && is_free && scalar.most_chars.is_none() {
            return Quick::Text;
        }
        Quick::Other
    }

    /// Whether a value is seen to be sound at the first glance; if not, it may be so all the same.
    #[inline]
    pub(crate) fn allows(self, raw: &[u8]) -> bool {
        match self {
            Quick::Integer { least, most } => {
                integer(raw).is_some_and(|value| least <= value && value <= most)
            }
            Quick::Text => raw
                .iter()
                .all(|&byte| byte.is_ascii() && byte != b'%' && byte != 0),
            Quick::Other => false,
        }
    }
}

/// The integers within all bounds, as far as 64 bits reach; `None` where a bound is no integer.
fn integers(bounds: &[Bound]) -> Option<Quick> {
    let (mut least, mut most) = (i64::MIN, i64::MAX);
    for bound in bounds {
        match *bound {
            Bound::AtLeast(Number::Integer(bound)) => least = least.max(bound),
            Bound::AtMost(Number::Integer(bound)) => most = most.min(bound),
            Bound::AtMost(Number::Unsigned(bound)) if bound > i64::MAX as u64 => {}
            _ => return None,
        }
    }
    Some(Quick::Integer { least, most })
}

/// A decimal integer of at most 18 digits, which always fits.
#[inline]
pub(crate) fn integer(raw: &[u8]) -> Option<i64> {
    let digits = raw.strip_prefix(b"-").unwrap_or(raw);
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut value = 0_i64;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(if digits.len() == raw.len() {
        value
    } else {
        -value
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_integers_are_read() {
        for (text, value) in [("0", 0), ("-7", -7), ("007", 7), ("-0", 0)] {
            assert_eq!(integer(text.as_bytes()), Some(value), "{text}");
        }
        let longest = "9".repeat(18);
        assert_eq!(integer(longest.as_bytes()), longest.parse().ok());
        for text in [
            "",
            "-",
            "+1",
            "1a",
            "--1",
            "1-",
            " 1",
            "1.0",
            &"1".repeat(19),
        ] {
            assert_eq!(integer(text.as_bytes()), None, "{text}");
        }
    }
}
