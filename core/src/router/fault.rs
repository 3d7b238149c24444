//! What is wrong with routes.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::allow_values::MOST_SETS;
use crate::method;
use crate::template::TemplateError;

/// One fault of a router's routes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A template is none.
    #[error("{method} {template:?} (route {route}) is no path template: {reason}")]
    Template {
        /// The method.
        method: String,
        /// The template as given, with its base path.
        template: String,
        /// The number of the route.
        route: u32,
        /// What is wrong with it.
        #[source]
        reason: TemplateError,
    },
    /// A method is no token (RFC 9110 §9.1), or a very long one.
    #[error("{method:?} of {template:?} (route {route}) is no method")]
    Method {
        /// The method as given.
        method: String,
        /// The template.
        template: String,
        /// The number of the route.
        route: u32,
    },
    /// Two routes have the same method and the same shape, so that no path tells them apart.
    #[error(
        "{method} {first:?} (route {first_route}) and {second:?} (route {second_route}) match the same paths"
    )]
    SameShape {
        /// The method of both.
        method: String,
        /// The template that was there first.
        first: String,
        /// The number of its route.
        first_route: u32,
        /// The template that came second.
        second: String,
        /// The number of its route.
        second_route: u32,
    },
    /// More methods than a router tells apart.
    #[error(
        "{method:?} of {template:?} (route {route}) is one method more than a router tells apart ({})",
        method::MOST
    )]
    TooManyMethods {
        /// The method that is too many.
        method: String,
        /// The template.
        template: String,
        /// The number of the route.
        route: u32,
    },
    /// Paths have more different sets of methods than are made ready.
    #[error("the paths have more than {MOST_SETS} different sets of methods")]
    TooManyMethodSets,
    /// A catch-all in a document, which OpenAPI does not know.
    #[error("{method} {template:?} (route {route}) has a catch-all, which openapi does not know")]
    CatchAllInDocument {
        /// The method.
        method: String,
        /// The template.
        template: String,
        /// The number of the route.
        route: u32,
    },
}

/// All that is wrong with a router's routes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildErrors(pub(super) Vec<BuildError>);

impl BuildErrors {
    /// The faults, in the order of the routes.
    pub fn iter(&self) -> core::slice::Iter<'_, BuildError> {
        self.0.iter()
    }
}

impl<'e> IntoIterator for &'e BuildErrors {
    type Item = &'e BuildError;
    type IntoIter = core::slice::Iter<'e, BuildError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for BuildErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl core::error::Error for BuildErrors {}
