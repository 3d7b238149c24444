use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use brrtrouter_spec::model::SecurityScheme;
use brrtrouter_transport::ClientCertificate;

use crate::security::head::Head;
use crate::security::{Denial, Identity};

/// Establishes who a credential of one security scheme belongs to.
///
/// ```
/// use brrtrouter::security::{Credential, Denial, Identity, SecurityProvider};
///
/// /// Takes the passes that the doorman has handed out today.
/// struct Doorman {
///     passes: Vec<String>,
/// }
///
/// impl SecurityProvider for Doorman {
///     fn verify(&self, credential: &Credential<'_>) -> Result<Identity, Denial> {
///         match self.passes.iter().any(|pass| pass == credential.value()) {
///             true => Ok(Identity::new("guest").with_scopes(["enter"])),
///             false => Err(Denial::unknown("the doorman has not handed out this pass")),
///         }
///     }
/// }
/// ```
pub trait SecurityProvider: Send + Sync + 'static {
    /// Says who `credential` belongs to. That they hold the scopes which the document asks for is
    /// looked at afterwards, by [`grants`](Self::grants).
    ///
    /// Runs on the connection's coroutine, where it may wait for what belongs to `may` and must not
    /// block the thread; or on a thread, if the provider [`blocks`](Self::blocks).
    ///
    /// # Errors
    ///
    /// [`Denial`]; its reason is for the log alone.
    fn verify(&self, credential: &Credential<'_>) -> Result<Identity, Denial>;

    /// Whether `identity` may do what `scope` names: unless said otherwise, whether it
    /// [has](Identity::has_scope) that scope.
    fn grants(&self, identity: &Identity, scope: &str) -> bool {
        identity.has_scope(scope)
    }

    /// Whether [`verify`](Self::verify) blocks its thread, by asking another machine or by hashing
    /// for long. It then runs on a thread of a bounded pool, beside those of other schemes that do.
    fn blocks(&self) -> bool {
        false
    }

    /// Of a provider that [`blocks`](Self::blocks): what it can say without, from a cache; `None` where it has to
    /// [`verify`](Self::verify).
    fn recall(&self, credential: &Credential<'_>) -> Option<Identity> {
        let _ = credential;
        None
    }

    /// Looks at the start whether the provider can serve that scheme of the document.
    ///
    /// # Errors
    ///
    /// Why not, in words; the service is then not built.
    fn check(&self, scheme: &SecurityScheme) -> Result<(), String> {
        let _ = scheme;
        Ok(())
    }

    /// The challenge for the `WWW-Authenticate` field of a 401 (RFC 9110 §11.6.1), in place of the
    /// one that the kind of the scheme has; for schemes that need a nonce or the like.
    fn challenge(&self, scheme: &SecurityScheme) -> Option<String> {
        let _ = scheme;
        None
    }
}

impl<P: SecurityProvider + ?Sized> SecurityProvider for Arc<P> {
    fn verify(&self, credential: &Credential<'_>) -> Result<Identity, Denial> {
        (**self).verify(credential)
    }

    fn grants(&self, identity: &Identity, scope: &str) -> bool {
        (**self).grants(identity, scope)
    }

    fn blocks(&self) -> bool {
        (**self).blocks()
    }

    fn recall(&self, credential: &Credential<'_>) -> Option<Identity> {
        (**self).recall(credential)
    }

    fn check(&self, scheme: &SecurityScheme) -> Result<(), String> {
        (**self).check(scheme)
    }

    fn challenge(&self, scheme: &SecurityScheme) -> Option<String> {
        (**self).challenge(scheme)
    }
}

/// A provider, or why there is none: what
/// [`AppServiceBuilder::security`](crate::AppServiceBuilder::security) takes.
///
/// An error of a constructor that is handed on as it is stops the start with the place of its scheme
/// in the document.
pub trait IntoProvider {
    /// The provider.
    ///
    /// # Errors
    ///
    /// Why there is none.
    fn into_provider(self) -> Result<Arc<dyn SecurityProvider>, String>;
}

impl<P: SecurityProvider> IntoProvider for P {
    fn into_provider(self) -> Result<Arc<dyn SecurityProvider>, String> {
        Ok(Arc::new(self))
    }
}

impl<P: SecurityProvider, E: fmt::Display> IntoProvider for Result<P, E> {
    fn into_provider(self) -> Result<Arc<dyn SecurityProvider>, String> {
        match self {
            Ok(provider) => provider.into_provider(),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// What a request carries for one scheme, taken from the place that the document names.
pub struct Credential<'r> {
    scheme: &'r SecurityScheme,
    value: &'r str,
    head: &'r Head<'r>,
    cancelled: Option<&'r AtomicBool>,
}

impl<'r> Credential<'r> {
    pub(super) fn new(scheme: &'r SecurityScheme, value: &'r str, head: &'r Head<'r>) -> Self {
        Self {
            scheme,
            value,
            head,
            cancelled: None,
        }
    }

    /// The same for work that may no longer be wanted before it is done.
    pub(super) fn cancelled_by(mut self, cancelled: &'r AtomicBool) -> Self {
        self.cancelled = Some(cancelled);
        self
    }

    /// The scheme that it was taken for.
    pub fn scheme(&self) -> &'r SecurityScheme {
        self.scheme
    }

    /// The secret: an API key, or what follows the scheme's name in `Authorization`. Empty for
    /// `mutualTLS`, whose credential is the connection.
    pub fn value(&self) -> &'r str {
        self.value
    }

    /// The method of the request, for schemes that sign it.
    pub fn method(&self) -> &'r str {
        self.head.method
    }

    /// Path and query of the request as they were sent.
    pub fn target(&self) -> &'r str {
        self.head.target
    }

    /// The value of a field of the request; `None` if it is missing or stands there twice.
    pub fn field(&self, name: &str) -> Option<&'r [u8]> {
        self.head.only(name)
    }

    /// The address of the other end of the connection, where the transport has one.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.head.peer
    }

    /// The certificate that the transport has verified.
    pub fn certificate(&self) -> Option<ClientCertificate<'r>> {
        self.head.certificate
    }

    /// Whether the request was answered meanwhile, so that nobody waits for the verdict. Only ever so
    /// for providers that [block](SecurityProvider::blocks).
    pub fn is_cancelled(&self) -> bool {
        self.cancelled
            .is_some_and(|cancelled| cancelled.load(Ordering::Relaxed))
    }
}

/// Never shows the secret.
impl fmt::Debug for Credential<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("scheme", &self.scheme.name)
            .finish_non_exhaustive()
    }
}
