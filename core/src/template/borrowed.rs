//! Templates of programs.

use core::fmt;

use super::grammar;
use super::url::{self, NamedValue, UrlError};
use crate::descriptor::Descriptor;

/// A path template that a program has in its text, with the descriptors of its parameters: what a
/// [`Template`](crate::Template) is, without an allocator.
///
/// ```
/// use brrtrouter_core::{Param, TemplateRef};
///
/// const VALVE: Param<u16> = Param::new("valve");
/// const OPEN: Param<bool> = Param::new("open");
/// // A text that is no template does not compile.
/// const READINGS: TemplateRef<'_> =
///     TemplateRef::new("/valves/{valve}/readings", &[&VALVE]).unwrap();
///
/// assert_eq!(READINGS.to_string(), "/valves/{valve:uint16}/readings");
///
/// let mut url = String::new(); // or anything else that can be written to
/// READINGS.write_url(&mut url, &[&VALVE.with(&7)], &[&OPEN.with(&true)])?;
/// assert_eq!(url, "/valves/7/readings?open=true");
/// # Ok::<(), brrtrouter_core::UrlError<&str>>(())
/// ```
#[derive(Clone, Copy)]
pub struct TemplateRef<'t> {
    text: &'t str,
    descriptors: &'t [&'t dyn Descriptor],
}

impl<'t> TemplateRef<'t> {
    /// The template of that text; `None` where it is none, for which
    /// [`Template::parse`](crate::Template::parse) would say why.
    ///
    /// Of the descriptors those count whose names are in the template.
    pub const fn new(text: &'t str, descriptors: &'t [&'t dyn Descriptor]) -> Option<Self> {
        match grammar::check(text) {
            Ok(()) => Some(Self { text, descriptors }),
            Err(_) => None,
        }
    }

    /// The template as written.
    pub const fn as_str(self) -> &'t str {
        self.text
    }

    /// The names of its parameters, in the order in which a path has their values.
    pub fn names(self) -> impl Iterator<Item = &'t str> {
        grammar::names(self.text)
    }

    /// Writes path and query, encoded (RFC 3986 §3.3 and §3.4) such that a lookup gives back just
    /// these values; [`Param::with`](crate::Param::with) makes one.
    ///
    /// # Errors
    ///
    /// The first [`UrlError`]; what was written before it is of no use.
    pub fn write_url(
        self,
        out: &mut dyn fmt::Write,
        path: &[&dyn NamedValue<'t>],
        query: &[&dyn NamedValue<'t>],
    ) -> Result<(), UrlError<&'t str>> {
        url::write_path(self.text, path, out)?;
        let mut separator = '?';
        for value in query {
            url::write_pair(separator, *value, out)?;
            separator = '&';
        }
        Ok(())
    }
}

impl fmt::Debug for TemplateRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TemplateRef({self})")
    }
}

/// As written, with the types of its descriptors: `/v1/{id:uuid}/hello`.
impl fmt::Display for TemplateRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.text;
        for name in self.names() {
            let Some((before, behind)) = rest.split_once('}') else {
                break;
            };
            f.write_str(before)?;
            let mut all = self.descriptors.iter();
            if let Some(own) = all.find(|own| own.name() == name) {
                write!(f, ":{}", own.type_name())?;
            }
            f.write_str("}")?;
            rest = behind;
        }
        f.write_str(rest)
    }
}
