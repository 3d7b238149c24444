mod alias;
mod scalar;

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, Span, StrInput, Tag};
use serde_json::map::Entry;
use serde_json::{Map, Value};

use crate::diagnostic::{Code, code};
use crate::limits::Limits;
use crate::pointer;
use crate::source::faults::{Fault, duplicate, merge_duplicate};
use crate::source::mark::Mark;
use crate::source::places::{Places, name_of};

/// What composing a text gives.
pub(in crate::source) struct Composed {
    /// The first document, or `None` if there is none or it cannot be read.
    pub(in crate::source) value: Option<Value>,
    pub(in crate::source) places: Places,
    pub(in crate::source) faults: Vec<Fault>,
}

/// Composes the first document of a text.
///
/// The way through the events keeps its own stack, so no input makes it recurse.
pub(in crate::source) fn compose(text: &str, limits: &Limits) -> Composed {
    let mut composer = Composer {
        limits,
        end: Mark::of(text, text.len()),
        frames: Vec::new(),
        root: None,
        anchors: HashMap::new(),
        open_anchors: Vec::new(),
        alias_nodes: limits.alias_nodes,
        alias_bytes: limits.alias_bytes,
        places: Places::default(),
        faults: Vec::new(),
    };
    let is_read = composer.run(text).is_ok();
    Composed {
        value: composer.root.take().filter(|_| is_read),
        places: composer.places,
        faults: composer.faults,
    }
}

/// A fault after which reading on makes no sense; it is among the faults already.
struct Stop;

struct Composer<'l> {
    limits: &'l Limits,
    /// Where the text ends; the parser has a line more there.
    end: Mark,
    frames: Vec<Frame>,
    root: Option<Value>,
    anchors: HashMap<usize, Anchored>,
    /// The anchors of the containers that are being read.
    open_anchors: Vec<usize>,
    alias_nodes: usize,
    alias_bytes: usize,
    places: Places,
    faults: Vec<Fault>,
}

struct Anchored {
    value: Value,
    place: usize,
    size: Size,
}

#[derive(Clone, Copy)]
struct Size {
    nodes: usize,
    bytes: usize,
}

/// An array or an object that is being read.
struct Frame {
    place: usize,
    anchor: usize,
    body: Body,
}

enum Body {
    Array(Vec<Value>),
    Object(Object),
}

#[derive(Default)]
struct Object {
    members: Map<String, Value>,
    key: Option<Key>,
    merged: Vec<(Value, usize)>,
}

struct Key {
    text: String,
    mark: Mark,
    is_merge: bool,
}

impl Composer<'_> {
    fn run(&mut self, text: &str) -> Result<(), Stop> {
        let mut parser = Parser::new(StrInput::new(text));
        let mut documents = 0;
        while let Some(event) = parser.next_event() {
            let (event, span) = match event {
                Ok(event) => event,
                Err(error) => {
                    let mark = self.mark(error.marker());
                    // The parser has a limit of its own on flow collections.
                    if error.info() == "recursion limit exceeded" {
                        return self.too_deep(mark);
                    }
                    return self.stop(
                        &code::YAML_SYNTAX,
                        format!("not YAML: {}", error.info()),
                        None,
                        mark,
                    );
                }
            };
            match event {
                Event::DocumentStart(_) => {
                    documents += 1;
                    if documents > 1 {
                        self.fault(
                            &code::SEVERAL_DOCUMENTS,
                            "the file holds more than one YAML document; the first is read".into(),
                            None,
                            self.mark(&span.start),
                        );
                        return Ok(());
                    }
                }
                Event::StreamEnd if self.root.is_none() => {
                    return self.stop(
                        &code::EMPTY,
                        "the file holds no document".into(),
                        None,
                        self.mark(&span.start),
                    );
                }
                event => self.event(event, &span)?,
            }
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'_>, span: &Span) -> Result<(), Stop> {
        let at = self.mark(&span.start);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                if self.expects_key() {
                    self.key(text, style, tag.as_deref(), at, anchor)
                } else {
                    let value = self.scalar(text, style, tag.as_deref(), at)?;
                    self.leaf(value, anchor, at)
                }
            }
            Event::SequenceStart(anchor, tag) => {
                self.container(Body::Array(Vec::new()), anchor, tag.as_deref(), at)
            }
            Event::MappingStart(anchor, tag) => {
                self.container(Body::Object(Object::default()), anchor, tag.as_deref(), at)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(anchor) => self.alias(anchor, at),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    fn expects_key(&self) -> bool {
        matches!(
            self.frames.last(),
            Some(Frame {
                body: Body::Object(Object { key: None, .. }),
                ..
            })
        )
    }

    fn container(
        &mut self,
        body: Body,
        anchor: usize,
        tag: Option<&Tag>,
        at: Mark,
    ) -> Result<(), Stop> {
        if self.expects_key() {
            return self.stop(
                &code::KEY_NOT_SCALAR,
                "a key is a mapping or a sequence".into(),
                Some("a flow mapping such as `{name}` has to stand in quotes to be text".into()),
                at,
            );
        }
        if let Some(tag) = tag
            && !(tag.is_yaml_core_schema() && matches!(tag.suffix.as_str(), "map" | "seq"))
        {
            self.unknown_tag(tag, at);
        }
        if self.frames.len() >= self.limits.depth {
            return self.too_deep(at);
        }
        let is_array = matches!(body, Body::Array(_));
        let place = self.open(at, is_array)?;
        if anchor != 0 {
            self.open_anchors.push(anchor);
        }
        self.frames.push(Frame {
            place,
            anchor,
            body,
        });
        Ok(())
    }

    fn too_deep(&mut self, at: Mark) -> Result<(), Stop> {
        self.stop(
            &code::TOO_DEEP,
            format!(
                "arrays and objects stand in each other deeper than {}",
                self.limits.depth
            ),
            Some("raise the limit `depth` if the document is meant to be so deep".into()),
            at,
        )
    }

    fn close(&mut self) -> Result<(), Stop> {
        let Some(mut frame) = self.frames.pop() else {
            return Ok(());
        };
        let value = match frame.body {
            Body::Array(items) => Value::Array(items),
            Body::Object(ref mut object) => {
                self.merge(object)?;
                Value::Object(std::mem::take(&mut object.members))
            }
        };
        self.places.close(frame.place);
        if frame.anchor != 0 {
            self.open_anchors.pop();
            self.keep(frame.anchor, &value, frame.place)?;
        }
        self.put(value, frame.place);
        Ok(())
    }

    fn leaf(&mut self, value: Value, anchor: usize, at: Mark) -> Result<(), Stop> {
        let place = self.open(at, false)?;
        if anchor != 0 {
            self.keep(anchor, &value, place)?;
        }
        self.put(value, place);
        Ok(())
    }

    /// Enters a place for the value that begins here.
    fn open(&mut self, at: Mark, is_array: bool) -> Result<usize, Stop> {
        if self.places.len() >= self.limits.nodes {
            return self.stop(
                &code::TOO_MANY_NODES,
                format!("the file has more than {} values", self.limits.nodes),
                Some("raise the limit `nodes` if the document is meant to be so large".into()),
                at,
            );
        }
        let (name, key) = self.slot();
        Ok(self.places.open(name, key, at, is_array))
    }

    /// The name and the key under which the next value stands.
    fn slot(&self) -> (u64, Mark) {
        match self.frames.last().map(|frame| &frame.body) {
            Some(Body::Array(items)) => (items.len() as u64, Mark::default()),
            Some(Body::Object(Object { key: Some(key), .. })) => (name_of(&key.text), key.mark),
            _ => (0, Mark::default()),
        }
    }

    /// Puts a finished value where it belongs.
    fn put(&mut self, value: Value, place: usize) {
        match self.frames.last_mut().map(|frame| &mut frame.body) {
            None => self.root = Some(value),
            Some(Body::Array(items)) => items.push(value),
            Some(Body::Object(object)) => match object.key.take() {
                Some(key) if key.is_merge => object.merged.push((value, place)),
                Some(key) => match object.members.entry(key.text) {
                    Entry::Vacant(free) => {
                        free.insert(value);
                    }
                    Entry::Occupied(mut first) => {
                        let is_harmless = merge_duplicate(first.get_mut(), value);
                        let name = first.key().clone();
                        self.duplicate(&name, key.mark, is_harmless);
                    }
                },
                None => {}
            },
        }
    }

    /// Tells of a key that stands twice in the object that is being read.
    fn duplicate(&mut self, name: &str, at: Mark, is_harmless: bool) {
        let hash = name_of(name);
        let place = self.frames.last().map_or(0, |frame| frame.place);
        let first = self
            .places
            .open_children(place)
            .find(|(other, _)| *other == hash)
            .map(|(_, child)| self.places.key_mark(child).line);
        let mut pointer = self.pointer();
        pointer::push(&mut pointer, name);
        let fault = duplicate(name, first.unwrap_or(at.line), is_harmless, pointer, at);
        if self.faults.len() < self.limits.diagnostics {
            self.faults.push(fault);
        }
    }

    fn fault(&mut self, code: &'static Code, message: String, help: Option<String>, mark: Mark) {
        if self.faults.len() < self.limits.diagnostics {
            self.faults.push(Fault {
                code,
                message,
                help,
                pointer: self.pointer(),
                mark,
            });
        }
    }

    fn stop<T>(
        &mut self,
        code: &'static Code,
        message: String,
        help: Option<String>,
        mark: Mark,
    ) -> Result<T, Stop> {
        // Beyond the limit on diagnostics too: without this one a failure would have no reason.
        self.faults.push(Fault {
            code,
            message,
            help,
            pointer: self.pointer(),
            mark,
        });
        Err(Stop)
    }

    /// The pointer of the value that is being read.
    fn pointer(&self) -> String {
        let mut path = String::new();
        for frame in &self.frames {
            match &frame.body {
                Body::Array(items) => pointer::push_index(&mut path, items.len()),
                Body::Object(Object { key: Some(key), .. }) => pointer::push(&mut path, &key.text),
                Body::Object(_) => {}
            }
        }
        path
    }

    fn mark(&self, marker: &Marker) -> Mark {
        let mark = Mark {
            line: u32::try_from(marker.line()).unwrap_or(u32::MAX),
            column: u32::try_from(marker.col() + 1).unwrap_or(u32::MAX),
        };
        mark.min(self.end)
    }
}
