use std::sync::Arc;

/// Who is asking, as a provider has established it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    subject: Arc<str>,
    scopes: Arc<[String]>,
}

impl Identity {
    /// An identity of that name without scopes.
    pub fn new(subject: impl Into<Arc<str>>) -> Self {
        Self {
            subject: subject.into(),
            scopes: Arc::default(),
        }
    }

    /// The same with these scopes.
    pub fn with_scopes(mut self, scopes: impl Into<Arc<[String]>>) -> Self {
        self.scopes = scopes.into();
        self
    }

    /// The name that the provider knows it by.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// What it may do.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }
}
