//! Single values: their types and bounds.

use alloc::boxed::Box;
use alloc::vec::Vec;

use serde_json::Value;

use super::error::ParameterErrorKind as Kind;
use crate::percent::Fault;
use crate::source::{SHORT, Text};
use crate::value::{
    Bound, Date, DateTime, Expected, Number, beyond, is_uuid, read_boolean, read_integer,
    read_number,
};

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

    /// The types that values of both may have: every integer is a number.
    pub(crate) const fn in_common(self, other: Self) -> Self {
        let numbers = Self::INTEGER.with(Self::NUMBER);
        let common = self.and(other).0;
        let either = self.and(numbers).0 | other.and(numbers).0;
        // One of them takes integers alone, the other numbers.
        if either == numbers.0 && common & numbers.0 == 0 {
            return Self(common | Self::INTEGER.0);
        }
        Self(common)
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
                    let bound = beyond(number);
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
            if !bound.takes(number) {
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
        let short = text.short(&mut scratch).unwrap_or_default();
        let (is_sound, expected) = match format {
            Format::Uuid => (is_uuid(short.as_bytes()), Expected::Uuid),
            Format::Date => (Date::parse(short).is_some(), Expected::Date),
            Format::DateTime => (DateTime::parse(short).is_some(), Expected::DateTime),
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
