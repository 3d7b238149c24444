use brrtrouter_core::{Lookup, PathParams, Router};
use brrtrouter_spec::Spec;
use brrtrouter_transport::{Request, Response};

use crate::middleware::Context;
use crate::operations::{Endpoint, Visit};
use crate::problem::Problem;

/// Where what is mounted; few, so they are compared one after the other.
#[derive(Default)]
pub(crate) struct Mounts {
    all: Vec<Mount>,
}

struct Mount {
    /// Without a slash at its end.
    path: String,
    endpoint: Box<dyn Endpoint>,
    reaches_below: bool,
}

impl Mounts {
    /// Puts an endpoint at a path, in place of what was there.
    pub(crate) fn insert(&mut self, path: String, endpoint: Box<dyn Endpoint>) {
        let path = path.trim_end_matches('/').to_owned();
        self.all.retain(|mount| mount.path != path);
        let reaches_below = endpoint.reaches_below();
        self.all.push(Mount {
            path,
            endpoint,
            reaches_below,
        });
        // The longest path first, so that what stands below another is found.
        self.all
            .sort_by_key(|mount| std::cmp::Reverse(mount.path.len()));
    }

    /// Lets nothing answer at that path.
    pub(crate) fn remove(&mut self, path: &str) {
        let path = path.trim_end_matches('/');
        self.all.retain(|mount| mount.path != path);
    }

    /// The same in a service over `spec`; says in the log what the document keeps from being reached.
    pub(crate) fn for_document(self, spec: &Spec, router: &Router) -> Self {
        let all = self.all.into_iter().map(|mut mount| {
            if let Some(bound) = mount.endpoint.for_document(spec) {
                mount.endpoint = bound;
            }
            let path = if mount.path.is_empty() {
                "/"
            } else {
                &mount.path
            };
            let looked_up = router.lookup("GET", path, &mut PathParams::new());
            if !matches!(looked_up, Lookup::NotFound | Lookup::Redirect(_)) {
                log::warn!(
                    "an operation of the document answers at {path}, not what is mounted there"
                );
            }
            mount
        });
        Self { all: all.collect() }
    }

    /// Lets what is mounted at the path of the request answer; `None` if nothing is.
    pub(crate) fn answer(
        &self,
        request: &mut Request<'_>,
        response: &mut Response,
        context: &mut Context,
    ) -> Option<Result<(), Problem>> {
        let target = request.target;
        let path = target.split('?').next().unwrap_or_default();
        let (mount, below) = self.all.iter().find_map(|mount| {
            let below = path.strip_prefix(mount.path.as_str())?;
            let is_here = below.is_empty() || (below == "/" && mount.path.is_empty());
            let is_below = mount.reaches_below && below.starts_with('/');
            (is_here || is_below).then_some((mount, below))
        })?;
        let visit = Visit {
            request,
            below,
            context,
        };
        Some(mount.endpoint.answer(visit, response))
    }
}
