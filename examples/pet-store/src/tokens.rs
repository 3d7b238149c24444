//! Tokens that the pet store signs itself, with a secret that it makes at its first start.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use brrtrouter::security::jwt::{Algorithm, Issuer, Jwt, JwtError, KeySet};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;

/// Who signs the tokens, and whom they are for.
const NAME: &str = "pet-store";

/// How many bytes the secret has.
const LENGTH: usize = 64;

/// The secret that tokens are signed with.
pub struct SigningKey([u8; LENGTH]);

impl SigningKey {
    /// A secret for as long as the program runs.
    ///
    /// # Errors
    ///
    /// The system's, if it has no random bytes.
    pub fn random() -> io::Result<Self> {
        let mut secret = [0; LENGTH];
        getrandom::fill(&mut secret).map_err(io::Error::other)?;
        Ok(Self(secret))
    }

    /// The secret of that file, which is made if it is not there and can be read by its owner only.
    ///
    /// # Errors
    ///
    /// The system's; or that the file holds something else.
    pub fn load_or_make(path: &Path) -> io::Result<Self> {
        match fs::read(path) {
            Ok(bytes) => match bytes.try_into() {
                Ok(secret) => Ok(Self(secret)),
                Err(_) => Err(io::Error::other(format!("it does not hold {LENGTH} bytes"))),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = Self::random()?;
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)?;
                }
                private_file(path)?.write_all(&key.0)?;
                Ok(key)
            }
            Err(error) => Err(error),
        }
    }

    /// Where the secret is kept, unless said otherwise.
    pub fn usual_file() -> PathBuf {
        let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
        let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state"));
        let folder = state.filter(|one| one.is_absolute()).or_else(home);
        folder.unwrap_or_default().join("pet-store/token.key")
    }

    /// Checks tokens that were signed with this secret.
    ///
    /// # Errors
    ///
    /// [`JwtError`] if the system has no random bytes.
    pub fn provider(&self) -> brrtrouter::Result<Jwt> {
        let keys = KeySet::new().hmac("", Algorithm::HS256, &self.0)?;
        let tokens: Result<Jwt, JwtError> = Jwt::new(Issuer::new(NAME, NAME, keys));
        Ok(tokens?)
    }

    /// A token of `subject` with these scopes, good for so long.
    ///
    /// # Errors
    ///
    /// If the clock stands before 1970.
    pub fn mint(
        &self,
        subject: &str,
        scopes: &[String],
        lifetime: Duration,
    ) -> brrtrouter::Result<String> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
        let claims = json!({
            "iss": NAME,
            "aud": NAME,
            "sub": subject,
            "scope": scopes.join(" "),
            "iat": now.as_secs(),
            "exp": (now + lifetime).as_secs(),
        });
        let key = EncodingKey::from_secret(&self.0);
        Ok(jsonwebtoken::encode(
            &Header::new(Algorithm::HS256),
            &claims,
            &key,
        )?)
    }
}

/// A new file for its owner alone; an error if there is one by now.
fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
