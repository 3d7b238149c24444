//! What is wrong with a parameter of a request.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use core::fmt;

use super::Place;

/// One fault of one parameter.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ParameterError<'r> {
    /// The parameter's name, as the document writes it; empty where no parameter is at fault.
    pub name: &'r str,
    /// Where it should stand.
    pub place: Place,
    /// Which part of it is at fault.
    pub part: Part<'r>,
    /// What is wrong.
    pub kind: ParameterErrorKind<'r>,
    /// The text at fault, decoded where it can be.
    pub value: Option<Cow<'r, str>>,
}

/// Which part of a parameter is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part<'r> {
    /// All of it.
    Whole,
    /// The item at that place, from 0.
    Item(u32),
    /// The property of that name.
    Property(&'r str),
}

/// What is wrong with a parameter.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ParameterErrorKind<'r> {
    /// It is required and not there.
    Missing,
    /// It is there more than once, though it has one value.
    Repeated,
    /// Its text is not of the type that it should be.
    Malformed {
        /// What it should be.
        expected: Expected,
    },
    /// Its escapes are none, or do not stand for UTF-8.
    Encoding,
    /// The number is beyond a bound.
    OutOfRange {
        /// The bound, such as `at most 100`.
        bound: Bound,
    },
    /// The number is not a multiple of this one.
    NotAMultiple {
        /// The number that it should be a multiple of.
        of: Number,
    },
    /// It is none of the values that it may have.
    NotInEnum,
    /// The text has fewer characters than it should.
    TooShort {
        /// The least.
        least: u64,
    },
    /// The text has more characters than it should.
    TooLong {
        /// The most.
        most: u64,
    },
    /// There are fewer items than there should be.
    TooFewItems {
        /// The least.
        least: u64,
    },
    /// There are more items than there should be.
    TooManyItems {
        /// The most.
        most: u64,
    },
    /// An item is there twice.
    NotUnique,
    /// A property is required and not there; [`Part::Property`] names it.
    MissingProperty,
    /// A property is not declared and no other is allowed.
    UnknownProperty(Cow<'r, str>),
    /// The type that was asked for refuses it.
    Rejected(String),
}

/// What the text of a parameter should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expected {
    /// An integer in decimal digits.
    Integer,
    /// A number as JSON writes it.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Text.
    String,
    /// A UUID (RFC 9562).
    Uuid,
    /// A full-date (RFC 3339).
    Date,
    /// A date-time (RFC 3339).
    DateTime,
    /// Values with separators.
    Array,
    /// Names and values.
    Object,
    /// A JSON text.
    Json,
    /// The style's prefix, such as `.` or `;name=`.
    Style,
    /// One of several types.
    AnyOf,
    /// Nothing at all.
    Null,
}

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

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Expected::Integer => "an integer",
            Expected::Number => "a number",
            Expected::Boolean => "true or false",
            Expected::String => "a text",
            Expected::Uuid => "a uuid",
            Expected::Date => "a date such as 2026-01-31",
            Expected::DateTime => "a date and time such as 2026-01-31T12:00:00Z",
            Expected::Array => "a list",
            Expected::Object => "names and values",
            Expected::Json => "json",
            Expected::Style => "a value in the style of the parameter",
            Expected::AnyOf => "of one of its types",
            Expected::Null => "empty",
        })
    }
}

impl fmt::Display for ParameterErrorKind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is missing"),
            Self::Repeated => f.write_str("is there more than once"),
            Self::Malformed { expected } => write!(f, "is not {expected}"),
            Self::Encoding => f.write_str("is not properly encoded"),
            Self::OutOfRange { bound } => write!(f, "is not {bound}"),
            Self::NotAMultiple { of } => write!(f, "is not a multiple of {of}"),
            Self::NotInEnum => f.write_str("is none of the values that it may have"),
            Self::TooShort { least } => write!(f, "has fewer than {least} characters"),
            Self::TooLong { most } => write!(f, "has more than {most} characters"),
            Self::TooFewItems { least } => write!(f, "has fewer than {least} items"),
            Self::TooManyItems { most } => write!(f, "has more than {most} items"),
            Self::NotUnique => f.write_str("is there twice"),
            Self::MissingProperty => f.write_str("is missing"),
            Self::UnknownProperty(name) => write!(f, "has no property {name:?}"),
            Self::Rejected(message) => write!(f, "is not accepted: {message}"),
        }
    }
}

impl fmt::Display for ParameterError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() {
            write!(f, "the {} parameters", self.place)?;
        } else {
            write!(f, "{} parameter {:?}", self.place, self.name)?;
        }
        match self.part {
            Part::Whole => {}
            Part::Item(at) => write!(f, ", item {at},")?,
            Part::Property(name) => write!(f, ", property {name:?},")?,
        }
        write!(f, " {}", self.kind)?;
        if let Some(value) = &self.value {
            const MOST: usize = 64;
            match value.char_indices().nth(MOST) {
                Some((end, _)) => write!(f, ": {:?}…", value.get(..end).unwrap_or_default())?,
                None => write!(f, ": {value:?}")?,
            }
        }
        Ok(())
    }
}

impl core::error::Error for ParameterError<'_> {}

impl<'r> ParameterError<'r> {
    /// A fault that does not know its parameter yet.
    pub(crate) fn nameless(kind: ParameterErrorKind<'r>, value: Option<Cow<'r, str>>) -> Self {
        Self {
            name: "",
            place: Place::Query,
            part: Part::Whole,
            kind,
            value,
        }
    }

    /// The fault, of that parameter; one that names its parameter keeps it.
    pub(crate) fn of(mut self, name: &'r str, place: Place) -> Self {
        if self.name.is_empty() {
            self.name = name;
        }
        self.place = place;
        self
    }
}

impl serde::de::Error for ParameterError<'_> {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::nameless(ParameterErrorKind::Rejected(message.to_string()), None)
    }

    fn missing_field(field: &'static str) -> Self {
        Self {
            name: field,
            ..Self::nameless(ParameterErrorKind::Missing, None)
        }
    }
}
