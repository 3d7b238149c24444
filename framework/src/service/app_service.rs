use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use brrtrouter_core::{FieldSource, Lookup, Parameters, PathParams, Slots, Source};
use brrtrouter_spec::Spec;
use brrtrouter_spec::model::Document;
use brrtrouter_transport::{Field, HeaderLine, Needs, Refusal, Request, Response, Service, Status};

use crate::dispatcher::Dispatcher;
use crate::handler::HandlerRequest;
use crate::middleware::{Context, Innermost, Middleware, Next, Reached, Target};
use crate::operations::Mounts;
use crate::panics;
use crate::problem::{ErrorRenderer, Problem, ProblemJson};
use crate::reply::{IntoResponse as _, Redirect};
use crate::router::Router;
use crate::service::builder::Base;
use crate::service::plan::OperationPlan;
use crate::service::{AppServiceBuilder, BuildError};

/// An API, ready to be served by any transport: routes, checks, security and handlers in one
/// immutable whole.
pub struct AppService {
    pub(super) router: Router,
    pub(super) operations: Box<[OperationPlan]>,
    pub(super) document: Document,
    pub(super) renderer: Box<dyn ErrorRenderer>,
    pub(super) needs: Needs,
    /// In the order of the way inwards.
    pub(super) middleware: Box<[Box<dyn Middleware>]>,
    pub(super) mounts: Mounts,
}

impl AppService {
    /// Starts to join `spec` with handlers.
    pub fn builder(spec: Spec) -> AppServiceBuilder {
        AppServiceBuilder::new(Base::Document(Box::new(spec)))
    }

    /// Joins `spec` with the handlers of `dispatcher`, where nothing else is needed.
    ///
    /// # Errors
    ///
    /// [`BuildError`] with all that is missing.
    pub fn new(spec: Spec, dispatcher: Dispatcher) -> Result<Self, BuildError> {
        Self::builder(spec).dispatcher(dispatcher).build()
    }

    /// The OpenAPI document of all operations, those of [routes](crate::routes) in code among them:
    /// of 3.1 or 3.2, and in one piece.
    pub fn to_openapi(&self) -> &serde_json::Value {
        self.document.root()
    }

    /// The routes.
    pub fn router(&self) -> &Router {
        &self.router
    }

    fn try_to_answer(
        &self,
        request: &mut Request<'_>,
        response: &mut Response,
        context: &mut Context,
    ) -> Result<(), Problem> {
        let mut path = PathParams::new();
        match self
            .router
            .lookup(request.method, request.target, &mut path)
        {
            Lookup::Found(found) => match self.operations.get(found.operation().index()) {
                Some(plan) => {
                    context.reached = Reached::Operation(found.operation());
                    run(plan, &path, request, response, context)
                }
                None => Err(Problem::internal("a route leads to no operation")),
            },
            Lookup::Options(allow) => {
                set_allow(response, allow.header_value());
                response.set_status(Status::NO_CONTENT);
                Ok(())
            }
            Lookup::NotFound => self.answer_beside(request, response, context),
            Lookup::MethodNotAllowed(allow) => {
                let problem = Problem::new(Status::METHOD_NOT_ALLOWED)
                    .with_detail("the path does not have this method");
                Err(match HeaderLine::new("allow", allow.header_value()) {
                    Ok(line) => problem.with_line(line),
                    Err(_) => problem,
                })
            }
            Lookup::Redirect(redirect) => {
                let location = redirect.location(request.target).to_string();
                Redirect::permanent(location).into_response(response)
            }
            Lookup::BadPath(fault) => Err(Problem::bad_request(fault.to_string())),
            _ => Err(Problem::internal("a lookup ended in an unknown way")),
        }
    }
}

impl AppService {
    /// Answers a request that no operation has the path of.
    #[cold]
    fn answer_beside(
        &self,
        request: &mut Request<'_>,
        response: &mut Response,
        context: &mut Context,
    ) -> Result<(), Problem> {
        let answered = self.mounts.answer(request, response, context);
        answered.unwrap_or_else(|| Err(Problem::not_found("the API has no such path")))
    }
}

/// The way of a request from its operation on.
fn run(
    plan: &OperationPlan,
    path: &PathParams,
    request: &mut Request<'_>,
    response: &mut Response,
    context: &mut Context,
) -> Result<(), Problem> {
    if !plan.security.is_open() {
        context.identity = plan.security.authenticate(request)?;
    }
    let extractors = &plan.parameters.extractors;
    let fields = Fields(request.fields);
    let source = Source {
        target: request.target,
        path,
        fields: &fields,
    };
    if plan.parameters.is_empty() {
        let parameters = extractors.none(source);
        return respond(plan, &parameters, request, response, context);
    }
    let mut slots = Slots::new();
    let parameters = extractors.extract(source, &mut slots);
    plan.parameters.check(&parameters)?;
    respond(plan, &parameters, request, response, context)
}

/// The way on, once the parameters are known to be sound.
#[inline(never)]
fn respond(
    plan: &OperationPlan,
    parameters: &Parameters<'_>,
    request: &mut Request<'_>,
    response: &mut Response,
    context: &Context,
) -> Result<(), Problem> {
    let Some(handler) = &plan.handler else {
        return Err(Problem::new(Status::NOT_IMPLEMENTED)
            .with_detail("this operation is switched off on this server"));
    };
    plan.accept.check(request.fields)?;
    let mut content;
    let content = match &plan.body {
        Some(body) => {
            content = body.check(request.fields, &mut request.body)?;
            Some(&mut content)
        }
        None => None,
    };
    let mut asked = HandlerRequest::new(&plan.name, request, parameters, content, context);
    handler.call(&mut asked, response)?;
    match &plan.responses {
        Some(responses) => responses.check(&plan.name, response),
        None => Ok(()),
    }
}

/// The fields of a request as the extractors read them.
struct Fields<'r>(&'r [Field<'r>]);

impl FieldSource for Fields<'_> {
    fn field(&self, name: &str) -> Option<&[u8]> {
        self.field_at(name, 0)
    }

    fn field_at(&self, name: &str, index: usize) -> Option<&[u8]> {
        self.0
            .iter()
            .filter(|field| field.name.eq_ignore_ascii_case(name))
            .map(|field| field.value)
            .nth(index)
    }
}

fn set_allow(response: &mut Response, allow: &str) {
    // The methods come from the document, where each was checked to be a token.
    let _ = response.headers_mut().set("allow", allow);
}

impl Innermost for AppService {
    #[inline(always)]
    fn answer(&self, request: &mut Request<'_>, response: &mut Response, context: &mut Context) {
        let answered = catch_unwind(AssertUnwindSafe(|| {
            self.try_to_answer(request, response, context)
        }));
        let problem = match answered {
            Ok(Ok(())) => return,
            Ok(Err(problem)) => problem,
            Err(panic) => return self.recover(panic, request, response),
        };
        self.render(&problem, response);
    }

    fn recover(&self, panic: Box<dyn Any + Send>, request: &Request<'_>, response: &mut Response) {
        if is_cancellation(&*panic) {
            resume_unwind(panic);
        }
        let method = request.method;
        let problem = Problem::internal(format_args!(
            "{method}: panic: {}",
            panics::message(&*panic)
        ));
        self.render(&problem, response);
    }

    fn render(&self, problem: &Problem, response: &mut Response) {
        response.reset();
        let render = AssertUnwindSafe(|| self.renderer.render(problem, response));
        if let Err(panic) = catch_unwind(render) {
            if is_cancellation(&*panic) {
                resume_unwind(panic);
            }
            response.reset();
            let message = panics::message(&*panic);
            let problem = Problem::internal(format_args!("the error renderer panicked: {message}"));
            ProblemJson.render(&problem, response);
        }
    }

    fn router(&self) -> &brrtrouter_core::Router {
        &self.router
    }

    fn target(&self, context: &Context) -> Option<Target<'_>> {
        let Reached::Operation(id) = context.reached else {
            return None;
        };
        let plan = self.operations.get(id.index())?;
        Some(Target {
            id,
            name: &plan.name,
            method: &plan.method,
            template: &plan.template,
        })
    }
}

impl Service for AppService {
    fn call(&self, request: &mut Request<'_>, response: &mut Response) {
        let mut context = Context::new();
        if self.middleware.is_empty() {
            self.answer(request, response, &mut context);
            return context.end();
        }
        Next::new(&self.middleware, self, &mut context).run(request, response);
        context.end();
    }

    /// Renders what a transport refuses as all other problems are; no middleware runs, since there is
    /// no request.
    fn refuse(&self, refusal: &Refusal, response: &mut Response) {
        let problem = Problem::new(refusal.status).with_detail(refusal.reason);
        self.render(&problem, response);
    }

    fn needs(&self) -> Needs {
        self.needs.clone()
    }
}

/// Whether a panic is how a coroutine is told to end, which must not be stopped.
fn is_cancellation(panic: &(dyn Any + Send)) -> bool {
    panic.is::<generator::Error>()
}

impl fmt::Debug for AppService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppService")
            .field("operations", &self.operations.len())
            .field("needs", &self.needs)
            .finish_non_exhaustive()
    }
}
