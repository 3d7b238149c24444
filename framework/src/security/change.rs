use std::collections::{BTreeSet, HashMap};
use std::fmt;

use brrtrouter_spec::Spec;
use brrtrouter_spec::model::{Operation, SecurityScheme, SecuritySchemeKind};

/// How another document changes what an operation asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecurityChange {
    /// The name of the operation in the new document.
    pub operation: String,
    /// Its method.
    pub method: String,
    /// Its path.
    pub path: String,
    /// What the change means.
    pub kind: SecurityChangeKind,
    /// What it asked for, in words.
    pub before: String,
    /// What it asks for, in words.
    pub after: String,
}

/// What a change means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecurityChangeKind {
    /// Something satisfies it now that did not before.
    Weakened,
    /// Less satisfies it than before, and nothing that did not before.
    Strengthened,
    /// A scheme that it asks for was declared anew: another type, place or issuer.
    Redeclared,
}

/// How `after` changes what the operations of `before` ask for, in the order of the new document.
///
/// Operations are the same if method and path are. Those that only one document has are passed over:
/// what is new cannot be weaker than it was.
///
/// ```
/// use brrtrouter::security::{SecurityChangeKind, changes};
/// # use brrtrouter_spec::Loader;
/// # let load = |security: &str| {
/// #     let text = format!("{{openapi: 3.1.0, info: {{title: t, version: '1'}}, \
/// #         paths: {{/a: {{get: {{operationId: a, security: {security}, \
/// #         responses: {{'200': {{description: ok}}}}}}}}}}, \
/// #         components: {{securitySchemes: {{key: {{type: apiKey, in: header, name: K}}}}}}}}");
/// #     Loader::new().load_str(&text, "a.yaml").unwrap()
/// # };
/// let (before, after) = (load("[key: []]"), load("[]"));
/// let change = &changes(&before, &after)[0];
/// assert_eq!(change.kind, SecurityChangeKind::Weakened);
/// assert_eq!(change.to_string(), "operation \"a\" (GET /a) is weakened: it asked for key, and asks for nothing");
/// ```
pub fn changes(before: &Spec, after: &Spec) -> Vec<SecurityChange> {
    let old: HashMap<(&str, &str), &Operation> = before
        .operations
        .iter()
        .map(|one| ((one.method.as_str(), one.path.as_str()), one))
        .collect();
    let mut changes = Vec::new();
    for new in &after.operations {
        let Some(old) = old.get(&(new.method.as_str(), new.path.as_str())) else {
            continue;
        };
        let (asked, asks) = (Demand::of(old), Demand::of(new));
        let kind = if !asks.implies(&asked) {
            SecurityChangeKind::Weakened
        } else if !asked.implies(&asks) {
            SecurityChangeKind::Strengthened
        } else if asks
            .schemes()
            .any(|name| is_redeclared(name, before, after))
        {
            SecurityChangeKind::Redeclared
        } else {
            continue;
        };
        changes.push(SecurityChange {
            operation: new.name.clone(),
            method: new.method.clone(),
            path: new.path.clone(),
            kind,
            before: asked.to_string(),
            after: asks.to_string(),
        });
    }
    changes
}

/// What an operation asks for: any one of these sets of schemes (with `None`) and their scopes.
struct Demand<'s>(Vec<BTreeSet<(&'s str, Option<&'s str>)>>);

impl<'s> Demand<'s> {
    fn of(operation: &'s Operation) -> Self {
        if operation.security.is_empty() {
            return Self(vec![BTreeSet::new()]);
        }
        let alternatives = operation.security.iter().map(|requirement| {
            let schemes = requirement.schemes.iter();
            schemes
                .flat_map(|(name, scopes)| {
                    let scopes = scopes.iter().map(|scope| Some(scope.as_str()));
                    scopes.chain([None]).map(|scope| (name.as_str(), scope))
                })
                .collect()
        });
        Self(alternatives.collect())
    }

    /// Whether whatever satisfies this one satisfies the other.
    fn implies(&self, other: &Self) -> bool {
        let satisfied = |mine: &BTreeSet<_>| other.0.iter().any(|one| one.is_subset(mine));
        self.0.iter().all(satisfied)
    }

    fn schemes(&self) -> impl Iterator<Item = &'s str> {
        self.0.iter().flatten().map(|(name, _)| *name)
    }
}

/// In words: `key, or token (read) and key, or nothing`.
impl fmt::Display for Demand<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, alternative) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str(", or ")?;
            }
            let schemes = alternative.iter().filter(|(_, scope)| scope.is_none());
            let schemes: Vec<String> = schemes
                .map(|(name, _)| {
                    let scopes = alternative.iter().filter(|(scheme, _)| scheme == name);
                    let scopes: Vec<&str> = scopes.filter_map(|(_, scope)| *scope).collect();
                    match scopes.is_empty() {
                        true => (*name).to_owned(),
                        false => format!("{name} ({})", scopes.join(" ")),
                    }
                })
                .collect();
            f.write_str(match schemes.is_empty() {
                true => "nothing",
                false => "",
            })?;
            f.write_str(&schemes.join(" and "))?;
        }
        Ok(())
    }
}

fn is_redeclared(name: &str, before: &Spec, after: &Spec) -> bool {
    match (
        before.security_schemes.get(name),
        after.security_schemes.get(name),
    ) {
        (Some(before), Some(after)) => essence(before) != essence(after),
        (before, after) => before.is_some() != after.is_some(),
    }
}

/// What of a scheme decides who is let in.
fn essence(scheme: &SecurityScheme) -> String {
    match &scheme.kind {
        SecuritySchemeKind::ApiKey { name, location } => format!("apiKey {location:?} {name}"),
        SecuritySchemeKind::Http { scheme, .. } => format!("http {scheme}"),
        SecuritySchemeKind::OAuth2 { flows, .. } => {
            let urls = flows.values().map(|flow| &flow.token_url);
            format!("oauth2 {:?}", urls.collect::<Vec<_>>())
        }
        SecuritySchemeKind::OpenIdConnect { url } => format!("openIdConnect {url}"),
        kind => format!("{kind:?}"),
    }
}

impl fmt::Display for SecurityChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.kind {
            SecurityChangeKind::Weakened => "weakened",
            SecurityChangeKind::Strengthened => "strengthened",
            SecurityChangeKind::Redeclared => "redeclared",
        };
        write!(
            f,
            "operation {:?} ({} {}) is {verb}: it asked for {}, and asks for {}",
            self.operation, self.method, self.path, self.before, self.after
        )
    }
}
