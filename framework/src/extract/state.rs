use std::ops::Deref;
use std::sync::Arc;

use crate::extract::FromRequest;
use crate::handler::{HandlerRequest, Setup, SetupError};
use crate::problem::Problem;

/// A shared value that was given to the builder; missing state stops the start.
#[derive(Debug)]
pub struct State<T>(pub Arc<T>);

impl<T> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Send + Sync + 'static> FromRequest for State<T> {
    type Plan = Arc<T>;

    fn prepare(setup: &Setup<'_>) -> Result<Arc<T>, SetupError> {
        setup.state()
    }

    fn from_request(state: &Arc<T>, _: &mut HandlerRequest<'_>) -> Result<Self, Problem> {
        Ok(Self(Arc::clone(state)))
    }
}
