use std::fmt;
use std::ops::Deref;

use crate::routes::RouterBuilder;

/// The routes of a service.
///
/// [`builder`](Self::builder) starts to write routes in code; see [`routes`](crate::routes). Those of a
/// service that is built, a document's and others alike, are
/// [`AppService::router`](crate::AppService::router): they can be looked up, explained and shown.
pub struct Router(brrtrouter_core::Router);

impl Router {
    /// No routes yet, to be written in code.
    pub fn builder() -> RouterBuilder {
        RouterBuilder::default()
    }

    pub(crate) fn new(tables: brrtrouter_core::Router) -> Self {
        Self(tables)
    }
}

impl Deref for Router {
    type Target = brrtrouter_core::Router;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// All routes as a tree.
impl fmt::Display for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
