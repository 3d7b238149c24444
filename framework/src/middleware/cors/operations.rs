use std::sync::Arc;

use brrtrouter_spec::Spec;
use brrtrouter_spec::model::{Operation, ParameterIn, SecuritySchemeKind};

use crate::middleware::cors::CorsPolicy;

/// What the document says of one operation, and the policy for it.
pub(super) struct OperationFields {
    policy: Arc<CorsPolicy>,
    /// The fields that a request may have, in lower case.
    names: Vec<String>,
}

impl OperationFields {
    pub(super) fn new(spec: &Spec, operation: &Operation, policy: Arc<CorsPolicy>) -> Self {
        let mut names = Vec::new();
        if operation.request_body.is_some() {
            names.push("content-type".to_owned());
        }
        for parameter in &operation.parameters {
            if parameter.location == ParameterIn::Header {
                names.push(parameter.name.to_ascii_lowercase());
            }
        }
        let schemes = operation.security.iter().flat_map(|one| one.schemes.keys());
        for scheme in schemes.filter_map(|name| spec.security_schemes.get(name)) {
            match &scheme.kind {
                SecuritySchemeKind::ApiKey { name, location }
                    if *location == ParameterIn::Header =>
                {
                    names.push(name.to_ascii_lowercase());
                }
                SecuritySchemeKind::Http { .. }
                | SecuritySchemeKind::OAuth2 { .. }
                | SecuritySchemeKind::OpenIdConnect { .. } => {
                    names.push("authorization".to_owned());
                }
                _ => {}
            }
        }
        names.sort_unstable();
        names.dedup();
        Self { policy, names }
    }

    pub(super) fn policy(&self) -> &CorsPolicy {
        &self.policy
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }
}
