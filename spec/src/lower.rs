//! From the normalised document to the model.

mod body;
mod document;
mod example;
mod operation;
mod parameter;
mod paths;
mod response;
mod security;
mod server;
mod template;

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::counts::Counts;
use crate::diagnostic::{Code, code};
use crate::faults::Faults;
use crate::limits::Limits;
use crate::model::{Document, Extensions, Spec};
use crate::normalise::Origins;
use crate::reference;
use crate::source::Aim;
use crate::sources::Sources;
use crate::version::Version;

/// Reads the model from a normalised document.
pub(crate) fn lower(
    root: Value,
    origins: &Origins,
    sources: &Sources,
    counts: &mut Counts,
    faults: &mut Faults,
    limits: &Limits,
) -> Spec {
    let empty = Map::new();
    let node = Node {
        object: root.as_object().unwrap_or(&empty),
        pointer: String::new(),
    };
    let mut spec = Lowerer {
        root: &root,
        origins,
        sources,
        faults,
        hops: limits.reference_hops,
        callbacks: Vec::new(),
    }
    .document(&node, counts);
    spec.document = Document::new(root);
    spec
}

struct Lowerer<'a> {
    root: &'a Value,
    origins: &'a Origins,
    sources: &'a Sources,
    faults: &'a mut Faults,
    hops: usize,
    /// The callbacks that are being read, outermost first: they may contain themselves.
    callbacks: Vec<String>,
}

/// An object of the normalised document, and where it stands.
#[derive(Debug, Clone)]
struct Node<'a> {
    object: &'a Map<String, Value>,
    pointer: String,
}

/// What stands beside a reference, and holds before what its target says of itself (OpenAPI 3.1
/// §4.8.23).
#[derive(Debug, Clone, Copy, Default)]
struct Beside<'a> {
    summary: Option<&'a str>,
    description: Option<&'a str>,
}

impl<'a> Beside<'a> {
    fn summary(self, node: &Node<'a>) -> Option<String> {
        self.summary.or(node.text("summary")).map(str::to_owned)
    }

    fn description(self, node: &Node<'a>) -> Option<String> {
        self.description
            .or(node.text("description"))
            .map(str::to_owned)
    }
}

impl<'a> Node<'a> {
    fn member(&self, name: &str) -> Option<(&'a Value, String)> {
        let value = self.object.get(name)?;
        Some((value, crate::pointer::join(&self.pointer, name)))
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.object.get(name)?.as_str()
    }

    fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.object.get(name)?.as_bool()
    }

    /// The members of a map, in the order of the document.
    fn map(&self, name: &str) -> impl Iterator<Item = (&'a str, &'a Value, String)> + use<'a> {
        let (members, base) = match self.member(name) {
            Some((Value::Object(members), base)) => (Some(members), base),
            _ => (None, String::new()),
        };
        members
            .into_iter()
            .flatten()
            .map(move |(name, value)| (name.as_str(), value, crate::pointer::join(&base, name)))
    }

    /// The items of a list.
    fn list(&self, name: &str) -> impl Iterator<Item = (&'a Value, String)> + use<'a> {
        let (items, base) = match self.member(name) {
            Some((Value::Array(items), base)) => (items.as_slice(), base),
            _ => (&[] as &[Value], String::new()),
        };
        items.iter().enumerate().map(move |(index, value)| {
            let mut pointer = base.clone();
            crate::pointer::push_index(&mut pointer, index);
            (value, pointer)
        })
    }

    fn extensions(&self) -> Extensions {
        crate::model::extensions(self.object)
    }

    /// The object under that name.
    fn child(&self, name: &str) -> Option<Node<'a>> {
        let (Value::Object(object), pointer) = self.member(name)? else {
            return None;
        };
        Some(Node { object, pointer })
    }
}

impl<'a> Lowerer<'a> {
    /// The version of the file that stands at that pointer of the normalised document.
    fn version(&self, pointer: &str) -> Version {
        self.sources
            .version(self.origins.spot(pointer, Aim::Value).source)
    }

    /// The object here, or the one that the reference here leads to in the end; and what stands
    /// beside the first reference.
    fn node(&mut self, value: &'a Value, pointer: String) -> Option<(Node<'a>, Beside<'a>)> {
        let start = pointer.clone();
        let mut object = value.as_object()?;
        let mut pointer = pointer;
        let mut beside = Beside::default();
        for hop in 0..self.hops {
            let Some(Value::String(text)) = object.get("$ref") else {
                return Some((Node { object, pointer }, beside));
            };
            if hop == 0 {
                beside = Beside {
                    summary: object.get("summary").and_then(Value::as_str),
                    description: object.get("description").and_then(Value::as_str),
                };
            }
            // What leads to nothing, or is malformed, has been told by then.
            let target = reference::local(text).map(Cow::into_owned)?;
            object = self.root.pointer(&target)?.as_object()?;
            pointer = target;
        }
        self.fault(
            &code::REFERENCE_CYCLE,
            &crate::pointer::join(&start, "$ref"),
            Aim::Value,
            "the reference leads in a circle, or over more references than the limit allows",
            None,
        );
        None
    }

    fn fault(
        &mut self,
        code: &'static Code,
        pointer: &str,
        aim: Aim,
        message: impl Into<String>,
        help: Option<&str>,
    ) {
        let spot = self.origins.spot(pointer, aim);
        self.faults.push(code, spot, message, help);
    }
}
