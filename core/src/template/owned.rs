//! A template that was read, with its text.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::grammar::{self, Fault, Piece};
use super::segment::{Affix, Segment};
use super::url::{self, NamedValue, UrlError};
use crate::path::{LONGEST_PATH, MOST_PARAMETERS, MOST_SEGMENTS};
use crate::percent::{Decoded, Plus};

/// A path template that was read and found sound (OpenAPI 3.1 §4.8.8.2).
///
/// ```text
/// template  = 1*( "/" segment )
/// segment   = *( literal / parameter )      ; two parameters never touch
/// parameter = "{" name "}"
/// catch-all = "{*" name "}"                 ; a whole segment, and only the last
/// ```
///
/// Literals are compared after their escapes are decoded, so `/caf%C3%A9` and `/café` are the same
/// template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub(super) text: String,
    pub(super) segments: Vec<Segment>,
    pub(super) names: Vec<String>,
    /// The types of the parameters, where descriptors told them.
    pub(super) types: Vec<&'static str>,
}

/// Why a text is no path template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// It does not begin with `/`.
    #[error("it does not begin with a slash")]
    NoSlash,
    /// It is longer than any path that is served.
    #[error("it is longer than {LONGEST_PATH} bytes")]
    TooLong,
    /// It has more segments than any path that is served.
    #[error("it has more than {MOST_SEGMENTS} segments")]
    TooManySegments,
    /// It has more parameters than are captured.
    #[error("it has more than {MOST_PARAMETERS} parameters")]
    TooManyParameters,
    /// A brace has no partner in its segment.
    #[error("a brace of the segment {0:?} has no partner")]
    Brace(String),
    /// A parameter has no name.
    #[error("a parameter of the segment {0:?} has no name")]
    NoName(String),
    /// Two parameters have the same name.
    #[error("two parameters are named {0:?}")]
    SameName(String),
    /// Two parameters touch, so that nothing says where one ends.
    #[error("two parameters of the segment {0:?} touch")]
    Touching(String),
    /// A catch-all is not the whole of the last segment.
    #[error("the catch-all {0:?} is not the whole of the last segment")]
    CatchAll(String),
    /// A literal holds `?` or `#`, which no path does.
    #[error("the segment {0:?} holds a question mark or a number sign, which no path does")]
    NotAPath(String),
    /// A literal is `.` or `..`, which is never served.
    #[error("the segment {0:?} is a dot segment, which is never served")]
    DotSegment(String),
    /// A parameter has no descriptor.
    #[error("the parameter {0:?} has no descriptor")]
    NoDescriptor(String),
    /// A descriptor is for no parameter.
    #[error("there is no parameter {0:?}")]
    NotInTemplate(String),
    /// A `%` is not followed by two hexadecimal digits.
    #[error("a percent sign of the segment {0:?} is not followed by two hex digits")]
    Escape(String),
    /// Escapes stand for bytes that are not UTF-8, or for NUL.
    #[error("the escapes of the segment {0:?} do not stand for a text")]
    NotText(String),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] for the first fault in it.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        if let Err((fault, at)) = grammar::check(text) {
            return Err(TemplateError::of(fault, at, text));
        }
        let mut template = Self {
            text: text.to_string(),
            segments: Vec::new(),
            names: Vec::new(),
            types: Vec::new(),
        };
        for part in grammar::segments(text) {
            let segment = template.segment(part);
            template.segments.push(segment);
        }
        Ok(template)
    }

    /// The segment of that text, which is sound.
    fn segment(&mut self, part: &str) -> Segment {
        let mut literals: Vec<Box<[u8]>> = Vec::new();
        let mut literal = None;
        for piece in grammar::pieces(part) {
            match piece {
                Piece::CatchAll(name) => {
                    self.names.push(name.to_string());
                    return Segment::CatchAll;
                }
                Piece::Literal(text) => literal = Some(text),
                Piece::Parameter(name) => {
                    self.names.push(name.to_string());
                    literals.push(decoded(literal.take()));
                }
            }
        }
        let last = decoded(literal);
        if literals.is_empty() {
            return Segment::Literal(last);
        }
        literals.push(last);
        match literals.iter().all(|literal| literal.is_empty()) {
            true => Segment::Parameter,
            false => Segment::Affixed(Affix { literals }),
        }
    }

    /// The template as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The names of its parameters, in the order in which a path has their values.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether it ends with a catch-all.
    pub fn has_catch_all(&self) -> bool {
        self.segments.last() == Some(&Segment::CatchAll)
    }

    /// The path of these values, encoded as RFC 3986 has it: `/` in a value becomes `%2F`, but in that
    /// of a catch-all it separates.
    ///
    /// ```
    /// use brrtrouter_core::Template;
    ///
    /// let template = Template::parse("/pets/{id}/{name}.{ext}")?;
    /// let path = template.expand(&[("id", "a/b c"), ("name", "é"), ("ext", "jpg")]);
    /// assert_eq!(path.as_deref(), Ok("/pets/a%2Fb%20c/%C3%A9.jpg"));
    /// # Ok::<(), brrtrouter_core::TemplateError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`UrlError`] where a value is missing or in vain, or where a lookup would not give back the
    /// values as they are.
    pub fn expand(&self, values: &[(&str, &str)]) -> Result<String, UrlError<String>> {
        let values: Vec<&dyn NamedValue<'_>> = values.iter().map(|value| value as _).collect();
        let mut path = String::new();
        url::write_path(&self.text, &values, &mut path).map_err(UrlError::into_owned)?;
        Ok(path)
    }

    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }
}

/// The bytes that a sound literal stands for.
fn decoded(literal: Option<&str>) -> Box<[u8]> {
    Decoded::new(literal.unwrap_or_default().as_bytes(), Plus::Plus).collect()
}

impl TemplateError {
    /// The fault that was seen at that byte.
    fn of(fault: Fault, at: usize, text: &str) -> Self {
        // The segment that the byte stands in.
        let (before, behind) = (text.get(..at), text.get(at..));
        let start = before
            .and_then(|before| before.rfind('/'))
            .map_or(0, |slash| slash + 1);
        let end = behind
            .and_then(|behind| behind.find('/'))
            .map_or(text.len(), |len| at + len);
        let segment = text.get(start..end).unwrap_or_default().to_string();
        match fault {
            Fault::NoSlash => Self::NoSlash,
            Fault::TooLong => Self::TooLong,
            Fault::TooManySegments => Self::TooManySegments,
            Fault::TooManyParameters => Self::TooManyParameters,
            Fault::Brace => Self::Brace(segment),
            Fault::NoName => Self::NoName(segment),
            Fault::SameName => {
                let name = behind.and_then(|behind| behind.split('}').next());
                Self::SameName(name.unwrap_or_default().to_string())
            }
            Fault::Touching => Self::Touching(segment),
            Fault::CatchAll => Self::CatchAll(segment),
            Fault::NotAPath => Self::NotAPath(segment),
            Fault::DotSegment => Self::DotSegment(segment),
            Fault::Escape => Self::Escape(segment),
            Fault::NotText => Self::NotText(segment),
        }
    }
}

/// As written, with the types that descriptors told: `/v1/{id:uuid}/hello`.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.text.as_str();
        for name in &self.types {
            let Some((before, behind)) = rest.split_once('}') else {
                break;
            };
            write!(f, "{before}:{name}}}")?;
            rest = behind;
        }
        f.write_str(rest)
    }
}

impl core::str::FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        Self::parse(text)
    }
}
