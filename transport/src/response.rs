//! One answer, filled in by the service and written by the transport.

use std::fmt;
use std::io;

use bytes::Bytes;

use crate::event::EventSource;
use crate::file::FileRange;
use crate::header::{Headers, InvalidHeader};
use crate::upgrade::Upgrade;

/// An answer in the making.
///
/// A transport keeps one for each connection and [`reset`](Self::reset)s it between requests, so a
/// content that is written into [`buffer`](Self::buffer) costs no allocation once warm.
#[derive(Debug, Default)]
pub struct Response {
    status: Status,
    headers: Headers,
    payload: Payload,
    buffer: Vec<u8>,
    close: bool,
}

/// The content of an answer.
#[derive(Default)]
#[non_exhaustive]
pub enum Payload {
    /// The bytes of [`Response::buffer`]; none, unless something was written there.
    #[default]
    Buffer,
    /// Bytes that live as long as the program.
    Static(&'static [u8]),
    /// Bytes that are shared or were made elsewhere.
    Bytes(Bytes),
    /// A part of a file, whose length is told. A file that turns out to be shorter while it is sent
    /// ends the connection, so that the peer can tell.
    File(FileRange),
    /// Content of unknown length, written after the head (chunked; close-delimited on HTTP/1.0).
    Stream(Box<dyn StreamBody>),
    /// Server-sent events; the content type is the service's to set.
    Events(Box<dyn EventSource>),
    /// Another protocol on the same connection; see [`Response::upgrade`].
    Upgrade(Box<dyn Upgrade>),
}

/// Content of unknown length that writes itself.
///
/// Every write may leave as one chunk, so write pieces of a useful size.
pub trait StreamBody: Send {
    /// Writes the content; runs on the connection's coroutine after the head has left.
    ///
    /// # Errors
    ///
    /// The writer's, when the peer is gone; any other error cuts the content short, and the
    /// transport closes the connection without a proper end, so that the peer can tell.
    fn write_to(self: Box<Self>, out: &mut dyn io::Write) -> io::Result<()>;
}

impl<F> StreamBody for F
where
    F: FnOnce(&mut dyn io::Write) -> io::Result<()> + Send,
{
    fn write_to(self: Box<Self>, out: &mut dyn io::Write) -> io::Result<()> {
        self(out)
    }
}

impl Response {
    /// An empty answer with status 200.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes this an empty answer with status 200 again, keeping its capacity.
    pub fn reset(&mut self) {
        self.status = Status::OK;
        self.headers.clear();
        self.replace_payload(Payload::Buffer);
        self.buffer.clear();
        self.close = false;
    }

    /// The status code.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Sets the status code.
    pub fn set_status(&mut self, status: Status) -> &mut Self {
        self.status = status;
        self
    }

    /// The fields of the answer, without those of framing and connection.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The fields of the answer, to be changed.
    pub fn headers_mut(&mut self) -> &mut Headers {
        &mut self.headers
    }

    /// The buffer to write the content into; any other payload that was set is dropped.
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        self.replace_payload(Payload::Buffer);
        &mut self.buffer
    }

    /// How much the buffer holds before it has to grow, in bytes.
    pub fn capacity(&self) -> usize {
        self.buffer.capacity()
    }

    /// Sets the content, dropping what the buffer held.
    pub fn set_payload(&mut self, payload: Payload) -> &mut Self {
        self.buffer.clear();
        self.replace_payload(payload);
        self
    }

    #[inline]
    fn replace_payload(&mut self, payload: Payload) {
        let old = std::mem::replace(&mut self.payload, payload);
        if matches!(old, Payload::Buffer | Payload::Static(_)) {
            // These own nothing, and most are one of them: no need to call the drop of all kinds.
            std::mem::forget(old);
        }
    }

    /// The content.
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// The content's bytes where they are all here; `None` for all that follows its head.
    pub fn content(&self) -> Option<&[u8]> {
        match &self.payload {
            Payload::Buffer => Some(&self.buffer),
            Payload::Static(bytes) => Some(bytes),
            Payload::Bytes(bytes) => Some(bytes),
            Payload::File(_) | Payload::Stream(_) | Payload::Events(_) | Payload::Upgrade(_) => {
                None
            }
        }
    }

    /// How long the content is, in bytes; `None` where nobody knows.
    pub fn content_length(&self) -> Option<u64> {
        match &self.payload {
            Payload::File(range) => Some(range.length()),
            _ => self.content().map(|bytes| bytes.len() as u64),
        }
    }

    /// Answers `101 Switching Protocols` and hands the connection over to `upgrade`, which speaks
    /// `protocol`. Right only for a request that
    /// [asks for it](crate::Request::asks_to_upgrade_to).
    ///
    /// # Errors
    ///
    /// [`InvalidHeader`] if `protocol` cannot stand in a field; the answer is then as it was.
    pub fn upgrade(
        &mut self,
        protocol: &str,
        upgrade: impl Upgrade + 'static,
    ) -> Result<&mut Self, InvalidHeader> {
        self.headers.set("Upgrade", protocol)?;
        self.status = Status::SWITCHING_PROTOCOLS;
        Ok(self.set_payload(Payload::Upgrade(Box::new(upgrade))))
    }

    /// Takes the payload out, for a transport that writes it after the head; what is left is the
    /// buffer.
    pub fn take_payload(&mut self) -> Payload {
        std::mem::take(&mut self.payload)
    }

    /// Asks for the connection to be closed after this answer.
    pub fn close_connection(&mut self) -> &mut Self {
        self.close = true;
        self
    }

    /// Whether the connection is to be closed after this answer.
    pub fn closes_connection(&self) -> bool {
        self.close
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Payload::Buffer => f.write_str("Buffer"),
            Payload::Static(bytes) => write!(f, "Static({} bytes)", bytes.len()),
            Payload::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Payload::File(range) => write!(f, "File({} bytes)", range.length()),
            Payload::Stream(_) => f.write_str("Stream"),
            Payload::Events(_) => f.write_str("Events"),
            Payload::Upgrade(_) => f.write_str("Upgrade"),
        }
    }
}

/// A status code of three digits (RFC 9110 §15).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Status(u16);

macro_rules! statuses {
    ($($name:ident = $code:literal $reason:literal),+ $(,)?) => {
        impl Status {
            $(
                #[doc = concat!("`", $code, " ", $reason, "`")]
                pub const $name: Status = Status($code);
            )+

            /// The reason phrase of the code; empty for one that is not registered.
            pub const fn reason(self) -> &'static str {
                match self.0 {
                    $($code => $reason,)+
                    _ => "",
                }
            }

            /// The status line of HTTP/1.1 for the code, line end included; `None` for a code that
            /// is not registered.
            pub const fn line(self) -> Option<&'static str> {
                match self.0 {
                    $($code => Some(concat!("HTTP/1.1 ", $code, " ", $reason, "\r\n")),)+
                    _ => None,
                }
            }
        }
    };
}

statuses! {
    CONTINUE = 100 "Continue",
    SWITCHING_PROTOCOLS = 101 "Switching Protocols",
    EARLY_HINTS = 103 "Early Hints",
    OK = 200 "OK",
    CREATED = 201 "Created",
    ACCEPTED = 202 "Accepted",
    NON_AUTHORITATIVE_INFORMATION = 203 "Non-Authoritative Information",
    NO_CONTENT = 204 "No Content",
    RESET_CONTENT = 205 "Reset Content",
    PARTIAL_CONTENT = 206 "Partial Content",
    MULTI_STATUS = 207 "Multi-Status",
    MULTIPLE_CHOICES = 300 "Multiple Choices",
    MOVED_PERMANENTLY = 301 "Moved Permanently",
    FOUND = 302 "Found",
    SEE_OTHER = 303 "See Other",
    NOT_MODIFIED = 304 "Not Modified",
    TEMPORARY_REDIRECT = 307 "Temporary Redirect",
    PERMANENT_REDIRECT = 308 "Permanent Redirect",
    BAD_REQUEST = 400 "Bad Request",
    UNAUTHORIZED = 401 "Unauthorized",
    PAYMENT_REQUIRED = 402 "Payment Required",
    FORBIDDEN = 403 "Forbidden",
    NOT_FOUND = 404 "Not Found",
    METHOD_NOT_ALLOWED = 405 "Method Not Allowed",
    NOT_ACCEPTABLE = 406 "Not Acceptable",
    REQUEST_TIMEOUT = 408 "Request Timeout",
    CONFLICT = 409 "Conflict",
    GONE = 410 "Gone",
    LENGTH_REQUIRED = 411 "Length Required",
    PRECONDITION_FAILED = 412 "Precondition Failed",
    CONTENT_TOO_LARGE = 413 "Content Too Large",
    URI_TOO_LONG = 414 "URI Too Long",
    UNSUPPORTED_MEDIA_TYPE = 415 "Unsupported Media Type",
    RANGE_NOT_SATISFIABLE = 416 "Range Not Satisfiable",
    EXPECTATION_FAILED = 417 "Expectation Failed",
    MISDIRECTED_REQUEST = 421 "Misdirected Request",
    UNPROCESSABLE_CONTENT = 422 "Unprocessable Content",
    LOCKED = 423 "Locked",
    TOO_EARLY = 425 "Too Early",
    UPGRADE_REQUIRED = 426 "Upgrade Required",
    PRECONDITION_REQUIRED = 428 "Precondition Required",
    TOO_MANY_REQUESTS = 429 "Too Many Requests",
    REQUEST_HEADER_FIELDS_TOO_LARGE = 431 "Request Header Fields Too Large",
    INTERNAL_SERVER_ERROR = 500 "Internal Server Error",
    NOT_IMPLEMENTED = 501 "Not Implemented",
    BAD_GATEWAY = 502 "Bad Gateway",
    SERVICE_UNAVAILABLE = 503 "Service Unavailable",
    GATEWAY_TIMEOUT = 504 "Gateway Timeout",
    HTTP_VERSION_NOT_SUPPORTED = 505 "HTTP Version Not Supported",
    INSUFFICIENT_STORAGE = 507 "Insufficient Storage",
}

impl Status {
    /// The status of that code; `None` outside 200–599. Informational answers are the transport's.
    pub const fn from_code(code: u16) -> Option<Status> {
        match code {
            200..=599 => Some(Status(code)),
            _ => None,
        }
    }

    /// The code.
    pub const fn code(self) -> u16 {
        self.0
    }

    /// Whether an answer of this status never has content: 1xx, 204, 304 (RFC 9110 §6.4.1).
    pub const fn forbids_content(self) -> bool {
        matches!(self.0, 100..=199 | 204 | 304)
    }
}

impl Default for Status {
    fn default() -> Self {
        Status::OK
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.reason())
    }
}
