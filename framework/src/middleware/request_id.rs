use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use arrayvec::ArrayString;
use brrtrouter_transport::{HeaderLine, InvalidHeader, Request, Response};

use crate::middleware::{Middleware, Next};

/// The longest id that is taken over from a request, in bytes.
pub const LONGEST_REQUEST_ID: usize = 64;

/// The name of one request, for logs, spans and those who ask about it.
///
/// Of 1 to 64 letters, digits and `-._:+/=@`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId(ArrayString<LONGEST_REQUEST_ID>);

impl RequestId {
    /// An id that somebody else chose; `None` if it is longer than 64 bytes, empty, or holds anything
    /// but letters, digits and `-._:+/=@`, which could mean something to who reads it.
    pub fn parse(value: &[u8]) -> Option<Self> {
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:+/=@".contains(byte);
        if value.is_empty() || !value.iter().all(is_plain) {
            return None;
        }
        let text = std::str::from_utf8(value).ok()?;
        ArrayString::from(text).ok().map(Self)
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

/// Gives every request an id, and says it in the answer.
///
/// An id is a random number of the process and a count, both in hexadecimal digits, so that making
/// one takes neither a lock nor an allocation.
#[derive(Debug)]
pub struct RequestIdMiddleware {
    /// A line with its name.
    field: HeaderLine,
    is_trusted: bool,
    /// An id whose count is still to be written.
    first: [u8; PREFIX + DIGITS],
    count: AtomicU64,
}

/// The random number of an id and a dash, and its count.
const PREFIX: usize = 17;
const DIGITS: usize = 12;

impl RequestIdMiddleware {
    /// Ids in `x-request-id`; those that requests bring are not believed.
    pub fn new() -> Self {
        const FIELD: HeaderLine = HeaderLine::from_static("x-request-id: \r\n");

        let mut first = [b'-'; PREFIX + DIGITS];
        if let Some((random, _)) = first.split_at_mut_checked(PREFIX - 1) {
            write_hexadecimal(random_number(), random);
        }
        Self {
            field: FIELD,
            is_trusted: false,
            first,
            count: AtomicU64::new(1),
        }
    }

    /// The same with the id in another field.
    ///
    /// # Errors
    ///
    /// [`InvalidHeader`] if an answer cannot have a field of that name.
    pub fn field(mut self, name: &str) -> Result<Self, InvalidHeader> {
        self.field = HeaderLine::new(name, "")?;
        Ok(self)
    }

    /// Takes over the id that a request brings, if it is one ([`RequestId::parse`]): for services that
    /// only others of the same house can reach.
    pub fn trusting(mut self) -> Self {
        self.is_trusted = true;
        self
    }

    fn next_id(&self) -> RequestId {
        let mut bytes = self.first;
        if let Some((_, count)) = bytes.split_at_mut_checked(PREFIX) {
            write_hexadecimal(self.count.fetch_add(1, Ordering::Relaxed), count);
        }
        // Digits and a dash, which fit.
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        RequestId(ArrayString::from(text).unwrap_or_default())
    }

    fn brought(&self, request: &Request<'_>) -> Option<RequestId> {
        if !self.is_trusted {
            return None;
        }
        RequestId::parse(request.field(self.field.name())?)
    }
}

/// Writes the last digits of a number, as many as there is room for.
fn write_hexadecimal(mut number: u64, out: &mut [u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";

    for digit in out.iter_mut().rev() {
        *digit = DIGITS[(number & 15) as usize];
        number >>= 4;
    }
}

/// A number that nobody can foresee, where the system has one.
pub(super) fn random_number() -> u64 {
    getrandom::u64().unwrap_or_else(|_| {
        use std::hash::{BuildHasher as _, RandomState};
        RandomState::new().hash_one(std::process::id())
    })
}

impl Default for RequestIdMiddleware {
    fn default() -> Self {
        Self::new()
    }
}

impl Middleware for RequestIdMiddleware {
    fn handle(&self, request: &mut Request<'_>, response: &mut Response, mut next: Next<'_>) {
        let id = self.brought(request).unwrap_or_else(|| self.next_id());
        next.context_mut().set_request_id(id);
        next.run(request, response);
        // An id holds nothing that a field cannot.
        let _ = response.headers_mut().set_value(&self.field, id.as_str());
    }
}
