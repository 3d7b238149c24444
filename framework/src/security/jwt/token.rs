use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

use crate::security::Denial;
use crate::validate::parse_json;

/// How deep the parts of a token may be nested.
const DEPTH: usize = 16;

/// The longest `kid` that is looked for.
const LONGEST_KID: usize = 256;

const MALFORMED: Denial = Denial::unknown("the token is malformed");

/// A token taken apart; nothing in it is to be believed yet.
pub(super) struct Token<'t> {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
    /// `typ`, in lower case and without `application/` (RFC 7515 §4.1.9).
    pub(super) kind: Option<String>,
    payload: &'t str,
}

impl<'t> Token<'t> {
    /// Reads the header of a token in compact form (RFC 7515 §7.1).
    pub(super) fn parse(text: &'t str) -> Result<Self, Denial> {
        let mut parts = text.split('.');
        let (Some(header), Some(payload), Some(_), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(MALFORMED);
        };
        let header = object(header)?;
        let own_key = ["jwk", "jku", "x5u", "x5c"];
        if own_key.iter().any(|name| header.contains_key(*name)) {
            return Err(Denial::unknown("the token names its own key"));
        }
        if header.contains_key("crit") || header.contains_key("b64") {
            // No extension is understood, so none may be critical (RFC 7515 §4.1.11).
            return Err(Denial::unknown("the token asks for an extension"));
        }
        let algorithm = text_of(&header, "alg")?.ok_or(MALFORMED)?;
        let algorithm = algorithm
            .parse()
            .map_err(|_| Denial::unknown("the token's algorithm is none or not known"))?;
        let kid = text_of(&header, "kid")?;
        if kid.is_some_and(|kid| kid.len() > LONGEST_KID) {
            return Err(MALFORMED);
        }
        let kind = text_of(&header, "typ")?.map(str::to_ascii_lowercase);
        Ok(Self {
            algorithm,
            kid: kid.map(str::to_owned),
            kind: kind.map(|kind| match kind.strip_prefix("application/") {
                Some(rest) => rest.to_owned(),
                None => kind,
            }),
            payload,
        })
    }

    /// The claims, which mean nothing before the signature was verified.
    pub(super) fn claims(&self) -> Result<Map<String, Value>, Denial> {
        object(self.payload)
    }

    /// Whose token it says it is, to choose the keys that show whether that is so.
    pub(super) fn unverified_issuer(&self) -> Result<String, Denial> {
        let claims = self.claims()?;
        let issuer = text_of(&claims, "iss")?;
        issuer.map(str::to_owned).ok_or(MALFORMED)
    }
}

/// The JSON object of a part, in which nothing stands twice.
fn object(part: &str) -> Result<Map<String, Value>, Denial> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| MALFORMED)?;
    match parse_json(&bytes, DEPTH) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err(MALFORMED),
    }
}

/// A member that, where it is there, has to be text.
pub(super) fn text_of<'m>(
    object: &'m Map<String, Value>,
    name: &str,
) -> Result<Option<&'m str>, Denial> {
    match object.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(MALFORMED),
    }
}
