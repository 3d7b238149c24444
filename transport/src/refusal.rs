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

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use super::*;
    use crate::request::Request;
    use crate::response::Payload;

    struct Words(fn(&mut Response));

    impl Service for Words {
        fn call(&self, _: &mut Request<'_>, _: &mut Response) {}

        fn refuse(&self, _: &Refusal, response: &mut Response) {
            (self.0)(response);
        }
    }

    const LONG: Refusal = Refusal::new(Status::URI_TOO_LONG, "too long");

    fn rendered(words: fn(&mut Response)) -> (u16, String) {
        let mut response = Response::new();
        response.buffer().extend_from_slice(b"of before");
        LONG.render(&Words(words), &mut response);
        let content = response.content().map(String::from_utf8_lossy);
        (response.status().code(), content.unwrap_or_default().into())
    }

    #[test]
    fn a_service_chooses_the_words_and_not_the_status() {
        let words = |response: &mut Response| {
            response.set_status(Status::OK);
            response.buffer().extend_from_slice(b"no");
        };
        assert_eq!(rendered(words), (414, "no".to_owned()));
        assert_eq!(rendered(|_| ()), (414, String::new()));
    }

    #[test]
    fn what_cannot_be_sent_becomes_plain_text() {
        let plain = (414, "too long\n".to_owned());
        assert_eq!(rendered(|_| panic!("of a service")), plain);
        let long = |response: &mut Response| response.buffer().resize(LONGEST_REFUSAL + 1, b'a');
        assert_eq!(rendered(long), plain);
        let stream = |response: &mut Response| {
            let write = |_: &mut dyn std::io::Write| Ok(());
            response.set_payload(Payload::Stream(Box::new(write)));
        };
        assert_eq!(rendered(stream), plain);
    }
}
