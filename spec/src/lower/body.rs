use serde_json::Value;

use super::operation::below;
use super::{Lowerer, Node};
use crate::diagnostic::code;
use crate::model::{Encoding, MediaType, RequestBody, SchemaRef};
use crate::source::Aim;

impl<'a> Lowerer<'a> {
    pub(super) fn request_body(
        &mut self,
        value: &'a Value,
        pointer: String,
    ) -> Option<RequestBody> {
        let (node, beside) = self.node(value, pointer)?;
        Some(RequestBody {
            is_required: node.flag("required").unwrap_or(false),
            description: beside.description(&node),
            content: self.content(&node),
            extensions: node.extensions(),
            pointer: node.pointer,
        })
    }

    /// The media types under `content`.
    pub(super) fn content(&mut self, node: &Node<'a>) -> Vec<MediaType> {
        let mut content = Vec::new();
        for (name, value, pointer) in node.map("content") {
            if !is_media_range(name) {
                self.fault(
                    &code::MEDIA_TYPE_INVALID,
                    &pointer,
                    Aim::Key,
                    format!("`{name}` is not a media type or range"),
                    Some("write it as `type/subtype`"),
                );
            }
            if let Some((node, _)) = self.node(value, pointer) {
                content.push(self.media_type(name, &node));
            }
        }
        content
    }

    fn media_type(&mut self, name: &str, node: &Node<'a>) -> MediaType {
        let schema = |name: &str| {
            node.object
                .contains_key(name)
                .then(|| SchemaRef::new(below(node, name)))
        };
        self.without_effect(node, &["itemSchema", "prefixEncoding", "itemEncoding"]);
        MediaType {
            name: name.to_owned(),
            schema: schema("schema"),
            item_schema: schema("itemSchema"),
            encoding: self.encodings(node),
            prefix_encoding: self.prefix_encoding(node),
            item_encoding: self.item_encoding(node),
            examples: self.examples(node),
            extensions: node.extensions(),
            pointer: node.pointer.clone(),
        }
    }

    /// What is kept, and not acted upon.
    fn without_effect(&mut self, node: &Node<'a>, fields: &[&str]) {
        for field in fields {
            if node.object.contains_key(*field) {
                self.fault(
                    &code::UNSUPPORTED,
                    &below(node, field),
                    Aim::Key,
                    format!("`{field}` is kept, and has no effect"),
                    Some("messages are not checked against it"),
                );
            }
        }
    }

    fn encodings(&mut self, node: &Node<'a>) -> Vec<Encoding> {
        node.map("encoding")
            .filter_map(|(property, value, pointer)| {
                let object = value.as_object()?;
                Some(self.encoding(property, &Node { object, pointer }))
            })
            .collect()
    }

    fn prefix_encoding(&mut self, node: &Node<'a>) -> Vec<Encoding> {
        node.list("prefixEncoding")
            .filter_map(|(value, pointer)| {
                let object = value.as_object()?;
                Some(self.encoding("", &Node { object, pointer }))
            })
            .collect()
    }

    fn item_encoding(&mut self, node: &Node<'a>) -> Option<Box<Encoding>> {
        let node = node.child("itemEncoding")?;
        Some(Box::new(self.encoding("", &node)))
    }

    fn encoding(&mut self, property: &str, node: &Node<'a>) -> Encoding {
        self.without_effect(
            node,
            &["headers", "encoding", "prefixEncoding", "itemEncoding"],
        );
        let style = node
            .text("style")
            .and_then(|stated| self.named_style(stated, &below(node, "style")));
        Encoding {
            property: property.to_owned(),
            content_type: node.owned("contentType"),
            headers: self.headers(node),
            style,
            explode: node.flag("explode"),
            allow_reserved: node.flag("allowReserved").unwrap_or(false),
            encoding: self.encodings(node),
            prefix_encoding: self.prefix_encoding(node),
            item_encoding: self.item_encoding(node),
            extensions: node.extensions(),
        }
    }
}

/// `type/subtype`, either of which may be `*`, and parameters (RFC 9110 §8.3.1, §12.5.1).
fn is_media_range(name: &str) -> bool {
    let essence = name.split(';').next().unwrap_or_default().trim();
    let is_token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
    };
    essence
        .split_once('/')
        .is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}
