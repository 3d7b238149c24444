use indexmap::IndexMap;
use serde_json::Value;

use super::operation::below;
use super::{Lowerer, Node};
use crate::diagnostic::code;
use crate::model::{
    OAuthFlow, ParameterIn, SecurityRequirement, SecurityScheme, SecuritySchemeKind,
};
use crate::pointer;
use crate::source::Aim;
use crate::version::Version;

type Schemes = IndexMap<String, SecurityScheme>;

impl<'a> Lowerer<'a> {
    pub(super) fn security_schemes(&mut self) -> Schemes {
        let Some(Value::Object(object)) = self.root.get("components") else {
            return Schemes::new();
        };
        let components = Node {
            object,
            pointer: "/components".into(),
        };
        let mut schemes = Schemes::new();
        for (name, value, pointer) in components.map("securitySchemes") {
            let Some((node, beside)) = self.node(value, pointer) else {
                continue;
            };
            let Some(kind) = self.scheme_kind(&node) else {
                continue;
            };
            schemes.insert(
                name.to_owned(),
                SecurityScheme {
                    name: name.to_owned(),
                    kind,
                    description: beside.description(&node),
                    is_deprecated: node.flag("deprecated").unwrap_or(false),
                    extensions: node.extensions(),
                    location: self
                        .sources
                        .locate(self.origins.spot(&node.pointer, Aim::Key))
                        .2,
                    pointer: node.pointer,
                },
            );
        }
        schemes
    }

    fn scheme_kind(&mut self, node: &Node<'a>) -> Option<SecuritySchemeKind> {
        // What is missing has been told.
        let stated = node.text("type")?;
        Some(match stated {
            "apiKey" => SecuritySchemeKind::ApiKey {
                name: self.needed(node, "name")?.to_owned(),
                location: self.key_place(node)?,
            },
            "http" => SecuritySchemeKind::Http {
                scheme: self.needed(node, "scheme")?.to_ascii_lowercase(),
                bearer_format: node.owned("bearerFormat"),
            },
            "oauth2" => {
                if !node.object.contains_key("flows") {
                    self.needed(node, "flows");
                    return None;
                }
                SecuritySchemeKind::OAuth2 {
                    flows: self.flows(node),
                    metadata_url: node.owned("oauth2MetadataUrl"),
                }
            }
            "openIdConnect" => SecuritySchemeKind::OpenIdConnect {
                url: self.needed(node, "openIdConnectUrl")?.to_owned(),
            },
            "mutualTLS" => {
                if self.version(&node.pointer) < Version::V31 {
                    self.fault(
                        &code::FIELD_LATER,
                        &below(node, "type"),
                        Aim::Value,
                        "`mutualTLS` is of OpenAPI 3.1, and the document is of 3.0",
                        Some("state the later version in `openapi`"),
                    );
                }
                SecuritySchemeKind::MutualTls
            }
            _ => {
                self.fault(
                    &code::VALUE_UNKNOWN,
                    &below(node, "type"),
                    Aim::Value,
                    format!("there is no security scheme of type `{stated}`"),
                    Some("the types are apiKey, http, oauth2, openIdConnect and mutualTLS"),
                );
                return None;
            }
        })
    }

    fn needed(&mut self, node: &Node<'a>, field: &str) -> Option<&'a str> {
        let value = node.text(field);
        if value.is_none() {
            self.fault(
                &code::FIELD_NEEDED,
                &node.pointer,
                Aim::Key,
                format!("a security scheme of this type needs the field `{field}`"),
                None,
            );
        }
        value
    }

    fn key_place(&mut self, node: &Node<'a>) -> Option<ParameterIn> {
        Some(match self.needed(node, "in")? {
            "query" => ParameterIn::Query,
            "header" => ParameterIn::Header,
            "cookie" => ParameterIn::Cookie,
            other => {
                self.fault(
                    &code::VALUE_UNKNOWN,
                    &below(node, "in"),
                    Aim::Value,
                    format!("an API key cannot be in `{other}`"),
                    Some("the places are query, header and cookie"),
                );
                return None;
            }
        })
    }

    fn flows(&mut self, node: &Node<'a>) -> IndexMap<String, OAuthFlow> {
        let mut flows = IndexMap::new();
        for (name, value, pointer) in node.map("flows") {
            let Some(object) = value.as_object().filter(|_| !name.starts_with("x-")) else {
                continue;
            };
            let flow = Node { object, pointer };
            let urls: &[&str] = match name {
                "implicit" => &["authorizationUrl"],
                "password" | "clientCredentials" => &["tokenUrl"],
                "authorizationCode" => &["authorizationUrl", "tokenUrl"],
                "deviceAuthorization" => &["deviceAuthorizationUrl", "tokenUrl"],
                _ => &[],
            };
            for url in urls {
                if !flow.object.contains_key(*url) {
                    self.fault(
                        &code::FIELD_MISSING,
                        &flow.pointer,
                        Aim::Key,
                        format!("the OAuth flow `{name}` needs the field `{url}`"),
                        None,
                    );
                }
            }
            let scopes = flow
                .map("scopes")
                .map(|(scope, meaning, _)| {
                    (
                        scope.to_owned(),
                        meaning.as_str().unwrap_or_default().to_owned(),
                    )
                })
                .collect();
            flows.insert(
                name.to_owned(),
                OAuthFlow {
                    authorization_url: flow.owned("authorizationUrl"),
                    token_url: flow.owned("tokenUrl"),
                    refresh_url: flow.owned("refreshUrl"),
                    device_authorization_url: flow.owned("deviceAuthorizationUrl"),
                    scopes,
                    extensions: flow.extensions(),
                },
            );
        }
        flows
    }

    /// The list `security` here; `None` where there is none.
    pub(super) fn requirements(
        &mut self,
        node: &Node<'a>,
        schemes: &Schemes,
    ) -> Option<Vec<SecurityRequirement>> {
        if !node.object.get("security").is_some_and(Value::is_array) {
            return None;
        }
        let mut requirements = Vec::new();
        for (value, pointer) in node.list("security") {
            let Some(object) = value.as_object() else {
                continue;
            };
            let mut requirement = SecurityRequirement::default();
            for (name, scopes) in object {
                let at = pointer::join(&pointer, name);
                let scopes: Vec<String> = scopes
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|scope| Some(scope.as_str()?.to_owned()))
                    .collect();
                self.check_requirement(name, &scopes, schemes, &at);
                requirement.schemes.insert(name.clone(), scopes);
            }
            requirements.push(requirement);
        }
        Some(requirements)
    }

    fn check_requirement(
        &mut self,
        name: &str,
        scopes: &[String],
        schemes: &Schemes,
        pointer: &str,
    ) {
        let is_declared = || {
            self.root
                .pointer("/components/securitySchemes")
                .and_then(|schemes| schemes.get(name))
                .is_some()
        };
        let Some(scheme) = schemes.get(name) else {
            // One that is declared but faulty has been told.
            if !is_declared() {
                self.fault(
                    &code::SECURITY_UNDECLARED,
                    pointer,
                    Aim::Key,
                    format!("the security scheme `{name}` is not declared"),
                    Some("declare it under `components.securitySchemes`"),
                );
            }
            return;
        };
        match &scheme.kind {
            SecuritySchemeKind::OAuth2 { flows, .. } => {
                for scope in scopes {
                    if !flows.values().any(|flow| flow.scopes.contains_key(scope)) {
                        self.fault(
                            &code::SCOPE_UNDECLARED,
                            pointer,
                            Aim::Value,
                            format!("no flow of `{name}` has the scope `{scope}`"),
                            None,
                        );
                    }
                }
            }
            SecuritySchemeKind::OpenIdConnect { .. } => {}
            // Since 3.1 they are names of roles.
            _ if !scopes.is_empty() && self.version(pointer) < Version::V31 => self.fault(
                &code::SCOPES_WITHOUT_MEANING,
                pointer,
                Aim::Value,
                format!("`{name}` is of a type that has no scopes"),
                Some("give an empty list"),
            ),
            _ => {}
        }
    }
}
