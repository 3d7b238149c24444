use std::collections::HashSet;
use std::thread;

use brrtrouter_spec::Spec;
use brrtrouter_spec::model::{Operation, OperationId};
use brrtrouter_transport::Needs;
use serde_json::Value;

use crate::dispatch::Runners;
use crate::router::Router;
use crate::routes;
use crate::security::Enforcement;
use crate::service::builder::Base;
use crate::service::join::{Join, schema_fault};
use crate::service::{AppService, AppServiceBuilder, BuildError, BuildFault};
use crate::validate::{self, Direction, SchemaCompiler};

/// Compiling schemas and regular expressions goes deep.
const COMPILER_STACK: usize = 16 * 1024 * 1024;

impl AppServiceBuilder {
    /// Builds the service. Blocks: not to be called on a coroutine.
    ///
    /// # Errors
    ///
    /// [`BuildError`] with all that is missing: handlers without operation and operations without
    /// handler, state that handlers take, providers of security schemes, schemas and routes that do
    /// not compile.
    pub fn build(self) -> Result<AppService, BuildError> {
        thread::scope(|scope| {
            let compiler = thread::Builder::new()
                .name("compile".to_owned())
                .stack_size(COMPILER_STACK)
                .spawn_scoped(scope, || self.compile());
            match compiler.map(|thread| thread.join()) {
                Ok(Ok(built)) => built,
                Ok(Err(panic)) => std::panic::resume_unwind(panic),
                Err(error) => Err(BuildError::new(vec![BuildFault::Thread {
                    message: error.to_string(),
                }])),
            }
        })
    }

    /// The document with all routes in it, and their handlers.
    fn join_routes(&mut self) -> Result<Spec, BuildError> {
        let routes = std::mem::take(&mut self.routes);
        let base = std::mem::replace(&mut self.base, Base::Title(String::new(), String::new()));
        let written = match base {
            Base::Document(spec) if routes.is_empty() => return Ok(*spec),
            Base::Document(spec) => {
                routes::write(spec.document.root().clone(), Some(&spec), routes)
            }
            Base::Title(title, version) => {
                routes::write(routes::empty(&title, &version), None, routes)
            }
        };
        let written = written.map_err(BuildError::new)?;
        self.dispatcher.extend(written.handlers);
        Ok(written.spec)
    }

    fn compile(mut self) -> Result<AppService, BuildError> {
        let mut spec = self.join_routes()?;
        number(&mut spec);
        let mut faults = Vec::new();
        if spec.operations.is_empty() {
            faults.push(BuildFault::NoOperations);
        }
        let is_left_out = |operation: &Operation| {
            self.left_out.contains(&operation.name)
                || (self.leaves_out_streams && operation.streams_events())
        };
        let router = self.routing.compile(&spec, is_left_out);
        let router = router.map_err(|found| faults.extend(found));
        let requests = validate::view_of(&spec, Direction::Request);
        let compiler = SchemaCompiler::new(&requests, Direction::Request).map_err(|fault| {
            faults.push(schema_fault(fault));
        });
        let answers = match self.checks.look_at_responses() {
            true => validate::view_of(&spec, Direction::Response),
            false => Value::Null,
        };
        let answer_compiler = SchemaCompiler::new(&answers, Direction::Response).map_err(|fault| {
            faults.push(schema_fault(fault));
        });
        let (Ok(compiler), Ok(answer_compiler)) = (compiler, answer_compiler) else {
            return Err(BuildError::new(faults));
        };

        let mut join = Join {
            spec: &spec,
            states: &self.states,
            providers: &self.providers,
            enforcement: Enforcement::new(&spec, &self.providers, &self.security),
            limits: self.limits,
            body_limits: &self.body_limits,
            runners: Runners::new(&self.dispatches, &self.usual_dispatch, self.pool),
            compiler: &compiler,
            answer_compiler: &answer_compiler,
            checks: &self.checks,
            drops_unknown: self.drops_unknown,
            named: HashSet::new(),
            faults,
        };
        join.name_unusable();
        let mut handlers = join.handlers(self.dispatcher);
        let mut operations = Vec::new();
        let mut streaming = Vec::new();
        for operation in &spec.operations {
            let handler = handlers.remove(&operation.name);
            let left_out = is_left_out(operation);
            let handler = join.bind(operation, handler, left_out);
            let streams = handler.as_ref().is_some_and(|one| one.streams());
            if !left_out && (streams || operation.streams_events()) {
                streaming.push(operation.name.clone());
            }
            operations.extend(join.plan(operation, handler));
        }
        let dispatches = self.dispatches.keys().map(|name| (name, "dispatch"));
        let limits = self.body_limits.keys().map(|name| (name, "body limit"));
        let left_out = self.left_out.iter().map(|name| (name, "leaving out"));
        let checks = self.checks.responses_of.keys();
        let checks = checks.map(|name| (name, "response check"));
        join.name_unknown(dispatches.chain(limits).chain(left_out).chain(checks));

        let middleware = self.middleware.into_iter().map(|one| {
            let bound = one.for_document(&spec);
            bound.unwrap_or(one)
        });

        match router {
            Ok(router) if join.faults.is_empty() => Ok(AppService {
                mounts: self.mounts.for_document(&spec, &router),
                router: Router::new(router),
                operations: operations.into(),
                renderer: self.renderer,
                needs: Needs::streaming(streaming),
                middleware: middleware.collect(),
                document: spec.document.clone(),
            }),
            _ => Err(BuildError::new(join.faults)),
        }
    }
}

/// Gives operations the numbers of their places, by which requests are led to their plans: whoever
/// has loaded the document may have taken some out.
fn number(spec: &mut Spec) {
    for (place, operation) in spec.operations.iter_mut().enumerate() {
        operation.id = OperationId::new(u32::try_from(place).unwrap_or(u32::MAX));
    }
}
