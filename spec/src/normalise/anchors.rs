//! Schemas by their `$id` and `$anchor`, and documents by their `$self`: names that references use instead of places.
//!
//! In the normalised document every reference is a JSON pointer, and the names are gone.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{Here, LocalReference, Walker};
use crate::diagnostic::code;
use crate::faults::Spot;
use crate::grammar::Kind;
use crate::reference::{Fragment, Reference};
use crate::source::Aim;
use crate::sources::Refused;
use crate::uri;

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
    /// How many files and names were known when it was looked for in vain.
    tried: Option<usize>,
}

/// What a reference by name leads to.
#[derive(Debug)]
enum Found {
    /// A place in the normalised document.
    At(String),
    /// Nothing, as has been told.
    Told,
    /// Nothing, so far.
    Refused(Refused),
}

impl Walker<'_> {
    /// Notes what a schema is called, and takes the names away; returns the resource outside.
    pub(super) fn note_names(
        &mut self,
        schema: &mut Map<String, Value>,
        here: &mut Here,
    ) -> Option<String> {
        let outside = here.resource.clone();
        if let Some(Value::String(id)) = schema.get("$id") {
            let base = outside.as_deref().or(self.sources.uri(here.source));
            let uri = uri::resolve(base.unwrap_or_default(), id);
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
            tried: None,
        });
    }

    /// Resolves the references by name; what they need of other files is brought in.
    pub(super) fn resolve_names(&mut self, root: &mut Value) {
        for mut named in std::mem::take(&mut self.names.waiting) {
            let known = self.sources.len() + self.names.resources.len();
            match self.target(&named, root) {
                Found::At(target) => self.settle(named, target, root),
                Found::Told => {}
                // What is read on the way may bring the name.
                Found::Refused(_) if named.tried != Some(known) => {
                    named.tried = Some(known);
                    self.names.waiting.push(named);
                }
                Found::Refused(refused) => {
                    self.faults
                        .push(refused.code, named.spot, refused.message, refused.help);
                }
            }
        }
    }

    fn settle(&mut self, named: Named, target: String, root: &mut Value) {
        super::locals::rewrite(root, &named.at, &target);
        self.locals.push(LocalReference {
            kind: named.kind,
            at: named.at,
            spot: named.spot,
            target,
        });
    }

    fn target(&mut self, named: &Named, root: &mut Value) -> Found {
        let (Some(parsed), Some(section)) = (Reference::parse(&named.text), named.kind.section())
        else {
            return Found::Told;
        };
        let resource = match (&named.resource, parsed.file.is_empty()) {
            (resource, true) => resource.clone(),
            (resource, false) => {
                let base = resource.as_deref().or(self.sources.uri(named.source));
                let uri = uri::resolve(base.unwrap_or_default(), &parsed.file);
                self.names.resources.contains_key(&uri).then_some(uri)
            }
        };
        let place = resource
            .as_ref()
            .and_then(|resource| self.names.resources.get(resource))
            .cloned();
        let source = if parsed.file.is_empty() || place.is_some() {
            named.source
        } else {
            match self.sources.open(named.source, &parsed.file, self.faults) {
                Ok(source) => source,
                Err(refused) => return Found::Refused(refused),
            }
        };
        match (parsed.fragment, place) {
            (Fragment::Pointer(pointer), Some(place)) => Found::At(format!("{place}{pointer}")),
            (Fragment::Pointer(pointer), None) => {
                self.part(named, section, source, pointer.into_owned())
            }
            (Fragment::Anchor(anchor), _) => {
                let key = (resource_key(&resource, source), anchor.to_string());
                if !self.names.anchors.contains_key(&key) && source != 0 {
                    // Then it may stand in a part that nothing has led to yet.
                    self.part(named, section, source, String::new());
                    self.bring_in(root);
                }
                match self.names.anchors.get(&key) {
                    Some(found) => Found::At(found.clone()),
                    None => Found::Refused(Refused {
                        code: &code::REFERENCE_DANGLES,
                        message: format!("there is no anchor `{anchor}`"),
                        help: Some("a JSON pointer begins with `#/`"),
                    }),
                }
            }
        }
    }

    /// A part of a file, brought in if it is not of the entry document.
    fn part(&mut self, named: &Named, section: &'static str, source: usize, part: String) -> Found {
        if source == 0 {
            return Found::At(part);
        }
        let Some(file) = self.sources.get(source) else {
            return Found::Told;
        };
        if file.value.pointer(&part).is_none() {
            return Found::Refused(Refused {
                code: super::locals::dangling_code(named.kind),
                message: format!("`{}` leads to nothing", named.text),
                help: None,
            });
        }
        let file = file.file.clone();
        let place = self
            .components
            .place(named.kind, section, source, &file, &part);
        Found::At(place)
    }
}

fn resource_key(resource: &Option<String>, source: usize) -> String {
    resource.clone().unwrap_or_else(|| format!("file {source}"))
}
