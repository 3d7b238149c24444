//! What a text should have been.

use core::fmt;

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
    /// A type that a descriptor names.
    Named(&'static str),
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
            Expected::Named(name) => return write!(f, "of the type {name:?}"),
        })
    }
}
