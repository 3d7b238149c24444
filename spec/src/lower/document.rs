use indexmap::IndexMap;
use serde_json::Value;

use super::operation::external_docs;
use super::{Lowerer, Node};
use crate::counts::Counts;
use crate::diagnostic::code;
use crate::model::{Contact, Document, Info, License, Spec, Tag};
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
        counts.paths = node.map("paths").count();
        counts.webhooks = node.map("webhooks").count();
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
            self_uri: node.owned("$self"),
            title: info.title.clone(),
            version: info.version.clone(),
            info,
            operations,
            webhooks,
            servers,
            security,
            security_schemes,
            tags,
            external_docs: external_docs(node),
            extensions: node.extensions(),
            diagnostics: Vec::new(),
            counts: counts.clone(),
            files: Vec::new(),
            document: Document::new(Value::Null),
        }
    }

    fn info(&mut self, node: &Node<'_>) -> Info {
        let Some(info) = node.child("info") else {
            return Info::default();
        };
        let license = info.child("license").map(|node| license(&node));
        if license
            .as_ref()
            .is_some_and(|license| license.identifier.is_some() && license.url.is_some())
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
            contact: info.child("contact").map(|node| contact(&node)),
            license,
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
                external_docs: external_docs(&tag),
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

fn contact(node: &Node<'_>) -> Contact {
    Contact {
        name: node.owned("name"),
        url: node.owned("url"),
        email: node.owned("email"),
        extensions: node.extensions(),
    }
}

fn license(node: &Node<'_>) -> License {
    License {
        name: node.owned("name").unwrap_or_default(),
        identifier: node.owned("identifier"),
        url: node.owned("url"),
        extensions: node.extensions(),
    }
}
