//! Values → path and query.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Param, ParamFault, ParamKind};
use crate::percent;
use crate::template::{ExpandError, Template};

/// Why values make no URL.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// They make no path of the template.
    #[error(transparent)]
    Path(#[from] ExpandError),
    /// A value is not as its descriptor says, so that the URL would be refused.
    #[error("the value of {name:?} {fault}")]
    Value {
        /// The parameter.
        name: String,
        /// What is wrong with the value.
        fault: ParamFault,
    },
}

/// Collects values and makes of them the path and the query that a request has them in.
#[derive(Debug, Clone)]
#[must_use]
pub struct UrlBuilder<'t> {
    template: &'t Template,
    path: Vec<(&'static str, String)>,
    query: String,
    error: Option<UrlError>,
}

impl Template {
    /// Builds a URL of this template from values.
    ///
    /// ```
    /// use brrtrouter_core::{Param, Template};
    ///
    /// const NAME: Param<str> = Param::new("name");
    /// const LIMIT: Param<u32> = Param::new("limit");
    ///
    /// let visits = Template::builder().literal("pets").param(NAME).literal("visits").build()?;
    /// let url = visits.url().path(NAME, "rex/ii").query(LIMIT, &20).query(NAME, "a&b").build()?;
    /// assert_eq!(url, "/pets/rex%2Fii/visits?limit=20&name=a%26b");
    /// assert!(visits.url().path(NAME, "..").build().is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn url(&self) -> UrlBuilder<'_> {
        UrlBuilder {
            template: self,
            path: Vec::new(),
            query: String::new(),
            error: None,
        }
    }
}

impl UrlBuilder<'_> {
    /// The value of a parameter of the path; of several for the same one the last counts.
    pub fn path<T: ?Sized + ParamKind>(mut self, param: Param<T>, value: &T) -> Self {
        if let Some(text) = self.write(param, value) {
            self.path.retain(|(name, _)| *name != param.name());
            self.path.push((param.name(), text));
        }
        self
    }

    /// One more pair of the query.
    pub fn query<T: ?Sized + ParamKind>(mut self, param: Param<T>, value: &T) -> Self {
        if let Some(text) = self.write(param, value) {
            let separator = if self.query.is_empty() { '?' } else { '&' };
            self.query.push(separator);
            percent::encode_unreserved(param.name().as_bytes(), &mut self.query);
            self.query.push('=');
            percent::encode_unreserved(text.as_bytes(), &mut self.query);
        }
        self
    }

    /// Path and query, encoded (RFC 3986 §3.3 and §3.4) such that a lookup gives back just these
    /// values.
    ///
    /// # Errors
    ///
    /// The first [`UrlError`]: a value that is missing, in vain or not as its descriptor says, or one
    /// that no path can hold: nothing at all, or what makes a segment `.` or `..`.
    pub fn build(self) -> Result<String, UrlError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let values: Vec<(&str, &str)> = self
            .path
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let mut url = self.template.expand(&values)?;
        url.push_str(&self.query);
        Ok(url)
    }

    /// The text of a value; the first fault is kept.
    fn write<T: ?Sized + ParamKind>(&mut self, param: Param<T>, value: &T) -> Option<String> {
        let mut text = String::new();
        let fault = match param.write(value, &mut text) {
            Ok(()) if text.contains('\0') => ParamFault::Encoding,
            Ok(()) => return Some(text),
            Err(fault) => fault,
        };
        self.error.get_or_insert(UrlError::Value {
            name: param.name().to_string(),
            fault,
        });
        None
    }
}
