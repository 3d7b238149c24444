//! Reverse routing: values → a path that the template takes, and gives back as they were.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Affix, Segment, Template};
use crate::affix;
use crate::percent;

/// Why values make no path of a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExpandError {
    /// A parameter has no value.
    #[error("the parameter {0:?} has no value")]
    Missing(String),
    /// A value is for no parameter.
    #[error("there is no parameter {0:?}")]
    Unknown(String),
    /// A value is nothing, which no parameter takes.
    #[error("the value of {0:?} is empty")]
    Empty(String),
    /// The values make a segment `.` or `..`, which is never served.
    #[error("the values make the dot segment {0:?}")]
    DotSegment(String),
    /// The values of a segment with literals would be read back as others.
    #[error("the segment {0:?} would be read back as other values")]
    Ambiguous(String),
    /// A value holds NUL, which no path may.
    #[error("the value of {0:?} holds a nul character")]
    Nul(String),
}

impl Template {
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
    /// [`ExpandError`] where a value is missing or in vain, or where a lookup would not give back the
    /// values as they are.
    pub fn expand(&self, values: &[(&str, &str)]) -> Result<String, ExpandError> {
        if let Some((name, _)) = values
            .iter()
            .find(|(name, _)| !self.names.iter().any(|own| own == name))
        {
            return Err(ExpandError::Unknown((*name).to_owned()));
        }
        let mut names = self.names.iter();
        let mut next = || {
            let name = names.next().map_or("", String::as_str);
            let Some((_, value)) = values.iter().find(|(own, _)| *own == name) else {
                return Err(ExpandError::Missing(name.to_owned()));
            };
            if value.is_empty() {
                Err(ExpandError::Empty(name.to_owned()))
            } else if value.contains('\0') {
                Err(ExpandError::Nul(name.to_owned()))
            } else {
                Ok(*value)
            }
        };
        let mut path = String::new();
        for segment in &self.segments {
            path.push('/');
            let start = path.len();
            match segment {
                Segment::Literal(bytes) => percent::encode_path(bytes, &mut path),
                Segment::Parameter => percent::encode_path(next()?.as_bytes(), &mut path),
                Segment::Affixed(affix) => {
                    let values: Result<Vec<&str>, ExpandError> =
                        (0..affix.parameters()).map(|_| next()).collect();
                    expand_affix(affix, &values?, &mut path)?;
                }
                Segment::CatchAll => {
                    let value = next()?;
                    if value.starts_with('/') {
                        return Err(ExpandError::Ambiguous(value.to_owned()));
                    }
                    for (at, part) in value.split('/').enumerate() {
                        if at > 0 {
                            path.push('/');
                        }
                        percent::encode_path(part.as_bytes(), &mut path);
                    }
                }
            }
            let made = path.get(start..).unwrap_or_default();
            if let Some(dots) = made
                .split('/')
                .find(|part| percent::is_dots(part.as_bytes()))
            {
                return Err(ExpandError::DotSegment(dots.to_owned()));
            }
        }
        Ok(path)
    }
}

fn expand_affix(affix: &Affix, values: &[&str], path: &mut String) -> Result<(), ExpandError> {
    let start = path.len();
    for (at, literal) in affix.literals.iter().enumerate() {
        if let Some(value) = at.checked_sub(1).and_then(|before| values.get(before)) {
            percent::encode_path(value.as_bytes(), path);
        }
        percent::encode_path(literal, path);
    }
    let made = path.get(start..).unwrap_or_default();
    let mut is_same = true;
    let matches = affix::matches(
        affix.literals.as_slice(),
        made.as_bytes(),
        |at, from, to| {
            let mut encoded = String::new();
            percent::encode_path(
                values.get(at).map_or(&[], |value| value.as_bytes()),
                &mut encoded,
            );
            is_same &= made.get(from..to) == Some(&encoded);
        },
    );
    if matches && is_same {
        Ok(())
    } else {
        Err(ExpandError::Ambiguous(made.to_owned()))
    }
}
