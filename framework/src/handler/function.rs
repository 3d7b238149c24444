use std::marker::PhantomData;

use brrtrouter_transport::Response;

use crate::extract::FromRequest;
use crate::handler::{BoundHandler, HandlerRequest, Setup, SetupError, Unbound};
use crate::problem::Problem;
use crate::reply::IntoResponse;

/// A function that can handle requests: up to eight arguments that implement [`FromRequest`], and an
/// answer that implements [`IntoResponse`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler function",
    label = "not a handler function",
    note = "a handler function is `Send + Sync + 'static`, takes up to eight arguments that \
            implement `FromRequest` (`Path<T>`, `Query<T>`, `Json<T>`, `State<T>`, …) and returns \
            a value that implements `IntoResponse` (`Json<T>`, `Result<_, Problem>`, …)"
)]
pub trait HandlerFunction<Args>: Send + Sync + 'static {
    /// What the arguments keep from the start.
    type Plan: Send + Sync + 'static;

    /// Whether the answer goes on after its head.
    const STREAMS: bool;

    /// Looks up what the arguments need.
    ///
    /// # Errors
    ///
    /// What is missing.
    fn prepare(setup: &Setup<'_>) -> Result<Self::Plan, SetupError>;

    /// Extracts the arguments, runs the function and writes its answer.
    ///
    /// # Errors
    ///
    /// The problem to answer with instead.
    fn call(
        &self,
        plan: &Self::Plan,
        request: &mut HandlerRequest<'_>,
        response: &mut Response,
    ) -> Result<(), Problem>;
}

macro_rules! functions {
    ($($argument:ident $plan:ident),*) => {
        impl<F, R, $($argument),*> HandlerFunction<($($argument,)*)> for F
        where
            F: Fn($($argument),*) -> R + Send + Sync + 'static,
            R: IntoResponse,
            $($argument: FromRequest,)*
        {
            type Plan = ($($argument::Plan,)*);

            const STREAMS: bool = R::STREAMS;

            fn prepare(_setup: &Setup<'_>) -> Result<Self::Plan, SetupError> {
                Ok(($($argument::prepare(_setup)?,)*))
            }

            #[allow(non_snake_case)]
            fn call(
                &self,
                ($($plan,)*): &Self::Plan,
                _request: &mut HandlerRequest<'_>,
                response: &mut Response,
            ) -> Result<(), Problem> {
                $(let $argument = $argument::from_request($plan, _request)?;)*
                self($($argument),*).into_response(response)
            }
        }
    };
}

functions!();
functions!(A pa);
functions!(A pa, B pb);
functions!(A pa, B pb, C pc);
functions!(A pa, B pb, C pc, D pd);
functions!(A pa, B pb, C pc, D pd, E pe);
functions!(A pa, B pb, C pc, D pd, E pe, G pg);
functions!(A pa, B pb, C pc, D pd, E pe, G pg, H ph);
functions!(A pa, B pb, C pc, D pd, E pe, G pg, H ph, I pi);

/// A function waiting for its operation.
pub(crate) struct Function<F, Args> {
    function: F,
    arguments: PhantomData<fn(Args)>,
}

impl<F, Args> Function<F, Args> {
    pub(crate) fn new(function: F) -> Self {
        Self {
            function,
            arguments: PhantomData,
        }
    }
}

impl<F: HandlerFunction<Args>, Args: 'static> Unbound for Function<F, Args> {
    fn bind(self: Box<Self>, setup: &Setup<'_>) -> Result<Box<dyn BoundHandler>, SetupError> {
        Ok(Box::new(BoundFunction {
            plan: F::prepare(setup)?,
            function: self.function,
        }))
    }
}

struct BoundFunction<F, Args>
where
    F: HandlerFunction<Args>,
{
    function: F,
    plan: F::Plan,
}

impl<F: HandlerFunction<Args>, Args: 'static> BoundHandler for BoundFunction<F, Args> {
    fn call(
        &self,
        request: &mut HandlerRequest<'_>,
        response: &mut Response,
    ) -> Result<(), Problem> {
        self.function.call(&self.plan, request, response)
    }

    fn streams(&self) -> bool {
        F::STREAMS
    }
}
