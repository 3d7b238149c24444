use std::marker::PhantomData;
use std::sync::Arc;

use brrtrouter_transport::Response;

use crate::dispatch::Runner;
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

    /// What it answers.
    type Answer: IntoResponse;

    /// Looks up what the arguments need.
    ///
    /// # Errors
    ///
    /// What is missing.
    fn prepare(setup: &Setup<'_>) -> Result<Self::Plan, SetupError>;

    /// Takes the arguments out of a request.
    ///
    /// # Errors
    ///
    /// The problem to answer with instead.
    fn extract(plan: &Self::Plan, request: &mut HandlerRequest<'_>) -> Result<Args, Problem>;

    /// Runs the function.
    fn invoke(&self, arguments: Args) -> Self::Answer;
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
            type Answer = R;

            fn prepare(_setup: &Setup<'_>) -> Result<Self::Plan, SetupError> {
                Ok(($($argument::prepare(_setup)?,)*))
            }

            fn extract(
                ($($plan,)*): &Self::Plan,
                _request: &mut HandlerRequest<'_>,
            ) -> Result<($($argument,)*), Problem> {
                Ok(($($argument::from_request($plan, _request)?,)*))
            }

            #[allow(non_snake_case)]
            fn invoke(&self, ($($argument,)*): ($($argument,)*)) -> R {
                self($($argument),*)
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

impl<F, Args> Unbound for Function<F, Args>
where
    F: HandlerFunction<Args>,
    Args: Send + 'static,
{
    fn bind(self: Box<Self>, setup: &Setup<'_>) -> Result<Box<dyn BoundHandler>, SetupError> {
        Ok(Box::new(BoundFunction {
            plan: F::prepare(setup)?,
            runner: setup.runner(),
            function: Arc::new(self.function),
        }))
    }
}

struct BoundFunction<F, Args>
where
    F: HandlerFunction<Args>,
{
    function: Arc<F>,
    plan: F::Plan,
    runner: Runner,
}

impl<F, Args> BoundHandler for BoundFunction<F, Args>
where
    F: HandlerFunction<Args>,
    Args: Send + 'static,
{
    fn call(
        &self,
        request: &mut HandlerRequest<'_>,
        response: &mut Response,
    ) -> Result<(), Problem> {
        let arguments = F::extract(&self.plan, request)?;
        if self.runner.is_inline() {
            return self.function.invoke(arguments).into_response(response);
        }
        let function = Arc::clone(&self.function);
        let answer = self.runner.run(move || function.invoke(arguments))?;
        answer.into_response(response)
    }

    fn streams(&self) -> bool {
        F::Answer::STREAMS
    }
}
