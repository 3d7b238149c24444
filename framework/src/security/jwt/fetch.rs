use std::error::Error;
use std::time::Duration;

use serde::Deserialize;
use ureq::Agent;

use crate::security::jwt::{Issuer, Jwks, JwksError, JwksTimes};

/// The longest answer that is read, in bytes.
const LONGEST: u64 = 256 * 1024;

/// How long a fetch may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where an issuer's description is, after its name (OpenID Connect Discovery 1.0 §4).
const WELL_KNOWN: &str = "/.well-known/openid-configuration";

/// What of an issuer's description is used (OpenID Connect Discovery 1.0 §3).
#[derive(Deserialize)]
struct Description {
    issuer: String,
    jwks_uri: String,
}

impl Jwks {
    /// Keys behind a URL: HTTPS, or HTTP on this machine. Redirects are not followed. Waits for the
    /// first fetch: not to be called on a coroutine.
    ///
    /// # Errors
    ///
    /// [`JwksError`] if the first fetch brings no key.
    pub fn from_url(url: impl Into<String>, times: JwksTimes) -> Result<Self, JwksError> {
        let url = url.into();
        check(&url)?;
        let agent = agent();
        Self::fetched_by(times, move || get(&agent, &url))
    }
}

impl Issuer {
    /// The issuer that describes itself at `url`, the `openIdConnectUrl` of the document, with the keys
    /// that its description names. Both are fetched again in time. Waits for the first fetch: not to be
    /// called on a coroutine.
    ///
    /// # Errors
    ///
    /// [`JwksError`] if the description cannot be fetched, belongs to another address (§4.3), or
    /// brings no key.
    pub fn discover(
        url: impl Into<String>,
        audience: impl Into<String>,
        times: JwksTimes,
    ) -> Result<Self, JwksError> {
        let url = url.into();
        let agent = agent();
        let issuer = describe(&agent, &url)?.issuer;
        let keys = Jwks::fetched_by(times, {
            let url = url.clone();
            move || get(&agent, &describe(&agent, &url)?.jwks_uri)
        })?;
        Ok(Self::new(issuer, audience, keys).found_at(&url))
    }
}

/// The description at `url`, checked to be that of the issuer which it belongs to.
fn describe(agent: &Agent, url: &str) -> Result<Description, JwksError> {
    check(url)?;
    let text = get(agent, url).map_err(JwksError::Fetch)?;
    let description: Description =
        serde_json::from_slice(&text).map_err(|error| JwksError::Fetch(error.into()))?;
    check(&description.jwks_uri)?;
    let issuer = &description.issuer;
    let home = issuer.strip_suffix('/').unwrap_or(issuer);
    if url.strip_suffix(WELL_KNOWN) != Some(home) {
        return Err(JwksError::WrongIssuer {
            url: url.to_owned(),
            issuer: issuer.clone(),
        });
    }
    Ok(description)
}

/// Whoever could change what is fetched could sign any token.
fn check(url: &str) -> Result<(), JwksError> {
    let insecure = || JwksError::Insecure {
        url: url.to_owned(),
    };
    let parsed: ureq::http::Uri = url.parse().map_err(|_| insecure())?;
    let is_here = matches!(parsed.host(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match parsed.scheme_str() {
        Some("https") => Ok(()),
        Some("http") if is_here => Ok(()),
        _ => Err(insecure()),
    }
}

fn agent() -> Agent {
    Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .max_redirects_will_error(true)
        .build()
        .new_agent()
}

fn get(agent: &Agent, url: &str) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    let mut answer = agent.get(url).header("accept", "application/json").call()?;
    let content = answer.body_mut().with_config().limit(LONGEST);
    Ok(content.read_to_vec()?)
}
