use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use crate::security::Denial;
use crate::security::jwt::jwks::{Jwks, Snapshot};
use crate::security::jwt::token::Token;

/// The algorithms that have a public key.
pub(super) const PUBLIC: &[Algorithm] = &[
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// The fewest bytes of an RSA modulus (RFC 7518 §3.3).
const SHORTEST_MODULUS: usize = 256;

/// The most keys that a set may hold; more are passed over.
const MOST_KEYS: usize = 64;

/// The keys of an issuer: a fixed set, or one that is fetched.
#[derive(Clone)]
pub struct JwtKeys {
    pub(super) known: Known,
}

#[derive(Clone)]
pub(super) enum Known {
    Fixed(Arc<KeySet>),
    Fetched(Jwks),
}

impl From<KeySet> for JwtKeys {
    fn from(keys: KeySet) -> Self {
        Self {
            known: Known::Fixed(Arc::new(keys)),
        }
    }
}

impl From<Jwks> for JwtKeys {
    fn from(keys: Jwks) -> Self {
        Self {
            known: Known::Fetched(keys),
        }
    }
}

impl fmt::Debug for JwtKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.known {
            Known::Fixed(keys) => keys.fmt(f),
            Known::Fetched(keys) => keys.fmt(f),
        }
    }
}

/// Keys as they are at one moment.
pub(super) enum Current {
    Fixed(Arc<KeySet>),
    Fetched(Arc<Snapshot>),
}

impl std::ops::Deref for Current {
    type Target = KeySet;

    fn deref(&self) -> &KeySet {
        match self {
            Self::Fixed(keys) => keys,
            Self::Fetched(snapshot) => &snapshot.keys,
        }
    }
}

impl JwtKeys {
    /// Which keys there are; `None` if there are none that may still be used.
    pub(super) fn generation(&self) -> Option<u64> {
        match &self.known {
            Known::Fixed(_) => Some(0),
            Known::Fetched(keys) => keys.generation(),
        }
    }

    /// The keys to verify a token with, fetched again if none of them fits it. May wait.
    pub(super) fn for_token(&self, token: &Token<'_>) -> Result<(Current, u64), Denial> {
        match &self.known {
            Known::Fixed(keys) => Ok((Current::Fixed(Arc::clone(keys)), 0)),
            Known::Fetched(keys) => {
                let snapshot = keys.holding(|keys| keys.fitting(token).next().is_some())?;
                let generation = snapshot.generation;
                Ok((Current::Fetched(snapshot), generation))
            }
        }
    }
}

/// Keys that tokens are verified with, each good for certain algorithms only.
#[derive(Clone, Default)]
pub struct KeySet {
    keys: Vec<Key>,
}

#[derive(Clone)]
pub(super) struct Key {
    kid: Option<String>,
    algorithms: Vec<Algorithm>,
    decoding: DecodingKey,
}

/// Why a key cannot be used. Holds nothing of the key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A secret is shorter than the hash of its algorithm (RFC 7518 §3.2).
    #[error("the secret for {algorithm:?} has {bytes} bytes, and needs {needed}")]
    WeakSecret {
        /// The algorithm.
        algorithm: Algorithm,
        /// How long the secret is.
        bytes: usize,
        /// How long it has to be.
        needed: usize,
    },
    /// An RSA key is shorter than 2,048 bits (RFC 7518 §3.3).
    #[error("an RSA key for {algorithm:?} has to have 2048 bits")]
    WeakRsa {
        /// The algorithm.
        algorithm: Algorithm,
    },
    /// The key cannot be read, or is not one for the algorithm.
    #[error("the key is malformed or not one for {algorithm:?}")]
    Malformed {
        /// The algorithm.
        algorithm: Algorithm,
    },
    /// A JSON Web Key Set is not one.
    #[error("the JSON Web Key Set cannot be read: {0}")]
    NotASet(String),
}

impl KeySet {
    /// No keys.
    pub fn new() -> Self {
        super::install_cryptography();
        Self::default()
    }

    /// The same with a shared secret, for tokens of that `kid` (any, if it is empty).
    ///
    /// # Errors
    ///
    /// [`KeyError`] if the algorithm has no secret, or it is shorter than the algorithm's hash.
    pub fn hmac(
        mut self,
        kid: &str,
        algorithm: Algorithm,
        secret: &[u8],
    ) -> Result<Self, KeyError> {
        let needed = match algorithm {
            Algorithm::HS256 => 32,
            Algorithm::HS384 => 48,
            Algorithm::HS512 => 64,
            _ => return Err(KeyError::Malformed { algorithm }),
        };
        let bytes = secret.len();
        if bytes < needed {
            return Err(KeyError::WeakSecret {
                algorithm,
                bytes,
                needed,
            });
        }
        let key = DecodingKey::from_secret(secret);
        self.keys.push(Key::new(kid, vec![algorithm], key));
        Ok(self)
    }

    /// The same with a public key in PEM, for tokens of that `kid` (any, if it is empty).
    ///
    /// # Errors
    ///
    /// [`KeyError`] if it is malformed, weak, or not one for the algorithm.
    pub fn pem(mut self, kid: &str, algorithm: Algorithm, pem: &[u8]) -> Result<Self, KeyError> {
        let key = match algorithm.family() {
            AlgorithmFamily::Rsa => DecodingKey::from_rsa_pem(pem),
            AlgorithmFamily::Ec => DecodingKey::from_ec_pem(pem),
            AlgorithmFamily::Ed => DecodingKey::from_ed_pem(pem),
            AlgorithmFamily::Hmac => return Err(KeyError::Malformed { algorithm }),
        };
        let key = key.map_err(|_| KeyError::Malformed { algorithm })?;
        // PKCS #1 holds the modulus and a few bytes more: exponent, lengths, tags.
        let der = key.try_get_as_bytes().map_or(0, <[u8]>::len);
        if algorithm.family() == AlgorithmFamily::Rsa && der < SHORTEST_MODULUS + 12 {
            return Err(KeyError::WeakRsa { algorithm });
        }
        check(&key, algorithm)?;
        self.keys.push(Key::new(kid, vec![algorithm], key));
        Ok(self)
    }

    /// The same with the public keys of a JSON Web Key Set (RFC 7517 §5). Keys that are for something
    /// else than signatures, of a kind that is not known, or weak are passed over (§5), and so are
    /// secrets, which have no place there.
    ///
    /// # Errors
    ///
    /// [`KeyError::NotASet`] if it is none.
    pub fn jwks(mut self, json: &[u8]) -> Result<Self, KeyError> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(json).map_err(|error| {
            // Line and column, and nothing of what stands there.
            KeyError::NotASet(format!(
                "{:?} at {}:{}",
                error.classify(),
                error.line(),
                error.column()
            ))
        })?;
        let keys = set.keys.into_iter().take(MOST_KEYS);
        self.keys.extend(keys.filter_map(Key::of_jwk));
        Ok(self)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// The algorithms that there is a key for.
    pub(super) fn algorithms(&self) -> Vec<Algorithm> {
        let mut all = Vec::new();
        for one in self.keys.iter().flat_map(|key| &key.algorithms) {
            if !all.contains(one) {
                all.push(*one);
            }
        }
        all
    }

    /// The keys that a token may be signed with: for its algorithm, and of its `kid` if both have one.
    pub(super) fn fitting(&self, token: &Token<'_>) -> impl Iterator<Item = &Key> {
        self.keys.iter().filter(|key| {
            let kids_differ =
                matches!((&key.kid, &token.kid), (Some(mine), Some(its)) if mine != its);
            key.algorithms.contains(&token.algorithm) && !kids_differ
        })
    }
}

impl Key {
    fn new(kid: &str, algorithms: Vec<Algorithm>, decoding: DecodingKey) -> Self {
        Self {
            kid: (!kid.is_empty()).then(|| kid.to_owned()),
            algorithms,
            decoding,
        }
    }

    /// `None` for one that no signature is to be verified with.
    fn of_jwk(value: Value) -> Option<Self> {
        let jwk = serde_json::from_value::<Jwk>(value).ok()?;
        let common = &jwk.common;
        let is_for_signatures = match (&common.public_key_use, &common.key_operations) {
            (Some(PublicKeyUse::Signature), _) => true,
            (Some(_), _) => false,
            (None, Some(operations)) => operations.contains(&KeyOperations::Verify),
            (None, None) => true,
        };
        if !is_for_signatures {
            return None;
        }
        let mut algorithms: Vec<Algorithm> = match &jwk.algorithm {
            AlgorithmParameters::RSA(key) => {
                let modulus = URL_SAFE_NO_PAD.decode(&key.n).ok()?;
                let bytes = modulus.iter().skip_while(|byte| **byte == 0).count();
                if bytes < SHORTEST_MODULUS {
                    return None;
                }
                let rsa = PUBLIC.iter();
                let rsa = rsa.filter(|one| one.family() == AlgorithmFamily::Rsa);
                rsa.copied().collect()
            }
            AlgorithmParameters::EllipticCurve(key) => match key.curve {
                EllipticCurve::P256 => vec![Algorithm::ES256],
                EllipticCurve::P384 => vec![Algorithm::ES384],
                _ => return None,
            },
            AlgorithmParameters::OctetKeyPair(key) => match key.curve {
                EllipticCurve::Ed25519 => vec![Algorithm::EdDSA],
                _ => return None,
            },
            _ => return None,
        };
        if let Some(stated) = common.key_algorithm {
            let stated = Algorithm::try_from(stated).ok()?;
            algorithms.retain(|one| *one == stated);
        }
        let decoding = DecodingKey::from_jwk(&jwk).ok()?;
        check(&decoding, *algorithms.first()?).ok()?;
        let kid = common.key_id.as_deref().unwrap_or_default();
        Some(Self::new(kid, algorithms, decoding))
    }

    pub(super) fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }
}

/// Whether a public key can be used for the algorithm.
fn check(key: &DecodingKey, algorithm: Algorithm) -> Result<(), KeyError> {
    let verifier =
        (jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER.verifier_factory)(&algorithm, key);
    match verifier {
        Ok(_) => Ok(()),
        Err(_) => Err(KeyError::Malformed { algorithm }),
    }
}

/// Shows names and algorithms, never a key.
impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.keys.iter();
        let shown = keys.map(|key| (key.kid.as_deref().unwrap_or("-"), &key.algorithms));
        f.debug_map().entries(shown).finish()
    }
}
