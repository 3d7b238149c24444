//! One walk over a document: shapes are checked, references to other files are brought in, and
//! schemas of 3.0 become JSON Schema 2020-12.
//!
//! Every object keeps its place, so that a JSON pointer into the entry document is one into the
//! normalised document too; what comes from other files is added to the components, or stands in
//! place of the reference where there is no section for it.

mod anchors;
mod circles;
mod components;
mod discriminator;
mod here;
mod locals;
mod object;
mod origins;
mod reference;
mod requirement;
mod schema;
mod upgrade;

use std::collections::HashSet;

use serde_json::Value;

use crate::faults::Faults;
use crate::grammar::Kind;
use crate::limits::Limits;
use crate::sources::Sources;
use crate::version::{Stated, Version};
use anchors::Names;
use components::Components;
use here::Here;
use locals::LocalReference;

pub(crate) use origins::Origins;

/// Brings the whole of a document into one value shaped like 3.1, with local references only.
pub(crate) fn normalise(
    mut root: Value,
    version: Version,
    sources: &mut Sources,
    faults: &mut Faults,
    limits: &Limits,
) -> (Value, Origins) {
    let mut walker = Walker {
        sources,
        faults,
        origins: Origins::default(),
        components: Components::new(&root),
        locals: Vec::new(),
        grafts: Vec::new(),
        led_on: Vec::new(),
        names: Names::default(),
        moved: Vec::new(),
        inlining: Vec::new(),
        formats: HashSet::new(),
        has_told_xml: false,
        nodes_left: limits.bundled_nodes,
        is_over_budget: false,
        depth: limits.depth,
    };
    let mut here = Here::entry(version);
    walker.walk(Kind::Document, &mut root, &mut here);
    walker.bring_in(&mut root);
    walker.follow_locals(&mut root);
    walker.find_circles(&root);
    let latest = walker.sources.latest();
    state_version(&mut root, latest);
    (root, walker.origins)
}

/// What comes out is shaped like 3.1, and says so; 3.2 only adds to it. Of files of several versions
/// the latest one holds all that any of them may say.
fn state_version(root: &mut Value, latest: Version) {
    let written = match root
        .get("openapi")
        .and_then(Value::as_str)
        .map(Version::read)
    {
        Some(Stated::Known(known)) if known > Version::V30 && known >= latest => return,
        _ if latest == Version::V32 => "3.2.0",
        _ => "3.1.1",
    };
    if let Value::Object(root) = root {
        root.insert("openapi".into(), written.into());
    }
}

struct Walker<'a> {
    sources: &'a mut Sources,
    faults: &'a mut Faults,
    origins: Origins,
    components: Components,
    /// References within the normalised document, to be looked at when it is whole.
    locals: Vec<LocalReference>,
    /// Values to be put in place of references that stand where none is allowed.
    grafts: Vec<LocalReference>,
    /// The places of schemas that are references themselves.
    led_on: Vec<String>,
    /// Schemas by name, and references to them.
    names: Names,
    /// Schemas whose keywords have been moved one level down, by their pointers.
    moved: Vec<String>,
    /// What is being put in place of a reference, outermost first.
    inlining: Vec<(usize, String)>,
    /// The unknown formats that have been told.
    formats: HashSet<String>,
    /// Whether it has been told that XML is not read.
    has_told_xml: bool,
    /// How many values other files may still bring.
    nodes_left: usize,
    /// Whether it has been told that they were too many.
    is_over_budget: bool,
    depth: usize,
}

impl Walker<'_> {
    /// Walks what stands `here`, which should be of that kind.
    fn walk(&mut self, kind: Kind, value: &mut Value, here: &mut Here) {
        if kind == Kind::Any {
            return;
        }
        if value.get("$ref").is_some() && !self.reference(kind, value, here) {
            return;
        }
        if !self.is_of_type(kind, value, here) {
            return;
        }
        match (kind, value) {
            (Kind::Schema, Value::Object(schema)) => self.schema(schema, here),
            (Kind::Extension, Value::Object(members)) => {
                for (name, member) in members {
                    let length = here.push(name);
                    self.walk(Kind::Extension, member, here);
                    here.truncate(length);
                }
            }
            (_, Value::Object(object)) => {
                if kind == Kind::SecurityRequirement {
                    self.requirement(object, here);
                }
                self.object(kind, object, here);
            }
            (Kind::List(_) | Kind::Extension, Value::Array(items)) => {
                for (index, item) in items.iter_mut().enumerate() {
                    let length = here.push_index(index);
                    self.walk(kind.member(""), item, here);
                    here.truncate(length);
                }
            }
            _ => {}
        }
    }
}
