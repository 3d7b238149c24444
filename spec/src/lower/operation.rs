use serde_json::Value;

use super::paths::{Layers, Shared};
use super::template::Template;
use super::{Lowerer, Node};
use crate::diagnostic::code;
use crate::model::{
    Extensions, ExternalDocs, Operation, OperationId, Parameter, ParameterIn, ParameterShape,
    RequestBody, Server, Style,
};
use crate::pointer;
use crate::source::Aim;

/// What a path item says for all its operations.
pub(super) struct Item<'a> {
    parameters: Vec<(&'a Value, String)>,
    servers: Vec<Server>,
    summary: Option<String>,
    description: Option<String>,
    extensions: Extensions,
}

/// What all operations of a path have in common.
#[derive(Clone, Copy)]
pub(super) struct Route<'r, 'a> {
    pub(super) path: &'r str,
    /// `None` for what is no path of this API, or is malformed.
    pub(super) template: Option<&'r Template>,
    pub(super) item: &'r Item<'a>,
    pub(super) shared: Shared<'r>,
}

impl<'a> Item<'a> {
    pub(super) fn of(lowerer: &mut Lowerer<'a>, layers: &Layers<'a>) -> Self {
        let nearest = |name: &str| layers.iter().find(|layer| layer.object.contains_key(name));
        Self {
            parameters: nearest("parameters")
                .map(|layer| layer.list("parameters").collect())
                .unwrap_or_default(),
            servers: nearest("servers")
                .map(|layer| lowerer.servers(layer))
                .unwrap_or_default(),
            summary: nearest("summary").and_then(|layer| layer.owned("summary")),
            description: nearest("description").and_then(|layer| layer.owned("description")),
            extensions: layers.iter().rev().flat_map(Node::extensions).collect(),
        }
    }
}

impl<'a> Lowerer<'a> {
    pub(super) fn operation(
        &mut self,
        id: OperationId,
        route: Route<'_, 'a>,
        method: String,
        node: &Node<'a>,
    ) -> Operation {
        let Route {
            path,
            template,
            item,
            shared,
        } = route;
        let operation_id = node.owned("operationId");
        let is_named = operation_id.is_some();
        let name = operation_id.unwrap_or_else(|| format!("{method} {path}"));
        let mut parameters = self.parameters(node, item);
        if let Some(template) = template {
            self.match_template(&mut parameters, template, node);
        }
        let servers = self.servers(node);
        Operation {
            id,
            name,
            is_named,
            path: path.to_owned(),
            summary: node.owned("summary").or_else(|| item.summary.clone()),
            description: node
                .owned("description")
                .or_else(|| item.description.clone()),
            parameters,
            request_body: self.operation_body(&method, node),
            responses: self.responses(node),
            callbacks: self.callbacks(node, shared),
            security: self
                .requirements(node, shared.schemes)
                .unwrap_or_else(|| shared.security.to_vec()),
            servers: if servers.is_empty() {
                item.servers.clone()
            } else {
                servers
            },
            tags: node
                .list("tags")
                .filter_map(|(tag, _)| Some(tag.as_str()?.to_owned()))
                .collect(),
            is_deprecated: node.flag("deprecated").unwrap_or(false),
            external_docs: external_docs(node),
            extensions: node.extensions(),
            item_extensions: item.extensions.clone(),
            shadowed_by: None,
            location: self
                .sources
                .locate(self.origins.spot(&node.pointer, Aim::Key))
                .2,
            pointer: node.pointer.clone(),
            method,
        }
    }

    /// Those of the operation, and those of the path item that it does not override.
    fn parameters(&mut self, node: &Node<'a>, item: &Item<'a>) -> Vec<Parameter> {
        let shared: Vec<Parameter> = self.parameter_list(item.parameters.iter().cloned());
        let own = self.parameter_list(node.list("parameters"));
        let mut parameters: Vec<Parameter> = shared
            .into_iter()
            .filter(|shared| !own.iter().any(|own| is_same(own, shared)))
            .collect();
        parameters.extend(own);
        let whole = parameters
            .iter()
            .filter(|parameter| parameter.location == ParameterIn::QueryString)
            .count();
        let has_query = parameters
            .iter()
            .any(|parameter| parameter.location == ParameterIn::Query);
        if whole > 1 || (whole == 1 && has_query) {
            self.fault(
                &code::QUERYSTRING_MIXED,
                &node.pointer,
                Aim::Key,
                "a parameter `in: querystring` stands alone, without others of the query",
                None,
            );
        }
        parameters
    }

    fn parameter_list(
        &mut self,
        list: impl Iterator<Item = (&'a Value, String)>,
    ) -> Vec<Parameter> {
        let mut parameters: Vec<Parameter> = Vec::new();
        for (value, pointer) in list {
            let Some(parameter) = self.parameter(value, pointer.clone()) else {
                continue;
            };
            if parameters.iter().any(|other| is_same(other, &parameter)) {
                self.fault(
                    &code::PARAMETER_TWICE,
                    &pointer,
                    Aim::Value,
                    format!(
                        "the parameter `{}` in {} is declared twice",
                        parameter.name,
                        place_name(parameter.location)
                    ),
                    None,
                );
                continue;
            }
            parameters.push(parameter);
        }
        parameters
    }

    /// Sees that the path parameters are those of the template.
    fn match_template(
        &mut self,
        parameters: &mut Vec<Parameter>,
        template: &Template,
        node: &Node<'a>,
    ) {
        for name in &template.names {
            let is_declared = parameters.iter().any(|parameter| {
                parameter.location == ParameterIn::Path && parameter.name == *name
            });
            if !is_declared {
                self.fault(
                    &code::PATH_PARAMETER_UNDECLARED,
                    &node.pointer,
                    Aim::Key,
                    format!("the path parameter `{name}` is not declared; any text is taken"),
                    Some("declare it with `in: path`"),
                );
                parameters.push(undeclared(name, &node.pointer));
            }
        }
        parameters.retain(|parameter| {
            let is_used =
                parameter.location != ParameterIn::Path || template.names.contains(&parameter.name);
            if !is_used {
                self.fault(
                    &code::PATH_PARAMETER_UNUSED,
                    &parameter.pointer,
                    Aim::Value,
                    format!(
                        "the path parameter `{}` is not in the template of the path",
                        parameter.name
                    ),
                    None,
                );
            }
            is_used
        });
    }

    fn operation_body(&mut self, method: &str, node: &Node<'a>) -> Option<RequestBody> {
        let (value, pointer) = node.member("requestBody")?;
        if matches!(method, "GET" | "HEAD" | "DELETE" | "TRACE") {
            self.fault(
                &code::BODY_WITHOUT_MEANING,
                &pointer,
                Aim::Key,
                format!("a body has no defined meaning in a {method} request"),
                Some("some clients and proxies drop it"),
            );
        }
        self.request_body(value, pointer)
    }
}

fn is_same(one: &Parameter, other: &Parameter) -> bool {
    one.location == other.location
        && if one.location == ParameterIn::Header {
            one.name.eq_ignore_ascii_case(&other.name)
        } else {
            one.name == other.name
        }
}

fn undeclared(name: &str, pointer: &str) -> Parameter {
    Parameter {
        name: name.to_owned(),
        location: ParameterIn::Path,
        is_required: true,
        is_deprecated: false,
        shape: ParameterShape::Schema {
            schema: None,
            style: Style::Simple,
            explode: false,
            allow_reserved: false,
            allow_empty_value: false,
        },
        description: None,
        examples: Vec::new(),
        extensions: Extensions::default(),
        pointer: pointer.to_owned(),
    }
}

pub(super) fn place_name(place: ParameterIn) -> &'static str {
    match place {
        ParameterIn::Path => "the path",
        ParameterIn::Query => "the query",
        ParameterIn::QueryString => "the whole query",
        ParameterIn::Header => "the header",
        ParameterIn::Cookie => "the cookies",
    }
}

pub(super) fn external_docs(node: &Node<'_>) -> Option<ExternalDocs> {
    let docs = node.child("externalDocs")?;
    Some(ExternalDocs {
        url: docs.owned("url").unwrap_or_default(),
        description: docs.owned("description"),
        extensions: docs.extensions(),
    })
}

/// The pointer of a member.
pub(super) fn below(node: &Node<'_>, name: &str) -> String {
    pointer::join(&node.pointer, name)
}
