//! Server-sent events (the HTML Standard, "Server-sent events", §9.2).

use std::fmt::Write as _;
use std::task::{Poll, Waker};
use std::time::Duration;

use bytes::Bytes;

/// One event in the making.
///
/// ```
/// use brrtrouter_transport::Event;
///
/// let event = Event::new("{\"id\":7}").named("created")?.with_id("42")?.encode();
/// assert_eq!(&event.bytes()[..], b"event: created\nid: 42\ndata: {\"id\":7}\n\n");
/// # Ok::<(), brrtrouter_transport::EventError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    fields: String,
    data: Option<String>,
}

/// An event in wire form: encoded once, sent to any number of clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedEvent(Bytes);

/// Why a name or an id cannot stand in an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// An event's name is one line.
    #[error("the event name {0:?} holds a line break")]
    Name(String),
    /// An event's id is one line without NUL.
    #[error("the event id {0:?} holds a line break or NUL")]
    Id(String),
}

impl Event {
    /// An event with that data, of any number of lines.
    pub fn new(data: impl Into<String>) -> Self {
        Self {
            fields: String::new(),
            data: Some(data.into()),
        }
    }

    /// A comment, which clients pass over; a heartbeat.
    pub fn comment(text: &str) -> Self {
        let mut fields = String::new();
        for line in lines(text) {
            let _ = writeln!(fields, ": {line}");
        }
        Self { fields, data: None }
    }

    /// Names the event; clients listen by name.
    ///
    /// # Errors
    ///
    /// [`EventError::Name`] if it holds a line break.
    pub fn named(mut self, name: &str) -> Result<Self, EventError> {
        if name.contains(['\r', '\n']) {
            return Err(EventError::Name(name.to_owned()));
        }
        let _ = writeln!(self.fields, "event: {name}");
        Ok(self)
    }

    /// Gives the event an id, which a client sends as `Last-Event-ID` when it comes back.
    ///
    /// # Errors
    ///
    /// [`EventError::Id`] if it holds a line break or NUL.
    pub fn with_id(mut self, id: &str) -> Result<Self, EventError> {
        if id.contains(['\r', '\n', '\0']) {
            return Err(EventError::Id(id.to_owned()));
        }
        let _ = writeln!(self.fields, "id: {id}");
        Ok(self)
    }

    /// Tells the client how long to wait before it connects again; in whole milliseconds.
    pub fn with_retry(mut self, wait: Duration) -> Self {
        let _ = writeln!(self.fields, "retry: {}", wait.as_millis());
        self
    }

    /// The event in wire form.
    pub fn encode(self) -> EncodedEvent {
        let mut wire = self.fields;
        if let Some(data) = &self.data {
            for line in lines(data) {
                let _ = writeln!(wire, "data: {line}");
            }
        }
        wire.push('\n');
        EncodedEvent(Bytes::from(wire))
    }
}

impl EncodedEvent {
    /// The event as it goes into the stream, with the empty line that ends it.
    pub fn bytes(&self) -> &Bytes {
        &self.0
    }
}

impl From<Event> for EncodedEvent {
    fn from(event: Event) -> Self {
        event.encode()
    }
}

/// Splits at CRLF, CR and LF, as a client would.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        match text.find(['\r', '\n']) {
            None => {
                rest = None;
                Some(text)
            }
            Some(at) => {
                let (line, tail) = text.split_at(at);
                rest = Some(tail.strip_prefix("\r\n").unwrap_or(&tail[1..]));
                Some(line)
            }
        }
    })
}

/// Where the events of one client come from.
///
/// A transport asks again after each event, and after the [`Waker`] was woken: so it can wait for an
/// event, for the client's end and for a shutdown at the same time, and no source ever blocks it.
pub trait EventSource: Send {
    /// The next event; `Ready(None)` at the end of the stream.
    ///
    /// A source that returns `Pending` keeps `waker` and wakes it, from any thread, once there is
    /// something to ask for. Only the last waker given counts.
    fn poll_next(&mut self, waker: &Waker) -> Poll<Option<EncodedEvent>>;
}
