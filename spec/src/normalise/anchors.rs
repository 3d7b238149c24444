//! Schemas by their `$id`, `$anchor` and `$self`: names that references use instead of places.
//!
//! In the normalised document every reference is a JSON pointer, and the names are gone.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{Here, LocalReference, Walker};
use crate::diagnostic::code;
use crate::faults::Spot;
use crate::grammar::Kind;
use crate::reference::{self, Fragment, Reference};
use crate::source::Aim;

/// The names that have been seen.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The places of whole resources, by their URIs.
    resources: HashMap<String, String>,
    /// The places of anchors, by their resource and name.
    anchors: HashMap<(String, String), String>,
    /// References by name, to be resolved when all names have been seen.
    waiting: Vec<Named>,
}

impl Names {
    /// Whether no reference waits.
    pub(super) fn is_settled(&self) -> bool {
        self.waiting.is_empty()
    }
}

/// A reference by name.
#[derive(Debug)]
struct Named {
    kind: Kind,
    at: String,
    spot: Spot,
    /// The file that it stands in.
    source: usize,
    /// The resource that it stands in.
    resource: Option<String>,
    text: String,
}

impl Walker<'_> {
    /// Notes the URI that a document gives itself (3.2).
    pub(super) fn note_self(&mut self, root: &Value) {
        if let Some(Value::String(uri)) = root.get("$self") {
            let uri = uri.trim_end_matches('#').to_owned();
            self.names.resources.insert(uri, String::new());
        }
    }

    /// Notes what a schema is called, and takes the names away; returns the resource outside.
    pub(super) fn note_names(
        &mut self,
        schema: &mut Map<String, Value>,
        here: &mut Here,
    ) -> Option<String> {
        let outside = here.resource.clone();
        if let Some(Value::String(id)) = schema.get("$id") {
            let uri = resolve(outside.as_deref().unwrap_or_default(), id);
            let uri = uri.trim_end_matches('#').to_owned();
            if self
                .names
                .resources
                .insert(uri.clone(), here.pointer())
                .is_some()
            {
                self.twice("$id", &uri, here);
            }
            schema.shift_remove("$id");
            here.resource = Some(uri);
        }
        for keyword in ["$anchor", "$dynamicAnchor"] {
            if let Some(Value::String(anchor)) = schema.get(keyword) {
                let key = (resource_key(&here.resource, here.source), anchor.clone());
                let anchor = anchor.clone();
                let pointer = here.pointer();
                let known = self.names.anchors.insert(key, pointer.clone());
                if known.is_some_and(|known| known != pointer) {
                    self.twice(keyword, &anchor, here);
                }
                schema.shift_remove(keyword);
            }
        }
        if let Some(reference) = schema.shift_remove("$dynamicRef") {
            self.faults.push(
                &code::DYNAMIC_REFERENCE,
                here.member_spot("$dynamicRef", Aim::Key),
                "a dynamic reference is taken as a plain one",
                Some("it leads to the anchor of that name in its own schema, whoever refers to it"),
            );
            let text = reference.as_str().unwrap_or_default().to_owned();
            if !schema.contains_key("$ref") && Reference::parse(&text).is_some() {
                let spot = here.member_spot("$dynamicRef", Aim::Value);
                schema.insert("$ref".into(), reference);
                self.wait(Kind::Schema, text, spot, here);
            }
        }
        outside
    }

    fn twice(&mut self, keyword: &str, name: &str, here: &Here) {
        self.faults.push(
            &code::ANCHOR_TWICE,
            here.member_spot(keyword, Aim::Value),
            format!("another schema has the `{keyword}` {name} too"),
            None,
        );
    }

    /// Puts off a reference by name.
    pub(super) fn wait(&mut self, kind: Kind, text: String, spot: Spot, here: &Here) {
        self.names.waiting.push(Named {
            kind,
            at: here.pointer(),
            spot,
            source: here.source,
            resource: here.resource.clone(),
            text,
        });
    }

    /// Resolves the references by name; what they need of other files is brought in.
    pub(super) fn resolve_names(&mut self, root: &mut Value) {
        for named in std::mem::take(&mut self.names.waiting) {
            let Some(target) = self.target(&named, root) else {
                continue;
            };
            if let Some(Value::Object(object)) = root.pointer_mut(&named.at) {
                object.insert("$ref".into(), reference::to_pointer(&target).into());
            }
            self.locals.push(LocalReference {
                kind: named.kind,
                at: named.at,
                spot: named.spot,
                target,
            });
        }
    }

    fn target(&mut self, named: &Named, root: &mut Value) -> Option<String> {
        let parsed = Reference::parse(&named.text)?;
        let mut key = resource_key(&named.resource, named.source);
        let mut place = match &named.resource {
            Some(resource) => self.names.resources.get(resource).cloned(),
            None => None,
        };
        if !parsed.file.is_empty() {
            let uri = resolve(named.resource.as_deref().unwrap_or_default(), &parsed.file);
            if let Some(known) = self.names.resources.get(&uri) {
                place = Some(known.clone());
                key = uri;
            } else if parsed.is_absolute() {
                self.faults.push(
                    &code::REFERENCE_NETWORK,
                    named.spot.clone(),
                    format!(
                        "`{}` leads to the network, which is never asked",
                        named.text
                    ),
                    Some("put a copy beside the document and refer to that"),
                );
                return None;
            } else {
                let source = self.open(named, &parsed.file)?;
                let file = self.sources.get(source)?.file.clone();
                place = Some(if source == 0 {
                    String::new()
                } else {
                    let section = named.kind.section()?;
                    self.components
                        .place(named.kind, section, source, &file, "")
                });
                self.bring_in(root);
                key = resource_key(&None, source);
            }
        }
        match parsed.fragment {
            Fragment::Pointer(pointer) => Some(format!("{}{pointer}", place.unwrap_or_default())),
            Fragment::Anchor(anchor) => {
                let found = self.names.anchors.get(&(key, anchor.to_string())).cloned();
                if found.is_none() {
                    self.faults.push(
                        &code::REFERENCE_DANGLES,
                        named.spot.clone(),
                        format!("there is no anchor `{anchor}`"),
                        Some("a JSON pointer begins with `#/`"),
                    );
                }
                found
            }
        }
    }

    fn open(&mut self, named: &Named, file: &str) -> Option<usize> {
        match self.sources.open(named.source, file, self.faults) {
            Ok(source) => Some(source),
            Err(refused) => {
                self.faults.push(
                    refused.code,
                    named.spot.clone(),
                    refused.message,
                    refused.help,
                );
                None
            }
        }
    }
}

fn resource_key(resource: &Option<String>, source: usize) -> String {
    resource.clone().unwrap_or_else(|| format!("file {source}"))
}

/// Resolves a URI reference against a base (RFC 3986 §5.2), without looking at queries apart.
fn resolve(base: &str, reference: &str) -> String {
    let has_scheme = Reference::parse(reference).is_some_and(|parsed| parsed.is_absolute());
    if base.is_empty() || (has_scheme && !reference.starts_with("//")) {
        return reference.to_owned();
    }
    let (scheme, rest) = match base.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), base),
    };
    if let Some(authority) = reference.strip_prefix("//") {
        return format!("{scheme}{authority}");
    }
    let (authority, path) = if scheme.is_empty() {
        ("", rest)
    } else {
        rest.split_at(rest.find('/').unwrap_or(rest.len()))
    };
    if reference.starts_with('/') {
        return format!("{scheme}{authority}{reference}");
    }
    let folder = path
        .rfind('/')
        .map_or("", |end| path.get(..=end).unwrap_or_default());
    let mut parts: Vec<&str> = Vec::new();
    let merged = format!("{folder}{reference}");
    for part in merged.split('/') {
        match part {
            "." => {}
            ".." => {
                if parts.len() > 1 {
                    parts.pop();
                }
            }
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    let slash = if scheme.is_empty() || path.starts_with('/') {
        ""
    } else {
        "/"
    };
    format!("{scheme}{authority}{slash}{path}")
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn references_are_resolved_against_their_resource() {
        for (base, reference, resolved) in [
            ("", "pet.json", "pet.json"),
            ("https://a.b/c/d.json", "e.json", "https://a.b/c/e.json"),
            ("https://a.b/c/d.json", "../e.json", "https://a.b/e.json"),
            ("https://a.b/c/d.json", "/e.json", "https://a.b/e.json"),
            ("https://a.b", "e.json", "https://a.b/e.json"),
            ("https://a.b/c", "urn:x", "urn:x"),
            ("c/d.json", "e.json", "c/e.json"),
        ] {
            assert_eq!(resolve(base, reference), resolved, "{base} {reference}");
        }
    }
}
