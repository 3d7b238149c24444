use std::collections::HashSet;

use brrtrouter_core::{BasePath, BuildError, BuildErrors, Router, TrailingSlash};
use brrtrouter_spec::Spec;
use brrtrouter_spec::model::{Operation, OperationId};

use crate::service::BuildFault;

/// How the paths of a document become routes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Routing {
    pub(super) base: BasePath,
    pub(super) trailing_slash: TrailingSlash,
}

impl Routing {
    /// The routes of `spec`.
    ///
    /// Real documents describe one path several times, apart by a fragment or a query that no router
    /// sees. Of such operations one can be served; the others are left out by those who build the
    /// service, and then do not stand in its way.
    pub(super) fn compile(
        self,
        spec: &Spec,
        is_left_out: impl Fn(&Operation) -> bool,
    ) -> Result<Router, Vec<BuildFault>> {
        let errors = match self.build(spec) {
            Ok(router) => return Ok(router),
            Err(errors) => errors,
        };
        let mut shown = spec.clone();
        let mut errors = errors;
        loop {
            let given_up = give_up(spec, &errors, &is_left_out)?;
            shown
                .operations
                .retain(|operation| !given_up.contains(&operation.id));
            match self.build(&shown) {
                Ok(router) => return Ok(router),
                Err(next) => errors = next,
            }
        }
    }

    fn build(self, spec: &Spec) -> Result<Router, BuildErrors> {
        Router::builder()
            .servers(self.base)
            .trailing_slash(self.trailing_slash)
            .spec(spec)
            .build()
    }
}

/// The operations that make way for others of their shape, at least one; or what stays wrong.
fn give_up(
    spec: &Spec,
    errors: &BuildErrors,
    is_left_out: &impl Fn(&Operation) -> bool,
) -> Result<HashSet<OperationId>, Vec<BuildFault>> {
    let mut given_up = HashSet::new();
    let mut faults = Vec::new();
    for error in errors {
        let pair = match error {
            BuildError::SameShape {
                first_route,
                second_route,
                ..
            } => [*first_route, *second_route].map(|id| spec.operation(OperationId::new(id))),
            _ => [None, None],
        };
        match pair {
            [Some(first), Some(second)] if first.id != second.id => {
                if is_left_out(second) {
                    given_up.insert(second.id);
                } else if is_left_out(first) {
                    given_up.insert(first.id);
                } else {
                    faults.push(BuildFault::SamePath {
                        operation: second.name.clone(),
                        other: first.name.clone(),
                        method: second.method.clone(),
                        path: second.path.clone(),
                        location: second.location.clone(),
                    });
                }
            }
            _ => faults.push(BuildFault::Routes {
                message: error.to_string(),
            }),
        }
    }
    if faults.is_empty() {
        Ok(given_up)
    } else {
        Err(faults)
    }
}
