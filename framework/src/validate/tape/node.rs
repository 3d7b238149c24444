use std::borrow::Cow;

use jsonschema::json::{self, Json, NodeIdentity};
use jsonschema::types::JsonType;
use serde_json::{Map, Number, Value};

use super::{Entry, Span, after, text_of};

/// [Tapes](super::Tape) as validators read them.
pub(crate) struct OnTape;

/// A value on a tape.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'a> {
    entries: &'a [Entry<'a>],
    at: u32,
}

/// An array or object on a tape.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Container<'a> {
    entries: &'a [Entry<'a>],
    first: u32,
    span: Span,
}

impl<'a> Node<'a> {
    pub(super) fn new(entries: &'a [Entry<'a>], at: u32) -> Self {
        Self { entries, at }
    }

    fn entry(&self) -> &'a Entry<'a> {
        self.entries.get(self.at as usize).unwrap_or(&Entry::Null)
    }

    fn text(&self) -> Option<&'a str> {
        text_of(Some(self.entry()))
    }

    fn container(&self, span: Span) -> Container<'a> {
        Container {
            entries: self.entries,
            first: self.at + 1,
            span,
        }
    }

    /// The value by itself.
    pub(super) fn value(&self) -> Value {
        match self.entry() {
            Entry::Null => Value::Null,
            Entry::Bool(value) => Value::Bool(*value),
            Entry::Number(number) => Value::Number(number.clone()),
            Entry::Text(text) => Value::String((*text).to_owned()),
            Entry::Owned(text) => Value::String(text.to_string()),
            Entry::Array(span) => {
                let items = Elements(self.container(*span));
                Value::Array(items.map(|item| item.value()).collect())
            }
            Entry::Object(span) => {
                let members = Members(self.container(*span));
                let members = members.map(|(name, member)| (name.to_owned(), member.value()));
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }
}

impl Json for OnTape {
    type Node<'a> = Node<'a>;
    type PreparedKey = Box<str>;
    type StringBuffer = Vec<Entry<'static>>;

    // A lookup compares one key after the other, so one pass over all is the cheaper way.
    const KEYS_PER_LOOKUP: usize = 8;

    fn prepare_key(key: &str) -> Box<str> {
        key.into()
    }

    fn with_string_node<T>(
        buffer: &mut Self::StringBuffer,
        string: &str,
        f: impl FnOnce(Node<'_>) -> T,
    ) -> T {
        buffer.clear();
        buffer.push(Entry::Owned(string.into()));
        f(Node::new(buffer, 0))
    }
}

impl<'a> json::Node<'a, OnTape> for Node<'a> {
    type Object = Container<'a>;
    type Array = Container<'a>;
    type Number = &'a Number;

    fn as_object(&self) -> Option<Container<'a>> {
        match self.entry() {
            Entry::Object(span) => Some(self.container(*span)),
            _ => None,
        }
    }

    fn as_array(&self) -> Option<Container<'a>> {
        match self.entry() {
            Entry::Array(span) => Some(self.container(*span)),
            _ => None,
        }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        self.text().map(Cow::Borrowed)
    }

    fn as_number(&self) -> Option<&'a Number> {
        match self.entry() {
            Entry::Number(number) => Some(number),
            _ => None,
        }
    }

    fn as_boolean(&self) -> Option<bool> {
        match self.entry() {
            Entry::Bool(value) => Some(*value),
            _ => None,
        }
    }

    fn is_null(&self) -> bool {
        matches!(self.entry(), Entry::Null)
    }

    fn json_type(&self) -> JsonType {
        match self.entry() {
            Entry::Null => JsonType::Null,
            Entry::Bool(_) => JsonType::Boolean,
            Entry::Number(_) => JsonType::Number,
            Entry::Text(_) | Entry::Owned(_) => JsonType::String,
            Entry::Array(_) => JsonType::Array,
            Entry::Object(_) => JsonType::Object,
        }
    }

    fn string_length(&self) -> Option<u64> {
        let text = self.text()?;
        let count = match text.is_ascii() {
            true => text.len(),
            false => text.chars().count(),
        };
        Some(count as u64)
    }

    fn equals_value(&self, expected: &Value) -> bool {
        match (self.entry(), expected) {
            (Entry::Null, Value::Null) => true,
            (Entry::Bool(own), Value::Bool(expected)) => own == expected,
            (Entry::Text(_) | Entry::Owned(_), Value::String(expected)) => {
                self.text() == Some(expected)
            }
            (Entry::Number(_), Value::Number(_))
            | (Entry::Array(_), Value::Array(_))
            | (Entry::Object(_), Value::Object(_)) => json::cmp::equal(&self.value(), expected),
            _ => false,
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(self.value())
    }

    fn identity(&self) -> Option<NodeIdentity> {
        let address = std::ptr::from_ref(self.entry()).addr();
        Some(NodeIdentity::new(address))
    }
}

impl<'a> Container<'a> {
    fn node(&self, at: u32) -> Node<'a> {
        Node::new(self.entries, at)
    }

    /// Takes the first value off.
    fn shift(&mut self) -> Option<Node<'a>> {
        if self.first >= self.span.end {
            return None;
        }
        let node = self.node(self.first);
        self.first = after(self.entries, self.first);
        Some(node)
    }
}

/// The items of an array.
#[derive(Debug)]
pub(crate) struct Elements<'a>(Container<'a>);

impl<'a> Iterator for Elements<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        self.0.shift()
    }
}

/// The members of an object.
#[derive(Debug)]
pub(crate) struct Members<'a>(Container<'a>);

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, Node<'a>);

    fn next(&mut self) -> Option<(&'a str, Node<'a>)> {
        let key = self.0.shift()?;
        Some((key.text()?, self.0.shift()?))
    }
}

impl<'a> json::Object<'a, OnTape> for Container<'a> {
    type Node = Node<'a>;
    type MemberName = &'a str;
    type MembersIter = Members<'a>;

    fn len(&self) -> usize {
        self.span.count as usize
    }

    fn get(&self, key: &Box<str>) -> Option<Node<'a>> {
        let mut members = Members(*self);
        members
            .find(|(name, _)| *name == &**key)
            .map(|(_, member)| member)
    }

    fn members(&self) -> Members<'a> {
        Members(*self)
    }
}

impl<'a> json::Array<'a, OnTape> for Container<'a> {
    type Node = Node<'a>;
    type ElementsIter = Elements<'a>;

    fn len(&self) -> usize {
        self.span.count as usize
    }

    fn elements(&self) -> Elements<'a> {
        Elements(*self)
    }
}
