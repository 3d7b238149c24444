use std::fmt;

use brrtrouter_transport::{EventSource, HeaderLine, Payload, Response, Status};

use crate::problem::Problem;
use crate::reply::{ContentShape, IntoResponse, content_type};

const NO_CACHE: HeaderLine = HeaderLine::from_static("cache-control: no-cache\r\n");

/// An answer of events that goes on until its source or its client ends it.
pub struct EventStream {
    source: Box<dyn EventSource>,
}

impl EventStream {
    /// The events of `source`.
    pub fn new(source: impl EventSource + 'static) -> Self {
        Self {
            source: Box::new(source),
        }
    }
}

impl IntoResponse for EventStream {
    const STREAMS: bool = true;
    const STATUS: Option<Status> = Some(Status::OK);
    const CONTENT: ContentShape = ContentShape::Of("text/event-stream");

    fn into_response(self, response: &mut Response) -> Result<(), Problem> {
        response.headers_mut().push_line(&content_type::EVENTS);
        response.headers_mut().push_line(&NO_CACHE);
        response.set_payload(Payload::Events(self.source));
        Ok(())
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream").finish_non_exhaustive()
    }
}
