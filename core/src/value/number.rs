//! Numbers and their bounds, compared without loss.

use core::fmt;

/// A number of a schema.
#[derive(Debug, Clone, Copy)]
pub enum Number {
    /// A whole one.
    Integer(i64),
    /// A whole one that is larger.
    Unsigned(u64),
    /// Any other.
    Float(f64),
}

/// A bound of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Bound {
    /// `minimum`
    AtLeast(Number),
    /// `maximum`
    AtMost(Number),
    /// `exclusiveMinimum`
    MoreThan(Number),
    /// `exclusiveMaximum`
    LessThan(Number),
}

impl Number {
    /// A whole number, exact where it has 64 bits.
    pub(crate) fn whole(integer: i128) -> Self {
        match (i64::try_from(integer), u64::try_from(integer)) {
            (Ok(integer), _) => Number::Integer(integer),
            (_, Ok(integer)) => Number::Unsigned(integer),
            _ => Number::Float(integer as f64),
        }
    }

    /// The number, if it is a whole one.
    pub(crate) fn as_whole(self) -> Option<i128> {
        match self {
            Number::Integer(integer) => Some(integer.into()),
            Number::Unsigned(integer) => Some(integer.into()),
            Number::Float(_) => None,
        }
    }

    /// The nearest number of double precision.
    pub fn as_f64(self) -> f64 {
        match self {
            Number::Integer(integer) => integer as f64,
            Number::Unsigned(integer) => integer as f64,
            Number::Float(float) => float,
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (self.as_whole(), other.as_whole()) {
            (Some(one), Some(other)) => one == other,
            _ => self.as_f64() == other.as_f64(),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        match (self.as_whole(), other.as_whole()) {
            (Some(one), Some(other)) => Some(one.cmp(&other)),
            _ => self.as_f64().partial_cmp(&other.as_f64()),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Integer(integer) => integer.fmt(f),
            Number::Unsigned(integer) => integer.fmt(f),
            Number::Float(float) => float.fmt(f),
        }
    }
}

impl Bound {
    /// Whether a number keeps it.
    pub(crate) fn takes(self, number: Number) -> bool {
        match self {
            Bound::AtLeast(least) => number >= least,
            Bound::AtMost(most) => number <= most,
            Bound::MoreThan(least) => number > least,
            Bound::LessThan(most) => number < most,
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bound::AtLeast(number) => write!(f, "at least {number}"),
            Bound::AtMost(number) => write!(f, "at most {number}"),
            Bound::MoreThan(number) => write!(f, "more than {number}"),
            Bound::LessThan(number) => write!(f, "less than {number}"),
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

/// The bound that a number beyond double precision does not keep.
#[cfg(feature = "openapi")]
pub(crate) fn beyond(number: f64) -> Bound {
    let most = Number::Float(f64::MAX.copysign(number));
    if number > 0.0 {
        Bound::AtMost(most)
    } else {
        Bound::AtLeast(most)
    }
}

pub(crate) fn read_boolean(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
