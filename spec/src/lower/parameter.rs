use serde_json::Value;

use super::operation::{below, place_name};
use super::{Lowerer, Node};
use crate::diagnostic::code;
use crate::model::{Parameter, ParameterIn, ParameterShape, SchemaRef, Style};
use crate::source::Aim;
use crate::version::Version;

impl<'a> Lowerer<'a> {
    pub(super) fn parameter(&mut self, value: &'a Value, pointer: String) -> Option<Parameter> {
        let (node, beside) = self.node(value, pointer)?;
        // What is missing has been told.
        let name = node.text("name")?.to_owned();
        let stated = node.text("in")?;
        let location = match stated {
            "path" => ParameterIn::Path,
            "query" => ParameterIn::Query,
            "header" => ParameterIn::Header,
            "cookie" => ParameterIn::Cookie,
            "querystring" => ParameterIn::QueryString,
            _ => {
                self.fault(
                    &code::VALUE_UNKNOWN,
                    &below(&node, "in"),
                    Aim::Value,
                    format!("a parameter cannot be in `{stated}`"),
                    Some("the places are path, query, header, cookie and, since 3.2, querystring"),
                );
                return None;
            }
        };
        if location == ParameterIn::QueryString && self.version(&node.pointer) < Version::V32 {
            self.fault(
                &code::FIELD_LATER,
                &below(&node, "in"),
                Aim::Value,
                "`in: querystring` is of OpenAPI 3.2",
                Some("state the later version in `openapi`"),
            );
        }
        if location == ParameterIn::Header && is_reserved(&name) {
            self.fault(
                &code::HEADER_RESERVED,
                &below(&node, "name"),
                Aim::Value,
                format!("a header parameter `{name}` is not heeded"),
                Some("content types and security are described in their own fields"),
            );
            return None;
        }
        let is_required = node.flag("required").unwrap_or(false);
        if location == ParameterIn::Path && !is_required {
            self.fault(
                &code::PATH_PARAMETER_OPTIONAL,
                &node.pointer,
                Aim::Value,
                format!("the path parameter `{name}` is not marked as required; it is so"),
                Some("add `required: true`"),
            );
        }
        let shape = self.shape(&node, &name, location)?;
        Some(Parameter {
            is_required: is_required || location == ParameterIn::Path,
            is_deprecated: node.flag("deprecated").unwrap_or(false),
            shape,
            description: beside.description(&node),
            examples: self.examples(&node),
            extensions: node.extensions(),
            pointer: node.pointer,
            name,
            location,
        })
    }

    /// How the value of a parameter or a header is written.
    pub(super) fn shape(
        &mut self,
        node: &Node<'a>,
        name: &str,
        location: ParameterIn,
    ) -> Option<ParameterShape> {
        let has_schema = node.object.contains_key("schema");
        if node.object.contains_key("content") {
            if has_schema {
                self.fault(
                    &code::FIELDS_EXCLUSIVE,
                    &below(node, "schema"),
                    Aim::Key,
                    format!("`{name}` has both `schema` and `content`; `content` is taken"),
                    None,
                );
            }
            let mut content = self.content(node);
            if content.len() != 1 {
                self.fault(
                    &code::CONTENT_NOT_SINGLE,
                    &below(node, "content"),
                    Aim::Key,
                    format!(
                        "the content of `{name}` has {} media types, and has to have one",
                        content.len()
                    ),
                    None,
                );
            }
            return content.pop().map(Box::new).map(ParameterShape::Content);
        }
        if !has_schema {
            self.fault(
                &code::PARAMETER_WITHOUT_SHAPE,
                &node.pointer,
                Aim::Value,
                format!("`{name}` has neither `schema` nor `content`; any text is taken"),
                None,
            );
        }
        let style = self.style(node, location);
        Some(ParameterShape::Schema {
            schema: has_schema.then(|| SchemaRef::new(below(node, "schema"))),
            style,
            explode: node
                .flag("explode")
                .unwrap_or(matches!(style, Style::Form | Style::Cookie)),
            allow_reserved: node.flag("allowReserved").unwrap_or(false),
            allow_empty_value: node.flag("allowEmptyValue").unwrap_or(false),
        })
    }

    fn style(&mut self, node: &Node<'a>, location: ParameterIn) -> Style {
        use ParameterIn::{Cookie, Header, Path, Query, QueryString};
        let default = match location {
            Query | QueryString | Cookie => Style::Form,
            Path | Header => Style::Simple,
        };
        let Some(stated) = node.text("style") else {
            return default;
        };
        let Some(style) = self.named_style(stated, &below(node, "style")) else {
            return default;
        };
        let is_allowed = matches!(
            (location, style),
            (Path, Style::Matrix | Style::Label | Style::Simple)
                | (
                    Query,
                    Style::Form | Style::SpaceDelimited | Style::PipeDelimited | Style::DeepObject
                )
                | (Header, Style::Simple)
                | (Cookie, Style::Form | Style::Cookie)
        );
        if is_allowed {
            return style;
        }
        self.fault(
            &code::STYLE_MISPLACED,
            &below(node, "style"),
            Aim::Value,
            format!(
                "the style `{stated}` is not for {}; its default is taken",
                place_name(location)
            ),
            None,
        );
        default
    }

    /// The style of that name; if there is none, that is told.
    pub(super) fn named_style(&mut self, stated: &str, pointer: &str) -> Option<Style> {
        Some(match stated {
            "matrix" => Style::Matrix,
            "label" => Style::Label,
            "simple" => Style::Simple,
            "form" => Style::Form,
            "spaceDelimited" => Style::SpaceDelimited,
            "pipeDelimited" => Style::PipeDelimited,
            "deepObject" => Style::DeepObject,
            "cookie" => Style::Cookie,
            _ => {
                self.fault(
                    &code::VALUE_UNKNOWN,
                    pointer,
                    Aim::Value,
                    format!("there is no style `{stated}`"),
                    None,
                );
                return None;
            }
        })
    }
}

/// The header parameters that have no effect (OpenAPI 3.1 §4.8.12.2.1).
fn is_reserved(name: &str) -> bool {
    ["Accept", "Content-Type", "Authorization"]
        .iter()
        .any(|reserved| reserved.eq_ignore_ascii_case(name))
}
