//! Heads of answers (RFC 9112 §4, §6).

use brrtrouter_transport::{HeaderLine, Response, Service, Status, Version};

use super::Exchange;
use crate::clock::{Clock, DATE_LINE};
use crate::request::Rejection;

/// How an answer's content is delimited.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Content {
    /// There is none, and its length is not told.
    None,
    Length(usize),
    Chunked,
    UntilClose,
}

/// What an answer says about the connection.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Connection {
    /// It goes on, as HTTP/1.1 takes for granted.
    GoesOn,
    /// It goes on, which an HTTP/1.0 client has to be told.
    KeepAlive,
    Close,
    /// It goes on in another protocol.
    Upgrade,
}

impl Connection {
    pub(crate) fn of(exchange: &Exchange) -> Self {
        match (exchange.keep_alive, exchange.version) {
            (false, _) => Connection::Close,
            (true, Version::Http10) => Connection::KeepAlive,
            (true, _) => Connection::GoesOn,
        }
    }
}

/// The longest of the lines that are written here: status line with an unregistered code, date,
/// connection, and content length.
const OWN_LINES: usize = 64 + DATE_LINE + 24 + 40 + 2;

/// Room for the content of a small answer.
const EXPECTED_CONTENT: usize = 512;

/// Appends the head of `response`.
#[inline]
pub(crate) fn head(
    output: &mut Vec<u8>,
    response: &Response,
    clock: &Clock,
    content: Content,
    connection: Connection,
) {
    let fields = response.headers().as_bytes();
    output.reserve(OWN_LINES + fields.len() + EXPECTED_CONTENT);
    // What is about the message as a whole comes first (RFC 9110 §5.3).
    if let (Status::OK, Content::Length(length)) = (response.status(), content) {
        clock.push_beginning(output);
        finish_length(output, length);
    } else {
        status_line(output, response.status());
        clock.push_date(output);
        match content {
            Content::None | Content::UntilClose => {}
            Content::Length(length) => {
                output.extend_from_slice(b"Content-Length: ");
                finish_length(output, length);
            }
            Content::Chunked => output.extend_from_slice(b"Transfer-Encoding: chunked\r\n"),
        }
    }
    output.extend_from_slice(fields);
    match connection {
        _ if response.headers().contains("upgrade") => offer_upgrade(output, connection),
        Connection::GoesOn => output.extend_from_slice(b"\r\n"),
        Connection::KeepAlive => output.extend_from_slice(b"Connection: keep-alive\r\n\r\n"),
        Connection::Close => output.extend_from_slice(b"Connection: close\r\n\r\n"),
        Connection::Upgrade => offer_upgrade(output, connection),
    }
}

/// Ends a head with an `Upgrade` field, which `Connection` has to name (RFC 9110 §7.8).
#[cold]
fn offer_upgrade(output: &mut Vec<u8>, connection: Connection) {
    output.extend_from_slice(match connection {
        Connection::GoesOn | Connection::Upgrade => b"Connection: upgrade\r\n\r\n",
        Connection::KeepAlive => b"Connection: keep-alive, upgrade\r\n\r\n",
        Connection::Close => b"Connection: close, upgrade\r\n\r\n",
    });
}

/// Appends the rest of a `Content-Length` line; most lengths have two digits.
#[inline]
fn finish_length(output: &mut Vec<u8>, length: usize) {
    if let 10..100 = length {
        let (tens, ones) = (b'0' + (length / 10) as u8, b'0' + (length % 10) as u8);
        output.extend_from_slice(&[tens, ones, b'\r', b'\n']);
    } else {
        output.extend_from_slice(itoa::Buffer::new().format(length).as_bytes());
        output.extend_from_slice(b"\r\n");
    }
}

#[inline(never)]
fn status_line(output: &mut Vec<u8>, status: Status) {
    match status.line() {
        Some(line) => output.extend_from_slice(line.as_bytes()),
        None => {
            output.extend_from_slice(b"HTTP/1.1 ");
            output.extend_from_slice(itoa::Buffer::new().format(status.code()).as_bytes());
            output.extend_from_slice(b" \r\n");
        }
    }
}

/// Appends the answer to what is refused before there is a request, as `service` words it in
/// `response`; the connection closes after it.
#[cold]
pub(crate) fn refusal(
    output: &mut Vec<u8>,
    rejection: Rejection,
    service: &impl Service,
    response: &mut Response,
    clock: &Clock,
    is_head: bool,
) {
    rejection.as_refusal().render(service, response);
    if rejection.status == Status::BAD_REQUEST && !response.headers().contains("allow") {
        // What cannot be read names no resource, and nothing is allowed on that (RFC 9110 §10.2.1).
        // Some clients look for this field of a pipelined answer in the last one of the batch.
        const NOTHING: HeaderLine = HeaderLine::from_static("Allow: \r\n");
        response.headers_mut().push_line(&NOTHING);
    }
    let content = response.content().unwrap_or_default();
    let length = Content::Length(content.len());
    head(output, response, clock, length, Connection::Close);
    if !is_head {
        output.extend_from_slice(content);
    }
}
