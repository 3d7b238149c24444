use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, StrInput, Tag};
use serde_json::map::Entry;
use serde_json::{Map, Value};

use super::scalar::{self, Plain};
use crate::diagnostic::{Code, code};
use crate::limits::Limits;
use crate::pointer;
use crate::source::faults::{Fault, duplicate, merge_duplicate};
use crate::source::places::{Mark, Places, name_of};

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
                    let mark = mark(error.marker());
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
                            mark(&span.start),
                        );
                        return Ok(());
                    }
                }
                Event::StreamEnd if self.root.is_none() => {
                    return self.stop(
                        &code::EMPTY,
                        "the file holds no document".into(),
                        None,
                        mark(&span.start),
                    );
                }
                event => self.event(event, &span)?,
            }
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'_>, span: &Span) -> Result<(), Stop> {
        let at = mark(&span.start);
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

    fn key(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        tag: Option<&Tag>,
        at: Mark,
        anchor: usize,
    ) -> Result<(), Stop> {
        let is_plain = style == ScalarStyle::Plain;
        let is_merge = is_plain && tag.is_none() && text == "<<";
        if anchor != 0 {
            let value = self.scalar(text.clone(), style, tag, at)?;
            self.keep_scalar(anchor, value, at)?;
        }
        let is_text = !is_plain
            || tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str")
            || matches!(scalar::resolve(&text), Plain::Text);
        if !is_text && !is_merge {
            let shown = if text.is_empty() { "null" } else { &text };
            self.fault(
                &code::KEY_NOT_TEXT,
                format!("the key `{shown}` is not text; it is read as \"{shown}\""),
                Some("put it in quotes".into()),
                at,
            );
        }
        let text = if text.is_empty() && is_plain {
            "null".to_owned()
        } else {
            text.into_owned()
        };
        let Some(Frame {
            body: Body::Object(object),
            ..
        }) = self.frames.last_mut()
        else {
            return Ok(());
        };
        object.key = Some(Key {
            text,
            mark: at,
            is_merge,
        });
        Ok(())
    }

    fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        tag: Option<&Tag>,
        at: Mark,
    ) -> Result<Value, Stop> {
        let wanted = match tag {
            Some(tag) if tag.is_yaml_core_schema() => Some(tag.suffix.as_str()),
            // The non-specific tag `!` makes text of a plain scalar (YAML 1.2 §6.9.1).
            Some(tag) if tag.handle.is_empty() && tag.suffix == "!" => Some("str"),
            Some(tag) => {
                self.unknown_tag(tag, at);
                None
            }
            None => None,
        };
        let plain = match wanted {
            Some("str") => return Ok(Value::String(text.into_owned())),
            Some("null" | "bool" | "int" | "float") => scalar::resolve(&text),
            Some(_) => {
                if let Some(tag) = tag {
                    self.unknown_tag(tag, at);
                }
                return Ok(Value::String(text.into_owned()));
            }
            None if style == ScalarStyle::Plain => scalar::resolve(&text),
            None => return Ok(Value::String(text.into_owned())),
        };
        let value = match plain {
            Plain::Value(value) => value,
            Plain::Rounded(value) => {
                self.fault(
                    &code::NUMBER_ROUNDED,
                    format!("the integer {text} is beyond 64 bits; its nearest float is taken"),
                    None,
                    at,
                );
                value
            }
            Plain::NotFinite => {
                self.fault(
                    &code::NUMBER_NOT_FINITE,
                    format!("JSON has no number like {text}; it is read as text"),
                    Some("put it in quotes if text is meant".into()),
                    at,
                );
                Value::String(text.clone().into_owned())
            }
            Plain::Text => Value::String(text.clone().into_owned()),
        };
        let fits = match wanted {
            Some("null") => value.is_null(),
            Some("bool") => value.is_boolean(),
            Some("int") => value.is_i64() || value.is_u64(),
            Some("float") => value.is_number(),
            _ => true,
        };
        if let (false, Some(wanted)) = (fits, wanted) {
            return self.stop(
                &code::TAG_MISMATCH,
                format!("`{text}` is not what its tag `!!{wanted}` says"),
                None,
                at,
            );
        }
        Ok(value)
    }

    fn unknown_tag(&mut self, tag: &Tag, at: Mark) {
        let shown = if tag.is_yaml_core_schema() {
            format!("!!{}", tag.suffix)
        } else {
            format!("{}{}", tag.handle, tag.suffix)
        };
        self.fault(
            &code::TAG_UNKNOWN,
            format!("the tag `{shown}` has no meaning here"),
            None,
            at,
        );
    }

    /// Keeps a copy of an anchored value for its aliases; the copy is paid for like an alias.
    fn keep(&mut self, anchor: usize, value: &Value, place: usize) -> Result<(), Stop> {
        let size = size_of(value);
        let at = self.places.value_mark(place);
        self.pay(size, at)?;
        self.anchors.insert(
            anchor,
            Anchored {
                value: value.clone(),
                place,
                size,
            },
        );
        Ok(())
    }

    /// Keeps an anchored key.
    fn keep_scalar(&mut self, anchor: usize, value: Value, at: Mark) -> Result<(), Stop> {
        let size = size_of(&value);
        self.pay(size, at)?;
        self.anchors.insert(
            anchor,
            Anchored {
                value,
                place: usize::MAX,
                size,
            },
        );
        Ok(())
    }

    fn pay(&mut self, size: Size, at: Mark) -> Result<(), Stop> {
        let nodes = self.alias_nodes.checked_sub(size.nodes);
        let bytes = self.alias_bytes.checked_sub(size.bytes);
        match (nodes, bytes) {
            (Some(nodes), Some(bytes)) => {
                self.alias_nodes = nodes;
                self.alias_bytes = bytes;
                Ok(())
            }
            _ => self.stop(
                &code::ALIAS_EXPANSION,
                format!(
                    "aliases expand to more than {} values or {} bytes of text",
                    self.limits.alias_nodes, self.limits.alias_bytes
                ),
                Some(
                    "raise the limits `alias_nodes` and `alias_bytes` if the document is meant to \
                     be so large"
                        .into(),
                ),
                at,
            ),
        }
    }

    fn alias(&mut self, anchor: usize, at: Mark) -> Result<(), Stop> {
        if self.open_anchors.contains(&anchor) {
            return self.stop(
                &code::ALIAS_CYCLE,
                "the alias stands within what it stands for".into(),
                Some("refer to a schema by `$ref` where it contains itself".into()),
                at,
            );
        }
        let Some(anchored) = self.anchors.get(&anchor) else {
            return self.stop(
                &code::YAML_SYNTAX,
                "not YAML: an alias names no anchor".into(),
                None,
                at,
            );
        };
        let (size, place) = (anchored.size, anchored.place);
        self.pay(size, at)?;
        let Some(value) = self
            .anchors
            .get(&anchor)
            .map(|anchored| anchored.value.clone())
        else {
            return Ok(());
        };
        if self.expects_key() {
            return match value {
                Value::String(text) => {
                    self.key(Cow::Owned(text), ScalarStyle::SingleQuoted, None, at, 0)
                }
                Value::Array(_) | Value::Object(_) => self.stop(
                    &code::KEY_NOT_SCALAR,
                    "a key is a mapping or a sequence".into(),
                    None,
                    at,
                ),
                scalar => {
                    let text = scalar.to_string();
                    self.key(Cow::Owned(text), ScalarStyle::Plain, None, at, 0)
                }
            };
        }
        if self.frames.len() + depth_of(&value) > self.limits.depth {
            return self.too_deep(at);
        }
        if place == usize::MAX {
            return self.leaf(value, 0, at);
        }
        let (name, key) = self.slot();
        let copy = self.places.len();
        self.places.copy(place, name, key);
        self.put(value, copy);
        Ok(())
    }

    /// Adds what merge keys bring and the object does not say itself.
    fn merge(&mut self, object: &mut Object) -> Result<(), Stop> {
        for (value, place) in std::mem::take(&mut object.merged) {
            let at = self.places.value_mark(place);
            let sources = match value {
                Value::Object(members) => vec![(members, place)],
                Value::Array(items) => {
                    let places: Vec<usize> = self
                        .places
                        .children(place)
                        .map(|(_, child)| child)
                        .collect();
                    let mut sources = Vec::with_capacity(items.len());
                    for (item, place) in items.into_iter().zip(places) {
                        let Value::Object(members) = item else {
                            return self.merge_fault(at);
                        };
                        sources.push((members, place));
                    }
                    sources
                }
                _ => return self.merge_fault(at),
            };
            for (members, place) in sources {
                let children: HashMap<u64, usize> = self.places.children(place).collect();
                for (key, value) in members {
                    if let Entry::Vacant(free) = object.members.entry(key) {
                        let name = name_of(free.key());
                        free.insert(value);
                        if let Some(child) = children.get(&name) {
                            let mark = self.places.key_mark(*child);
                            self.places.copy(*child, name, mark);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn merge_fault(&mut self, at: Mark) -> Result<(), Stop> {
        self.stop(
            &code::MERGE_NOT_MAPPING,
            "the merge key `<<` takes a mapping or a sequence of mappings".into(),
            Some("put `<<` in quotes if a key of that name is meant".into()),
            at,
        )
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
}

fn mark(marker: &Marker) -> Mark {
    Mark {
        line: u32::try_from(marker.line()).unwrap_or(u32::MAX),
        column: u32::try_from(marker.col() + 1).unwrap_or(u32::MAX),
    }
}

fn size_of(value: &Value) -> Size {
    let mut size = Size { nodes: 1, bytes: 0 };
    let mut add = |other: Size| {
        size.nodes += other.nodes;
        size.bytes += other.bytes;
    };
    match value {
        Value::String(text) => add(Size {
            nodes: 0,
            bytes: text.len(),
        }),
        Value::Array(items) => items.iter().map(size_of).for_each(add),
        Value::Object(members) => members.iter().for_each(|(key, value)| {
            add(size_of(value));
            add(Size {
                nodes: 0,
                bytes: key.len(),
            });
        }),
        _ => {}
    }
    size
}

/// How many arrays and objects stand in each other, itself counted.
fn depth_of(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth_of).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth_of).max().unwrap_or(0),
        _ => 0,
    }
}
