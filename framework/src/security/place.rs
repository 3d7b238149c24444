use std::borrow::Cow;

use brrtrouter_spec::model::{ParameterIn, SecurityScheme, SecuritySchemeKind};

use crate::security::head::{Head, only};

/// Where a request carries the credential of a scheme.
pub(super) enum Place {
    /// A field of its own.
    Field(String),
    /// A parameter of the query.
    Query(String),
    /// A cookie.
    Cookie(String),
    /// `Authorization`, behind the name of an HTTP authentication scheme (RFC 9110 §11.6.2).
    Authorization(String),
    /// The connection itself.
    Connection,
}

impl Place {
    /// Where the credential of that scheme stands; `None` for a kind that is not known.
    pub(super) fn of(scheme: &SecurityScheme) -> Option<Self> {
        Some(match &scheme.kind {
            SecuritySchemeKind::ApiKey { name, location } => match location {
                ParameterIn::Header => Self::Field(name.clone()),
                ParameterIn::Query => Self::Query(name.clone()),
                ParameterIn::Cookie => Self::Cookie(name.clone()),
                _ => return None,
            },
            SecuritySchemeKind::Http { scheme, .. } => Self::Authorization(scheme.clone()),
            SecuritySchemeKind::OAuth2 { .. } | SecuritySchemeKind::OpenIdConnect { .. } => {
                Self::Authorization("bearer".to_owned())
            }
            SecuritySchemeKind::MutualTls => Self::Connection,
            _ => return None,
        })
    }

    /// The credential in this place; one that stands there twice is none.
    pub(super) fn find<'r>(&self, head: &Head<'r>) -> Option<Cow<'r, str>> {
        match self {
            Self::Field(name) => only(head.values(name)).map(text).map(Cow::Borrowed),
            Self::Query(name) => {
                let (_, query) = head.target.split_once('?')?;
                let is_it = |key| decoded(key).is_some_and(|key| key == name.as_str());
                let values = pairs(query, '&').filter(|(key, _)| is_it(key));
                decoded(only(values)?.1)
            }
            Self::Cookie(name) => only(
                head.values("cookie")
                    .flat_map(|cookies| pairs(text(cookies), ';'))
                    .filter(|(key, _)| key.trim() == name)
                    .map(|(_, value)| value.trim()),
            )
            .map(Cow::Borrowed),
            Self::Authorization(scheme) => {
                let (name, rest) = text(head.only("authorization")?).split_once(' ')?;
                let rest = rest.trim_start_matches(' ');
                let is_it = name.eq_ignore_ascii_case(scheme) && !rest.is_empty();
                is_it.then_some(Cow::Borrowed(rest))
            }
            Self::Connection => Some(Cow::Borrowed("")),
        }
    }
}

/// A value as text; empty, which is nobody's secret, if it is not UTF-8.
fn text(value: &[u8]) -> &str {
    std::str::from_utf8(value).unwrap_or_default()
}

/// Names and values; a name that stands alone has an empty one.
fn pairs(text: &str, separator: char) -> impl Iterator<Item = (&str, &str)> {
    text.split(separator)
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

fn decoded(text: &str) -> Option<Cow<'_, str>> {
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .ok()
}
