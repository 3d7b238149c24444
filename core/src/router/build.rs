//! Routes and documents → [`Router`].

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{BuildError, BuildErrors, Router, TrailingSlash, allow_values};
use crate::inspect::Routes;
use crate::method::{self, MethodSet, Number};
use crate::template::{Segment, Template};
use crate::trie::compile::compile;
use crate::trie::owned::OwnedTables;
use crate::trie::tables::only;

/// Collects routes and compiles them into a [`Router`].
#[derive(Debug, Default)]
#[must_use]
pub struct RouterBuilder {
    routes: Vec<Origin>,
    base_paths: Vec<String>,
    trailing_slash: TrailingSlash,
    keeps_first: bool,
    /// What routes are called.
    names: BTreeMap<u32, String>,
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

    /// Gives a route a name, which [`Router::name`] gives back; those of a document are called by their
    /// `operationId`.
    pub fn name(mut self, route: u32, name: &str) -> Self {
        self.names.insert(route, name.to_owned());
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
            self.names
                .insert(operation.id.index() as u32, operation.name.clone());
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
                    let slot = number as usize;
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
        let unions = allow_values::unions(&sets);
        if unions.is_err() {
            self.errors.push(BuildError::TooManyMethodSets);
        }
        let unions = match unions {
            Ok(unions) if self.errors.is_empty() => unions,
            _ => return Err(BuildErrors(self.errors)),
        };
        let mut tables = compile(&routes);
        tables.only = only(tables.used, self.trailing_slash);
        tables.trailing_slash = self.trailing_slash;
        let tokens: Vec<&str> = names.iter().map(String::as_str).collect();
        allow_values::write(&unions, &tokens, &mut tables);
        for name in tokens.iter().skip(method::STANDARD.len()) {
            let name = tables.add_name(name);
            tables.customs.push(name);
        }
        self.name_routes(routes.iter().flatten(), &mut tables);
        tables.shrink_to_fit();
        let mut listed = Routes::default();
        for origin in &accepted {
            listed.push(&origin.method, &origin.template, origin.route);
        }
        Ok(Router {
            tables,
            listed,
            shadowed,
        })
    }

    /// Writes what each route and its parameters are called.
    fn name_routes<'t>(
        &self,
        routes: impl Iterator<Item = &'t (Template, u32)>,
        tables: &mut OwnedTables,
    ) {
        let mut first: BTreeMap<u32, &Template> = BTreeMap::new();
        for (template, route) in routes {
            first.entry(*route).or_insert(template);
        }
        let mut runs: BTreeMap<Vec<&str>, u32> = BTreeMap::new();
        let mut known: BTreeMap<&str, [u32; 2]> = BTreeMap::new();
        for (route, template) in first {
            let names: Vec<&str> = template.names().collect();
            let fresh = tables.parameters.len() as u32;
            let run = *runs.entry(names.clone()).or_insert(fresh);
            if run == fresh {
                tables.parameters.push([names.len() as u32, 0]);
                for name in names {
                    let name = known.entry(name).or_insert_with(|| tables.add_name(name));
                    tables.parameters.push(*name);
                }
            }
            tables.routes.push([route, run]);
            if let Some(name) = self.names.get(&route) {
                let [start, len] = tables.add_name(name);
                tables.route_names.push([route, start, len]);
            }
        }
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

    fn check(&mut self, origin: &Origin, names: &mut Vec<String>) -> Option<(Number, Template)> {
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
        Some((number as Number, template?))
    }
}

/// Where a route comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin {
    method: String,
    template: String,
    route: u32,
}

/// The routes of one shape, each with its method.
#[derive(Default)]
struct Shape {
    methods: MethodSet,
    routes: Vec<(Number, u32)>,
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
