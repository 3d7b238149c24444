//! What nearly all parameters are: a single value, written as it is. They take the short way through
//! checks and decoding; whatever is unusual about one is left to the long way.

use core::ops::Range;

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

    /// What is seen of a value at the first glance.
    pub(crate) fn glance(self, value: &[u8]) -> Glance<'_> {
        let (integer, is_sound) = match self {
            Quick::Integer { least, most } => {
                let integer = integer(value);
                let is_sound = integer.is_some_and(|value| least <= value && value <= most);
                (integer, is_sound)
            }
            Quick::Text => {
                let is_plain = |&byte: &u8| byte.is_ascii() && byte != b'%' && byte != 0;
                (None, value.iter().all(is_plain))
            }
            Quick::Other => (None, false),
        };
        Glance {
            value,
            integer,
            is_sound,
        }
    }
}

/// What is seen of a value at the first glance.
pub(crate) struct Glance<'r> {
    pub(crate) value: &'r [u8],
    /// The integer that it is, where it is to be one and is written as most are.
    pub(crate) integer: Option<i64>,
    /// Whether it is sound; if not, it may be so all the same.
    pub(crate) is_sound: bool,
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

/// One to eight digits, all of them at a time, and the number that they are. `None` where they are no
/// digits, or more, or there are fewer than eight bytes in `text` up to their end.
#[inline(always)]
pub(crate) fn short_integer<'t>(text: &'t [u8], place: &Range<usize>) -> Option<(&'t [u8], i64)> {
    /// One in every byte.
    const ONES: u64 = u64::MAX / 255;
    /// The lowest byte of each half.
    const PAIRS: u64 = 0xFF | 0xFF << 32;

    let window: &[u8; 8] = text
        .get(place.end.wrapping_sub(8)..place.end)?
        .first_chunk()?;
    let others = 8_usize.wrapping_sub(place.end.wrapping_sub(place.start));
    if others >= 8 {
        return None;
    }
    // The first digit is the lowest byte, and what stands before it counts as zeros.
    let word = u64::from_le_bytes(*window) ^ (ONES * u64::from(b'0'));
    let word = word >> (8 * others) << (8 * others);
    // More than nine in a byte, and the sum has its high bit; still more, and it has it itself.
    if (word.wrapping_add(ONES * 0x76) | word) & (ONES * 0x80) != 0 {
        return None;
    }
    // Every second byte becomes a number of two digits; and what they amount to gathers above.
    let word = word.wrapping_mul(10).wrapping_add(word >> 8);
    let high = (word & PAIRS).wrapping_mul(100 | 1_000_000 << 32);
    let low = (word >> 16 & PAIRS).wrapping_mul(1 | 10_000 << 32);
    let integer = (high.wrapping_add(low) >> 32) as i64;
    Some((window.get(others..)?, integer))
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn short_integers_are_read() {
        for (text, value) in [("0", 0), ("-7", -7), ("007", 7), ("-0", 0)] {
            assert_eq!(integer(text.as_bytes()), Some(value), "{text}");
        }
        let digits = "123456789012345678";
        for end in 1..=digits.len() {
            let text = &digits[..end];
            for text in [text.into(), format!("-{text}"), "9".repeat(end)] {
                assert_eq!(integer(text.as_bytes()), text.parse().ok(), "{text}");
                let around = format!("/users/{text}");
                let short = short_integer(around.as_bytes(), &(7..around.len()));
                let is_short = end <= 8 && !text.starts_with('-');
                let expected = text.parse().ok().filter(|_| is_short);
                assert_eq!(short, expected.map(|value| (text.as_bytes(), value)));
            }
            for at in 0..end {
                for byte in (0..=u8::MAX).filter(|byte| !byte.is_ascii_digit()) {
                    let mut bytes = text.as_bytes().to_vec();
                    bytes[at] = byte;
                    let is_negative = at == 0 && byte == b'-' && end > 1;
                    assert_eq!(integer(&bytes).is_some(), is_negative, "{bytes:?}");
                    let around = [b"/users/", &*bytes].concat();
                    let place = 7..around.len();
                    assert_eq!(short_integer(&around, &place), None, "{bytes:?}");
                }
            }
        }
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
