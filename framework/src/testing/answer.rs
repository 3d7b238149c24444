use brrtrouter_transport::{Payload, Response};
use serde::de::DeserializeOwned;

use crate::testing::events::TestEvents;
use crate::testing::fail;

/// What a service answered.
#[derive(Debug)]
pub struct TestAnswer {
    pub(super) status: u16,
    pub(super) fields: Vec<(String, String)>,
    pub(super) content: Vec<u8>,
    /// The content, where it is one of events and not gathered.
    pub(super) events: Option<TestEvents>,
}

impl TestAnswer {
    /// The answer of a service in process. Its content is gathered, unless it is one of events, which
    /// may have no end.
    pub(super) fn of(mut response: Response, is_to_head: bool) -> Self {
        let fields = response.headers().iter();
        let mut answer = Self {
            status: response.status().code(),
            fields: fields
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            content: Vec::new(),
            events: None,
        };
        if is_to_head || response.status().forbids_content() {
            return answer;
        }
        if let Some(content) = response.content() {
            answer.content = content.to_vec();
            return answer;
        }
        match response.take_payload() {
            Payload::File(range) => match range.read_to(&mut answer.content, usize::MAX) {
                Ok(count) if count as u64 == range.length() => {}
                outcome => fail(format_args!("the file was cut short: {outcome:?}")),
            },
            Payload::Stream(body) => {
                if let Err(error) = body.write_to(&mut answer.content) {
                    fail(format_args!("the content was cut short: {error}"));
                }
            }
            Payload::Events(source) => answer.events = Some(TestEvents::of(source)),
            other => fail(format_args!("content of an unknown kind: {other:?}")),
        }
        answer
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The fields in the order sent; in process without those that a transport adds.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.fields.iter();
        fields.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of the first field of that name, in any case; empty if there is none.
    pub fn field(&self, name: &str) -> &str {
        let mut fields = self.fields();
        let found = fields.find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
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
    pub fn events(self) -> TestEvents {
        match self.events {
            Some(events) => events,
            None => fail(format_args!(
                "the answer is not one of events but of {:?}",
                self.field("content-type")
            )),
        }
    }
}
