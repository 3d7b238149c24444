use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use brrtrouter_spec::Spec;
use brrtrouter_spec::model::{Operation, SecurityRequirement};

use crate::dispatch::{Pool, PoolLimits};
use crate::security::challenge::Challenge;
use crate::security::check::Check;
use crate::security::plan::SecurityPlan;
use crate::security::race::Race;
use crate::security::{IntoProvider, SecurityProvider};

/// How security is enforced, where the document leaves it open.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecurityOptions {
    /// The realm that challenges name (RFC 9110 §11.5); `api` unless said otherwise. Of other than
    /// printable ASCII nothing is kept.
    pub realm: String,
    /// The threads for providers that block, and how many checks may wait for one; past that the
    /// answer is 503. They are started only if there is such a provider.
    pub pool: PoolLimits,
    /// How long a request waits for providers that block, after which the answer is 503; 5 seconds
    /// unless said otherwise.
    pub deadline: Duration,
}

impl Default for SecurityOptions {
    fn default() -> Self {
        Self {
            realm: "api".to_owned(),
            pool: PoolLimits::default(),
            deadline: Duration::from_secs(5),
        }
    }
}

/// The providers of a service as they were given: by the names of their schemes.
#[derive(Default)]
pub(crate) struct Providers(BTreeMap<String, Result<Arc<dyn SecurityProvider>, String>>);

/// Why an operation's security cannot be enforced.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SecurityFault {
    /// The document demands a scheme that it does not declare.
    Undeclared(String),
    /// The scheme has no provider.
    NoProvider(String),
}

/// Joins the document's requirements with providers, one operation after the other.
pub(crate) struct Enforcement<'b> {
    spec: &'b Spec,
    options: &'b SecurityOptions,
    providers: BTreeMap<&'b str, &'b Arc<dyn SecurityProvider>>,
    /// Schemes whose provider was given and cannot be used, and why.
    unusable: BTreeMap<&'b str, String>,
    pool: Option<Arc<Pool>>,
}

impl Providers {
    pub(crate) fn insert(&mut self, scheme: String, provider: impl IntoProvider) {
        self.0.insert(scheme, provider.into_provider());
    }

    /// The names of schemes that providers were given for.
    pub(crate) fn schemes(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }
}

impl<'b> Enforcement<'b> {
    pub(crate) fn new(
        spec: &'b Spec,
        providers: &'b Providers,
        options: &'b SecurityOptions,
    ) -> Self {
        let mut enforcement = Self {
            spec,
            options,
            providers: BTreeMap::new(),
            unusable: BTreeMap::new(),
            pool: None,
        };
        for (name, provider) in &providers.0 {
            let Some(scheme) = spec.security_schemes.get(name) else {
                continue;
            };
            let checked = match provider {
                Ok(provider) => provider.check(scheme).map(|()| provider),
                Err(message) => Err(message.clone()),
            };
            match checked {
                Ok(provider) => {
                    enforcement.providers.insert(name, provider);
                }
                Err(message) => {
                    enforcement.unusable.insert(name, message);
                }
            }
        }
        enforcement
    }

    /// Schemes whose provider was given and cannot be used, and why.
    pub(crate) fn unusable(&self) -> impl Iterator<Item = (&'b str, &String)> {
        self.unusable.iter().map(|(name, why)| (*name, why))
    }

    /// What `operation` asks for.
    ///
    /// # Errors
    ///
    /// What stands in the way of enforcing it.
    pub(crate) fn plan(
        &mut self,
        operation: &Operation,
    ) -> Result<SecurityPlan, BTreeSet<SecurityFault>> {
        let mut plan = SecurityPlan {
            operation: operation.name.clone(),
            ..SecurityPlan::default()
        };
        let mut faults = BTreeSet::new();
        for requirement in &operation.security {
            let checks = self.checks(requirement, &mut plan, &mut faults);
            plan.alternatives.push(checks);
        }
        if faults.is_empty() {
            Ok(plan)
        } else {
            Err(faults)
        }
    }

    /// Gives the plan threads, if it needs any.
    ///
    /// # Errors
    ///
    /// The system's, if it refuses them.
    pub(crate) fn equip(&mut self, mut plan: SecurityPlan) -> io::Result<SecurityPlan> {
        if !plan.alternatives.iter().flatten().any(|one| one.blocks()) {
            return Ok(plan);
        }
        let pool = match &self.pool {
            Some(pool) => Arc::clone(pool),
            None => Arc::clone(self.pool.insert(Arc::new(Pool::start(self.options.pool)?))),
        };
        plan.race = Some(Race::new(pool, self.options.deadline)?);
        Ok(plan)
    }

    fn checks(
        &self,
        requirement: &SecurityRequirement,
        plan: &mut SecurityPlan,
        faults: &mut BTreeSet<SecurityFault>,
    ) -> Vec<Arc<Check>> {
        let mut checks = Vec::new();
        for (name, scopes) in &requirement.schemes {
            let Some(scheme) = self.spec.security_schemes.get(name) else {
                faults.insert(SecurityFault::Undeclared(name.clone()));
                continue;
            };
            let mut known = plan.challenges.iter();
            let challenge = known.position(|(check, _)| check.scheme().name == *name);
            let number = challenge.unwrap_or(plan.challenges.len());
            let provider = self.providers.get(name.as_str());
            let check = provider.and_then(|one| Check::new(scheme, scopes, one, number));
            let Some(check) = check.map(Arc::new) else {
                faults.insert(SecurityFault::NoProvider(name.clone()));
                continue;
            };
            if challenge.is_none() {
                let challenge = Challenge::of(scheme, scopes, &self.options.realm);
                plan.challenges.push((Arc::clone(&check), challenge));
            }
            checks.push(check);
        }
        checks
    }
}
