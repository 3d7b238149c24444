//! Single values: their types and bounds.

use alloc::boxed::Box;
use alloc::vec::Vec;

use serde_json::Value;

use super::error::{Bound, Expected, Number, ParameterErrorKind as Kind};
use super::text::{SHORT, Text};
use crate::percent::Fault;

/// The types that a value may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Types(u8);

impl Types {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const NULL: Self = Self(1);
    pub(crate) const BOOLEAN: Self = Self(2);
    pub(crate) const INTEGER: Self = Self(4);
    pub(crate) const NUMBER: Self = Self(8);
    pub(crate) const STRING: Self = Self(16);
    pub(crate) const ARRAY: Self = Self(32);
    pub(crate) const OBJECT: Self = Self(64);
    pub(crate) const SCALARS: Self = Self(31);

    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The type of that name in a schema.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self::NUMBER,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => return None,
        })
    }

    /// The type of a JSON value.
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(number) if number.is_f64() => Self::NUMBER,
            Value::Number(_) => Self::INTEGER,
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }
}

/// Formats that are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Uuid,
    Date,
    DateTime,
}

/// What a single value must be.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scalar {
    pub(crate) types: Types,
    pub(crate) format: Option<Format>,
    pub(crate) bounds: Vec<Bound>,
    pub(crate) multiple_of: Option<Number>,
    pub(crate) least_chars: u64,
    pub(crate) most_chars: Option<u64>,
    /// The values that it may have; any where `None`.
    pub(crate) choices: Option<Box<[Choice]>>,
}

/// One of the values that are allowed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Choice {
    Text(Box<str>),
    Number(Number),
    Boolean(bool),
    Null,
}

impl Choice {
    /// `None` for arrays and objects, which no single value is.
    pub(crate) fn new(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Boolean(*value),
            Value::Number(number) => Self::Number(number_of(number)),
            Value::String(text) => Self::Text(text.as_str().into()),
            Value::Array(_) | Value::Object(_) => return None,
        })
    }
}

/// A JSON number.
pub(crate) fn number_of(number: &serde_json::Number) -> Number {
    match (number.as_i64(), number.as_u64()) {
        (Some(integer), _) => Number::Integer(integer),
        (_, Some(integer)) => Number::Unsigned(integer),
        _ => {
            let float = number.as_f64().unwrap_or(f64::NAN);
            // Whole floats compare as integers do, which are exact.
            if float.abs() < 1e15 && float == float.trunc() {
                Number::Integer(float as i64)
            } else {
                Number::Float(float)
            }
        }
    }
}

/// What a text was read as.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Reading {
    Null,
    Boolean(bool),
    Integer(i128),
    Number(f64),
    Text,
}

impl Scalar {
    /// Text of any kind.
    pub(crate) fn text() -> Self {
        Self {
            types: Types::STRING,
            ..Self::default()
        }
    }

    /// Reads a text as the first of its types that it fits: integer, number, boolean, null, string.
    pub(crate) fn read(&self, text: Text<'_>) -> Result<Reading, Kind<'static>> {
        let types = self.types;
        if types.and(Types::SCALARS) == Types::STRING {
            return Ok(Reading::Text);
        }
        let mut scratch = [0; SHORT];
        let short = text.short(&mut scratch);
        if let Some(short) = short {
            if types.has(Types::INTEGER)
                && let Some(integer) = read_integer(short)
            {
                return match integer {
                    Ok(integer) => Ok(Reading::Integer(integer)),
                    Err(bound) if types.has(Types::NUMBER.with(Types::STRING)) => {
                        let _ = bound;
                        Ok(read_number(short).map_or(Reading::Text, Reading::Number))
                    }
                    Err(bound) => Err(Kind::OutOfRange { bound }),
                };
            }
            if types.has(Types::NUMBER)
                && let Some(number) = read_number(short)
            {
                if number.is_finite() {
                    return Ok(Reading::Number(number));
                }
                if !types.has(Types::STRING) {
                    let most = Number::Float(f64::MAX.copysign(number));
                    let bound = if number > 0.0 {
                        Bound::AtMost(most)
                    } else {
                        Bound::AtLeast(most)
                    };
                    return Err(Kind::OutOfRange { bound });
                }
            }
            if types.has(Types::BOOLEAN)
                && let Some(boolean) = read_boolean(short)
            {
                return Ok(Reading::Boolean(boolean));
            }
            if types.has(Types::NULL)
                && (short == "null" || (short.is_empty() && !types.has(Types::STRING)))
            {
                return Ok(Reading::Null);
            }
        }
        if types.has(Types::STRING) {
            return Ok(Reading::Text);
        }
        Err(match text.check() {
            Err(_) => Kind::Encoding,
            Ok(()) => Kind::Malformed {
                expected: self.expected(),
            },
        })
    }

    /// What to say that a text should have been.
    pub(crate) fn expected(&self) -> Expected {
        let types = self.types;
        let named = [
            (Types::INTEGER, Expected::Integer),
            (Types::NUMBER, Expected::Number),
            (Types::BOOLEAN, Expected::Boolean),
            (Types::STRING, Expected::String),
            (Types::NULL, Expected::Null),
        ];
        // A value that may be null is described by its other type.
        for (only, expected) in named {
            if types.and(Types::SCALARS) == only
                || types.and(Types::SCALARS) == only.with(Types::NULL)
            {
                return expected;
            }
        }
        Expected::AnyOf
    }

    /// Checks one value against all that is known.
    pub(crate) fn check(&self, text: Text<'_>) -> Result<(), Kind<'static>> {
        let reading = self.read(text)?;
        match reading {
            Reading::Integer(integer) => self.check_number(Number::whole(integer))?,
            Reading::Number(number) => self.check_number(Number::Float(number))?,
            Reading::Text => self.check_text(text)?,
            Reading::Boolean(_) | Reading::Null => {}
        }
        let Some(choices) = &self.choices else {
            return Ok(());
        };
        let is_choice = choices.iter().any(|choice| match (choice, reading) {
            (Choice::Text(choice), Reading::Text) => text.is(choice.as_bytes()),
            (Choice::Number(choice), Reading::Integer(integer)) => {
                *choice == Number::whole(integer)
            }
            (Choice::Number(choice), Reading::Number(number)) => *choice == Number::Float(number),
            (Choice::Boolean(choice), Reading::Boolean(boolean)) => *choice == boolean,
            (Choice::Null, Reading::Null) => true,
            _ => false,
        });
        if is_choice {
            Ok(())
        } else {
            Err(Kind::NotInEnum)
        }
    }

    fn check_number(&self, number: Number) -> Result<(), Kind<'static>> {
        for &bound in &self.bounds {
            let is_within = match bound {
                Bound::AtLeast(least) => number >= least,
                Bound::AtMost(most) => number <= most,
                Bound::MoreThan(least) => number > least,
                Bound::LessThan(most) => number < most,
            };
            if !is_within {
                return Err(Kind::OutOfRange { bound });
            }
        }
        match self.multiple_of {
            Some(of) if !is_multiple(number, of) => Err(Kind::NotAMultiple { of }),
            _ => Ok(()),
        }
    }

    fn check_text(&self, text: Text<'_>) -> Result<(), Kind<'static>> {
        text.check().map_err(|fault| match fault {
            Fault::Nul => Kind::Malformed {
                expected: Expected::String,
            },
            Fault::Escape | Fault::Utf8 => Kind::Encoding,
        })?;
        if self.least_chars > 0 || self.most_chars.is_some() {
            let chars = text.chars() as u64;
            if chars < self.least_chars {
                return Err(Kind::TooShort {
                    least: self.least_chars,
                });
            }
            if let Some(most) = self.most_chars
                && chars > most
            {
                return Err(Kind::TooLong { most });
            }
        }
        let Some(format) = self.format else {
            return Ok(());
        };
        let mut scratch = [0; SHORT];
        let short = text.short(&mut scratch).map(str::as_bytes);
        let (is_sound, expected) = match format {
            Format::Uuid => (short.is_some_and(is_uuid), Expected::Uuid),
            Format::Date => (short.is_some_and(is_date), Expected::Date),
            Format::DateTime => (short.is_some_and(is_date_time), Expected::DateTime),
        };
        if is_sound {
            Ok(())
        } else {
            Err(Kind::Malformed { expected })
        }
    }
}

fn is_multiple(number: Number, of: Number) -> bool {
    match (number.as_whole(), of.as_whole()) {
        (Some(number), Some(of)) => of != 0 && number % of == 0,
        _ => {
            let times = number.as_f64() / of.as_f64();
            // Decimal fractions are not exact in binary: 0.3 is a multiple of 0.1 all the same.
            (times - times.round()).abs() <= 1e-9 * times.abs().max(1.0)
        }
    }
}

/// A decimal integer; `None` where it is none, and the bound where it is beyond 64 bits.
pub(crate) fn read_integer(text: &str) -> Option<Result<i128, Bound>> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let below = Err(Bound::AtLeast(Number::Integer(i64::MIN)));
    let above = Err(Bound::AtMost(Number::Unsigned(u64::MAX)));
    Some(match text.parse::<i128>() {
        Ok(integer) if integer < i64::MIN.into() => below,
        Ok(integer) if integer > u64::MAX.into() => above,
        Ok(integer) => Ok(integer),
        Err(_) if text.starts_with('-') => below,
        Err(_) => above,
    })
}

/// A number as JSON writes it, leading zeros allowed; infinite where it is too large.
pub(crate) fn read_number(text: &str) -> Option<f64> {
    let is_number = {
        let rest = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (rest, None),
        };
        let is_digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_mantissa = match mantissa.split_once('.') {
            Some((whole, fraction)) => is_digits(whole) && is_digits(fraction),
            None => is_digits(mantissa),
        };
        is_mantissa
            && exponent.is_none_or(|text| is_digits(text.strip_prefix(['+', '-']).unwrap_or(text)))
    };
    if is_number { text.parse().ok() } else { None }
}

pub(crate) fn read_boolean(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// `8-4-4-4-12` hexadecimal digits (RFC 9562 §4).
pub(crate) fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// `full-date` (RFC 3339 §5.6), a day that there is.
pub(crate) fn is_date(text: &[u8]) -> bool {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else {
        return false;
    };
    let (Some(year), Some(month), Some(day)) = (
        digits(&[y1, y2, y3, y4]),
        digits(&[m1, m2]),
        digits(&[d1, d2]),
    ) else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// `date-time` (RFC 3339 §5.6): `T` and `Z` in either case, leap seconds at the end of a UTC day.
pub(crate) fn is_date_time(text: &[u8]) -> bool {
    let Some((date, [b'T' | b't', time @ ..])) = text.split_at_checked(10) else {
        return false;
    };
    let &[h1, h2, b':', m1, m2, b':', s1, s2, ref rest @ ..] = time else {
        return false;
    };
    let (Some(hour), Some(minute), Some(second)) =
        (digits(&[h1, h2]), digits(&[m1, m2]), digits(&[s1, s2]))
    else {
        return false;
    };
    let zone = match rest {
        [b'.', fraction @ ..] => {
            let count = fraction
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            match fraction.get(count..) {
                Some(zone) if count > 0 => zone,
                _ => return false,
            }
        }
        zone => zone,
    };
    let offset = match zone {
        [b'Z' | b'z'] => 0,
        &[sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            match (digits(&[h1, h2]), digits(&[m1, m2])) {
                (Some(hours @ 0..24), Some(minutes @ 0..60)) => {
                    let offset = i64::from(hours * 60 + minutes);
                    if sign == b'+' { offset } else { -offset }
                }
                _ => return false,
            }
        }
        _ => return false,
    };
    let minute_of_day = (i64::from(hour * 60 + minute) - offset).rem_euclid(24 * 60);
    is_date(date)
        && hour < 24
        && minute < 60
        && (second < 60 || (second == 60 && minute_of_day == 23 * 60 + 59))
}

fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit()
            .then(|| number * 10 + u32::from(byte - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_days_that_there_are() {
        for date in ["2024-02-29", "2026-12-31", "0000-01-01"] {
            assert!(is_date(date.as_bytes()), "{date}");
        }
        for date in [
            "2023-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-1-1",
            "2026-01-00",
            "x",
        ] {
            assert!(!is_date(date.as_bytes()), "{date}");
        }
    }

    #[test]
    fn date_times_follow_rfc_3339() {
        for time in [
            "2026-01-31T12:00:00Z",
            "2026-01-31t12:00:00.123z",
            "2026-01-31T23:59:60Z",
            "1998-12-31T15:59:60.5-08:00",
            "2026-01-31T12:00:00+05:30",
        ] {
            assert!(is_date_time(time.as_bytes()), "{time}");
        }
        for time in [
            "2026-01-31",
            "2026-01-31 12:00:00Z",
            "2026-01-31T12:00Z",
            "2026-01-31T24:00:00Z",
            "2026-01-31T12:00:00",
            "2026-01-31T12:00:00.Z",
            "2026-01-31T12:00:60Z",
            "2026-01-31T12:00:00+24:00",
            "2026-02-30T12:00:00Z",
        ] {
            assert!(!is_date_time(time.as_bytes()), "{time}");
        }
    }

    #[test]
    fn integers_are_digits_and_fit_into_64_bits() {
        assert_eq!(read_integer("-007"), Some(Ok(-7)));
        assert_eq!(
            read_integer("18446744073709551615"),
            Some(Ok(u64::MAX.into()))
        );
        assert!(matches!(
            read_integer("18446744073709551616"),
            Some(Err(Bound::AtMost(_)))
        ));
        assert!(matches!(
            read_integer("-9223372036854775809"),
            Some(Err(Bound::AtLeast(_)))
        ));
        for text in ["", "-", "+1", "1.0", "1e3", " 1", "0x1", "１"] {
            assert_eq!(read_integer(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_those_of_json() {
        assert_eq!(read_number("-1.5e+3"), Some(-1500.0));
        assert_eq!(read_number("1e999"), Some(f64::INFINITY));
        for text in ["", ".5", "5.", "nan", "inf", "1e", "1_0", "--1"] {
            assert_eq!(read_number(text), None, "{text}");
        }
    }
}
