use brrtrouter_spec::model::{SecurityScheme, SecuritySchemeKind};
use brrtrouter_transport::HeaderLine;

/// The `WWW-Authenticate` fields of one scheme for one operation (RFC 9110 §11.6.1).
pub(super) struct Challenge {
    /// Where there was no credential.
    plain: Option<HeaderLine>,
    /// Where there was one and it was not good; with `error="invalid_token"` for bearer tokens
    /// (RFC 6750 §3.1).
    refused: Option<HeaderLine>,
    /// Where the scope is lacking, of bearer tokens only.
    insufficient: Option<HeaderLine>,
}

impl Challenge {
    pub(super) fn of(scheme: &SecurityScheme, scopes: &[String], realm: &str) -> Self {
        let realm = format!("realm=\"{}\"", quoted(realm));
        let (name, rest) = match &scheme.kind {
            SecuritySchemeKind::ApiKey { name, .. } => {
                ("ApiKey", format!("{realm}, name=\"{}\"", quoted(name)))
            }
            SecuritySchemeKind::Http { scheme, .. } if scheme == "basic" => {
                ("Basic", format!("{realm}, charset=\"UTF-8\""))
            }
            SecuritySchemeKind::Http { scheme, .. } if scheme != "bearer" => {
                (registered(scheme), realm)
            }
            SecuritySchemeKind::MutualTls => ("ClientCertificate", realm),
            _ => return Self::of_bearer(scopes, &realm),
        };
        let plain = line(&format!("{name} {rest}"));
        Self {
            refused: plain.clone(),
            plain,
            insufficient: None,
        }
    }

    fn of_bearer(scopes: &[String], realm: &str) -> Self {
        // A scope that cannot be written (RFC 6749 §3.3) can still be asked for.
        let writable = |one: &u8| matches!(one, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        let scopes: Vec<&str> = scopes
            .iter()
            .map(String::as_str)
            .filter(|scope| scope.as_bytes().iter().all(writable))
            .collect();
        let scope = match scopes.as_slice() {
            [] => String::new(),
            scopes => format!(", scope=\"{}\"", scopes.join(" ")),
        };
        let with = |error: &str| line(&format!("Bearer {realm}{error}{scope}"));
        Self {
            plain: with(""),
            refused: with(", error=\"invalid_token\""),
            insufficient: with(", error=\"insufficient_scope\""),
        }
    }

    /// What a 401 says.
    pub(super) fn unauthorized(&self, was_refused: bool) -> Option<&HeaderLine> {
        if was_refused {
            self.refused.as_ref()
        } else {
            self.plain.as_ref()
        }
    }

    /// What a 403 says.
    pub(super) fn forbidden(&self) -> Option<&HeaderLine> {
        self.insufficient.as_ref()
    }
}

/// A `WWW-Authenticate` field, if that can be the value of one.
pub(super) fn line(value: &str) -> Option<HeaderLine> {
    HeaderLine::new("www-authenticate", value).ok()
}

/// The name as the register of authentication schemes spells it; documents may use any case.
fn registered(scheme: &str) -> &str {
    const NAMES: [&str; 13] = [
        "Concealed",
        "Digest",
        "DPoP",
        "GNAP",
        "HOBA",
        "Mutual",
        "Negotiate",
        "OAuth",
        "PrivateToken",
        "SCRAM-SHA-1",
        "SCRAM-SHA-256",
        "vapid",
        "Basic",
    ];
    let mut names = NAMES.into_iter();
    let known = names.find(|name| name.eq_ignore_ascii_case(scheme));
    known.unwrap_or(scheme)
}

/// The text of a quoted string (RFC 9110 §5.6.4), of what is ASCII.
fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    for one in text.chars().filter(|one| matches!(one, ' '..='~')) {
        if matches!(one, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(one);
    }
    quoted
}
