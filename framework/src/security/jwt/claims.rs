use std::time::Duration;

use serde_json::{Map, Value};

use crate::security::jwt::token::text_of;
use crate::security::{Denial, Identity};

pub(super) const EXPIRED: Denial = Denial::unknown("the token has expired");
pub(super) const IMMATURE: Denial = Denial::unknown("the token is not good yet");
pub(super) const WRONG_AUDIENCE: Denial = Denial::unknown("the token is for another audience");
pub(super) const WRONG_ISSUER: Denial = Denial::unknown("the token is of another issuer");

/// What the tokens of an issuer have to say.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) issuer: String,
    /// Any one of these; none are asked for if it is empty.
    pub(super) audiences: Vec<String>,
    pub(super) leeway: Duration,
    pub(super) max_age: Option<Duration>,
    /// The claims that hold scopes.
    pub(super) scopes_in: Vec<String>,
}

impl Rules {
    /// The identity that the claims of a verified token make, and the second until which they do.
    pub(super) fn check(
        &self,
        claims: Map<String, Value>,
        now: u64,
    ) -> Result<(Identity, u64), Denial> {
        let leeway = self.leeway.as_secs();
        let until = seconds(&claims, "exp")?
            .ok_or(Denial::unknown("the token does not say when it expires"))?
            .saturating_add(leeway);
        if now > until {
            return Err(EXPIRED);
        }
        let latest = now.saturating_add(leeway);
        if seconds(&claims, "nbf")?.is_some_and(|start| start > latest) {
            return Err(IMMATURE);
        }
        let issued = seconds(&claims, "iat")?;
        if issued.is_some_and(|issued| issued > latest) {
            return Err(Denial::unknown("the token was issued in the future"));
        }
        let mut until = until;
        if let Some(max_age) = self.max_age {
            let issued =
                issued.ok_or(Denial::unknown("the token does not say when it was issued"))?;
            let oldest = issued
                .saturating_add(max_age.as_secs())
                .saturating_add(leeway);
            if now > oldest {
                return Err(Denial::unknown("the token was issued too long ago"));
            }
            until = until.min(oldest);
        }
        if text_of(&claims, "iss")? != Some(&self.issuer) {
            return Err(WRONG_ISSUER);
        }
        self.check_audience(&claims)?;
        let subject = text_of(&claims, "sub")?.filter(|subject| !subject.is_empty());
        let subject = subject.ok_or(Denial::unknown("the token has no subject"))?;
        let identity = Identity::new(subject).with_scopes(self.scopes(&claims));
        Ok((identity.with_claims(claims), until))
    }

    fn check_audience(&self, claims: &Map<String, Value>) -> Result<(), Denial> {
        let is_meant = |one: &Value| {
            let one = one.as_str();
            one.is_some_and(|one| self.audiences.iter().any(|mine| mine == one))
        };
        let is_good = match claims.get("aud") {
            _ if self.audiences.is_empty() => true,
            Some(Value::Array(several)) => {
                several.iter().all(Value::is_string) && several.iter().any(is_meant)
            }
            Some(one) => is_meant(one),
            None => false,
        };
        if is_good { Ok(()) } else { Err(WRONG_AUDIENCE) }
    }

    /// Scopes separated by spaces (RFC 8693 §4.2), or in a list as some issuers have it.
    fn scopes<'c>(&self, claims: &'c Map<String, Value>) -> Vec<&'c str> {
        let mut scopes = Vec::new();
        for value in self.scopes_in.iter().filter_map(|name| claims.get(name)) {
            match value {
                Value::String(text) => scopes.extend(text.split(' ').filter(|one| !one.is_empty())),
                Value::Array(list) => scopes.extend(list.iter().filter_map(Value::as_str)),
                _ => {}
            }
        }
        scopes
    }
}

/// A time in seconds since 1970, which may have a fraction (RFC 7519 §2); that is cut off.
fn seconds(claims: &Map<String, Value>, name: &str) -> Result<Option<u64>, Denial> {
    const LATEST: f64 = (1_u64 << 53) as f64;
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    match value.as_f64() {
        Some(seconds) if (0.0..=LATEST).contains(&seconds) => Ok(Some(seconds as u64)),
        _ => Err(Denial::unknown("a time in the token is malformed")),
    }
}
