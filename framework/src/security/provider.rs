use brrtrouter_spec::model::SecurityScheme;

use crate::security::Identity;

/// Checks the credentials of one security scheme.
pub trait SecurityProvider: Send + Sync + 'static {
    /// Says who `credential` belongs to, and that they hold all of `scopes`.
    ///
    /// Runs on the connection's coroutine, so it must not block the thread.
    ///
    /// # Errors
    ///
    /// [`Denial`]; which part of the credential failed is for the log at most.
    fn verify(&self, credential: &Credential<'_>, scopes: &[String]) -> Result<Identity, Denial>;
}

/// What a request carries for one scheme, taken from the place that the document names.
pub struct Credential<'r> {
    scheme: &'r SecurityScheme,
    value: &'r str,
}

/// Why a credential does not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Denial {
    /// Nobody is known by it (401).
    #[error("the credential is not valid")]
    Unknown,
    /// Its owner is known and may not do this (403).
    #[error("the credential does not grant this")]
    Forbidden,
}

impl<'r> Credential<'r> {
    pub(crate) fn new(scheme: &'r SecurityScheme, value: &'r str) -> Self {
        Self { scheme, value }
    }

    /// The scheme that it was taken for.
    pub fn scheme(&self) -> &'r SecurityScheme {
        self.scheme
    }

    /// The secret: an API key, or what follows the scheme's name in `Authorization`.
    pub fn value(&self) -> &'r str {
        self.value
    }
}

/// Never shows the secret.
impl std::fmt::Debug for Credential<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential")
            .field("scheme", &self.scheme.name)
            .finish_non_exhaustive()
    }
}
