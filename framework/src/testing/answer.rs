use std::sync::Arc;
use std::task::{Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use brrtrouter_transport::{EventSource, Headers, Payload, Response};
use serde::de::DeserializeOwned;

use crate::testing::client::fail;

/// How long an event is waited for before the test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a service answered.
#[derive(Debug)]
pub struct TestAnswer {
    response: Response,
    content: Vec<u8>,
    is_to_head: bool,
}

impl TestAnswer {
    pub(super) fn new(response: Response, is_to_head: bool) -> Self {
        let mut answer = Self {
            response,
            content: Vec::new(),
            is_to_head,
        };
        answer.read();
        answer
    }

    /// Gathers the content, unless it is one of events, which may have no end.
    fn read(&mut self) {
        if self.is_to_head || self.response.status().forbids_content() {
            return;
        }
        if let Some(content) = self.response.content() {
            self.content = content.to_vec();
        } else if let Payload::File(range) = self.response.payload() {
            match range.read_to(&mut self.content, usize::MAX) {
                Ok(count) if count as u64 == range.length() => {}
                outcome => fail(format_args!("the file was cut short: {outcome:?}")),
            }
        } else if matches!(self.response.payload(), Payload::Stream(_))
            && let Payload::Stream(body) = self.response.take_payload()
            && let Err(error) = body.write_to(&mut self.content)
        {
            fail(format_args!("the content was cut short: {error}"));
        }
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.response.status().code()
    }

    /// The fields, without those that a transport adds.
    pub fn headers(&self) -> &Headers {
        self.response.headers()
    }

    /// The value of a field; empty if there is none.
    pub fn field(&self, name: &str) -> &str {
        self.headers().get(name).unwrap_or_default()
    }

    /// The content.
    pub fn bytes(&self) -> &[u8] {
        &self.content
    }

    /// The content as text.
    ///
    /// # Panics
    ///
    /// If it is not UTF-8.
    pub fn text(&self) -> &str {
        match std::str::from_utf8(&self.content) {
            Ok(text) => text,
            Err(error) => fail(format_args!("the content is not text: {error}")),
        }
    }

    /// The content as JSON.
    ///
    /// # Panics
    ///
    /// If it is not, or not of that type.
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.content) {
            Ok(value) => value,
            Err(error) => {
                let text = String::from_utf8_lossy(&self.content);
                fail(format_args!(
                    "the content is not as expected: {error}: {text}"
                ))
            }
        }
    }

    /// The events of an event stream.
    ///
    /// # Panics
    ///
    /// If the answer is none.
    pub fn events(mut self) -> TestEvents {
        match self.response.take_payload() {
            Payload::Events(source) => TestEvents { source },
            other => fail(format_args!(
                "the answer is not one of events but {other:?}"
            )),
        }
    }
}

/// The events of a stream, in wire form; waits for each.
pub struct TestEvents {
    source: Box<dyn EventSource>,
}

impl Iterator for TestEvents {
    type Item = String;

    /// The next event; `None` at the end of the stream.
    ///
    /// # Panics
    ///
    /// If none comes within 20 seconds.
    fn next(&mut self) -> Option<String> {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.source.poll_next(&waker) {
                Poll::Ready(event) => {
                    let bytes = event?.bytes().clone();
                    return Some(String::from_utf8_lossy(&bytes).into_owned());
                }
                Poll::Pending => match deadline.checked_duration_since(Instant::now()) {
                    Some(rest) => thread::park_timeout(rest),
                    None => fail(format_args!("no event came")),
                },
            }
        }
    }
}

impl std::fmt::Debug for TestEvents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestEvents").finish_non_exhaustive()
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
