/// Why a credential does not help.
///
/// The reason goes to the log and never to the client. It is fixed text, so that no part of a
/// credential can get into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Denial {
    kind: DenialKind,
    reason: &'static str,
}

/// What a denial means for the answer. Of several the greatest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DenialKind {
    /// Nobody is known by the credential (401).
    Unknown,
    /// Its owner is known and may not do this (403).
    Forbidden,
    /// The credential cannot be looked at now (503).
    Unavailable,
}

impl Denial {
    /// There is no credential in its place.
    pub(super) const MISSING: Self = Self::unknown("there is no credential in its place");
    /// An identity lacks a scope that the document asks for.
    pub(super) const SCOPE: Self = Self::forbidden("a scope is lacking");

    /// Nobody is known by the credential: 401.
    pub const fn unknown(reason: &'static str) -> Self {
        Self {
            kind: DenialKind::Unknown,
            reason,
        }
    }

    /// Its owner is known and may not do this: 403.
    pub const fn forbidden(reason: &'static str) -> Self {
        Self {
            kind: DenialKind::Forbidden,
            reason,
        }
    }

    /// The credential cannot be looked at now: 503. Nobody is let in.
    pub const fn unavailable(reason: &'static str) -> Self {
        Self {
            kind: DenialKind::Unavailable,
            reason,
        }
    }

    /// What it means for the answer.
    pub const fn kind(&self) -> DenialKind {
        self.kind
    }

    /// Why, for the log.
    pub const fn reason(&self) -> &'static str {
        self.reason
    }
}
