use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use brrtrouter_transport::{HeaderLine, InvalidHeader, Request, Response};

use crate::middleware::{Middleware, Next};

/// The longest id that is taken over from a request, in bytes.
pub const LONGEST_REQUEST_ID: usize = 64;

/// The name of one request, for logs, spans and those who ask about it.
///
/// Of 1 to 64 letters, digits and `-._:+/=@`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId {
    /// Of ASCII, and nothing behind them.
    bytes: [u8; LONGEST_REQUEST_ID],
    length: u8,
}

impl RequestId {
    /// An id that somebody else chose; `None` if it is longer than 64 bytes, empty, or holds anything
    /// but letters, digits and `-._:+/=@`, which could mean something to who reads it.
    pub fn parse(value: &[u8]) -> Option<Self> {
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:+/=@".contains(byte);
        if value.is_empty() || !value.iter().all(is_plain) {
            return None;
        }
        let mut bytes = [0; LONGEST_REQUEST_ID];
        bytes.get_mut(..value.len())?.copy_from_slice(value);
        let length = value.len() as u8;
        Some(Self { bytes, length })
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The same, which is ASCII.
    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes
            .get(..usize::from(self.length))
            .unwrap_or_default()
    }

    /// The bytes of an id that is no longer than these, with nothing behind them.
    #[inline]
    pub(crate) fn short(&self) -> Option<(&[u8; 32], usize)> {
        let length = usize::from(self.length);
        Some((self.bytes.first_chunk()?, length)).filter(|_| length <= 32)
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
    first: RequestId,
    count: AtomicU64,
}

/// Where in an id its count stands: behind the random number and a dash.
const COUNT: usize = 17;

impl RequestIdMiddleware {
    /// Ids in `x-request-id`; those that requests bring are not believed.
    pub fn new() -> Self {
        const FIELD: HeaderLine = HeaderLine::from_static("x-request-id: \r\n");

        let mut bytes = [0; LONGEST_REQUEST_ID];
        if let Some((random, [dash, ..])) = bytes.split_first_chunk_mut() {
            *random = hexadecimal(random_number());
            *dash = b'-';
        }
        let length = COUNT as u8 + 12;
        Self {
            field: FIELD,
            is_trusted: false,
            first: RequestId { bytes, length },
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
        let mut id = self.first;
        let digits = hexadecimal(self.count.fetch_add(1, Ordering::Relaxed));
        let place = id.bytes.split_at_mut(COUNT).1.first_chunk_mut();
        if let (Some(place), Some(last)) = (place, digits.last_chunk::<12>()) {
            *place = *last;
        }
        id
    }

    fn brought(&self, request: &Request<'_>) -> Option<RequestId> {
        if !self.is_trusted {
            return None;
        }
        RequestId::parse(request.field(self.field.name())?)
    }
}

/// The digits of a number, eight at a time.
fn hexadecimal(number: u64) -> [u8; 16] {
    const ONES: u64 = u64::MAX / 255;

    let half = |half: u32| {
        // A digit in each byte, the first in the highest.
        let mut digits = u64::from(half);
        digits = (digits | digits << 16) & 0x0000_ffff_0000_ffff;
        digits = (digits | digits << 8) & 0x00ff_00ff_00ff_00ff;
        digits = (digits | digits << 4) & 0x0f0f_0f0f_0f0f_0f0f;
        // One in each byte that holds more than nine.
        let letters = (digits + 6 * ONES) >> 4 & ONES;
        let letter = u64::from(b'a' - b'0' - 10);
        (digits + ONES * u64::from(b'0') + letters * letter).to_be_bytes()
    };
    let mut text = [0; 16];
    let (high, low) = text.split_at_mut(8);
    high.copy_from_slice(&half((number >> 32) as u32));
    low.copy_from_slice(&half(number as u32));
    text
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
        let outcome = next.run(request, response);
        if let Some(id) = outcome.context().request_id() {
            // An id holds nothing that a field cannot.
            let _ = response.headers_mut().set_ascii(&self.field, id.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_that_everybody_writes() {
        for number in [
            0,
            1,
            9,
            10,
            15,
            16,
            0xdead_beef,
            0x0123_4567_89ab_cdef,
            u64::MAX,
        ] {
            let text = hexadecimal(number);
            assert_eq!(String::from_utf8_lossy(&text), format!("{number:016x}"));
        }
    }
}
