use indexmap::IndexMap;
use serde_json::Value;

use super::operation::below;
use super::{Lowerer, Node};
use crate::diagnostic::code;
use crate::model::{Header, Link, LinkTarget, ParameterIn, Response, ResponseKey};
use crate::pointer;
use crate::source::Aim;
use crate::version::Version;

impl<'a> Lowerer<'a> {
    pub(super) fn responses(&mut self, operation: &Node<'a>) -> Vec<Response> {
        let mut responses = Vec::new();
        for (key, value, pointer) in operation.map("responses") {
            if key.starts_with("x-") {
                continue;
            }
            let Some(status) = self.status(key, &pointer) else {
                continue;
            };
            if let Some(response) = self.response(status, value, pointer) {
                responses.push(response);
            }
        }
        // Since 3.1 an operation may leave the whole field out.
        let is_required = self.version(&operation.pointer) < Version::V31
            || operation.object.contains_key("responses");
        let is_described = operation
            .map("responses")
            .any(|(key, ..)| !key.starts_with("x-"));
        if is_required && !is_described {
            self.fault(
                &code::NO_RESPONSES,
                &operation.pointer,
                Aim::Key,
                "the operation has no response",
                Some("describe at least what success looks like"),
            );
        }
        responses
    }

    fn status(&mut self, key: &str, pointer: &str) -> Option<ResponseKey> {
        if key == "default" {
            return Some(ResponseKey::Default);
        }
        if let [first @ b'1'..=b'5', rest @ ..] = key.as_bytes() {
            match rest {
                b"XX" => return Some(ResponseKey::Range(first - b'0')),
                b"xx" | b"Xx" | b"xX" => {
                    self.fault(
                        &code::STATUS_RANGE_CASE,
                        pointer,
                        Aim::Key,
                        format!("the range `{key}` is written in upper case"),
                        None,
                    );
                    return Some(ResponseKey::Range(first - b'0'));
                }
                [b'0'..=b'9', b'0'..=b'9'] => return key.parse().ok().map(ResponseKey::Code),
                _ => {}
            }
        }
        self.fault(
            &code::STATUS_INVALID,
            pointer,
            Aim::Key,
            format!("`{key}` is not a status from 100 to 599, a range such as `2XX`, or `default`"),
            None,
        );
        None
    }

    fn response(
        &mut self,
        status: ResponseKey,
        value: &'a Value,
        pointer: String,
    ) -> Option<Response> {
        let (node, beside) = self.node(value, pointer)?;
        Some(Response {
            status,
            summary: beside.summary(&node),
            description: beside.description(&node).unwrap_or_default(),
            headers: self.headers(&node),
            content: self.content(&node),
            links: self.links(&node),
            extensions: node.extensions(),
            pointer: node.pointer,
        })
    }

    pub(super) fn headers(&mut self, node: &Node<'a>) -> Vec<Header> {
        let mut headers = Vec::new();
        for (name, value, pointer) in node.map("headers") {
            if name.eq_ignore_ascii_case("content-type") {
                self.fault(
                    &code::HEADER_RESERVED,
                    &pointer,
                    Aim::Key,
                    "a header `Content-Type` is not heeded",
                    Some("the media types under `content` say it"),
                );
                continue;
            }
            let Some((node, beside)) = self.node(value, pointer) else {
                continue;
            };
            let Some(shape) = self.shape(&node, name, ParameterIn::Header) else {
                continue;
            };
            headers.push(Header {
                name: name.to_owned(),
                is_required: node.flag("required").unwrap_or(false),
                is_deprecated: node.flag("deprecated").unwrap_or(false),
                shape,
                description: beside.description(&node),
                examples: self.examples(&node),
                extensions: node.extensions(),
            });
        }
        headers
    }

    fn links(&mut self, response: &Node<'a>) -> Vec<Link> {
        let mut links = Vec::new();
        for (name, value, pointer) in response.map("links") {
            let Some((node, beside)) = self.node(value, pointer) else {
                continue;
            };
            let target = match (node.owned("operationId"), node.owned("operationRef")) {
                (Some(id), other) => {
                    if other.is_some() {
                        self.fault(
                            &code::FIELDS_EXCLUSIVE,
                            &below(&node, "operationRef"),
                            Aim::Key,
                            "a link has either `operationId` or `operationRef`; the former is taken",
                            None,
                        );
                    }
                    LinkTarget::OperationId(id)
                }
                (None, Some(reference)) => LinkTarget::OperationRef(reference),
                (None, None) => {
                    self.fault(
                        &code::FIELD_MISSING,
                        &node.pointer,
                        Aim::Key,
                        "a link needs the field `operationId` or `operationRef`",
                        None,
                    );
                    continue;
                }
            };
            links.push(Link {
                name: name.to_owned(),
                target,
                parameters: parameters(&node),
                request_body: node.object.get("requestBody").cloned(),
                description: beside.description(&node),
                server: node.child("server").map(|node| self.server(&node)),
                extensions: node.extensions(),
                pointer: pointer::join(&pointer::join(&response.pointer, "links"), name),
            });
        }
        links
    }
}

fn parameters(node: &Node<'_>) -> IndexMap<String, Value> {
    node.map("parameters")
        .map(|(name, value, _)| (name.to_owned(), value.clone()))
        .collect()
}
