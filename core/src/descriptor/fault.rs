//! What may be wrong with a parameter, and which it is.

use core::fmt::{self, Write};

use crate::source::{Place, Text};
use crate::value::{Bound, Expected};

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum ParamFault {
    /// It is not there.
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
    /// It is none of the values that it may have.
    NotInEnum,
    /// The text is longer than is decoded without an allocator.
    TooLong {
        /// The most bytes.
        most: u64,
    },
}

impl From<Expected> for ParamFault {
    fn from(expected: Expected) -> Self {
        Self::Malformed { expected }
    }
}

impl fmt::Display for ParamFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is missing"),
            Self::Repeated => f.write_str("is there more than once"),
            Self::Malformed { expected } => write!(f, "is not {expected}"),
            Self::Encoding => f.write_str("is not properly encoded"),
            Self::OutOfRange { bound } => write!(f, "is not {bound}"),
            Self::NotInEnum => f.write_str("is none of the values that it may have"),
            Self::TooLong { most } => write!(f, "has more than {most} characters"),
        }
    }
}

impl core::error::Error for ParamFault {}

/// A parameter of a request that is not as its descriptor says.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ParamError<'r> {
    /// The parameter's name.
    pub name: &'static str,
    /// Where it stands, or should stand.
    pub place: Place,
    /// What is wrong.
    pub fault: ParamFault,
    pub(super) text: Option<Text<'r>>,
}

impl<'r> ParamError<'r> {
    /// Whether it is not there at all.
    pub fn is_missing(&self) -> bool {
        self.fault == ParamFault::Missing
    }

    /// The text at fault, as it stands in the request.
    pub fn raw(&self) -> Option<&'r [u8]> {
        self.text.map(|text| text.raw)
    }
}

impl fmt::Display for ParamError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name, place, fault, ..
        } = self;
        write!(f, "{place} parameter {name:?} {fault}")?;
        match self.text {
            Some(text) => write!(f, ": {}", Shown(text)),
            None => Ok(()),
        }
    }
}

impl core::error::Error for ParamError<'_> {}

#[cfg(feature = "openapi")]
impl<'r> From<ParamError<'r>> for crate::ParameterError<'r> {
    fn from(error: ParamError<'r>) -> Self {
        Self {
            name: error.name,
            place: error.place,
            part: crate::Part::Whole,
            kind: error.fault.into(),
            value: error.text.map(Text::shown),
        }
    }
}

/// A text in quotes, decoded where it can be, and not all of a long one.
struct Shown<'r>(Text<'r>);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 256;
        let mut bytes = [0; MOST];
        let mut len = 0;
        let mut is_all = true;
        for byte in self.0.bytes() {
            match bytes.get_mut(len) {
                Some(slot) => *slot = byte,
                None => {
                    is_all = false;
                    break;
                }
            }
            len += 1;
        }
        f.write_char('"')?;
        for chunk in bytes.get(..len).unwrap_or_default().utf8_chunks() {
            for character in chunk.valid().escape_debug() {
                f.write_char(character)?;
            }
            // A character that was cut off is no fault of the text.
            if !chunk.invalid().is_empty() && is_all {
                f.write_char(char::REPLACEMENT_CHARACTER)?;
            }
        }
        f.write_str(if is_all { "\"" } else { "\"…" })
    }
}
