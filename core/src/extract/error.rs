//! What is wrong with a parameter of a request.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use core::fmt;

use super::Place;
use crate::descriptor::ParamFault;
use crate::value::{Bound, Expected, Number};

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

impl From<ParamFault> for ParameterErrorKind<'_> {
    fn from(fault: ParamFault) -> Self {
        match fault {
            ParamFault::Missing => Self::Missing,
            ParamFault::Repeated => Self::Repeated,
            ParamFault::Malformed { expected } => Self::Malformed { expected },
            ParamFault::Encoding => Self::Encoding,
            ParamFault::OutOfRange { bound } => Self::OutOfRange { bound },
            ParamFault::NotInEnum => Self::NotInEnum,
            ParamFault::TooLong { most } => Self::TooLong { most },
        }
    }
}

impl ParameterErrorKind<'_> {
    /// The fault that a descriptor knows as well.
    fn as_fault(&self) -> Option<ParamFault> {
        Some(match *self {
            Self::Missing | Self::MissingProperty => ParamFault::Missing,
            Self::Repeated => ParamFault::Repeated,
            Self::Malformed { expected } => ParamFault::Malformed { expected },
            Self::Encoding => ParamFault::Encoding,
            Self::OutOfRange { bound } => ParamFault::OutOfRange { bound },
            Self::NotInEnum => ParamFault::NotInEnum,
            Self::TooLong { most } => ParamFault::TooLong { most },
            _ => return None,
        })
    }
}

impl fmt::Display for ParameterErrorKind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAMultiple { of } => write!(f, "is not a multiple of {of}"),
            Self::TooShort { least } => write!(f, "has fewer than {least} characters"),
            Self::TooFewItems { least } => write!(f, "has fewer than {least} items"),
            Self::TooManyItems { most } => write!(f, "has more than {most} items"),
            Self::NotUnique => f.write_str("is there twice"),
            Self::UnknownProperty(name) => write!(f, "has no property {name:?}"),
            Self::Rejected(message) => write!(f, "is not accepted: {message}"),
            other => match other.as_fault() {
                Some(fault) => fault.fmt(f),
                None => f.write_str("is not accepted"),
            },
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
