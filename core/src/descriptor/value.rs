//! Types that a parameter may have.

#[cfg(feature = "alloc")]
use alloc::{borrow::ToOwned, string::String};
use core::fmt::{self, Write};

use super::ParamFault;
use crate::value::{
    Bound, Date, DateTime, Expected, Number, read_boolean, read_integer, read_number,
};

/// A type that [`Param::new`](super::Param::new) describes.
///
/// ```
/// use brrtrouter_core::{Param, ParamFault, ParamValue};
///
/// struct Port(u16);
///
/// impl ParamValue for Port {
///     const NAME: &'static str = "port";
///     const TYPE: &'static str = "integer";
///
///     fn parse(text: &str) -> Result<Self, ParamFault> {
///         u16::parse(text).map(Self)
///     }
///
///     fn write(&self, out: &mut dyn std::fmt::Write) -> std::fmt::Result {
///         self.0.write(out)
///     }
/// }
///
/// const PORT: Param<Port> = Param::new("port");
/// assert_eq!(PORT.to_string(), "{port:port}");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no type of a parameter",
    note = "borrowed text is `Param<str>`; a type of your own implements `ParamValue`, or is \
            described by `Param::parse_with` or `Param::one_of`"
)]
pub trait ParamValue: Sized {
    /// The name of the type for people and documents: a `format` of OpenAPI or, where there is none,
    /// the type.
    const NAME: &'static str;
    /// The type in JSON Schema.
    const TYPE: &'static str = "string";

    /// Reads a text that is decoded already.
    ///
    /// # Errors
    ///
    /// [`ParamFault`] where the text is none such.
    fn parse(text: &str) -> Result<Self, ParamFault>;

    /// Writes the text that [`parse`](ParamValue::parse) reads as this value.
    ///
    /// # Errors
    ///
    /// Those of `out`, and one where the value has no text.
    fn write(&self, out: &mut dyn Write) -> fmt::Result;
}

/// A number, which may have bounds.
pub trait ParamNumber: ParamValue {
    /// The number, to be compared with bounds.
    fn number(&self) -> Number;
}

macro_rules! integers {
    ($($type:ty: $name:literal,)*) => {
        $(impl ParamValue for $type {
            const NAME: &'static str = $name;
            const TYPE: &'static str = "integer";

            fn parse(text: &str) -> Result<Self, ParamFault> {
                let bound = match read_integer(text) {
                    None => return Err(Expected::Integer.into()),
                    Some(Err(bound)) => bound,
                    Some(Ok(integer)) => match Self::try_from(integer) {
                        Ok(integer) => return Ok(integer),
                        Err(_) if integer < 0 => {
                            Bound::AtLeast(Number::whole(<$type>::MIN as i128))
                        }
                        Err(_) => Bound::AtMost(Number::whole(<$type>::MAX as i128)),
                    },
                };
                Err(ParamFault::OutOfRange { bound })
            }

            fn write(&self, out: &mut dyn Write) -> fmt::Result {
                write!(out, "{self}")
            }
        }

        impl ParamNumber for $type {
            fn number(&self) -> Number {
                Number::whole(*self as i128)
            }
        })*
    };
}

integers! {
    i8: "int8",
    i16: "int16",
    i32: "int32",
    i64: "int64",
    isize: "int64",
    u8: "uint8",
    u16: "uint16",
    u32: "uint32",
    u64: "uint64",
    usize: "uint64",
}

macro_rules! floats {
    ($($type:ty: $name:literal,)*) => {
        $(impl ParamValue for $type {
            const NAME: &'static str = $name;
            const TYPE: &'static str = "number";

            fn parse(text: &str) -> Result<Self, ParamFault> {
                // What the reader takes is a number of Rust's as well, rounded once.
                let number = read_number(text).and_then(|_| text.parse::<Self>().ok());
                let number = number.ok_or(Expected::Number)?;
                if number.is_finite() {
                    return Ok(number);
                }
                let most = Number::Float(<$type>::MAX.copysign(number).into());
                Err(ParamFault::OutOfRange {
                    bound: if number > 0.0 { Bound::AtMost(most) } else { Bound::AtLeast(most) },
                })
            }

            fn write(&self, out: &mut dyn Write) -> fmt::Result {
                if self.is_finite() { write!(out, "{self}") } else { Err(fmt::Error) }
            }
        }

        impl ParamNumber for $type {
            fn number(&self) -> Number {
                Number::Float((*self).into())
            }
        })*
    };
}

floats! {
    f32: "float",
    f64: "double",
}

impl ParamValue for bool {
    const NAME: &'static str = "boolean";
    const TYPE: &'static str = "boolean";

    fn parse(text: &str) -> Result<Self, ParamFault> {
        read_boolean(text).ok_or(Expected::Boolean.into())
    }

    fn write(&self, out: &mut dyn Write) -> fmt::Result {
        write!(out, "{self}")
    }
}

#[cfg(feature = "alloc")]
impl ParamValue for String {
    const NAME: &'static str = "string";

    fn parse(text: &str) -> Result<Self, ParamFault> {
        Ok(text.to_owned())
    }

    fn write(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str(self)
    }
}

impl ParamValue for Date {
    const NAME: &'static str = "date";

    fn parse(text: &str) -> Result<Self, ParamFault> {
        Date::parse(text).ok_or(Expected::Date.into())
    }

    fn write(&self, out: &mut dyn Write) -> fmt::Result {
        write!(out, "{self}")
    }
}

impl ParamValue for DateTime {
    const NAME: &'static str = "date-time";

    fn parse(text: &str) -> Result<Self, ParamFault> {
        DateTime::parse(text).ok_or(Expected::DateTime.into())
    }

    fn write(&self, out: &mut dyn Write) -> fmt::Result {
        write!(out, "{self}")
    }
}

#[cfg(feature = "uuid")]
impl ParamValue for uuid::Uuid {
    const NAME: &'static str = "uuid";

    fn parse(text: &str) -> Result<Self, ParamFault> {
        // The crate takes other spellings too, such as braces, which documents do not mean.
        let is_uuid = crate::value::is_uuid(text.as_bytes());
        let uuid = is_uuid.then(|| uuid::Uuid::try_parse(text).ok()).flatten();
        uuid.ok_or(Expected::Uuid.into())
    }

    fn write(&self, out: &mut dyn Write) -> fmt::Result {
        write!(out, "{self}")
    }
}
