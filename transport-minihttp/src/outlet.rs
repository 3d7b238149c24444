//! The way out: answers through `may_minihttp`, and the last answer of a connection past it.
//!
//! The crate puts answers into a buffer that it writes once it has run out of requests, always says
//! `Content-Length` and never `Connection`, and throws the buffer away when what follows is no
//! request. So an answer after which the connection ends is written here, straight to the socket,
//! and the socket is shut down: the crate's next write fails and it closes the connection.
//!
//! That is right only while none of our answers waits in the crate's buffer, which the kernel's count
//! of acknowledged bytes tells. Where one may wait, as within a batch of pipelined requests, the last
//! answer goes the common way, and the connection ends once it has arrived.

use std::io::{self, Read};
use std::net::Shutdown;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use brrtrouter_transport::{Response, Status};
use socket2::Socket;

use crate::foreign::FieldLines;
use crate::link::{Arrival, Link, Phase};
use crate::pause::pause;

/// One answer, ready to be written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub(crate) status: Status,
    /// Field lines, each with its line end.
    pub(crate) fields: &'a str,
    pub(crate) content: &'a [u8],
    /// Whether the request was HEAD, so that the length is told and the content is not.
    pub(crate) to_head: bool,
}

impl<'a> Answer<'a> {
    /// An answer whose content is all here.
    pub(crate) fn of(response: &'a Response) -> Self {
        Self {
            status: response.status(),
            fields: response.headers().wire(),
            content: response.content().unwrap_or_default(),
            to_head: false,
        }
    }

    /// An answer with nothing but its status.
    pub(crate) fn bare(status: Status) -> Self {
        Self {
            status,
            fields: "",
            content: b"",
            to_head: false,
        }
    }

    fn content_on_wire(&self) -> &[u8] {
        if self.to_head || self.status.forbids_content() {
            return b"";
        }
        self.content
    }

    /// The head as we write it ourselves, for the last answer of a connection.
    fn last_head(&self) -> String {
        let mut head = match self.status.line() {
            Some(line) => line.to_owned(),
            None => format!("HTTP/1.1 {} \r\n", self.status.code()),
        };
        let date = httpdate::fmt_http_date(SystemTime::now());
        head.push_str("date: ");
        head.push_str(&date);
        head.push_str("\r\nconnection: close\r\n");
        head.push_str(self.fields);
        if !self.status.forbids_content() {
            head.push_str(&format!("content-length: {}\r\n", self.content.len()));
        }
        head.push_str("\r\n");
        head
    }
}

/// How a connection's answers leave.
pub(crate) struct Outlet {
    link: Arc<Link>,
    fields: FieldLines,
    end: End,
}

/// Whether the last answer was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// No: requests are served.
    NotYet,
    /// Yes, in the crate's buffer; what the crate still finds is refused.
    Queued,
    /// Yes, and the socket is shut down; nothing that is still made gets out.
    Gone,
}

/// What may still be on its way from the peer when the connection is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unread {
    /// Nothing that belongs to this request.
    Nothing,
    /// More of the request.
    Some,
}

/// Peers get that long, and that much, to notice that the connection is closed: a socket that is
/// closed with unread bytes is reset, and the answer may be lost with it.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 1024 * 1024;

/// A content up to that length leaves in one write with its head.
const ONE_WRITE: usize = 16 * 1024;

/// So much fits into a socket's send buffer, so that the crate writes it at one go.
const ONE_BATCH: u64 = 16 * 1024;

impl Outlet {
    pub(crate) fn new(link: Arc<Link>) -> Self {
        Self {
            link,
            fields: FieldLines::default(),
            end: End::NotYet,
        }
    }

    pub(crate) fn link(&self) -> &Link {
        &self.link
    }

    pub(crate) fn shared_link(&self) -> &Arc<Link> {
        &self.link
    }

    pub(crate) fn end(&self) -> End {
        self.end
    }

    /// A call begins; see [`FieldLines`].
    pub(crate) fn begin(&mut self) {
        self.fields.begin();
    }

    /// Gives an answer after which the connection goes on; `extra` are more field lines.
    pub(crate) fn answer(
        &mut self,
        answer: Answer<'_>,
        extra: &str,
        out: &mut may_minihttp::Response<'_>,
    ) {
        let (code, reason) = (answer.status.code(), answer.status.reason());
        let status_line = if answer.status == Status::OK {
            "HTTP/1.1 200 Ok".len()
        } else {
            out.status_code(usize::from(code), reason);
            "HTTP/1.1 000 ".len() + reason.len()
        };
        let lines = self.fields.lend(out, answer.fields, extra);
        let content = answer.content_on_wire();
        out.body_mut().extend_from_slice(content);
        // What `response::encode` will make of it, to the byte.
        self.link.add_sent(
            status_line
                + "\r\nServer: M\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: ".len()
                + digits(content.len())
                + lines
                + "\r\n\r\n".len()
                + content.len(),
        );
    }

    /// Gives an answer and ends the connection; `timeout` is for the peer to take it in.
    pub(crate) fn last_answer(
        &mut self,
        answer: Answer<'_>,
        unread: Unread,
        timeout: Duration,
        out: &mut may_minihttp::Response<'_>,
    ) {
        if self.link.is_settled() {
            self.end = End::Gone;
            self.link.enter(Phase::Busy);
            let _ = write_last(self.link.socket(), &answer, timeout);
            let _ = self.link.socket().shutdown(Shutdown::Write);
            if unread == Unread::Some || self.link.peek() == Arrival::Bytes {
                linger(self.link.socket());
            }
            self.link.hang_up();
            return;
        }
        self.end = End::Queued;
        self.answer(answer, "Connection: close\r\n", out);
        self.link.leave();
        if self.link.unsettled() <= ONE_BATCH {
            // The crate writes before it reads again.
            self.link.stop_reading();
        }
    }

    /// Answers a request that came after the last answer; it gets out only behind that one.
    pub(crate) fn refuse(&mut self, out: &mut may_minihttp::Response<'_>) {
        if self.end == End::Queued {
            let refusal = Answer::bare(Status::BAD_REQUEST);
            self.answer(refusal, "Connection: close\r\n", out);
        }
    }

    /// Whether bytes that are no request can be answered, for which the crate closes the connection
    /// without a word.
    pub(crate) fn can_answer_malformed(&self) -> bool {
        self.end == End::NotYet && self.link.is_settled()
    }

    /// Answers bytes that are no request.
    pub(crate) fn answer_malformed(&mut self, answer: Answer<'_>) {
        self.end = End::Gone;
        let mut bytes = answer.last_head().into_bytes();
        bytes.extend_from_slice(answer.content_on_wire());
        // Short enough for an empty send buffer; this is no place to wait.
        let _ = send(self.link.socket(), &bytes);
    }
}

/// Tells a peer that waits for it to send its body, unless that could get between the bytes of an
/// answer that has not left yet: then the peer has to give up waiting by itself.
pub(crate) fn send_continue(link: &Link) {
    const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
    if link.is_settled()
        && let Ok(count) = send(link.socket(), CONTINUE)
    {
        link.add_sent(count);
    }
}

/// Turns away a connection that there is no room for.
pub(crate) fn send_busy(socket: &Socket) {
    let head = Answer::bare(Status::SERVICE_UNAVAILABLE).last_head();
    let _ = send(socket, head.as_bytes());
    let _ = socket.shutdown(Shutdown::Both);
}

fn write_last(socket: &Socket, answer: &Answer<'_>, timeout: Duration) -> io::Result<()> {
    let mut head = answer.last_head().into_bytes();
    let content = answer.content_on_wire();
    if content.len() <= ONE_WRITE {
        head.extend_from_slice(content);
        return write_all(socket, &head, timeout);
    }
    write_all(socket, &head, timeout)?;
    write_all(socket, content, timeout)
}

/// Writes what the send buffer takes; a peer that is gone is an error, and no signal.
fn send(socket: &Socket, bytes: &[u8]) -> io::Result<usize> {
    socket.send_with_flags(bytes, libc::MSG_NOSIGNAL)
}

/// Writes on the coroutine, without blocking its thread; the peer has to take something in every
/// `timeout`.
fn write_all(socket: &Socket, mut bytes: &[u8], timeout: Duration) -> io::Result<()> {
    let mut deadline = Instant::now() + timeout;
    while !bytes.is_empty() {
        match send(socket, bytes) {
            Ok(count) => {
                bytes = bytes.get(count..).unwrap_or_default();
                deadline = Instant::now() + timeout;
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if Instant::now() >= deadline {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                pause();
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads and throws away until the peer has closed too, within limits.
fn linger(mut socket: &Socket) {
    let end = Instant::now() + LINGER;
    let mut room = [0; 4096];
    let mut taken = 0;
    while taken < LINGER_BYTES && Instant::now() < end {
        match socket.read(&mut room) {
            Ok(0) => return,
            Ok(count) => taken += count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => pause(),
            Err(_) => return,
        }
    }
}

fn digits(number: usize) -> usize {
    number.checked_ilog10().unwrap_or(0) as usize + 1
}
