use std::borrow::Cow;
use std::sync::Arc;

use brrtrouter_spec::model::SecurityScheme;

use crate::security::head::Head;
use crate::security::place::Place;
use crate::security::{Credential, Denial, Identity, SecurityProvider};

/// One scheme that an operation asks for, with the scopes that it asks for.
pub(super) struct Check {
    name: Arc<str>,
    scheme: SecurityScheme,
    scopes: Vec<String>,
    place: Place,
    provider: Arc<dyn SecurityProvider>,
    blocks: bool,
    /// Which of the plan's challenges is that of the scheme.
    pub(super) challenge: usize,
}

/// Why a check failed, and whether there was a credential at all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Failure {
    pub(super) denial: Denial,
    pub(super) was_presented: bool,
}

impl Failure {
    pub(super) const MISSING: Self = Self {
        denial: Denial::MISSING,
        was_presented: false,
    };

    pub(super) fn of(denial: Denial) -> Self {
        Self {
            denial,
            was_presented: true,
        }
    }
}

impl Check {
    /// `None` for a kind of scheme that is not known.
    pub(super) fn new(
        scheme: &SecurityScheme,
        scopes: &[String],
        provider: &Arc<dyn SecurityProvider>,
        challenge: usize,
    ) -> Option<Self> {
        Some(Self {
            name: Arc::from(scheme.name.as_str()),
            place: Place::of(scheme)?,
            scheme: scheme.clone(),
            scopes: scopes.to_vec(),
            blocks: provider.blocks(),
            provider: Arc::clone(provider),
            challenge,
        })
    }

    pub(super) fn scheme(&self) -> &SecurityScheme {
        &self.scheme
    }

    pub(super) fn provider(&self) -> &dyn SecurityProvider {
        &*self.provider
    }

    /// Whether the provider must not run on a coroutine.
    pub(super) fn blocks(&self) -> bool {
        self.blocks
    }

    /// The credential in the place that the document names.
    pub(super) fn find<'r>(&self, head: &Head<'r>) -> Option<Cow<'r, str>> {
        self.place.find(head)
    }

    /// Runs the provider here.
    pub(super) fn run(&self, head: &Head<'_>) -> Result<Identity, Failure> {
        let value = self.find(head).ok_or(Failure::MISSING)?;
        self.verify(&Credential::new(&self.scheme, &value, head))
    }

    /// What the provider can say of `value` without blocking.
    pub(super) fn recall(&self, value: &str, head: &Head<'_>) -> Option<Result<Identity, Failure>> {
        let credential = Credential::new(&self.scheme, value, head);
        Some(self.scoped(self.provider.recall(&credential)?))
    }

    pub(super) fn verify(&self, credential: &Credential<'_>) -> Result<Identity, Failure> {
        let identity = self.provider.verify(credential).map_err(Failure::of)?;
        self.scoped(identity)
    }

    fn scoped(&self, identity: Identity) -> Result<Identity, Failure> {
        let granted = |scope: &String| self.provider.grants(&identity, scope);
        if !self.scopes.iter().all(granted) {
            return Err(Failure::of(Denial::SCOPE));
        }
        Ok(identity.by_scheme(&self.name))
    }
}
