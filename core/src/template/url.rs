//! Reverse routing: values → a path that the template takes, and gives back as they were.

use core::fmt::{self, Write};

use super::grammar::{self, Piece};
use crate::descriptor::ParamFault;
use crate::percent::{self, Decoded, PATH, Plus, UNRESERVED};

/// A value and the name of the parameter that it is for.
///
/// [`Param::with`](crate::Param::with) makes one, and a pair of texts is one.
pub trait NamedValue<'n> {
    /// The name of the parameter.
    fn name(&self) -> &'n str;

    /// Writes the value as it is before it is encoded.
    ///
    /// # Errors
    ///
    /// [`ParamFault`] where the value is not as the parameter's descriptor says, or `out` takes no
    /// more.
    fn write(&self, out: &mut dyn Write) -> Result<(), ParamFault>;
}

impl<'n, V: AsRef<str>> NamedValue<'n> for (&'n str, V) {
    fn name(&self) -> &'n str {
        self.0
    }

    fn write(&self, out: &mut dyn Write) -> Result<(), ParamFault> {
        let written = out.write_str(self.1.as_ref());
        written.map_err(|_| ParamFault::Encoding)
    }
}

/// Why values make no URL.
///
/// `N` is how it names things: `&str` where nothing is allocated, `String` where it may be.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError<N: fmt::Debug> {
    /// A parameter has no value.
    #[error("the parameter {0:?} has no value")]
    Missing(N),
    /// A value is for no parameter.
    #[error("there is no parameter {0:?}")]
    Unknown(N),
    /// A value is nothing, which no parameter of a path takes.
    #[error("the value of {0:?} is empty")]
    Empty(N),
    /// The values make a segment `.` or `..`, which is never served.
    #[error("the values make the dot segment {0:?}")]
    DotSegment(&'static str),
    /// The values of that segment of the template would be read back as others.
    #[error("the values of the segment {0:?} would be read back as others")]
    Ambiguous(N),
    /// A value holds NUL, which is never served.
    #[error("the value of {0:?} holds a nul character")]
    Nul(N),
    /// A value is not as its descriptor says, so that the URL would be refused.
    #[error("the value of {name:?} {fault}")]
    Value {
        /// The parameter.
        name: N,
        /// What is wrong with the value.
        fault: ParamFault,
    },
    /// What is written to takes no more.
    #[error("there is no room for the url")]
    Full,
}

#[cfg(feature = "alloc")]
impl UrlError<&str> {
    /// The same, with names of its own.
    pub fn into_owned(self) -> UrlError<alloc::string::String> {
        match self {
            Self::Missing(name) => UrlError::Missing(name.into()),
            Self::Unknown(name) => UrlError::Unknown(name.into()),
            Self::Empty(name) => UrlError::Empty(name.into()),
            Self::DotSegment(dots) => UrlError::DotSegment(dots),
            Self::Ambiguous(segment) => UrlError::Ambiguous(segment.into()),
            Self::Nul(name) => UrlError::Nul(name.into()),
            Self::Value { name, fault } => UrlError::Value {
                name: name.into(),
                fault,
            },
            Self::Full => UrlError::Full,
        }
    }
}

/// Writes the path of a template with these values.
pub(crate) fn write_path<'t>(
    template: &'t str,
    values: &[&dyn NamedValue<'t>],
    out: &mut dyn Write,
) -> Result<(), UrlError<&'t str>> {
    for value in values {
        if !grammar::names(template).any(|name| name == value.name()) {
            return Err(UrlError::Unknown(value.name()));
        }
    }
    for text in grammar::segments(template) {
        out.write_char('/').map_err(|_| UrlError::Full)?;
        Segment {
            text,
            values,
            dots: Dots::default(),
            out: &mut *out,
        }
        .write()?;
    }
    Ok(())
}

/// Writes one pair of a query behind that separator.
pub(crate) fn write_pair<'n>(
    separator: char,
    value: &dyn NamedValue<'n>,
    out: &mut dyn Write,
) -> Result<(), UrlError<&'n str>> {
    let name = value.name();
    out.write_char(separator)
        .and_then(|()| percent::encode(name.as_bytes(), UNRESERVED, out))
        .and_then(|()| out.write_char('='))
        .map_err(|_| UrlError::Full)?;
    let mut writer = Value::new(out, UNRESERVED);
    let written = value.write(&mut writer);
    writer.end(name, written).map(|_| ())
}

/// One segment of a path that is being written.
struct Segment<'a, 't> {
    text: &'t str,
    values: &'a [&'a dyn NamedValue<'t>],
    dots: Dots,
    out: &'a mut dyn Write,
}

impl<'t> Segment<'_, 't> {
    fn write(mut self) -> Result<(), UrlError<&'t str>> {
        // The literal since the last parameter, where there was one.
        let (mut literal, mut is_behind_one) = ("", false);
        for piece in grammar::pieces(self.text) {
            match piece {
                Piece::Literal(text) => {
                    literal = text;
                    for byte in Decoded::new(text.as_bytes(), Plus::Plus) {
                        self.dots.see(byte);
                        percent::encode(&[byte], PATH, self.out).map_err(|_| UrlError::Full)?;
                    }
                }
                Piece::Parameter(name) => {
                    let repeats = Repeats::of(if is_behind_one { literal } else { "" });
                    self.value(name, repeats, false)?;
                    is_behind_one = true;
                }
                Piece::CatchAll(name) => self.value(name, Repeats::of(""), true)?,
            }
        }
        match self.dots.segment() {
            Some(dots) => Err(UrlError::DotSegment(dots)),
            None => Ok(()),
        }
    }

    fn value(
        &mut self,
        name: &'t str,
        repeats: Repeats<'t>,
        has_slashes: bool,
    ) -> Result<(), UrlError<&'t str>> {
        let value = self.values.iter().rfind(|value| value.name() == name);
        let value = value.ok_or(UrlError::Missing(name))?;
        let mut writer = Value {
            dots: self.dots,
            repeats,
            has_slashes,
            ..Value::new(self.out, PATH)
        };
        let written = value.write(&mut writer);
        let seen = writer.end(name, written)?;
        self.dots = seen.dots;
        if seen.bytes == 0 {
            return Err(UrlError::Empty(name));
        }
        if let Some(dots) = seen.dot_segment {
            return Err(UrlError::DotSegment(dots));
        }
        if seen.begins_with_slash || seen.is_ambiguous {
            return Err(UrlError::Ambiguous(self.text));
        }
        Ok(())
    }
}

/// Encodes a value and looks at it as it passes.
struct Value<'a, 't> {
    out: &'a mut dyn Write,
    /// What stays as it is.
    plain: &'static [u8],
    /// Whether slashes separate, as those of a catch-all do.
    has_slashes: bool,
    repeats: Repeats<'t>,
    dots: Dots,
    bytes: usize,
    is_full: bool,
    holds_nul: bool,
    begins_with_slash: bool,
    dot_segment: Option<&'static str>,
}

/// What was seen of a value.
struct Seen {
    bytes: usize,
    dots: Dots,
    is_ambiguous: bool,
    begins_with_slash: bool,
    dot_segment: Option<&'static str>,
}

impl<'a> Value<'a, '_> {
    fn new(out: &'a mut dyn Write, plain: &'static [u8]) -> Self {
        Self {
            out,
            plain,
            has_slashes: false,
            repeats: Repeats::of(""),
            dots: Dots::default(),
            bytes: 0,
            is_full: false,
            holds_nul: false,
            begins_with_slash: false,
            dot_segment: None,
        }
    }

    /// What was seen, once the value is written.
    fn end(self, name: &str, written: Result<(), ParamFault>) -> Result<Seen, UrlError<&str>> {
        if self.holds_nul {
            return Err(UrlError::Nul(name));
        }
        if self.is_full {
            return Err(UrlError::Full);
        }
        if let Err(fault) = written {
            return Err(UrlError::Value { name, fault });
        }
        Ok(Seen {
            bytes: self.bytes,
            dots: self.dots,
            is_ambiguous: self.repeats.is_there,
            begins_with_slash: self.begins_with_slash,
            dot_segment: self.dot_segment,
        })
    }
}

impl Write for Value<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            if byte == 0 {
                self.holds_nul = true;
                return Err(fmt::Error);
            }
            let separates = byte == b'/' && self.has_slashes;
            if separates {
                self.begins_with_slash |= self.bytes == 0;
                self.dot_segment = self.dot_segment.or(self.dots.segment());
                self.dots = Dots::default();
            } else {
                self.dots.see(byte);
            }
            self.repeats.see(byte);
            self.bytes += 1;
            let written = match separates {
                true => self.out.write_char('/'),
                false => percent::encode(&[byte], self.plain, self.out),
            };
            self.is_full |= written.is_err();
            written?;
        }
        Ok(())
    }
}

/// What dots a segment holds so far.
#[derive(Debug, Clone, Copy, Default)]
struct Dots {
    bytes: usize,
    others: bool,
}

impl Dots {
    fn see(&mut self, byte: u8) {
        self.bytes += 1;
        self.others |= byte != b'.';
    }

    /// The segment, if it is one of dots that mean something else.
    fn segment(self) -> Option<&'static str> {
        match (self.bytes, self.others) {
            (1, false) => Some("."),
            (2, false) => Some(".."),
            _ => None,
        }
    }
}

/// Whether a literal between two parameters comes again in the text that it and the second of them
/// make, with something behind it: since the first takes as much as it can, it would end there.
struct Repeats<'t> {
    literal: &'t str,
    len: usize,
    /// How much of the literal the last bytes are.
    matched: usize,
    /// Whether it has come again, with the last byte.
    has_come: bool,
    is_there: bool,
}

impl<'t> Repeats<'t> {
    fn of(literal: &'t str) -> Self {
        let mut new = Self {
            literal,
            len: Decoded::new(literal.as_bytes(), Plus::Plus).count(),
            matched: 0,
            has_come: false,
            is_there: false,
        };
        new.matched = new.border(new.len);
        new
    }

    fn byte(&self, at: usize) -> Option<u8> {
        Decoded::new(self.literal.as_bytes(), Plus::Plus).nth(at)
    }

    /// How much of the literal its first `len` bytes end with, but for all of them. Literals are
    /// short, so it is looked for each time.
    fn border(&self, len: usize) -> usize {
        let is_border = |shorter: &usize| {
            (0..*shorter).all(|at| self.byte(at) == self.byte(len - shorter + at))
        };
        (0..len).rev().find(is_border).unwrap_or(0)
    }

    fn see(&mut self, byte: u8) {
        if self.len == 0 {
            return;
        }
        self.is_there |= self.has_come;
        while self.matched > 0 && self.byte(self.matched) != Some(byte) {
            self.matched = self.border(self.matched);
        }
        self.matched += usize::from(self.byte(self.matched) == Some(byte));
        self.has_come = self.matched == self.len;
        if self.has_come {
            self.matched = self.border(self.len);
        }
    }
}
