//! JSON Web Tokens (RFC 7519), checked as RFC 8725 advises.
//!
//! | module | holds |
//! |---|---|
//! | `issuer` | [`Issuer`]: whose tokens are taken, and which checks they must pass |
//! | `keys` | [`KeySet`]: keys, each bound to its algorithms |
//! | `jwks` | [`Jwks`]: keys that are fetched and fetched again, on a thread of their own |
//! | `fetch` | keys over HTTPS, and OpenID Connect discovery |
//! | `token` | the parts of a token, read strictly |
//! | `claims` | what a token says, against what its issuer's tokens must say |

mod claims;
#[cfg(feature = "jwks")]
mod fetch;
mod issuer;
mod jwks;
mod keys;
mod token;

use std::fmt;
use std::time::{Duration, SystemTime};

use brrtrouter_spec::model::{SecurityScheme, SecuritySchemeKind};
use jsonwebtoken::crypto::rust_crypto;

pub use issuer::Issuer;
pub use jsonwebtoken::Algorithm;
pub use jwks::{Jwks, JwksError, JwksTimes};
pub use keys::{JwtKeys, KeyError, KeySet};

use crate::security::recent::Recent;
use crate::security::{Credential, Denial, Identity, SecurityProvider};
use token::Token;

/// Takes signed tokens of known issuers: the provider for `http` bearer, `oauth2` and `openIdConnect`
/// schemes, and for tokens in a place of their own (`apiKey`).
///
/// Each issuer has a list of algorithms, and each key is good for some of them only; tokens that name
/// their own key (`jwk`, `jku`, `x5u`, `x5c`), are not signed, or state anything twice are refused.
/// `exp`, `sub` and `iss` are needed, `aud` too unless [waived](Issuer::without_audience), `nbf` and
/// `iat` are heeded. The scopes of `scope` (RFC 8693 §4.2) and `scp` become those of the
/// [`Identity`], whose claims are all those of the token.
///
/// ```
/// use brrtrouter::security::jwt::{Algorithm, Issuer, Jwt, KeySet};
///
/// # let secret = [7; 32];
/// let keys = KeySet::new().hmac("2026-a", Algorithm::HS256, &secret)?;
/// let tokens = Jwt::new(Issuer::new("https://login.example", "pets", keys))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Jwt {
    issuers: Vec<Issuer>,
    longest: usize,
    /// Of the hashes that the cache knows tokens by.
    secret: [u8; 32],
    cache: Recent<Verified>,
    revoked: Option<Box<Revoked>>,
}

/// What is known of a token whose signature was verified.
struct Verified {
    identity: Identity,
    /// The last second in which the token is good.
    until: u64,
    /// The place of its issuer.
    issuer: usize,
    /// Which keys it was verified with.
    generation: u64,
}

type Revoked = dyn Fn(&Identity) -> bool + Send + Sync;

/// Why tokens cannot be checked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JwtError {
    /// An issuer has no key.
    #[error("issuer {issuer:?} has no key")]
    NoKeys {
        /// Its name.
        issuer: String,
    },
    /// An issuer's list of algorithms has none that one of its keys is for.
    #[error("issuer {issuer:?} has no key for any of the algorithms that it may use")]
    NoAlgorithm {
        /// Its name.
        issuer: String,
    },
    /// An issuer has no name, or no audience and did not waive it.
    #[error("issuer {issuer:?} has no {what}")]
    Missing {
        /// Its name.
        issuer: String,
        /// What is missing.
        what: &'static str,
    },
    /// Two issuers have the same name.
    #[error("there are two issuers {issuer:?}")]
    TwoIssuers {
        /// The name.
        issuer: String,
    },
    /// The system gave no random bytes.
    #[error("the system gave no random bytes: {0}")]
    Random(getrandom::Error),
}

impl Jwt {
    /// Takes the tokens of `issuer`.
    ///
    /// # Errors
    ///
    /// [`JwtError`] if none of its tokens could be good.
    pub fn new(issuer: Issuer) -> Result<Self, JwtError> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(JwtError::Random)?;
        install_cryptography();
        let tokens = Self {
            issuers: Vec::new(),
            longest: 8 * 1024,
            secret,
            cache: Recent::new(10_000),
            revoked: None,
        };
        tokens.issuer(issuer)
    }

    /// The same for the tokens of one more issuer.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn issuer(mut self, issuer: Issuer) -> Result<Self, JwtError> {
        let issuer = issuer.complete()?;
        if self.issuers.iter().any(|one| one.name() == issuer.name()) {
            let issuer = issuer.name().to_owned();
            return Err(JwtError::TwoIssuers { issuer });
        }
        self.issuers.push(issuer);
        Ok(self)
    }

    /// The same with room for so many tokens whose signature was verified; 10,000 unless said
    /// otherwise, 0 for none. A token leaves when it expires, when its issuer's keys change, or when
    /// its room is needed.
    pub fn cache(mut self, tokens: usize) -> Self {
        self.cache = Recent::new(tokens);
        self
    }

    /// The same with tokens of at most so many bytes; 8 KiB unless said otherwise.
    pub fn longest_token(mut self, bytes: usize) -> Self {
        self.longest = bytes;
        self
    }

    /// The same without the tokens of which `revoked` says that they were taken back, by their subject
    /// or claims such as `jti`. It is asked for each request, of tokens in the cache too, on the
    /// connection's coroutine: it must be quick and not block.
    pub fn revoked_if(
        mut self,
        revoked: impl Fn(&Identity) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.revoked = Some(Box::new(revoked));
        self
    }

    fn check(&self, text: &str, now: u64) -> Result<Verified, Denial> {
        let token = Token::parse(text)?;
        let (number, issuer) = match self.issuers.as_slice() {
            [only] => (0, only),
            several => {
                let name = token.unverified_issuer()?;
                let found = several.iter().enumerate();
                let mut found = found.filter(|(_, one)| one.name() == name);
                found.next().ok_or(claims::WRONG_ISSUER)?
            }
        };
        let generation = issuer.verify(text, &token)?;
        let (identity, until) = issuer.claims(&token, now)?;
        Ok(Verified {
            identity,
            until,
            issuer: number,
            generation,
        })
    }

    fn unless_revoked(&self, identity: Identity) -> Result<Identity, Denial> {
        match &self.revoked {
            Some(revoked) if revoked(&identity) => Err(Denial::unknown("the token was taken back")),
            _ => Ok(identity),
        }
    }
}

impl SecurityProvider for Jwt {
    fn verify(&self, credential: &Credential<'_>) -> Result<Identity, Denial> {
        let text = credential.value();
        if text.len() > self.longest {
            return Err(Denial::unknown("the token is too long"));
        }
        let now = now()?;
        let hash = blake3::keyed_hash(&self.secret, text.as_bytes());
        let known = self.cache.get(&hash, |verified| {
            let issuer = self.issuers.get(verified.issuer);
            let keys = issuer.and_then(Issuer::generation);
            let is_good = now <= verified.until && keys == Some(verified.generation);
            is_good.then(|| verified.identity.clone())
        });
        if let Some(identity) = known {
            return self.unless_revoked(identity);
        }
        let verified = self.check(text, now)?;
        let identity = verified.identity.clone();
        self.cache.put(hash, verified, |one| one.until < now);
        self.unless_revoked(identity)
    }

    fn check(&self, scheme: &SecurityScheme) -> Result<(), String> {
        match &scheme.kind {
            SecuritySchemeKind::Http { scheme, .. } if scheme == "basic" => {
                Err("tokens are not for schemes of type `http` basic".to_owned())
            }
            SecuritySchemeKind::MutualTls => {
                Err("tokens are not for schemes of type `mutualTLS`".to_owned())
            }
            SecuritySchemeKind::OpenIdConnect { url } => {
                let discovered: Vec<&str> = self
                    .issuers
                    .iter()
                    .filter_map(Issuer::discovered_at)
                    .collect();
                if discovered.is_empty() || discovered.contains(&url.as_str()) {
                    return Ok(());
                }
                Err(format!(
                    "its issuer was discovered at {}, and the document names {url}",
                    discovered.join(", ")
                ))
            }
            _ => Ok(()),
        }
    }
}

/// Shows the issuers, never a key or a token.
impl fmt::Debug for Jwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jwt")
            .field("issuers", &self.issuers)
            .finish_non_exhaustive()
    }
}

/// Chooses the cryptography of `jsonwebtoken`, which would panic if a program had two of them built in
/// and had chosen none. One that the program has chosen stays.
fn install_cryptography() {
    let _ = rust_crypto::DEFAULT_PROVIDER.install_default();
}

/// Seconds since 1970.
fn now() -> Result<u64, Denial> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since
        .as_ref()
        .map(Duration::as_secs)
        .map_err(|_| Denial::unavailable("the clock stands before 1970"))
}
