//! Path templates: `/pets/{id}`, `/files/{name}.{ext}`, `/static/{*rest}`.

mod build;
mod expand;

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;

pub use build::TemplateBuilder;
pub use expand::ExpandError;

use crate::path::{LONGEST_PATH, MOST_PARAMETERS, MOST_SEGMENTS};
use crate::percent::{self, Fault, Plus};

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
    text: String,
    segments: Vec<Segment>,
    names: Vec<String>,
    /// The types of the parameters, where descriptors told them.
    types: Vec<&'static str>,
}

/// What one segment of a path must be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Segment {
    /// Exactly these bytes, decoded.
    Literal(Box<[u8]>),
    /// Parameters between literals.
    Affixed(Affix),
    /// One parameter.
    Parameter,
    /// All that is left of the path.
    CatchAll,
}

/// Literals with a parameter between each two: before the first and after the last one there may be
/// nothing, between them there is something.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Affix {
    pub(crate) literals: Vec<Box<[u8]>>,
}

impl Affix {
    pub(crate) fn parameters(&self) -> usize {
        self.literals.len() - 1
    }

    /// Whether a decoded segment has these literals in their places.
    pub(crate) fn matches_decoded(&self, segment: &[u8]) -> bool {
        crate::affix::matches_decoded(self.literals.as_slice(), segment)
    }

    /// More literal bytes first, then the longer prefix, the longer suffix, fewer parameters, and
    /// last the literals themselves.
    fn precedence(&self, other: &Self) -> Ordering {
        let weight = |affix: &Self| affix.literals.iter().map(|text| text.len()).sum::<usize>();
        let prefix = |affix: &Self| affix.literals.first().map_or(0, |text| text.len());
        let suffix = |affix: &Self| affix.literals.last().map_or(0, |text| text.len());
        weight(other)
            .cmp(&weight(self))
            .then_with(|| prefix(other).cmp(&prefix(self)))
            .then_with(|| suffix(other).cmp(&suffix(self)))
            .then_with(|| self.parameters().cmp(&other.parameters()))
            .then_with(|| self.literals.cmp(&other.literals))
    }
}

impl PartialOrd for Segment {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Precedence: what comes first is tried first.
impl Ord for Segment {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |segment: &Self| match segment {
            Segment::Literal(_) => 0,
            Segment::Affixed(_) => 1,
            Segment::Parameter => 2,
            Segment::CatchAll => 3,
        };
        match (self, other) {
            (Segment::Literal(one), Segment::Literal(other)) => one.cmp(other),
            (Segment::Affixed(one), Segment::Affixed(other)) => one.precedence(other),
            _ => rank(self).cmp(&rank(other)),
        }
    }
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
        let Some(body) = text.strip_prefix('/') else {
            return Err(TemplateError::NoSlash);
        };
        if text.len() > LONGEST_PATH {
            return Err(TemplateError::TooLong);
        }
        let mut template = Self {
            text: text.to_string(),
            segments: Vec::new(),
            names: Vec::new(),
            types: Vec::new(),
        };
        let mut parts = body.split('/').peekable();
        while let Some(part) = parts.next() {
            if template.segments.len() == MOST_SEGMENTS {
                return Err(TemplateError::TooManySegments);
            }
            let segment = template.read_segment(part, parts.peek().is_none())?;
            template.segments.push(segment);
        }
        Ok(template)
    }

    fn read_segment(&mut self, part: &str, is_last: bool) -> Result<Segment, TemplateError> {
        if let Some(name) = part.strip_prefix("{*") {
            return match name.strip_suffix('}') {
                Some(name) if is_last && !name.contains(['{', '}']) => {
                    self.read_name(name, part)?;
                    Ok(Segment::CatchAll)
                }
                _ => Err(TemplateError::CatchAll(part.to_string())),
            };
        }
        let mut literals = Vec::new();
        let mut rest = part;
        while let Some((literal, tail)) = rest.split_once('{') {
            let Some((name, tail)) = tail.split_once('}') else {
                return Err(TemplateError::Brace(part.to_string()));
            };
            if name.contains('{') {
                return Err(TemplateError::Brace(part.to_string()));
            }
            if name.starts_with('*') {
                return Err(TemplateError::CatchAll(part.to_string()));
            }
            if literal.is_empty() && !literals.is_empty() {
                return Err(TemplateError::Touching(part.to_string()));
            }
            self.read_name(name, part)?;
            literals.push(read_literal(literal, part)?);
            rest = tail;
        }
        let last = read_literal(rest, part)?;
        if literals.is_empty() {
            return if percent::is_dots(part.as_bytes()) {
                Err(TemplateError::DotSegment(part.to_string()))
            } else {
                Ok(Segment::Literal(last))
            };
        }
        literals.push(last);
        Ok(if literals.iter().all(|literal| literal.is_empty()) {
            Segment::Parameter
        } else {
            Segment::Affixed(Affix { literals })
        })
    }

    fn read_name(&mut self, name: &str, part: &str) -> Result<(), TemplateError> {
        if name.is_empty() {
            return Err(TemplateError::NoName(part.to_string()));
        }
        if self.names.iter().any(|other| other == name) {
            return Err(TemplateError::SameName(name.to_string()));
        }
        if self.names.len() == MOST_PARAMETERS {
            return Err(TemplateError::TooManyParameters);
        }
        self.names.push(name.to_string());
        Ok(())
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

    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }
}

fn read_literal(literal: &str, part: &str) -> Result<Box<[u8]>, TemplateError> {
    if literal.contains('}') {
        return Err(TemplateError::Brace(part.to_string()));
    }
    if literal.contains(['?', '#']) {
        return Err(TemplateError::NotAPath(part.to_string()));
    }
    match percent::decode(literal.as_bytes(), Plus::Plus) {
        Ok(text) if text.contains('\0') => Err(TemplateError::NotText(part.to_string())),
        Ok(text) => Ok(text.into_owned().into_bytes().into_boxed_slice()),
        Err(Fault::Escape) => Err(TemplateError::Escape(part.to_string())),
        Err(Fault::Utf8 | Fault::Nul) => Err(TemplateError::NotText(part.to_string())),
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
