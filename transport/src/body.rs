//! The content of a request, pulled as it arrives.

use std::fmt;
use std::io;

/// A request's content, read on the caller's coroutine and never past its limit.
///
/// Bytes are lent in place: [`fill`](Body::fill) makes some available, [`buffered`](Body::buffered)
/// shows them, [`consume`](Body::consume) lets them go. [`io::Read`] and
/// [`read_to_vec`](Body::read_to_vec) stand on these.
pub struct Body<'c> {
    source: &'c mut dyn BodySource,
    limit: u64,
    taken: Taken<'c>,
}

/// How many bytes were consumed: one count for a body and all that it is lent on as.
enum Taken<'c> {
    Here(u64),
    Lent(&'c mut u64),
}

impl Taken<'_> {
    fn get(&self) -> u64 {
        match self {
            Taken::Here(count) => *count,
            Taken::Lent(count) => **count,
        }
    }

    fn get_mut(&mut self) -> &mut u64 {
        match self {
            Taken::Here(count) => count,
            Taken::Lent(count) => count,
        }
    }
}

/// Where a transport's content comes from.
///
/// A source decodes the transfer coding, sends `100 Continue` on the first [`fill`](Self::fill) of a
/// request that expects it, and applies its own read deadline. It knows nothing of limits: [`Body`]
/// does.
pub trait BodySource: Send {
    /// Waits until [`buffered`](Self::buffered) holds at least one byte that is not consumed, or the
    /// content has ended. Returns whether there is such a byte.
    ///
    /// # Errors
    ///
    /// What the peer did wrong, or that it took too long or is gone.
    fn fill(&mut self) -> Result<bool, BodyError>;

    /// The decoded bytes that are here and not consumed; never past the end of the content.
    fn buffered(&self) -> &[u8];

    /// Lets the first `count` bytes of [`buffered`](Self::buffered) go; more than there are counts
    /// as all.
    fn consume(&mut self, count: usize);

    /// How many bytes of the content are still to be consumed, where the head declared a length;
    /// `None` for a chunked body.
    fn remaining(&self) -> Option<u64>;

    /// How many bytes of the content are at least still to be consumed, as far as the peer has said:
    /// those of a chunk that has begun, where the whole is not known.
    fn announced(&self) -> u64 {
        self.remaining().unwrap_or(0)
    }

    /// Whether the content has ended and all of it is consumed. A request without a body starts
    /// so.
    fn is_finished(&self) -> bool;
}

/// Why a body could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// The content is, or declares to be, longer than the limit (413).
    #[error("the body is longer than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The framing of the content is broken (400); the connection cannot go on.
    #[error("the body's framing is malformed: {0}")]
    Malformed(&'static str),
    /// The peer sent nothing for longer than allowed (408).
    #[error("the body did not arrive in time")]
    Timeout,
    /// The peer closed the connection before the content ended.
    #[error("the connection was closed within the body")]
    Disconnected,
    /// The socket failed.
    #[error("the body could not be read: {0}")]
    Io(#[from] io::Error),
}

impl<'c> Body<'c> {
    /// A body of at most `limit` bytes.
    pub fn new(source: &'c mut dyn BodySource, limit: u64) -> Self {
        Self {
            source,
            limit,
            taken: Taken::Here(0),
        }
    }

    /// The same body, lent on for a shorter time; what is consumed of it counts here too.
    pub fn reborrow(&mut self) -> Body<'_> {
        Body {
            source: &mut *self.source,
            limit: self.limit,
            taken: Taken::Lent(self.taken.get_mut()),
        }
    }

    /// The most bytes that will be read.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Sets the most bytes that will be read, those already consumed included.
    pub fn set_limit(&mut self, limit: u64) {
        self.limit = limit;
    }

    /// How many bytes the head said are still to come; `None` for a chunked body.
    pub fn remaining(&self) -> Option<u64> {
        self.source.remaining()
    }

    /// Whether nothing is left, which for a request without a body is so from the start.
    pub fn is_finished(&self) -> bool {
        self.source.is_finished()
    }

    /// Waits for more content; `false` at its end.
    ///
    /// # Errors
    ///
    /// [`BodyError::TooLarge`] as soon as the declared or received length passes the limit, else
    /// what the transport reports.
    pub fn fill(&mut self) -> Result<bool, BodyError> {
        let room = self.limit.saturating_sub(self.taken.get());
        if self.source.announced() > room {
            return Err(BodyError::TooLarge { limit: self.limit });
        }
        let more = self.source.fill()?;
        let here = self.source.buffered().len() as u64;
        if here.max(self.source.announced()) > room {
            return Err(BodyError::TooLarge { limit: self.limit });
        }
        Ok(more)
    }

    /// The bytes that are here and not consumed.
    pub fn buffered(&self) -> &[u8] {
        self.source.buffered()
    }

    /// Lets the first `count` bytes of [`buffered`](Self::buffered) go.
    pub fn consume(&mut self, count: usize) {
        let count = count.min(self.source.buffered().len());
        *self.taken.get_mut() += count as u64;
        self.source.consume(count);
    }

    /// Reads to the end, appending to `out`.
    ///
    /// # Errors
    ///
    /// As [`fill`](Self::fill); `out` then holds what had come before.
    pub fn read_to_vec(&mut self, out: &mut Vec<u8>) -> Result<(), BodyError> {
        while self.fill()? {
            let bytes = self.source.buffered();
            out.extend_from_slice(bytes);
            let count = bytes.len();
            self.consume(count);
        }
        Ok(())
    }

    /// Waits until the whole content is [`buffered`](Self::buffered), if the transport holds it in
    /// one piece; `false` where it has to be collected with [`read_to_vec`](Self::read_to_vec).
    ///
    /// # Errors
    ///
    /// As [`fill`](Self::fill).
    pub fn fill_whole(&mut self) -> Result<bool, BodyError> {
        if !self.fill()? {
            return Ok(true);
        }
        Ok(self.source.remaining() == Some(self.source.buffered().len() as u64))
    }
}

impl io::Read for Body<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() || !self.fill()? {
            return Ok(0);
        }
        let bytes = self.source.buffered();
        let count = bytes.len().min(out.len());
        out[..count].copy_from_slice(&bytes[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl From<BodyError> for io::Error {
    fn from(error: BodyError) -> Self {
        let kind = match error {
            BodyError::Io(error) => return error,
            BodyError::TooLarge { .. } => io::ErrorKind::FileTooLarge,
            BodyError::Malformed(_) => io::ErrorKind::InvalidData,
            BodyError::Timeout => io::ErrorKind::TimedOut,
            BodyError::Disconnected => io::ErrorKind::UnexpectedEof,
        };
        io::Error::new(kind, error)
    }
}

impl fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("remaining", &self.remaining())
            .field("limit", &self.limit)
            .field("taken", &self.taken.get())
            .finish_non_exhaustive()
    }
}

/// A [`BodySource`] over bytes that are all here: for tests, for clients without a socket, and for
/// requests without content.
#[derive(Debug, Clone, Default)]
pub struct BufferedBody<'a> {
    rest: &'a [u8],
}

impl<'a> BufferedBody<'a> {
    /// A source of exactly `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }
}

impl BodySource for BufferedBody<'_> {
    fn fill(&mut self) -> Result<bool, BodyError> {
        Ok(!self.rest.is_empty())
    }

    fn buffered(&self) -> &[u8] {
        self.rest
    }

    fn consume(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    fn remaining(&self) -> Option<u64> {
        Some(self.rest.len() as u64)
    }

    fn is_finished(&self) -> bool {
        self.rest.is_empty()
    }
}
