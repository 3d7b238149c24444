use std::marker::PhantomData;

use brrtrouter_transport::Response;

use crate::handler::function::finish;
use crate::handler::{BoundHandler, HandlerRequest, Setup, SetupError, Unbound};
use crate::problem::Problem;
use crate::reply::IntoResponse;

/// A function of the whole request.
pub trait RawFunction<R>: Fn(&mut HandlerRequest<'_>) -> R + Send + Sync + 'static {}

impl<F, R> RawFunction<R> for F where F: Fn(&mut HandlerRequest<'_>) -> R + Send + Sync + 'static {}

/// A raw function, which needs nothing, waiting or bound.
pub(crate) struct Raw<F, R> {
    function: F,
    answer: PhantomData<fn() -> R>,
}

impl<F, R> Raw<F, R> {
    pub(crate) fn new(function: F) -> Self {
        Self {
            function,
            answer: PhantomData,
        }
    }
}

impl<F: RawFunction<R>, R: IntoResponse + 'static> Unbound for Raw<F, R> {
    fn bind(self: Box<Self>, setup: &Setup<'_>) -> Result<Box<dyn BoundHandler>, SetupError> {
        if !setup.runner().is_inline() {
            return Err(SetupError::OnlyInline);
        }
        setup.expect_answers::<R>()?;
        Ok(self)
    }
}

impl<F: RawFunction<R>, R: IntoResponse + 'static> BoundHandler for Raw<F, R> {
    fn call(
        &self,
        request: &mut HandlerRequest<'_>,
        response: &mut Response,
    ) -> Result<(), Problem> {
        let answer = (self.function)(request);
        finish(answer, request, response)
    }

    fn streams(&self) -> bool {
        R::STREAMS
    }
}
