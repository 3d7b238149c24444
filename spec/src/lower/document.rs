use indexmap::IndexMap;
use serde_json::Value;

use super::{Lowerer, Node};
use crate::counts::Counts;
use crate::diagnostic::code;
use crate::model::{Document, Info, Spec, Tag};
use crate::pointer;
use crate::source::Aim;

impl<'a> Lowerer<'a> {
    pub(super) fn document(&mut self, node: &Node<'a>, counts: &mut Counts) -> Spec {
        let security_schemes = self.security_schemes();
        let security = self
            .requirements(node, &security_schemes)
            .unwrap_or_default();
        let servers = self.servers(node);
        let tags = self.tags(node);
        let operations = self.paths(node, &security, &security_schemes);
        let webhooks = self.webhooks(node, &security, &security_schemes);
        counts.operations = operations.len();
        self.check_tags(&operations, &tags);
        let is_described = ["paths", "webhooks", "components"]
            .iter()
            .any(|field| node.object.contains_key(*field));
        if operations.is_empty() && is_described {
            self.fault(
                &code::NO_OPERATIONS,
                if node.object.contains_key("paths") {
                    "/paths"
                } else {
                    ""
                },
                Aim::Key,
                "the document describes no operation that could be served",
                None,
            );
        }
        let info = self.info(node);
        Spec {
            openapi: counts.openapi.clone(),
            title: info.title.clone(),
            version: info.version.clone(),
            info,
            operations,
            webhooks,
            servers,
            security,
            security_schemes,
            tags,
            external_docs: super::operation::external_docs(node),
            extensions: node.extensions(),
            diagnostics: Vec::new(),
            counts: counts.clone(),
            files: Vec::new(),
            document: Document::new(Value::Null),
        }
    }

    fn info(&mut self, node: &Node<'_>) -> Info {
        let Some((Value::Object(object), pointer)) = node.member("info") else {
            return Info::default();
        };
        let info = Node { object, pointer };
        let license = info.object.get("license").and_then(Value::as_object);
        if let Some(license) = license
            && license.contains_key("identifier")
            && license.contains_key("url")
        {
            self.fault(
                &code::FIELDS_EXCLUSIVE,
                "/info/license/url",
                Aim::Key,
                "a license has either `identifier` or `url`",
                None,
            );
        }
        Info {
            title: info.owned("title").unwrap_or_default(),
            version: info.owned("version").unwrap_or_default(),
            summary: info.owned("summary"),
            description: info.owned("description"),
            terms_of_service: info.owned("termsOfService"),
            contact: members_as_text(info.object.get("contact")),
            license: members_as_text(info.object.get("license")),
            extensions: info.extensions(),
        }
    }

    fn tags(&mut self, node: &Node<'_>) -> Vec<Tag> {
        let mut tags: Vec<Tag> = Vec::new();
        for (value, pointer) in node.list("tags") {
            let Some(object) = value.as_object() else {
                continue;
            };
            let tag = Node { object, pointer };
            let Some(name) = tag.owned("name") else {
                continue;
            };
            if tags.iter().any(|other| other.name == name) {
                self.fault(
                    &code::TAG_TWICE,
                    &pointer::join(&tag.pointer, "name"),
                    Aim::Value,
                    format!("two tags have the name `{name}`"),
                    None,
                );
            }
            tags.push(Tag {
                name,
                summary: tag.owned("summary"),
                description: tag.owned("description"),
                parent: tag.owned("parent"),
                kind: tag.owned("kind"),
                extensions: tag.extensions(),
            });
        }
        self.check_parents(&tags);
        tags
    }

    fn check_parents(&mut self, tags: &[Tag]) {
        let parents: IndexMap<&str, Option<&str>> = tags
            .iter()
            .map(|tag| (tag.name.as_str(), tag.parent.as_deref()))
            .collect();
        for (index, tag) in tags.iter().enumerate() {
            let mut above = tag.parent.as_deref();
            let mut reason = None;
            for _ in 0..=tags.len() {
                let Some(name) = above else { break };
                if name == tag.name {
                    reason = Some(format!("the tag `{name}` is its own ancestor"));
                    break;
                }
                match parents.get(name) {
                    Some(parent) => above = *parent,
                    None => {
                        if Some(name) == tag.parent.as_deref() {
                            reason = Some(format!("the parent `{name}` is not declared"));
                        }
                        break;
                    }
                }
            }
            if let Some(reason) = reason {
                self.fault(
                    &code::TAG_PARENT,
                    &format!("/tags/{index}/parent"),
                    Aim::Value,
                    reason,
                    None,
                );
            }
        }
    }

    /// A document that declares tags should declare all of them; one that declares none says
    /// nothing about them.
    fn check_tags(&mut self, operations: &[crate::model::Operation], tags: &[Tag]) {
        if tags.is_empty() {
            return;
        }
        for operation in operations {
            for (index, name) in operation.tags.iter().enumerate() {
                if !tags.iter().any(|tag| tag.name == *name) {
                    self.fault(
                        &code::TAG_UNDECLARED,
                        &format!("{}/tags/{index}", operation.pointer),
                        Aim::Value,
                        format!("the tag `{name}` is not declared"),
                        Some("declare it in the list `tags` of the document"),
                    );
                }
            }
        }
    }
}

fn members_as_text(value: Option<&Value>) -> IndexMap<String, String> {
    value
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect()
}
