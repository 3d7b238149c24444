//! What a transport answers by itself, since there is no request to hand to the service.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::header::HeaderLine;
use crate::response::{Response, Status};
use crate::service::Service;

/// The longest content of an answer to what is no request, in bytes; a longer one is left out.
pub const LONGEST_REFUSAL: usize = 16 * 1024;

/// Why a transport refuses what a peer sends, before there is a request: a malformed, too long or too
/// slow head, or one that asks for what the transport does not have. The connection is closed after
/// the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The status of the answer, which is the transport's to choose.
    pub status: Status,
    /// What is wrong, for the peer.
    pub reason: &'static str,
}

impl Refusal {
    /// A refusal with that status for that reason.
    pub const fn new(status: Status, reason: &'static str) -> Self {
        Self { status, reason }
    }

    /// Has `service` put this into `response`, for a transport to send: the content is all there and
    /// at most [`LONGEST_REFUSAL`] bytes long, and the status is this one's. Where the service panics
    /// or answers otherwise, it is plain text.
    pub fn render(&self, service: &(impl Service + ?Sized), response: &mut Response) {
        response.reset();
        response.set_status(self.status);
        let rendered = catch_unwind(AssertUnwindSafe(|| service.refuse(self, response)));
        let content = response.content();
        if rendered.is_err() || content.is_none_or(|content| content.len() > LONGEST_REFUSAL) {
            response.reset();
            self.write_plain(response);
        }
        response.set_status(self.status);
    }

    /// Writes the reason as plain text.
    pub(crate) fn write_plain(&self, response: &mut Response) {
        const PLAIN: HeaderLine =
            HeaderLine::from_static("Content-Type: text/plain; charset=utf-8\r\n");
        response.headers_mut().push_line(&PLAIN);
        let buffer = response.buffer();
        buffer.extend_from_slice(self.reason.as_bytes());
        buffer.push(b'\n');
    }
}
