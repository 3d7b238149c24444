use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use brrtrouter_spec::Spec;
use brrtrouter_spec::model::{
    Operation, ParameterIn, SecurityRequirement, SecurityScheme, SecuritySchemeKind,
};
use brrtrouter_transport::{Field, HeaderLine, Status};

use crate::problem::Problem;
use crate::security::{Credential, Denial, Identity, SecurityProvider};

/// Providers by the names of their schemes.
pub(crate) type Providers = BTreeMap<String, Arc<dyn SecurityProvider>>;

/// What one operation demands: any one of its alternatives.
#[derive(Default)]
pub(crate) struct SecurityPlan {
    alternatives: Vec<Vec<Check>>,
    challenges: Vec<HeaderLine>,
}

/// One scheme that must be satisfied.
struct Check {
    scheme: SecurityScheme,
    scopes: Vec<String>,
    provider: Arc<dyn SecurityProvider>,
}

/// Why an operation's security cannot be enforced.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SecurityFault {
    /// The document demands a scheme that it does not declare.
    Undeclared(String),
    /// The scheme has no provider.
    NoProvider(String),
}

impl SecurityPlan {
    /// Joins an operation's requirements with providers.
    pub(crate) fn compile(
        spec: &Spec,
        operation: &Operation,
        providers: &Providers,
    ) -> Result<Self, BTreeSet<SecurityFault>> {
        let mut faults = BTreeSet::new();
        let mut plan = Self::default();
        for requirement in &operation.security {
            plan.alternatives
                .push(alternative(spec, requirement, providers, &mut faults));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut challenged = BTreeSet::new();
        for check in plan.alternatives.iter().flatten() {
            if challenged.insert(check.scheme.name.as_str()) {
                plan.challenges.extend(challenge(&check.scheme));
            }
        }
        Ok(plan)
    }

    /// Finds out who is asking; `None` where nobody needs to be known.
    pub(crate) fn authenticate(
        &self,
        target: &str,
        fields: &[Field<'_>],
    ) -> Result<Option<Identity>, Problem> {
        if self.alternatives.is_empty() {
            return Ok(None);
        }
        let mut forbidden = false;
        for alternative in &self.alternatives {
            match satisfy(alternative, target, fields) {
                Ok(identity) => return Ok(identity),
                Err(Denial::Forbidden) => forbidden = true,
                Err(Denial::Unknown) => {}
            }
        }
        if forbidden {
            return Err(Problem::forbidden("the credentials do not grant this"));
        }
        let problem =
            Problem::new(Status::UNAUTHORIZED).with_detail("valid credentials are required");
        Err(self
            .challenges
            .iter()
            .cloned()
            .fold(problem, Problem::with_line))
    }
}

fn alternative(
    spec: &Spec,
    requirement: &SecurityRequirement,
    providers: &Providers,
    faults: &mut BTreeSet<SecurityFault>,
) -> Vec<Check> {
    let mut checks = Vec::new();
    for (name, scopes) in &requirement.schemes {
        let Some(scheme) = spec.security_schemes.get(name) else {
            faults.insert(SecurityFault::Undeclared(name.clone()));
            continue;
        };
        let Some(provider) = providers.get(name) else {
            faults.insert(SecurityFault::NoProvider(name.clone()));
            continue;
        };
        checks.push(Check {
            scheme: scheme.clone(),
            scopes: scopes.clone(),
            provider: Arc::clone(provider),
        });
    }
    checks
}

/// Runs every check of one alternative in the order of the document; the first one's identity counts.
fn satisfy(
    checks: &[Check],
    target: &str,
    fields: &[Field<'_>],
) -> Result<Option<Identity>, Denial> {
    let mut identity = None;
    for check in checks {
        let value = find(&check.scheme, target, fields).ok_or(Denial::Unknown)?;
        let credential = Credential::new(&check.scheme, &value);
        let found = check.provider.verify(&credential, &check.scopes)?;
        identity.get_or_insert(found);
    }
    Ok(identity)
}

/// The credential in the place that the scheme names; one that stands there twice is none.
fn find<'r>(
    scheme: &SecurityScheme,
    target: &'r str,
    fields: &'r [Field<'r>],
) -> Option<Cow<'r, str>> {
    match &scheme.kind {
        SecuritySchemeKind::ApiKey { name, location } => match location {
            ParameterIn::Header => only(values(fields, name)).map(Cow::Borrowed),
            ParameterIn::Query => {
                let (_, query) = target.split_once('?')?;
                only(pairs(query, '&').filter_map(|(key, value)| {
                    (decoded(key)? == name.as_str()).then(|| decoded(value))?
                }))
            }
            ParameterIn::Cookie => only(
                values(fields, "cookie")
                    .flat_map(|cookies| pairs(cookies, ';'))
                    .filter(|(key, _)| key.trim() == name)
                    .map(|(_, value)| value.trim()),
            )
            .map(Cow::Borrowed),
            _ => None,
        },
        SecuritySchemeKind::Http { scheme, .. } => authorization(fields, scheme),
        SecuritySchemeKind::OAuth2 { .. } | SecuritySchemeKind::OpenIdConnect { .. } => {
            authorization(fields, "bearer")
        }
        _ => None,
    }
}

/// What follows the scheme's name in the one `Authorization` field (RFC 9110 §11.4).
fn authorization<'r>(fields: &'r [Field<'r>], scheme: &str) -> Option<Cow<'r, str>> {
    let value = only(values(fields, "authorization"))?;
    let (name, rest) = value.split_once(' ')?;
    let rest = rest.trim_start_matches(' ');
    (name.eq_ignore_ascii_case(scheme) && !rest.is_empty()).then_some(Cow::Borrowed(rest))
}

fn values<'r>(fields: &'r [Field<'r>], name: &str) -> impl Iterator<Item = &'r str> {
    fields
        .iter()
        .filter(move |field| field.name.eq_ignore_ascii_case(name))
        .map(|field| std::str::from_utf8(field.value).unwrap_or_default())
}

fn pairs(text: &str, separator: char) -> impl Iterator<Item = (&str, &str)> {
    text.split(separator)
        .filter_map(|pair| pair.split_once('='))
}

fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

fn decoded(text: &str) -> Option<Cow<'_, str>> {
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .ok()
}

/// The `WWW-Authenticate` field that asks for a scheme (RFC 9110 §11.6.1).
fn challenge(scheme: &SecurityScheme) -> Option<HeaderLine> {
    let value = match &scheme.kind {
        SecuritySchemeKind::ApiKey { name, .. } => {
            format!("ApiKey realm=\"api\", name=\"{}\"", quoted(name))
        }
        SecuritySchemeKind::Http { scheme, .. } if scheme == "basic" => {
            "Basic realm=\"api\", charset=\"UTF-8\"".to_owned()
        }
        SecuritySchemeKind::Http { scheme, .. } => format!("{scheme} realm=\"api\""),
        SecuritySchemeKind::OAuth2 { .. } | SecuritySchemeKind::OpenIdConnect { .. } => {
            "Bearer realm=\"api\"".to_owned()
        }
        _ => return None,
    };
    HeaderLine::new("www-authenticate", &value).ok()
}

/// The text of a quoted string (RFC 9110 §5.6.4).
fn quoted(text: &str) -> String {
    text.chars()
        .filter(|one| !one.is_control())
        .flat_map(|one| {
            matches!(one, '"' | '\\')
                .then_some('\\')
                .into_iter()
                .chain([one])
        })
        .collect()
}
