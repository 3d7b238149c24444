use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation};
use serde::de::IgnoredAny;

use crate::security::jwt::claims::{self, Rules};
use crate::security::jwt::keys::{Key, Known};
use crate::security::jwt::token::Token;
use crate::security::jwt::{JwtError, JwtKeys};
use crate::security::{Denial, Identity};

/// The longest leeway: ten minutes.
const MOST_LEEWAY: Duration = Duration::from_secs(600);

/// The most keys that a token without `kid` is tried with.
const MOST_TRIES: usize = 4;

/// Whose tokens are taken, and which checks they have to pass.
#[derive(Clone)]
pub struct Issuer {
    rules: Rules,
    keys: JwtKeys,
    /// `None` until it is known which ones the keys are for.
    algorithms: Option<Vec<Algorithm>>,
    /// Values of `typ`, in lower case; `None` for the usual ones.
    kinds: Option<Vec<String>>,
    is_for_anybody: bool,
    discovered_at: Option<String>,
}

impl Issuer {
    /// Tokens whose `iss` is `issuer`, whose `aud` is or holds `audience`, and that are signed with one
    /// of `keys`: a [`KeySet`](super::KeySet), or [`Jwks`](super::Jwks) that are fetched.
    pub fn new(
        issuer: impl Into<String>,
        audience: impl Into<String>,
        keys: impl Into<JwtKeys>,
    ) -> Self {
        Self {
            rules: Rules {
                issuer: issuer.into(),
                audiences: vec![audience.into()],
                leeway: Duration::from_secs(30),
                max_age: None,
                scopes_in: vec!["scope".to_owned(), "scp".to_owned()],
            },
            keys: keys.into(),
            algorithms: None,
            kinds: None,
            is_for_anybody: false,
            discovered_at: None,
        }
    }

    /// The same for one more audience.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.rules.audiences.push(audience.into());
        self
    }

    /// The same for tokens for anybody. Only right where the issuer issues tokens for nobody else, for
    /// else whoever is given one can use it here.
    pub fn without_audience(mut self) -> Self {
        self.rules.audiences.clear();
        self.is_for_anybody = true;
        self
    }

    /// The same with these algorithms and no others. Unless said otherwise, those that the keys of a
    /// [`KeySet`](super::KeySet) are for, and all that have a public key where keys are fetched.
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = Some(algorithms.into_iter().collect());
        self
    }

    /// The same for tokens of that type (`typ`) alone, such as `at+jwt` (RFC 9068 §2.1). Unless said
    /// otherwise `JWT`, `at+jwt` and none are taken.
    pub fn token_type(mut self, kind: &str) -> Self {
        let kind = kind.to_ascii_lowercase();
        self.kinds.get_or_insert_default().push(kind);
        self
    }

    /// The same for clocks that differ by so much; 30 seconds unless said otherwise, at most ten
    /// minutes.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.rules.leeway = leeway.min(MOST_LEEWAY);
        self
    }

    /// The same for tokens that were issued (`iat`) no longer ago than this, whenever they expire.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.rules.max_age = Some(age);
        self
    }

    /// The same with the scopes that this claim holds beside those of `scope` and `scp`: a text with
    /// spaces between them, or a list.
    pub fn scopes_in(mut self, claim: impl Into<String>) -> Self {
        self.rules.scopes_in.push(claim.into());
        self
    }

    #[cfg(feature = "jwks")]
    pub(super) fn found_at(mut self, url: &str) -> Self {
        self.discovered_at = Some(url.to_owned());
        self
    }

    pub(super) fn name(&self) -> &str {
        &self.rules.issuer
    }

    /// Where it was discovered, if it was.
    pub(super) fn discovered_at(&self) -> Option<&str> {
        self.discovered_at.as_deref()
    }

    /// Which keys it has now; `None` if it has none that may still be used.
    pub(super) fn generation(&self) -> Option<u64> {
        self.keys.generation()
    }

    /// The same with all that was left open decided.
    pub(super) fn complete(mut self) -> Result<Self, JwtError> {
        let issuer = || self.rules.issuer.clone();
        let missing = |what| JwtError::Missing {
            issuer: issuer(),
            what,
        };
        if self.rules.issuer.is_empty() {
            return Err(missing("name"));
        }
        let named = self.rules.audiences.iter().all(|one| !one.is_empty());
        if !named || (self.rules.audiences.is_empty() && !self.is_for_anybody) {
            return Err(missing("audience"));
        }
        let known: Vec<Algorithm> = match &self.keys.known {
            Known::Fixed(keys) if keys.is_empty() => {
                return Err(JwtError::NoKeys { issuer: issuer() });
            }
            Known::Fixed(keys) => keys.algorithms(),
            Known::Fetched(_) => super::keys::PUBLIC.to_vec(),
        };
        let algorithms = match &self.algorithms {
            None => known,
            Some(listed) => {
                let kept = listed.iter().filter(|one| known.contains(one));
                kept.copied().collect()
            }
        };
        if algorithms.is_empty() {
            return Err(JwtError::NoAlgorithm { issuer: issuer() });
        }
        self.algorithms = Some(algorithms);
        Ok(self)
    }

    /// Verifies the signature; returns which keys that was done with.
    pub(super) fn verify(&self, text: &str, token: &Token<'_>) -> Result<u64, Denial> {
        let listed = self.algorithms.as_deref().unwrap_or_default();
        if !listed.contains(&token.algorithm) {
            return Err(Denial::unknown(
                "the issuer may not use the token's algorithm",
            ));
        }
        self.check_kind(token)?;
        let (keys, generation) = self.keys.for_token(token)?;
        let validation = self.validation(token.algorithm);
        let mut outcome = Err(Denial::unknown("the issuer has no such key"));
        for key in keys.fitting(token).take(MOST_TRIES) {
            outcome = verify_with(key, text, &validation);
            if outcome.is_ok() {
                break;
            }
        }
        outcome.map(|()| generation)
    }

    pub(super) fn claims(&self, token: &Token<'_>, now: u64) -> Result<(Identity, u64), Denial> {
        self.rules.check(token.claims()?, now)
    }

    fn check_kind(&self, token: &Token<'_>) -> Result<(), Denial> {
        let kind = token.kind.as_deref();
        let is_good = match &self.kinds {
            None => matches!(kind, None | Some("jwt" | "at+jwt")),
            Some(kinds) => kind.is_some_and(|kind| kinds.iter().any(|one| one == kind)),
        };
        match is_good {
            true => Ok(()),
            false => Err(Denial::unknown("the token is of another type")),
        }
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        let mut needed = HashSet::from(["exp", "iss", "sub"].map(str::to_owned));
        validation.leeway = self.rules.leeway.as_secs();
        validation.validate_nbf = true;
        validation.set_issuer(&[&self.rules.issuer]);
        match self.is_for_anybody && self.rules.audiences.is_empty() {
            true => validation.validate_aud = false,
            false => {
                needed.insert("aud".to_owned());
                validation.set_audience(&self.rules.audiences);
            }
        }
        validation.required_spec_claims = needed;
        validation
    }
}

fn verify_with(key: &Key, text: &str, validation: &Validation) -> Result<(), Denial> {
    let Err(error) = jsonwebtoken::decode::<IgnoredAny>(text, key.decoding(), validation) else {
        return Ok(());
    };
    Err(match error.kind() {
        ErrorKind::ExpiredSignature => claims::EXPIRED,
        ErrorKind::ImmatureSignature => claims::IMMATURE,
        ErrorKind::InvalidAudience => claims::WRONG_AUDIENCE,
        ErrorKind::InvalidIssuer => claims::WRONG_ISSUER,
        ErrorKind::MissingRequiredClaim(_) | ErrorKind::InvalidClaimFormat(_) => {
            Denial::unknown("a claim of the token is missing or malformed")
        }
        _ => Denial::unknown("the token's signature is wrong"),
    })
}

/// Shows the rules and never a key.
impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer")
            .field("issuer", &self.rules.issuer)
            .field("audiences", &self.rules.audiences)
            .field("algorithms", &self.algorithms)
            .finish_non_exhaustive()
    }
}
