use std::fmt;

use blake3::Hash;

use crate::security::{Credential, Denial, Identity, SecurityProvider};

/// The keys of an `apiKey` scheme, each with the name of its owner.
///
/// Only hashes are kept, keyed with a secret of this process and compared in constant time.
///
/// ```
/// use brrtrouter::security::ApiKeys;
///
/// let keys = ApiKeys::new([("kiosk", "a-key-of-some-length-9f2c")])?;
/// assert_eq!(format!("{keys:?}"), "ApiKeys { owners: [\"kiosk\"], .. }");
/// # Ok::<(), brrtrouter::security::ApiKeysError>(())
/// ```
pub struct ApiKeys {
    secret: [u8; 32],
    entries: Vec<(Hash, Identity)>,
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

impl ApiKeys {
    /// Keys with the names of their owners.
    ///
    /// # Errors
    ///
    /// [`ApiKeysError`] if there is none or one is too short.
    pub fn new<O, K>(keys: impl IntoIterator<Item = (O, K)>) -> Result<Self, ApiKeysError>
    where
        O: AsRef<str>,
        K: AsRef<str>,
    {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(ApiKeysError::Random)?;
        let mut entries = Vec::new();
        for (owner, key) in keys {
            let (owner, key) = (owner.as_ref(), key.as_ref().as_bytes());
            if key.len() < SHORTEST {
                let owner = owner.to_owned();
                return Err(ApiKeysError::TooShort { owner });
            }
            entries.push((blake3::keyed_hash(&secret, key), Identity::new(owner)));
        }
        if entries.is_empty() {
            return Err(ApiKeysError::Empty);
        }
        Ok(Self { secret, entries })
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
}

impl SecurityProvider for ApiKeys {
    fn verify(&self, credential: &Credential<'_>, _: &[String]) -> Result<Identity, Denial> {
        let hash = blake3::keyed_hash(&self.secret, credential.value().as_bytes());
        let mut owner = None;
        for (known, identity) in &self.entries {
            // `Hash` compares in constant time; going on after a match keeps the whole so.
            if *known == hash {
                owner = Some(identity);
            }
        }
        owner.cloned().ok_or(Denial::Unknown)
    }
}

/// Shows the owners, never a key or a hash.
impl fmt::Debug for ApiKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let owners: Vec<&str> = self.entries.iter().map(|(_, one)| one.subject()).collect();
        f.debug_struct("ApiKeys")
            .field("owners", &owners)
            .finish_non_exhaustive()
    }
}
