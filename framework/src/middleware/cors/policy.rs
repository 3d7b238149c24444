use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use brrtrouter_transport::{HeaderLine, Response};

use crate::middleware::vary;

/// Which origins may call, with which methods and fields, and what they may see.
#[derive(Debug, Clone)]
pub struct CorsPolicy {
    origins: Origins,
    with_credentials: bool,
    /// `None` for the methods of the document.
    methods: Option<Vec<String>>,
    /// Beside those of the document, in lower case.
    fields: Vec<String>,
    any_field: bool,
    exposed: Option<HeaderLine>,
    max_age: Option<HeaderLine>,
    private_network: bool,
}

#[derive(Clone)]
enum Origins {
    Any,
    Listed(Vec<(String, HeaderLine)>),
    Judged(Arc<dyn Fn(&str) -> bool + Send + Sync>),
}

/// Why a policy cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CorsError {
    /// Not an origin as browsers write it.
    #[error(
        "{0:?} is not an origin: a scheme, a host in lower case, and a port if it is not the usual one"
    )]
    NotAnOrigin(String),
    /// Every page of the world would act in the name of whoever looks at it.
    #[error("credentials cannot be allowed to any origin, or to \"null\"; list the origins")]
    CredentialsForAnyone,
    /// Not a method or the name of a field.
    #[error("{0:?} is not a method or the name of a field")]
    NotAToken(String),
}

const ANY: HeaderLine = HeaderLine::from_static("access-control-allow-origin: *\r\n");
const CREDENTIALS: HeaderLine =
    HeaderLine::from_static("access-control-allow-credentials: true\r\n");
const VARY: HeaderLine = HeaderLine::from_static("vary: Origin\r\n");

impl CorsPolicy {
    fn new(origins: Origins) -> Self {
        Self {
            origins,
            with_credentials: false,
            methods: None,
            fields: Vec::new(),
            any_field: false,
            exposed: None,
            max_age: None,
            private_network: false,
        }
    }

    /// Every origin, without credentials.
    pub fn any_origin() -> Self {
        Self::new(Origins::Any)
    }

    /// Exactly these origins, such as `https://app.example` or `http://localhost:3000`; `null` is
    /// what pages without an origin send, of files for instance.
    ///
    /// # Errors
    ///
    /// [`CorsError::NotAnOrigin`] for what no browser would send, such as one with a path.
    pub fn origins(
        origins: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<Self, CorsError> {
        let listed = origins.into_iter().map(|origin| {
            let origin = origin.into();
            let line = HeaderLine::new("access-control-allow-origin", &origin);
            match line {
                Ok(line) if is_origin(&origin) => Ok((origin, line)),
                _ => Err(CorsError::NotAnOrigin(origin)),
            }
        });
        Ok(Self::new(Origins::Listed(
            listed.collect::<Result<_, _>>()?,
        )))
    }

    /// The origins that `is_allowed` says, such as those of all tenants. It is asked for every
    /// request, so it must be fast and must not block.
    pub fn origins_judged_by(is_allowed: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Self::new(Origins::Judged(Arc::new(is_allowed)))
    }

    /// The same with cookies and other credentials that a browser adds by itself.
    ///
    /// # Errors
    ///
    /// [`CorsError::CredentialsForAnyone`] if any origin, `null` or any field is allowed.
    pub fn with_credentials(mut self) -> Result<Self, CorsError> {
        let is_anyone = match &self.origins {
            Origins::Any => true,
            Origins::Listed(listed) => listed.iter().any(|(origin, _)| origin == "null"),
            Origins::Judged(_) => false,
        };
        if is_anyone || self.any_field {
            return Err(CorsError::CredentialsForAnyone);
        }
        self.with_credentials = true;
        Ok(self)
    }

    /// The same with these methods alone, as far as the path has them.
    ///
    /// # Errors
    ///
    /// [`CorsError::NotAToken`] for what is no method.
    pub fn methods<'m>(
        mut self,
        methods: impl IntoIterator<Item = &'m str>,
    ) -> Result<Self, CorsError> {
        let methods = methods.into_iter().map(token);
        self.methods = Some(methods.collect::<Result<_, _>>()?);
        Ok(self)
    }

    /// The same with further fields that requests may have, beside those that the document declares.
    ///
    /// # Errors
    ///
    /// [`CorsError::NotAToken`] for what is no name of a field.
    pub fn fields<'n>(
        mut self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<Self, CorsError> {
        for name in names {
            self.fields.push(token(name)?.to_ascii_lowercase());
        }
        Ok(self)
    }

    /// The same with whatever fields a request may have.
    ///
    /// # Errors
    ///
    /// [`CorsError::CredentialsForAnyone`] if credentials are allowed.
    pub fn any_field(mut self) -> Result<Self, CorsError> {
        if self.with_credentials {
            return Err(CorsError::CredentialsForAnyone);
        }
        self.any_field = true;
        Ok(self)
    }

    /// The same with these fields of answers to be seen by the page.
    ///
    /// # Errors
    ///
    /// [`CorsError::NotAToken`] for what is no name of a field.
    pub fn expose<'n>(
        mut self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<Self, CorsError> {
        let names: Vec<String> = names.into_iter().map(token).collect::<Result<_, _>>()?;
        let value = names.join(", ");
        let line = HeaderLine::new("access-control-expose-headers", &value);
        self.exposed = Some(line.map_err(|_| CorsError::NotAToken(value))?);
        Ok(self)
    }

    /// The same with the time for which a browser may remember the answer to a preflight, in whole
    /// seconds.
    pub fn max_age(mut self, age: Duration) -> Self {
        let line = HeaderLine::new("access-control-max-age", &age.as_secs().to_string());
        self.max_age = line.ok();
        self
    }

    /// The same for pages of the Internet that call a service in a private network (Private Network
    /// Access).
    pub fn with_private_network(mut self) -> Self {
        self.private_network = true;
        self
    }

    /// Says in the answer that this origin may see it, if it may; whether it may.
    #[inline]
    pub(super) fn mark(&self, origin: Option<&str>, response: &mut Response) -> bool {
        let headers = response.headers_mut();
        let is_allowed = match &self.origins {
            Origins::Any => {
                headers.set_line(&ANY);
                true
            }
            Origins::Listed(listed) => {
                vary::add(headers, &VARY);
                let of = |origin| listed.iter().find(|(own, _)| own == origin);
                let found = origin.and_then(of);
                if let Some((_, line)) = found {
                    headers.set_line(line);
                }
                found.is_some()
            }
            Origins::Judged(is_allowed) => {
                vary::add(headers, &VARY);
                let origin = origin.filter(|origin| {
                    is_origin(origin)
                        && !(self.with_credentials && *origin == "null")
                        && is_allowed(origin)
                });
                match origin {
                    Some(origin) => headers.set("access-control-allow-origin", origin).is_ok(),
                    None => false,
                }
            }
        };
        if !is_allowed {
            // What a handler said by itself goes no further than the policy.
            headers.remove("access-control-allow-origin");
            headers.remove("access-control-allow-credentials");
            return false;
        }
        if self.with_credentials {
            headers.set_line(&CREDENTIALS);
        } else {
            headers.remove("access-control-allow-credentials");
        }
        if let Some(line) = &self.exposed {
            headers.set_line(line);
        }
        true
    }

    /// Those of the path's methods that may be used, as a list.
    pub(super) fn methods_among(&self, methods: &str) -> String {
        let Some(allowed) = &self.methods else {
            return methods.to_owned();
        };
        let among: Vec<&str> = methods
            .split(',')
            .map(str::trim)
            .filter(|method| allowed.iter().any(|one| one == method))
            .collect();
        among.join(", ")
    }

    /// Those fields among `asked` that may be sent, as a list.
    pub(super) fn fields_among(&self, asked: &str, declared: Option<&[String]>) -> String {
        let declared = declared.unwrap_or_default();
        let is_allowed = |name: &str| {
            let mut listed = self.fields.iter().chain(declared);
            self.any_field || listed.any(|own| own.eq_ignore_ascii_case(name))
        };
        let names: Vec<&str> = asked
            .split(',')
            .map(str::trim)
            .filter(|name| is_token(name) && is_allowed(name))
            .collect();
        names.join(", ")
    }

    pub(super) fn max_age_line(&self) -> Option<&HeaderLine> {
        self.max_age.as_ref()
    }

    pub(super) fn allows_private_network(&self) -> bool {
        self.private_network
    }
}

impl fmt::Debug for Origins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origins::Any => f.write_str("*"),
            Origins::Listed(listed) => f
                .debug_list()
                .entries(listed.iter().map(|(origin, _)| origin))
                .finish(),
            Origins::Judged(_) => f.write_str("judged by a function"),
        }
    }
}

fn token(text: &str) -> Result<String, CorsError> {
    match is_token(text) {
        true => Ok(text.to_owned()),
        false => Err(CorsError::NotAToken(text.to_owned())),
    }
}

fn is_token(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_plain)
}

/// Whether a browser would write an origin so (RFC 6454 §6.2).
fn is_origin(text: &str) -> bool {
    if text == "null" {
        return true;
    }
    let Some((scheme, authority)) = text.split_once("://") else {
        return false;
    };
    let is_scheme = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.');
    let is_host = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'[' | b']' | b':' | b'~');
    let usual = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => "",
    };
    let has_usual_port = !usual.is_empty() && authority.ends_with(usual);
    !scheme.is_empty()
        && !authority.is_empty()
        && scheme.bytes().all(is_scheme)
        && authority.bytes().all(is_host)
        && !has_usual_port
}
