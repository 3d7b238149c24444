use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Who is asking, as a provider has established it. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    known: Arc<Known>,
    scheme: Arc<str>,
    /// What the other schemes of the same requirement have established.
    others: Option<Arc<[Identity]>>,
}

#[derive(Clone, PartialEq, Eq, Default)]
struct Known {
    subject: String,
    scopes: Vec<String>,
    claims: Map<String, Value>,
}

impl Identity {
    /// An identity of that name without scopes and claims.
    pub fn new(subject: impl Into<String>) -> Self {
        Self {
            known: Arc::new(Known {
                subject: subject.into(),
                ..Known::default()
            }),
            scheme: Arc::default(),
            others: None,
        }
    }

    /// The same with these scopes.
    pub fn with_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        Arc::make_mut(&mut self.known).scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// The same with these claims: whatever else the provider knows.
    pub fn with_claims(mut self, claims: Map<String, Value>) -> Self {
        Arc::make_mut(&mut self.known).claims = claims;
        self
    }

    /// The name that the provider knows it by.
    pub fn subject(&self) -> &str {
        &self.known.subject
    }

    /// What it may do.
    pub fn scopes(&self) -> &[String] {
        &self.known.scopes
    }

    /// Whether it has that scope, compared byte by byte (RFC 6749 §3.3).
    pub fn has_scope(&self, scope: &str) -> bool {
        self.known.scopes.iter().any(|one| one == scope)
    }

    /// What else the provider knows, such as the claims of a token.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.known.claims
    }

    /// One claim as a value of that type; `None` if it is missing or of another.
    pub fn claim<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        T::deserialize(self.known.claims.get(name)?).ok()
    }

    /// The name of the security scheme that it was established by; empty outside of a request.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// What one scheme of the requirement has established, where it asks for several at once.
    pub fn of(&self, scheme: &str) -> Option<&Identity> {
        if &*self.scheme == scheme {
            return Some(self);
        }
        let mut others = self.others.iter().flat_map(|others| others.iter());
        others.find(|other| &*other.scheme == scheme)
    }

    pub(super) fn by_scheme(mut self, scheme: &Arc<str>) -> Self {
        self.scheme = Arc::clone(scheme);
        self
    }

    pub(super) fn with_others(mut self, others: Vec<Identity>) -> Self {
        if !others.is_empty() {
            self.others = Some(others.into());
        }
        self
    }
}

impl From<&str> for Identity {
    fn from(subject: &str) -> Self {
        Self::new(subject)
    }
}

impl From<String> for Identity {
    fn from(subject: String) -> Self {
        Self::new(subject)
    }
}

/// Shows the names of the claims and not what they say, which may be personal.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("subject", &self.subject())
            .field("scheme", &self.scheme())
            .field("scopes", &self.scopes())
            .field("claims", &self.claims().keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
