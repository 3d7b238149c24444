use std::collections::{BTreeSet, HashMap, HashSet};

use brrtrouter_spec::Spec;
use brrtrouter_spec::model::Operation;

use crate::dispatch::Runners;
use crate::dispatcher::Dispatcher;
use crate::handler::{BoundHandler, Setup, States, Unbound};
use crate::security::{Enforcement, Providers, SecurityFault, SecurityPlan};
use crate::service::checks::Checks;
use crate::service::plan::OperationPlan;
use crate::service::{BuildFault, Limits};
use crate::validate::{
    AcceptPlan, BodyPlan, ParameterFault, ParameterPlan, ResponsePlan, SchemaCompiler, SchemaFault,
};

/// One joining in progress: the parts, and what was found missing so far.
pub(super) struct Join<'b> {
    pub(super) spec: &'b Spec,
    pub(super) states: &'b States,
    pub(super) providers: &'b Providers,
    pub(super) enforcement: Enforcement<'b>,
    pub(super) limits: Limits,
    pub(super) body_limits: &'b HashMap<String, u64>,
    pub(super) runners: Runners<'b>,
    pub(super) compiler: &'b SchemaCompiler<'b>,
    pub(super) answer_compiler: &'b SchemaCompiler<'b>,
    pub(super) checks: &'b Checks,
    /// Whether what is given for operations and schemes that are not there is dropped.
    pub(super) drops_unknown: bool,
    /// Security schemes whose fault has been named.
    pub(super) named: HashSet<String>,
    pub(super) faults: Vec<BuildFault>,
}

impl Join<'_> {
    /// The handlers by operation, each operation known and each name once.
    pub(super) fn handlers(&mut self, dispatcher: Dispatcher) -> HashMap<String, Box<dyn Unbound>> {
        let known: HashSet<&str> = self
            .spec
            .operations
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        let mut handlers = HashMap::new();
        for (operation, handler) in dispatcher.into_handlers() {
            if !known.contains(operation.as_str()) {
                if self.drops_unknown {
                    continue;
                }
                let like = most_like(&operation, &known).map(str::to_owned);
                self.faults
                    .push(BuildFault::NoOperation { operation, like });
            } else if handlers.insert(operation.clone(), handler).is_some() {
                self.faults.push(BuildFault::TwoHandlers { operation });
            }
        }
        handlers
    }

    pub(super) fn bind(
        &mut self,
        operation: &Operation,
        handler: Option<Box<dyn Unbound>>,
        left_out: bool,
    ) -> Option<Box<dyn BoundHandler>> {
        if left_out {
            return None;
        }
        let Some(handler) = handler else {
            self.faults.push(BuildFault::NoHandler {
                operation: operation.name.clone(),
                method: operation.method.clone(),
                path: operation.path.clone(),
                location: operation.location.clone(),
            });
            return None;
        };
        let runner = match self.runners.of(&operation.name) {
            Ok(runner) => runner,
            Err(error) => {
                let message = error.to_string();
                self.faults.push(BuildFault::Thread { message });
                return None;
            }
        };
        match handler.bind(&Setup::new(operation, self.states, runner)) {
            Ok(bound) => Some(bound),
            Err(error) => {
                self.faults.push(BuildFault::Handler {
                    operation: operation.name.clone(),
                    error,
                });
                None
            }
        }
    }

    pub(super) fn plan(
        &mut self,
        operation: &Operation,
        handler: Option<Box<dyn BoundHandler>>,
    ) -> Option<OperationPlan> {
        let security = self.security(operation);
        let parameters = self.parameters(operation);
        let mut limits = self.limits;
        if let Some(limit) = self.body_limits.get(&operation.name) {
            limits.body = *limit;
        }
        let body = BodyPlan::compile(self.spec, operation, &limits, self.compiler)
            .map_err(|fault| self.faults.push(schema_fault(fault)));
        let responses = ResponsePlan::compile(
            self.spec,
            operation,
            self.checks.of_responses(&operation.name),
            self.limits.json_depth,
            self.answer_compiler,
        )
        .map_err(|fault| self.faults.push(schema_fault(fault)));
        Some(OperationPlan {
            name: operation.name.clone(),
            method: operation.method.clone(),
            template: operation.path.clone(),
            security: security?,
            parameters: parameters?,
            accept: AcceptPlan::compile(operation),
            body: body.ok()?,
            responses: responses.ok()?,
            handler,
        })
    }

    fn security(&mut self, operation: &Operation) -> Option<SecurityPlan> {
        let plan = match self.enforcement.plan(operation) {
            Ok(plan) => plan,
            Err(faults) => {
                self.name_schemes(operation, faults);
                return None;
            }
        };
        let equipped = self.enforcement.equip(plan);
        equipped
            .map_err(|error| {
                let message = error.to_string();
                self.faults.push(BuildFault::Thread { message });
            })
            .ok()
    }

    /// Names the schemes whose provider was given and cannot be used.
    pub(super) fn name_unusable(&mut self) {
        for (scheme, message) in self.enforcement.unusable() {
            let declared = self.spec.security_schemes.get(scheme);
            self.named.insert(scheme.to_owned());
            self.faults.push(BuildFault::Provider {
                scheme: scheme.to_owned(),
                message: message.clone(),
                location: declared.and_then(|one| one.location.clone()),
            });
        }
    }

    /// Names each scheme once, with the first operation that demands it.
    fn name_schemes(&mut self, operation: &Operation, faults: BTreeSet<SecurityFault>) {
        for fault in faults {
            let name = operation.name.clone();
            let (scheme, fault) = match fault {
                SecurityFault::Undeclared(scheme) => (
                    scheme.clone(),
                    BuildFault::NoScheme {
                        scheme,
                        operation: name,
                        location: operation.location.clone(),
                    },
                ),
                SecurityFault::NoProvider(scheme) => {
                    let declared = self.spec.security_schemes.get(&scheme);
                    (
                        scheme.clone(),
                        BuildFault::NoProvider {
                            scheme,
                            operation: name,
                            location: declared.and_then(|one| one.location.clone()),
                        },
                    )
                }
            };
            if self.named.insert(scheme) {
                self.faults.push(fault);
            }
        }
    }

    fn parameters(&mut self, operation: &Operation) -> Option<ParameterPlan> {
        let fault = match ParameterPlan::compile(
            self.spec,
            operation,
            self.checks.unknown_query,
            self.compiler,
        ) {
            Ok(plan) => return Some(plan),
            Err(ParameterFault::Schema(fault)) => schema_fault(fault),
            Err(ParameterFault::Plan(message)) => BuildFault::Parameters {
                operation: operation.name.clone(),
                message,
            },
        };
        self.faults.push(fault);
        None
    }

    /// Names what was given for parts that the document does not have.
    pub(super) fn name_unknown<'n>(
        &mut self,
        settings: impl Iterator<Item = (&'n String, &'static str)>,
    ) {
        let mut unknown: Vec<_> = settings
            .filter(|(name, _)| self.spec.operation_named(name).is_none())
            .collect();
        unknown.sort();
        if self.drops_unknown {
            for (operation, setting) in unknown {
                log::info!("the {setting} of operation {operation:?} waits for a document with it");
            }
            return;
        }
        for (operation, setting) in unknown {
            self.faults.push(BuildFault::UnknownOperation {
                operation: operation.clone(),
                setting,
            });
        }
        for scheme in self.providers.schemes() {
            if !self.spec.security_schemes.contains_key(scheme) {
                let scheme = scheme.clone();
                self.faults.push(BuildFault::UnknownScheme { scheme });
            }
        }
    }
}

pub(super) fn schema_fault(fault: SchemaFault) -> BuildFault {
    BuildFault::Schema {
        pointer: fault.pointer,
        message: fault.message,
    }
}

/// The known name that differs only in case and separators, if there is one.
fn most_like<'n>(name: &str, known: &HashSet<&'n str>) -> Option<&'n str> {
    let plain = |name: &str| -> String {
        name.chars()
            .filter(|one| one.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let wanted = plain(name);
    known.iter().copied().find(|one| plain(one) == wanted)
}
