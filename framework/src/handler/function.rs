use std::marker::PhantomData;
use std::sync::Arc;

use brrtrouter_transport::Response;

use crate::conditional;
use crate::dispatch::Runner;
use crate::extract::FromRequest;
use crate::handler::{BoundHandler, HandlerRequest, Setup, SetupError, Unbound};
use crate::problem::Problem;
use crate::reply::IntoResponse;

/// A function that can handle requests: up to eight arguments, and an answer.
///
/// That each argument implements [`FromRequest`] and the answer [`IntoResponse`] is asked apart, where
/// a function is registered, so that the compiler names the one that does not.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler function",
    label = "not a handler function",
    note = "a handler function is `Send + Sync + 'static` and takes up to eight arguments by value \
            (`Path<T>`, `Query<T>`, `Json<T>`, `State<T>`, …); an `async fn` is wrapped in \
            `dispatch::asynchronous`, and a function of `&mut HandlerRequest` is registered as raw"
)]
pub trait HandlerFunction<Args>: Send + Sync + 'static {
    /// What it answers.
    type Answer;

    /// Runs the function.
    fn invoke(&self, arguments: Args) -> Self::Answer;
}

macro_rules! functions {
    ($($argument:ident),*) => {
        impl<F, R, $($argument),*> HandlerFunction<($($argument,)*)> for F
        where
            F: Fn($($argument),*) -> R + Send + Sync + 'static,
        {
            type Answer = R;

            #[allow(non_snake_case)]
            fn invoke(&self, ($($argument,)*): ($($argument,)*)) -> R {
                self($($argument),*)
            }
        }
    };
}

functions!();
functions!(A);
functions!(A, B);
functions!(A, B, C);
functions!(A, B, C, D);
functions!(A, B, C, D, E);
functions!(A, B, C, D, E, G);
functions!(A, B, C, D, E, G, H);
functions!(A, B, C, D, E, G, H, I);

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
    F: HandlerFunction<Args, Answer: IntoResponse>,
    Args: FromRequest,
{
    fn bind(self: Box<Self>, setup: &Setup<'_>) -> Result<Box<dyn BoundHandler>, SetupError> {
        setup.expect_answers::<F::Answer>()?;
        Ok(Box::new(BoundFunction {
            plan: Args::prepare(setup)?,
            runner: setup.runner(),
            function: Arc::new(self.function),
        }))
    }
}

/// Writes an answer as the request wants it.
#[inline]
pub(super) fn finish<R: IntoResponse>(
    answer: R,
    request: &HandlerRequest<'_>,
    response: &mut Response,
) -> Result<(), Problem> {
    answer.into_response(response)?;
    match R::IS_CONDITIONAL {
        true => conditional::answer(request.method(), request.fields(), response),
        false => Ok(()),
    }
}

struct BoundFunction<F, Args>
where
    Args: FromRequest,
{
    function: Arc<F>,
    plan: Args::Plan,
    runner: Runner,
}

impl<F, Args> BoundHandler for BoundFunction<F, Args>
where
    F: HandlerFunction<Args, Answer: IntoResponse>,
    Args: FromRequest,
{
    fn call(
        &self,
        request: &mut HandlerRequest<'_>,
        response: &mut Response,
    ) -> Result<(), Problem> {
        let arguments = Args::from_request(&self.plan, request)?;
        let answer = if self.runner.is_inline() {
            self.function.invoke(arguments)
        } else {
            let function = Arc::clone(&self.function);
            self.runner.run(move || function.invoke(arguments))?
        };
        finish(answer, request, response)
    }

    fn streams(&self) -> bool {
        F::Answer::STREAMS
    }
}
