//! Routes and documents → [`Router`].

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::allow::{AllowTable, MOST_SETS};
use super::{Origin, Router, TrailingSlash};
use crate::method::{self, MethodSet};
use crate::template::{Segment, Template, TemplateError};
use crate::trie::backtrack::Backtracker;
use crate::trie::{Compiler, Method};

/// Collects routes and compiles them into a [`Router`].
#[derive(Debug, Default)]
#[must_use]
pub struct RouterBuilder {
    routes: Vec<Origin>,
    base_paths: Vec<String>,
    trailing_slash: TrailingSlash,
    keeps_first: bool,
    errors: Vec<BuildError>,
    #[cfg(feature = "openapi")]
    operations: Vec<Planned>,
    #[cfg(feature = "openapi")]
    base: BasePath,
}

/// An operation that waits for its base paths.
#[cfg(feature = "openapi")]
#[derive(Debug)]
struct Planned {
    origin: Origin,
    /// The paths of the operation's servers, the first one first.
    bases: Vec<String>,
}

/// Which of a document's `servers` the paths of its operations are put behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum BasePath {
    /// None: paths are as written.
    #[default]
    AsWritten,
    /// The path of the first server of each operation.
    FirstServer,
    /// The paths of all servers of each operation.
    EveryServer,
}

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
pub struct BuildErrors(Vec<BuildError>);

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

impl RouterBuilder {
    /// Adds a route: a method token, a [`Template`] and the number that [`Match`](super::Match) gives
    /// back, which several routes may share.
    pub fn route(mut self, method: &str, template: &str, route: u32) -> Self {
        self.add(method, template, route);
        self
    }

    /// Adds a route, as [`route`](Self::route) does, where routes come in a loop.
    pub fn add(&mut self, method: &str, template: &str, route: u32) -> &mut Self {
        self.routes.push(Origin {
            method: method.to_owned(),
            template: template.to_owned(),
            route,
        });
        self
    }

    /// Puts all routes behind a path such as `/api/v1`; given several times, behind each of them.
    pub fn base_path(mut self, path: &str) -> Self {
        self.base_paths.push(path.trim_end_matches('/').to_owned());
        self
    }

    /// What a slash at the end of a path means; [`TrailingSlash::Strict`] unless said otherwise.
    pub fn trailing_slash(mut self, policy: TrailingSlash) -> Self {
        self.trailing_slash = policy;
        self
    }

    /// Keeps the first of several routes that have the same method and the same shape, rather than
    /// refusing them; [`Router::shadowed`] tells which were left out.
    ///
    /// Some published documents tell operations apart by what no request line shows
    /// (`/items#by-name`); all but the first of them can never be reached.
    pub fn keep_first(mut self) -> Self {
        self.keeps_first = true;
        self
    }

    /// Adds the operations of a document; routes are the indices of
    /// [`OperationId`](brrtrouter_spec::OperationId)s.
    #[cfg(feature = "openapi")]
    pub fn spec(mut self, spec: &brrtrouter_spec::Spec) -> Self {
        for operation in &spec.operations {
            let servers = if operation.servers.is_empty() {
                &spec.servers
            } else {
                &operation.servers
            };
            let mut bases: Vec<String> = Vec::new();
            for base in servers.iter().map(crate::openapi::server_path) {
                if !bases.contains(&base) {
                    bases.push(base);
                }
            }
            self.operations.push(Planned {
                origin: Origin {
                    method: operation.method.clone(),
                    template: operation.path.clone(),
                    route: operation.id.index() as u32,
                },
                bases,
            });
        }
        self
    }

    /// Which servers the operations of a document are put behind; [`BasePath::AsWritten`] unless said
    /// otherwise.
    #[cfg(feature = "openapi")]
    pub fn servers(mut self, base: BasePath) -> Self {
        self.base = base;
        self
    }

    /// Compiles the routes.
    ///
    /// # Errors
    ///
    /// All that is wrong with the routes, at once.
    pub fn build(mut self) -> Result<Router, BuildErrors> {
        let mut names: Vec<String> = method::STANDARD.map(ToString::to_string).into();
        let mut shapes: BTreeMap<Box<[Segment]>, Shape> = BTreeMap::new();
        let mut routes: Vec<Vec<(Template, u32)>> = Vec::new();
        let mut accepted: Vec<Origin> = Vec::new();
        let mut shadowed: Vec<(u32, u32)> = Vec::new();
        for origin in self.take_routes() {
            let Some((number, template)) = self.check(&origin, &mut names) else {
                continue;
            };
            let shape = shapes.entry(template.segments().into()).or_default();
            match shape.routes.iter().find(|(own, _)| *own == number) {
                Some(&(_, first)) => {
                    if let Some(first) = accepted.get(first as usize) {
                        if self.keeps_first {
                            shadowed.push((first.route, origin.route));
                            continue;
                        }
                        self.errors.push(BuildError::SameShape {
                            method: origin.method,
                            first: first.template.clone(),
                            first_route: first.route,
                            second: origin.template,
                            second_route: origin.route,
                        });
                    }
                }
                None => {
                    shape.methods = shape.methods.with(MethodSet::of(number));
                    shape.routes.push((number, accepted.len() as u32));
                    let slot = usize::from(number);
                    if routes.len() <= slot {
                        routes.resize_with(slot + 1, Vec::new);
                    }
                    if let Some(routes) = routes.get_mut(slot) {
                        routes.push((template, origin.route));
                    }
                    accepted.push(origin);
                }
            }
        }
        let sets: BTreeSet<MethodSet> = shapes.into_values().map(|shape| shape.methods).collect();
        let tokens: Vec<&str> = names.iter().map(String::as_str).collect();
        let Some(allow) = AllowTable::new(&sets, &tokens) else {
            self.errors.push(BuildError::TooManyMethodSets);
            return Err(BuildErrors(self.errors));
        };
        if !self.errors.is_empty() {
            return Err(BuildErrors(self.errors));
        }
        let mut compiler = Compiler::new();
        let mut methods = [Method::default(); method::MOST];
        let mut plain: Vec<Option<Backtracker>> = Vec::new();
        let mut used = MethodSet::EMPTY;
        for (number, routes) in routes.iter().enumerate() {
            let mut own_plain = None;
            if !routes.is_empty()
                && let Some(method) = methods.get_mut(number)
            {
                (*method, own_plain) = compiler.add(routes);
                used = used.with(MethodSet::of(number as u8));
            }
            plain.push(own_plain);
        }
        Ok(Router {
            tables: compiler.finish(),
            methods,
            plain,
            used,
            custom_methods: names
                .into_iter()
                .skip(method::STANDARD.len())
                .map(String::into_boxed_str)
                .collect::<Vec<Box<str>>>(),
            allow,
            trailing_slash: self.trailing_slash,
            routes: accepted.len(),
            shadowed,
        })
    }

    /// All routes, behind their base paths.
    fn take_routes(&mut self) -> Vec<Origin> {
        #[cfg_attr(not(feature = "openapi"), allow(unused_mut))]
        let mut routes = core::mem::take(&mut self.routes);
        #[cfg(feature = "openapi")]
        for planned in core::mem::take(&mut self.operations) {
            let bases = match self.base {
                BasePath::AsWritten => &[][..],
                BasePath::FirstServer => planned.bases.get(..1).unwrap_or_default(),
                BasePath::EveryServer => &planned.bases,
            };
            if planned.origin.template.contains("{*") {
                self.errors.push(BuildError::CatchAllInDocument {
                    method: planned.origin.method,
                    template: planned.origin.template,
                    route: planned.origin.route,
                });
            } else {
                routes.extend(behind(bases, planned.origin));
            }
        }
        if self.base_paths.is_empty() {
            return routes;
        }
        routes
            .into_iter()
            .flat_map(|origin| behind(&self.base_paths, origin))
            .collect()
    }

    fn check(&mut self, origin: &Origin, names: &mut Vec<String>) -> Option<(u8, Template)> {
        let template = match Template::parse(&origin.template) {
            Ok(template) => Some(template),
            Err(reason) => {
                self.errors.push(BuildError::Template {
                    method: origin.method.clone(),
                    template: origin.template.clone(),
                    route: origin.route,
                    reason,
                });
                None
            }
        };
        if !method::is_token(&origin.method) || origin.method.len() > method::LONGEST {
            self.errors.push(BuildError::Method {
                method: origin.method.clone(),
                template: origin.template.clone(),
                route: origin.route,
            });
            return None;
        }
        let number = match names.iter().position(|name| *name == origin.method) {
            Some(number) => number,
            None if names.len() == method::MOST => {
                self.errors.push(BuildError::TooManyMethods {
                    method: origin.method.clone(),
                    template: origin.template.clone(),
                    route: origin.route,
                });
                return None;
            }
            None => {
                names.push(origin.method.clone());
                names.len() - 1
            }
        };
        Some((number as u8, template?))
    }
}

/// The routes of one shape, each with its method.
#[derive(Default)]
struct Shape {
    methods: MethodSet,
    routes: Vec<(u8, u32)>,
}

/// A route behind each of some paths; as it is where there is none.
fn behind(bases: &[String], origin: Origin) -> Vec<Origin> {
    if bases.is_empty() {
        return Vec::from([origin]);
    }
    bases
        .iter()
        .map(|base| Origin {
            template: format!("{base}{}", origin.template),
            ..origin.clone()
        })
        .collect()
}
