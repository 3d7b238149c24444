//! Values → path and query, collected one by one.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Given, Param, ParamKind};
use crate::template::{NamedValue, Template, UrlError, write_pair, write_path};

/// Collects values and makes of them the path and the query that a request has them in.
#[derive(Debug, Clone)]
#[must_use]
pub struct UrlBuilder<'t> {
    template: &'t Template,
    path: Vec<(&'static str, String)>,
    query: String,
    error: Option<UrlError<String>>,
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
        let mut text = String::new();
        match param.write(value, &mut text) {
            Ok(()) => self.path.push((param.name(), text)),
            Err(fault) => self.keep(UrlError::Value {
                name: param.name(),
                fault,
            }),
        }
        self
    }

    /// One more pair of the query.
    pub fn query<T: ?Sized + ParamKind>(mut self, param: Param<T>, value: &T) -> Self {
        let separator = if self.query.is_empty() { '?' } else { '&' };
        let value: Given<'_, T> = param.with(value);
        if let Err(error) = write_pair(separator, &value, &mut self.query) {
            self.keep(error);
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
    pub fn build(self) -> Result<String, UrlError<String>> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let values: Vec<&dyn NamedValue<'_>> = self.path.iter().map(|value| value as _).collect();
        let mut url = String::new();
        write_path(self.template.as_str(), &values, &mut url).map_err(UrlError::into_owned)?;
        url.push_str(&self.query);
        Ok(url)
    }

    /// Keeps the first fault.
    fn keep(&mut self, error: UrlError<&str>) {
        self.error.get_or_insert(error.into_owned());
    }
}
