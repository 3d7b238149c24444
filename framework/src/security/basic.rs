//! User names and passwords (RFC 7617).
//!
//! | module | holds |
//! |---|---|
//! | `password` | hashes of passwords, as they are written |
//! | `memory` | passwords that were verified a short while ago |

mod memory;
mod password;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use blake3::Hash;
use brrtrouter_spec::model::{SecurityScheme, SecuritySchemeKind};

use crate::security::{Credential, Denial, Identity, SecurityProvider};
use memory::Memory;
use password::PasswordHash;

/// The longest credentials that are looked at, in bytes before decoding.
const LONGEST: usize = 1024;

/// The users of an `http` basic scheme, each with the hash of a password: argon2id or bcrypt, as
/// `argon2` and `htpasswd -B` write them.
///
/// To verify a password takes long by design, so it is done on a thread, and one that was right is
/// remembered for a minute, as a keyed hash. An unknown user takes as long as a known one. Clones share
/// the users, so that one kept aside can [`replace`](Self::replace) them while the service runs.
///
/// ```
/// use brrtrouter::security::BasicUsers;
///
/// let users = BasicUsers::new([(
///     "till",
///     "$2y$05$bvIG6Nmid91Mu9RcmmWZfO5HJIMCT8riNW0hEp8f6/FuA2/mHZFpe",
/// )])?;
/// # Ok::<(), brrtrouter::security::BasicUsersError>(())
/// ```
#[derive(Clone)]
pub struct BasicUsers {
    users: Arc<ArcSwap<Users>>,
    /// Of the hashes that the memory knows passwords by.
    secret: [u8; 32],
    memory: Arc<Memory>,
}

struct Users {
    by_name: HashMap<String, User>,
    /// What a password of nobody is verified against, so that it takes as long.
    decoy: PasswordHash,
}

struct User {
    identity: Identity,
    hash: PasswordHash,
}

/// Why users cannot be known. Holds nothing of a hash.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BasicUsersError {
    /// There is no user.
    #[error("there is no user")]
    Empty,
    /// A name is empty, or holds a colon or a control character (RFC 7617 §2).
    #[error("{user:?} cannot be the name of a user")]
    Name {
        /// The name.
        user: String,
    },
    /// A hash is none of argon2id or bcrypt.
    #[error("the password hash of {user:?} is neither argon2id nor bcrypt")]
    Hash {
        /// Whose it is.
        user: String,
    },
    /// Two users have the same name.
    #[error("there are two users {user:?}")]
    TwoUsers {
        /// The name.
        user: String,
    },
    /// The system gave no random bytes.
    #[error("the system gave no random bytes: {0}")]
    Random(getrandom::Error),
}

impl BasicUsers {
    /// Users, named by the subjects of their identities, with hashes of their passwords:
    /// `$argon2id$…` (PHC string) or `$2a$…`, `$2b$…`, `$2y$…` (bcrypt).
    ///
    /// # Errors
    ///
    /// [`BasicUsersError`] if there is none, or one cannot be used.
    pub fn new<I, H>(users: impl IntoIterator<Item = (I, H)>) -> Result<Self, BasicUsersError>
    where
        I: Into<Identity>,
        H: AsRef<str>,
    {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(BasicUsersError::Random)?;
        Ok(Self {
            users: Arc::new(ArcSwap::from_pointee(Users::new(users)?)),
            secret,
            memory: Arc::new(Memory::new(1_024, Duration::from_secs(60))),
        })
    }

    /// The same with room for so many passwords that were right, each for so long; 1,024 for a minute
    /// unless said otherwise, 0 for none.
    pub fn remember(mut self, passwords: usize, time: Duration) -> Self {
        self.memory = Arc::new(Memory::new(passwords, time));
        self
    }

    /// Takes these users in place of all that there were, for this provider and its clones.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new); the old users then stay.
    pub fn replace<I, H>(
        &self,
        users: impl IntoIterator<Item = (I, H)>,
    ) -> Result<(), BasicUsersError>
    where
        I: Into<Identity>,
        H: AsRef<str>,
    {
        self.users.store(Arc::new(Users::new(users)?));
        self.memory.forget();
        Ok(())
    }

    /// The keyed hash that name and password are remembered by.
    fn key(&self, credential: &Credential<'_>) -> Hash {
        blake3::keyed_hash(&self.secret, credential.value().as_bytes())
    }
}

impl Users {
    fn new<I, H>(users: impl IntoIterator<Item = (I, H)>) -> Result<Self, BasicUsersError>
    where
        I: Into<Identity>,
        H: AsRef<str>,
    {
        let mut by_name = HashMap::new();
        let mut decoy = None;
        for (identity, hash) in users {
            let identity = identity.into();
            let user = identity.subject().to_owned();
            if user.is_empty() || user.contains(|one: char| one == ':' || one.is_control()) {
                return Err(BasicUsersError::Name { user });
            }
            let Some(hash) = PasswordHash::parse(hash.as_ref()) else {
                return Err(BasicUsersError::Hash { user });
            };
            decoy.get_or_insert_with(|| hash.clone());
            if by_name.contains_key(&user) {
                return Err(BasicUsersError::TwoUsers { user });
            }
            by_name.insert(user, User { identity, hash });
        }
        let decoy = decoy.ok_or(BasicUsersError::Empty)?;
        Ok(Self { by_name, decoy })
    }
}

impl SecurityProvider for BasicUsers {
    fn verify(&self, credential: &Credential<'_>) -> Result<Identity, Denial> {
        const WRONG: Denial = Denial::unknown("user or password is wrong");
        const MALFORMED: Denial = Denial::unknown("user and password are malformed");
        if credential.value().len() > LONGEST {
            return Err(MALFORMED);
        }
        let decoded = STANDARD
            .decode(credential.value())
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or(MALFORMED)?;
        let (name, password) = decoded.split_once(':').ok_or(MALFORMED)?;
        if decoded.contains(char::is_control) {
            return Err(MALFORMED);
        }
        let begun = self.memory.epoch();
        let users = self.users.load_full();
        let Some(user) = users.by_name.get(name) else {
            users.decoy.verify(password);
            return Err(WRONG);
        };
        if !user.hash.verify(password) {
            return Err(WRONG);
        }
        self.memory.put(
            self.key(credential),
            user.identity.clone(),
            begun,
            Instant::now(),
        );
        Ok(user.identity.clone())
    }

    fn blocks(&self) -> bool {
        true
    }

    fn recall(&self, credential: &Credential<'_>) -> Option<Identity> {
        if credential.value().len() > LONGEST {
            return None;
        }
        self.memory.get(&self.key(credential), Instant::now())
    }

    fn check(&self, scheme: &SecurityScheme) -> Result<(), String> {
        match &scheme.kind {
            SecuritySchemeKind::Http { scheme, .. } if scheme == "basic" => Ok(()),
            _ => Err("users with passwords are for schemes of type `http` basic".to_owned()),
        }
    }
}

/// Shows the names, never a hash.
impl fmt::Debug for BasicUsers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let users = self.users.load();
        let mut names: Vec<&String> = users.by_name.keys().collect();
        names.sort();
        f.debug_struct("BasicUsers")
            .field("users", &names)
            .finish_non_exhaustive()
    }
}
