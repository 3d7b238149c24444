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
        let (node, description) = self.node(value, pointer)?;
        Some(RequestBody {
            is_required: node.flag("required").unwrap_or(false),
            description: description
                .or_else(|| node.text("description"))
                .map(str::to_owned),
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
        for field in ["prefixEncoding", "itemEncoding"] {
            if node.object.contains_key(field) {
                self.fault(
                    &code::UNSUPPORTED,
                    &below(node, field),
                    Aim::Key,
                    format!("`{field}` is kept in the document, and has no effect"),
                    None,
                );
            }
        }
        let encoding = node
            .map("encoding")
            .filter_map(|(property, value, pointer)| {
                let object = value.as_object()?;
                let node = Node { object, pointer };
                Some(self.encoding(property, &node))
            })
            .collect();
        MediaType {
            name: name.to_owned(),
            schema: schema("schema"),
            item_schema: schema("itemSchema"),
            encoding,
            examples: self.examples(node),
            extensions: node.extensions(),
            pointer: node.pointer.clone(),
        }
    }

    fn encoding(&mut self, property: &str, node: &Node<'a>) -> Encoding {
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
