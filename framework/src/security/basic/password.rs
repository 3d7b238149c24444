use argon2::Argon2;
use argon2::password_hash::{PasswordVerifier, phc};

/// The longest password that bcrypt looks at, in bytes; what goes past it would not count.
const LONGEST_OF_BCRYPT: usize = 72;

/// The hash of a password.
#[derive(Clone)]
pub(super) enum PasswordHash {
    Argon2id(Box<phc::PasswordHash>),
    Bcrypt(String),
}

impl PasswordHash {
    /// Reads a hash; `None` if it is neither argon2id nor bcrypt.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.starts_with("$2") {
            let hash: bcrypt::HashParts = text.parse().ok()?;
            return Some(Self::Bcrypt(hash.to_string()));
        }
        let hash = phc::PasswordHash::new(text).ok()?;
        let is_argon2id = hash.algorithm.as_str() == "argon2id";
        let is_whole = hash.salt.is_some() && hash.hash.is_some();
        (is_argon2id && is_whole).then(|| Self::Argon2id(Box::new(hash)))
    }

    /// Whether it is that of `password`; compares in constant time. Takes long, by design.
    pub(super) fn verify(&self, password: &str) -> bool {
        match self {
            Self::Argon2id(hash) => Argon2::default()
                .verify_password(password.as_bytes(), &**hash)
                .is_ok(),
            Self::Bcrypt(hash) => {
                let right = bcrypt::verify(password, hash).unwrap_or(false);
                right && password.len() <= LONGEST_OF_BCRYPT
            }
        }
    }
}
