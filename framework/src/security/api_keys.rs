use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use blake3::Hash;
use brrtrouter_spec::model::{SecurityScheme, SecuritySchemeKind};

use crate::security::{Credential, Denial, Identity, SecurityProvider};

/// The keys of an `apiKey` scheme, each with its owner.
///
/// Only hashes are kept, keyed with a secret, and compared in constant time. Clones share the keys, so
/// that one kept aside can [`replace`](Self::replace) them while the service runs. An owner may have
/// several keys, which is how one is rotated: first both are good, then the old one is left out.
///
/// ```
/// use brrtrouter::security::{ApiKeys, Identity};
///
/// let reader = Identity::new("report").with_scopes(["read"]);
/// let keys = ApiKeys::new([(Identity::new("kiosk"), "a-key-of-some-length-9f2c"), (reader, "another-key-of-some-length")])?;
/// assert_eq!(format!("{keys:?}"), "ApiKeys { owners: [\"kiosk\", \"report\"], .. }");
///
/// let handle = keys.clone();
/// handle.replace([("kiosk", "the-next-key-of-some-length")])?;
/// assert_eq!(format!("{keys:?}"), "ApiKeys { owners: [\"kiosk\"], .. }");
/// # Ok::<(), brrtrouter::security::ApiKeysError>(())
/// ```
#[derive(Clone)]
pub struct ApiKeys {
    secret: [u8; 32],
    /// Sorted by their hashes.
    entries: Arc<ArcSwap<Vec<Entry>>>,
}

#[derive(Clone)]
struct Entry {
    hash: Hash,
    identity: Identity,
}

/// Why a set of keys cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApiKeysError {
    /// There is no key.
    #[error("there is no API key")]
    Empty,
    /// A key is shorter than 16 bytes.
    #[error("the API key of {owner:?} is shorter than {SHORTEST} bytes")]
    TooShort {
        /// Whose key it is.
        owner: String,
    },
    /// A key is longer than 1 KiB.
    #[error("the API key of {owner:?} is longer than {LONGEST} bytes")]
    TooLong {
        /// Whose key it is.
        owner: String,
    },
    /// Two owners have the same key.
    #[error("{owner:?} and {other:?} have the same API key")]
    Shared {
        /// One of them.
        owner: String,
        /// The other.
        other: String,
    },
    /// A hash is not of 64 hexadecimal digits.
    #[error("the hash of the API key of {owner:?} is not of 64 hexadecimal digits")]
    Hash {
        /// Whose key it is.
        owner: String,
    },
    /// The variable is not set, or not Unicode.
    #[error("the environment variable {name} cannot be read: {source}")]
    Variable {
        /// The variable's name.
        name: String,
        /// Why not.
        source: std::env::VarError,
    },
    /// An entry of the variable is not `owner=key`.
    #[error("entry {position} of the environment variable {name} is not of the form owner=key")]
    Entry {
        /// The variable's name.
        name: String,
        /// The place of the entry, from 1.
        position: usize,
    },
    /// The system gave no random bytes.
    #[error("the system gave no random bytes: {0}")]
    Random(getrandom::Error),
}

/// The fewest bytes a key may have.
const SHORTEST: usize = 16;

/// The most bytes a key may have; longer ones are refused without a look.
const LONGEST: usize = 1024;

impl ApiKeys {
    /// Keys with their owners: names, or identities that have scopes.
    ///
    /// # Errors
    ///
    /// [`ApiKeysError`] if there is none, or one is too short, too long, or stands there twice.
    pub fn new<O, K>(keys: impl IntoIterator<Item = (O, K)>) -> Result<Self, ApiKeysError>
    where
        O: Into<Identity>,
        K: AsRef<str>,
    {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(ApiKeysError::Random)?;
        Self::of(secret, hashed(&secret, keys)?)
    }

    /// Hashes of keys, as [`hash`](Self::hash) makes them of the same secret, with their owners: for
    /// keys that are not to be known to the server at all.
    ///
    /// # Errors
    ///
    /// [`ApiKeysError`] if there is none, one is malformed, or stands there twice.
    pub fn from_hashes<O, H>(
        secret: [u8; 32],
        hashes: impl IntoIterator<Item = (O, H)>,
    ) -> Result<Self, ApiKeysError>
    where
        O: Into<Identity>,
        H: AsRef<str>,
    {
        let mut entries = Vec::new();
        for (owner, hash) in hashes {
            let identity = owner.into();
            match Hash::from_hex(hash.as_ref()) {
                Ok(hash) => entries.push(Entry { hash, identity }),
                Err(_) => {
                    let owner = identity.subject().to_owned();
                    return Err(ApiKeysError::Hash { owner });
                }
            }
        }
        Self::of(secret, entries)
    }

    /// The keyed hash (BLAKE3) of a key, as 64 hexadecimal digits.
    pub fn hash(secret: &[u8; 32], key: &str) -> String {
        blake3::keyed_hash(secret, key.as_bytes()).to_string()
    }

    /// The keys of an environment variable: `owner=key`, separated by commas.
    ///
    /// # Errors
    ///
    /// [`ApiKeysError`] if it is not set, malformed, or holds no key that can be used.
    pub fn from_env(name: &str) -> Result<Self, ApiKeysError> {
        let text = std::env::var(name).map_err(|source| ApiKeysError::Variable {
            name: name.to_owned(),
            source,
        })?;
        let mut keys = Vec::new();
        for (index, entry) in text.split(',').enumerate() {
            match entry.trim().split_once('=') {
                Some((owner, key)) if !owner.is_empty() => keys.push((owner, key)),
                _ => {
                    return Err(ApiKeysError::Entry {
                        name: name.to_owned(),
                        position: index + 1,
                    });
                }
            }
        }
        Self::new(keys)
    }

    /// Takes these keys in place of all that were good, for this provider and its clones. Each
    /// request sees either the old or the new ones.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new); the old keys then stay.
    pub fn replace<O, K>(&self, keys: impl IntoIterator<Item = (O, K)>) -> Result<(), ApiKeysError>
    where
        O: Into<Identity>,
        K: AsRef<str>,
    {
        let entries = in_order(hashed(&self.secret, keys)?)?;
        self.entries.store(Arc::new(entries));
        Ok(())
    }

    fn of(secret: [u8; 32], entries: Vec<Entry>) -> Result<Self, ApiKeysError> {
        Ok(Self {
            secret,
            entries: Arc::new(ArcSwap::from_pointee(in_order(entries)?)),
        })
    }
}

fn hashed<O: Into<Identity>, K: AsRef<str>>(
    secret: &[u8; 32],
    keys: impl IntoIterator<Item = (O, K)>,
) -> Result<Vec<Entry>, ApiKeysError> {
    let mut entries = Vec::new();
    for (owner, key) in keys {
        let (identity, key) = (owner.into(), key.as_ref().as_bytes());
        let owner = || identity.subject().to_owned();
        if key.len() < SHORTEST {
            return Err(ApiKeysError::TooShort { owner: owner() });
        }
        if key.len() > LONGEST {
            return Err(ApiKeysError::TooLong { owner: owner() });
        }
        let hash = blake3::keyed_hash(secret, key);
        entries.push(Entry { hash, identity });
    }
    Ok(entries)
}

fn in_order(mut entries: Vec<Entry>) -> Result<Vec<Entry>, ApiKeysError> {
    if entries.is_empty() {
        return Err(ApiKeysError::Empty);
    }
    entries.sort_by_key(|one| *one.hash.as_bytes());
    for pair in entries.windows(2) {
        if let [one, other] = pair
            && one.hash == other.hash
        {
            return Err(ApiKeysError::Shared {
                owner: one.identity.subject().to_owned(),
                other: other.identity.subject().to_owned(),
            });
        }
    }
    Ok(entries)
}

impl SecurityProvider for ApiKeys {
    fn verify(&self, credential: &Credential<'_>) -> Result<Identity, Denial> {
        const WRONG: Denial = Denial::unknown("nobody has this API key");
        let key = credential.value().as_bytes();
        if key.len() > LONGEST {
            return Err(WRONG);
        }
        let hash = blake3::keyed_hash(&self.secret, key);
        let entries = self.entries.load();
        // The way to the entry depends on the hash, which without the secret nobody can aim at; the
        // comparison that decides is that of `Hash`, in constant time.
        let index = entries.partition_point(|one| one.hash.as_bytes() < hash.as_bytes());
        match entries.get(index) {
            Some(entry) if entry.hash == hash => Ok(entry.identity.clone()),
            _ => Err(WRONG),
        }
    }

    fn check(&self, scheme: &SecurityScheme) -> Result<(), String> {
        match &scheme.kind {
            SecuritySchemeKind::ApiKey { .. } => Ok(()),
            SecuritySchemeKind::Http { scheme, .. } if scheme != "basic" => Ok(()),
            _ => {
                Err("API keys are for schemes of type `apiKey`, or `http` other than basic".into())
            }
        }
    }
}

/// Shows the owners, never a key or a hash.
impl fmt::Debug for ApiKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.entries.load();
        let mut owners: Vec<&str> = entries.iter().map(|one| one.identity.subject()).collect();
        owners.sort_unstable();
        f.debug_struct("ApiKeys")
            .field("owners", &owners)
            .finish_non_exhaustive()
    }
}
