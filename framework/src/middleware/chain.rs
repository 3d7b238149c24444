use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use brrtrouter_core::{Lookup, PathParams, Router};
use brrtrouter_spec::Spec;
use brrtrouter_spec::model::OperationId;
use brrtrouter_transport::{Request, Response};

use crate::middleware::{Context, Outcome, Target};
use crate::problem::Problem;

/// Runs around every request of a service.
///
/// What stands before [`Next::run`] can change the request, leave values in the [`Context`], or
/// answer by itself and never call it; what stands after sees the answer and the [`Outcome`]. A
/// panic, be it of the handler or of middleware further in, has become a 500 by then. It runs on the connection's coroutine: it must not block
/// the thread, and hold nothing that belongs to a thread, such as a lock or the guard of a span, while
/// it calls `run`.
pub trait Middleware: Send + Sync + 'static {
    /// Answers `request` in `response`, most often by letting `next` do it.
    fn handle(&self, request: &mut Request<'_>, response: &mut Response, next: Next<'_>);

    /// What runs in this one's place in a service over `spec`, so that what depends on the operations
    /// is looked up once; `None` if it runs itself. Asked again when a document is reloaded.
    fn for_document(&self, spec: &Spec) -> Option<Box<dyn Middleware>> {
        let _ = spec;
        None
    }
}

/// Middleware that is kept, such as from one document to the next.
impl<M: Middleware + ?Sized> Middleware for Arc<M> {
    fn handle(&self, request: &mut Request<'_>, response: &mut Response, next: Next<'_>) {
        (**self).handle(request, response, next);
    }

    fn for_document(&self, spec: &Spec) -> Option<Box<dyn Middleware>> {
        (**self).for_document(spec)
    }
}

/// What lies inside all middleware: the service itself.
pub(crate) trait Innermost: Sync {
    /// Answers a request, and notes in `context` what it was.
    fn answer(&self, request: &mut Request<'_>, response: &mut Response, context: &mut Context);

    /// Answers a request whose middleware panicked.
    fn recover(&self, panic: Box<dyn Any + Send>, request: &Request<'_>, response: &mut Response);

    /// Answers with a problem.
    fn render(&self, problem: &Problem, response: &mut Response);

    /// The routes.
    fn router(&self) -> &Router;

    /// The name, the method and the template of what answered.
    fn target(&self, context: &Context) -> Option<Target<'_>>;
}

/// The way inwards: the middleware that was added later, and at last the operation.
pub struct Next<'n> {
    rest: &'n [Box<dyn Middleware>],
    service: &'n dyn Innermost,
    context: &'n mut Context,
}

impl<'n> Next<'n> {
    pub(crate) fn new(
        rest: &'n [Box<dyn Middleware>],
        service: &'n dyn Innermost,
        context: &'n mut Context,
    ) -> Self {
        Self {
            rest,
            service,
            context,
        }
    }

    /// Lets the rest of the way answer.
    pub fn run(self, request: &mut Request<'_>, response: &mut Response) -> Outcome<'n> {
        match self.rest.split_first() {
            Some((first, rest)) => {
                let inner = Next::new(rest, self.service, &mut *self.context);
                let handled =
                    catch_unwind(AssertUnwindSafe(|| first.handle(request, response, inner)));
                if let Err(panic) = handled {
                    self.service.recover(panic, request, response);
                }
            }
            None => self.service.answer(request, response, self.context),
        }
        Outcome::new(self.service, self.context)
    }

    /// Answers with a problem instead, as the service renders them.
    pub fn refuse(self, problem: &Problem, response: &mut Response) {
        self.service.render(problem, response);
    }

    /// What is known of the request so far.
    pub fn context(&self) -> &Context {
        self.context
    }

    /// What is known of the request so far, to add to.
    pub fn context_mut(&mut self) -> &mut Context {
        self.context
    }

    /// The operation that a request of that method and target would reach; `None` if there is none.
    pub fn operation_of(&self, method: &str, target: &str) -> Option<OperationId> {
        match self
            .service
            .router()
            .lookup(method, target, &mut PathParams::new())
        {
            Lookup::Found(found) => Some(found.operation()),
            _ => None,
        }
    }

    /// The methods that the path of `target` has, as an `Allow` field lists them; `None` if no
    /// operation has that path.
    pub fn methods_of(&self, target: &str) -> Option<String> {
        match self
            .service
            .router()
            .lookup("OPTIONS", target, &mut PathParams::new())
        {
            Lookup::Options(allow) | Lookup::MethodNotAllowed(allow) => {
                Some(allow.header_value().to_owned())
            }
            _ => None,
        }
    }
}
