use std::collections::{HashMap, HashSet};
use std::time::Duration;

use brrtrouter_core::{BasePath, TrailingSlash};
use brrtrouter_spec::Spec;

use crate::dispatch::{Dispatch, PoolLimits};
use crate::dispatcher::Dispatcher;
use crate::extract::FromRequest;
use crate::handler::{Handler, HandlerFunction, RawFunction, States};
use crate::middleware::Middleware;
use crate::operations::{Endpoint, Mounts};
use crate::problem::{ErrorRenderer, ProblemJson};
use crate::reply::IntoResponse;
use crate::routes::RouterBuilder;
use crate::security::{IntoProvider, Providers, SecurityOptions};
use crate::service::Limits;
use crate::service::checks::Checks;
use crate::service::routes::Routing;
use crate::validate::{ResponseCheck, UnknownQuery};

/// Joins a document with handlers, security providers and shared state.
pub struct AppServiceBuilder {
    pub(super) base: Base,
    pub(super) routes: RouterBuilder,
    pub(super) routing: Routing,
    pub(super) dispatcher: Dispatcher,
    pub(super) states: States,
    pub(super) providers: Providers,
    pub(super) security: SecurityOptions,
    pub(super) renderer: Box<dyn ErrorRenderer>,
    pub(super) limits: Limits,
    pub(super) body_limits: HashMap<String, u64>,
    pub(super) checks: Checks,
    pub(super) dispatches: HashMap<String, Dispatch>,
    pub(super) usual_dispatch: Dispatch,
    pub(super) pool: PoolLimits,
    pub(super) left_out: HashSet<String>,
    pub(super) leaves_out_streams: bool,
    pub(super) middleware: Vec<Box<dyn Middleware>>,
    pub(super) mounts: Mounts,
    pub(super) drops_unknown: bool,
}

/// What a service is built over.
pub(super) enum Base {
    Document(Box<Spec>),
    /// The title and the version of an API that is described by its routes alone.
    Title(String, String),
}

impl AppServiceBuilder {
    /// A builder of an API that these routes alone describe.
    pub(crate) fn of_routes(title: String, version: String, routes: RouterBuilder) -> Self {
        Self {
            routes,
            ..Self::new(Base::Title(title, version))
        }
    }

    pub(super) fn new(base: Base) -> Self {
        Self {
            base,
            routes: RouterBuilder::default(),
            routing: Routing::default(),
            dispatcher: Dispatcher::new(),
            states: States::default(),
            providers: Providers::default(),
            security: SecurityOptions::default(),
            renderer: Box::new(ProblemJson),
            limits: Limits::new(),
            body_limits: HashMap::new(),
            checks: Checks::default(),
            dispatches: HashMap::new(),
            usual_dispatch: Dispatch::inline(),
            pool: PoolLimits::default(),
            left_out: HashSet::new(),
            leaves_out_streams: false,
            middleware: Vec::new(),
            mounts: Mounts::default(),
            drops_unknown: false,
        }
    }

    /// Adds routes that are written in code. One that a document or another route has already stops
    /// the start, and both are named.
    pub fn routes(mut self, routes: RouterBuilder) -> Self {
        self.routes = self.routes.group("", routes);
        self
    }

    /// Handles an operation with a function of extracted arguments.
    pub fn handler<F, Args>(mut self, operation: impl Into<String>, function: F) -> Self
    where
        F: HandlerFunction<Args, Answer: IntoResponse>,
        Args: FromRequest,
    {
        self.dispatcher.register(operation, function);
        self
    }

    /// Handles an operation with a type that implements [`Handler`].
    pub fn typed<H: Handler>(mut self, operation: impl Into<String>, handler: H) -> Self {
        self.dispatcher.register_typed(operation, handler);
        self
    }

    /// Handles an operation with a function of the whole [`HandlerRequest`](crate::HandlerRequest).
    pub fn raw<F, R>(mut self, operation: impl Into<String>, function: F) -> Self
    where
        F: RawFunction<R>,
        R: IntoResponse + 'static,
    {
        self.dispatcher.register_handler(operation, function);
        self
    }

    /// Uses these handlers in place of all that were given before.
    pub fn dispatcher(mut self, dispatcher: Dispatcher) -> Self {
        self.dispatcher = dispatcher;
        self
    }

    /// Shares a value with all handlers that take a [`State`](crate::extract::State) of its type.
    pub fn state<T: Send + Sync + 'static>(mut self, state: T) -> Self {
        self.states.insert(state);
        self
    }

    /// Checks the credentials of a security scheme of the document. An error of the provider's
    /// constructor may be given as it is: it stops the start, with the place of the scheme.
    pub fn security(mut self, scheme: impl Into<String>, provider: impl IntoProvider) -> Self {
        self.providers.insert(scheme.into(), provider);
        self
    }

    /// Sets how security is enforced, where the document leaves it open.
    pub fn security_options(mut self, options: SecurityOptions) -> Self {
        self.security = options;
        self
    }

    /// Sets which of the document's `servers` its paths are put behind; none unless said otherwise,
    /// so that paths are served as written.
    pub fn base_path(mut self, base: BasePath) -> Self {
        self.routing.base = base;
        self
    }

    /// Sets what a slash at the end of a path means; another path unless said otherwise.
    pub fn trailing_slash(mut self, policy: TrailingSlash) -> Self {
        self.routing.trailing_slash = policy;
        self
    }

    /// Gives errors another look.
    pub fn error_renderer(mut self, renderer: impl ErrorRenderer) -> Self {
        self.renderer = Box::new(renderer);
        self
    }

    /// Sets what a request may cost.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the longest body of one operation, in bytes.
    pub fn body_limit(mut self, operation: impl Into<String>, bytes: u64) -> Self {
        self.body_limits.insert(operation.into(), bytes);
        self
    }

    /// Sets where the handler of one operation runs; on its connection's coroutine unless said
    /// otherwise.
    pub fn dispatch(mut self, operation: impl Into<String>, dispatch: Dispatch) -> Self {
        self.dispatches.insert(operation.into(), dispatch);
        self
    }

    /// Sets a time after which the answer of any operation is 504, unless the operation has a
    /// [dispatch](Self::dispatch) of its own. Its handler then runs on a coroutine of its own; one that
    /// takes the whole request cannot, and stops the start until it is given `Dispatch::inline()`.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.usual_dispatch = Dispatch::inline().with_deadline(deadline);
        self
    }

    /// Sets how many handlers may run on threads of their own, and how many may wait for one.
    pub fn blocking_pool(mut self, limits: PoolLimits) -> Self {
        self.pool = limits;
        self
    }

    /// Sets what becomes of query parameters that the document does not declare; they are passed
    /// over unless said otherwise.
    pub fn unknown_query(mut self, policy: UnknownQuery) -> Self {
        self.checks.unknown_query = policy;
        self
    }

    /// Checks the answers of all operations that have no setting of their own; not at all unless said
    /// otherwise.
    pub fn check_responses(mut self, check: ResponseCheck) -> Self {
        self.checks.responses = check;
        self
    }

    /// Checks the answers of one operation.
    pub fn check_responses_of(
        mut self,
        operation: impl Into<String>,
        check: ResponseCheck,
    ) -> Self {
        self.checks.responses_of.insert(operation.into(), check);
        self
    }

    /// Wraps middleware around every request, inside of what was added before.
    pub fn middleware(mut self, middleware: impl Middleware) -> Self {
        self.middleware.push(Box::new(middleware));
        self
    }

    /// Lets `endpoint` answer at a path that the document does not describe, such as `/metrics`; in
    /// place of what was mounted there before. Operations of the document go before it.
    pub fn mount(mut self, path: impl Into<String>, endpoint: impl Endpoint) -> Self {
        self.mounts.insert(path.into(), Box::new(endpoint));
        self
    }

    /// Takes away what was mounted at a path.
    pub fn unmount(mut self, path: &str) -> Self {
        self.mounts.remove(path);
        self
    }

    /// Leaves an operation out on purpose: it is answered with 501 and needs no handler.
    pub fn without(mut self, operation: impl Into<String>) -> Self {
        self.left_out.insert(operation.into());
        self
    }

    /// Leaves out every operation that streams, for a transport that cannot.
    pub fn without_streams(mut self) -> Self {
        self.leaves_out_streams = true;
        self
    }

    /// Drops what is given for operations and schemes that the document does not have: another one
    /// may have them.
    pub(crate) fn drop_unknown(mut self) -> Self {
        self.drops_unknown = true;
        self
    }
}
