use serde_json::Value;

use super::operation::below;
use super::{Lowerer, Node};
use crate::diagnostic::code;
use crate::model::{Server, ServerVariable};
use crate::source::Aim;

impl<'a> Lowerer<'a> {
    pub(super) fn servers(&mut self, node: &Node<'a>) -> Vec<Server> {
        node.list("servers")
            .filter_map(|(value, pointer)| {
                let object = value.as_object()?;
                Some(self.server(&Node { object, pointer }))
            })
            .collect()
    }

    pub(super) fn server(&mut self, node: &Node<'a>) -> Server {
        let url = node.owned("url").unwrap_or_default();
        let variables = node
            .map("variables")
            .filter_map(|(name, value, pointer)| {
                let object = value.as_object()?;
                Some((
                    name.to_owned(),
                    self.variable(name, &Node { object, pointer }),
                ))
            })
            .collect();
        let server = Server {
            description: node.owned("description"),
            name: node.owned("name"),
            variables,
            extensions: node.extensions(),
            url,
        };
        for name in names(&server.url) {
            if !server.variables.contains_key(name) {
                self.fault(
                    &code::SERVER_VARIABLE_UNDECLARED,
                    &below(node, "url"),
                    Aim::Value,
                    format!("the variable `{name}` of the URL is not declared"),
                    Some("declare it under `variables`"),
                );
            }
        }
        server
    }

    fn variable(&mut self, name: &str, node: &Node<'a>) -> ServerVariable {
        let values: Vec<String> = node
            .list("enum")
            .filter_map(|(value, _): (&Value, String)| Some(value.as_str()?.to_owned()))
            .collect();
        let default = node.owned("default").unwrap_or_default();
        if !values.is_empty() && node.object.contains_key("default") && !values.contains(&default) {
            self.fault(
                &code::SERVER_VARIABLE_DEFAULT,
                &below(node, "default"),
                Aim::Value,
                format!("the default `{default}` of the variable `{name}` is none of its values"),
                None,
            );
        }
        ServerVariable {
            values,
            default,
            description: node.owned("description"),
            extensions: node.extensions(),
        }
    }
}

/// The names in braces.
fn names(url: &str) -> impl Iterator<Item = &str> {
    url.split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}').map(|(name, _)| name))
}
