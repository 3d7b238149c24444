//! What became of a request.

use core::fmt;

use super::Allow;
use crate::path::BadPath;

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lookup<'r> {
    /// A route.
    Found(Match),
    /// `OPTIONS` of a path that has routes, none of them for `OPTIONS`; or `OPTIONS *`.
    Options(Allow<'r>),
    /// No route has that path: 404.
    NotFound,
    /// Routes have that path, but none has the method: 405.
    MethodNotAllowed(Allow<'r>),
    /// The same path with or without a slash at its end has the route: 308
    /// ([`TrailingSlash::Redirect`](super::TrailingSlash::Redirect) only).
    Redirect(Redirect),
    /// The target is none that could be served: 400, or 414 where it is too long.
    BadPath(BadPath),
}

/// A route that has the method and the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Match {
    /// The number that the route was added with.
    pub route: u32,
    /// Whether the request is `HEAD` and the route one for `GET`.
    pub head_from_get: bool,
}

impl Match {
    /// The operation, where the routes are those of a document.
    #[cfg(feature = "openapi")]
    pub fn operation(&self) -> brrtrouter_spec::OperationId {
        brrtrouter_spec::OperationId::new(self.route)
    }
}

/// Where a path with another end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Redirect {
    /// The path with a slash at its end.
    AddSlash,
    /// The path without the slash at its end.
    RemoveSlash,
}

impl Redirect {
    /// The value of the `Location` field for the target that was looked up, with its query.
    pub fn location<'t>(self, target: &'t str) -> impl fmt::Display + 't {
        Location {
            redirect: self,
            target,
        }
    }
}

struct Location<'t> {
    redirect: Redirect,
    target: &'t str,
}

impl fmt::Display for Location<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.target.find('?').unwrap_or(self.target.len());
        let (path, query) = self.target.split_at(end);
        match self.redirect {
            Redirect::AddSlash => write!(f, "{path}/{query}"),
            Redirect::RemoveSlash => {
                write!(f, "{}{query}", path.strip_suffix('/').unwrap_or(path))
            }
        }
    }
}
