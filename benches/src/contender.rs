//! One face for all routers.
//!
//! Each answers `GET`, told by its name, and touches the span of every parameter. The peers know no
//! methods: they are given one router behind the same test of the name.

use std::hint::black_box;

use brrtrouter_core::{Lookup, PathParams, Router};

/// A router with its routes.
pub trait Contender {
    /// The name in reports.
    fn name(&self) -> &'static str;

    /// Asks for a path: the route and a sum over the parameters' spans.
    fn find(&self, path: &str) -> Option<(u32, usize)>;

    /// The size of its tables in bytes, where it says so.
    fn table_bytes(&self) -> Option<usize> {
        None
    }

    /// Asks for all paths and sums up what comes back.
    fn pass(&self, lookups: &[(Option<u32>, String)]) -> usize {
        let mut sum = 0_usize;
        for (_, path) in lookups {
            if let Some((route, span)) = self.find(black_box(path)) {
                sum = sum.wrapping_add(route as usize).wrapping_add(span);
            }
        }
        sum
    }
}

/// How a contender is built from templates.
pub type Build = fn(&[String]) -> Option<Box<dyn Contender>>;

/// All contenders by name, this project's own first.
pub fn all() -> Vec<(&'static str, Build)> {
    vec![
        ("brrtrouter-core", |routes| Some(Box::new(Own::new(routes)))),
        #[cfg(feature = "peers")]
        ("matchit", peers::matchit),
        #[cfg(feature = "peers")]
        ("wayfind", peers::wayfind),
        #[cfg(feature = "peers")]
        ("path-tree", peers::path_tree),
        #[cfg(feature = "peers")]
        ("actix-router", peers::actix),
    ]
}

/// This project's router.
#[derive(Debug)]
pub struct Own(Router);

impl Own {
    /// The router of these templates; of those that are in each other's way the first.
    #[must_use]
    pub fn new(routes: &[String]) -> Self {
        let mut builder = Router::builder();
        for (number, route) in routes.iter().enumerate() {
            builder.add("GET", route, number as u32);
        }
        Self(builder.build().unwrap_or_else(|errors| {
            eprint_all(&errors);
            std::process::exit(2)
        }))
    }
}

/// Says why there is nothing to measure.
#[allow(clippy::print_stderr)]
fn eprint_all(errors: &brrtrouter_core::BuildErrors) {
    eprintln!("{errors}");
}

impl Contender for Own {
    fn name(&self) -> &'static str {
        "brrtrouter-core"
    }

    fn table_bytes(&self) -> Option<usize> {
        Some(self.0.table_bytes())
    }

    #[inline]
    fn find(&self, path: &str) -> Option<(u32, usize)> {
        self.ask(path, &mut PathParams::new())
    }

    fn pass(&self, lookups: &[(Option<u32>, String)]) -> usize {
        let mut sum = 0_usize;
        let mut params = PathParams::new();
        for (_, path) in lookups {
            if let Some((route, span)) = self.ask(black_box(path), &mut params) {
                sum = sum.wrapping_add(route as usize).wrapping_add(span);
            }
        }
        sum
    }
}

impl Own {
    #[inline]
    fn ask(&self, path: &str, params: &mut PathParams) -> Option<(u32, usize)> {
        match self.0.lookup(black_box("GET"), path, params) {
            Lookup::Found(found) => {
                let sum = params.spans().map(|span| span.end - span.start).sum();
                Some((found.route, sum))
            }
            _ => None,
        }
    }
}

#[cfg(feature = "peers")]
mod peers {
    use std::hint::black_box;

    use super::Contender;

    /// A router of a peer for `GET`.
    struct Peer<R> {
        name: &'static str,
        router: R,
        find: fn(&R, &str) -> Option<(u32, usize)>,
    }

    impl<R> Contender for Peer<R> {
        fn name(&self) -> &'static str {
            self.name
        }

        fn find(&self, path: &str) -> Option<(u32, usize)> {
            if black_box("GET") != "GET" {
                return None;
            }
            (self.find)(&self.router, path)
        }
    }

    pub(super) fn matchit(routes: &[String]) -> Option<Box<dyn Contender>> {
        struct Matchit(matchit::Router<u32>);
        impl Contender for Matchit {
            fn name(&self) -> &'static str {
                "matchit"
            }

            #[inline]
            fn find(&self, path: &str) -> Option<(u32, usize)> {
                if black_box("GET") != "GET" {
                    return None;
                }
                let found = self.0.at(path).ok()?;
                let sum = found.params.iter().map(|(_, value)| value.len()).sum();
                Some((*found.value, sum))
            }
        }
        let mut router = matchit::Router::new();
        for (number, route) in routes.iter().enumerate() {
            router.insert(route.as_str(), number as u32).ok()?;
        }
        Some(Box::new(Matchit(router)))
    }

    pub(super) fn wayfind(routes: &[String]) -> Option<Box<dyn Contender>> {
        struct Wayfind(wayfind::Router<u32>);
        impl Contender for Wayfind {
            fn name(&self) -> &'static str {
                "wayfind"
            }

            #[inline]
            fn find(&self, path: &str) -> Option<(u32, usize)> {
                if black_box("GET") != "GET" {
                    return None;
                }
                let found = self.0.search(path)?;
                let sum = found
                    .parameters()
                    .iter()
                    .map(|(_, value)| value.len())
                    .sum();
                Some((*found.data(), sum))
            }
        }
        let mut builder = wayfind::RouterBuilder::new();
        for (number, route) in routes.iter().enumerate() {
            let route = route.replace('{', "<").replace('}', ">");
            builder.insert(&route, number as u32).ok()?;
        }
        Some(Box::new(Wayfind(builder.build())))
    }

    pub(super) fn path_tree(routes: &[String]) -> Option<Box<dyn Contender>> {
        struct PathTree(path_tree::PathTree<u32>);
        impl Contender for PathTree {
            fn name(&self) -> &'static str {
                "path-tree"
            }

            #[inline]
            fn find(&self, path: &str) -> Option<(u32, usize)> {
                if black_box("GET") != "GET" {
                    return None;
                }
                let (route, found) = self.0.find(path)?;
                let sum = found.params_iter().map(|(_, value)| value.len()).sum();
                Some((*route, sum))
            }
        }
        let mut router = path_tree::PathTree::new();
        for (number, route) in routes.iter().enumerate() {
            let route = route.replace('{', ":").replace('}', "");
            let _ = router.insert(&route, number as u32);
        }
        Some(Box::new(PathTree(router)))
    }

    pub(super) fn actix(routes: &[String]) -> Option<Box<dyn Contender>> {
        // It tries routes in the order in which they were added, so literals must come first.
        let mut order: Vec<usize> = (0..routes.len()).collect();
        order.sort_by_key(|&number| {
            let segments = routes.get(number).map_or("", String::as_str).split('/');
            segments
                .map(|segment| segment.contains('{'))
                .collect::<Vec<_>>()
        });
        let mut builder = actix_router::Router::<u32>::build();
        for number in order {
            builder.path(routes.get(number)?.as_str(), number as u32);
        }
        Some(Box::new(Peer {
            name: "actix-router",
            router: builder.finish(),
            find: |router: &actix_router::Router<u32>, path| {
                let mut path = actix_router::Path::new(path);
                let (route, _) = router.recognize(&mut path)?;
                let sum = path.iter().map(|(_, value)| value.len()).sum();
                Some((*route, sum))
            },
        }))
    }
}
