use crate::extract::FromRequest;
use crate::handler::{HandlerRequest, Setup, SetupError};
use crate::problem::Problem;
use crate::security::Identity;

impl FromRequest for Identity {
    type Plan = ();

    fn prepare(setup: &Setup<'_>) -> Result<(), SetupError> {
        let security = &setup.operation().security;
        let demanded = security.iter().all(|one| !one.schemes.is_empty());
        if security.is_empty() || !demanded {
            return Err(SetupError::NotSecured);
        }
        Ok(())
    }

    fn from_request((): &(), request: &mut HandlerRequest<'_>) -> Result<Self, Problem> {
        request
            .identity()
            .cloned()
            .ok_or_else(|| Problem::internal("a secured operation was reached without an identity"))
    }
}

impl FromRequest for Option<Identity> {
    type Plan = ();

    fn prepare(_: &Setup<'_>) -> Result<(), SetupError> {
        Ok(())
    }

    fn from_request((): &(), request: &mut HandlerRequest<'_>) -> Result<Self, Problem> {
        Ok(request.identity().cloned())
    }
}
