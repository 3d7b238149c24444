//! How much of everything a peer may ask for.

use std::time::Duration;

/// The most header fields in a request: the size of a table in `may_minihttp`.
///
/// A request with more is answered with 400 and the connection is closed.
pub const MAX_HEADERS: usize = 16;

/// What a peer may send, and for how long.
///
/// ```
/// use brrtrouter_minihttp::Limits;
///
/// let mut limits = Limits::default();
/// limits.max_body = 64 * 1024;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The most bytes of a request target (414). 8 KiB.
    pub max_target: usize,
    /// The most bytes of a request's method, target and header fields together (431). 32 KiB.
    ///
    /// `may_minihttp` itself buffers any length, so the answer comes only after the head is
    /// complete; a head that grows past this and is not yet complete is cut off, without an answer,
    /// within a second.
    pub max_head: usize,
    /// The most bytes of a body that a service gets to read, unless it
    /// [sets](brrtrouter_transport::Body::set_limit) another limit for the request (413). 1 MiB.
    pub max_body: u64,
    /// The most bytes of a body that are read and thrown away when the service did not want them;
    /// with more to come the connection is closed after the answer. 256 KiB.
    pub max_unread: u64,
    /// The most bytes of a file that is the content of an answer; one that is longer is a 500, which
    /// the log explains. 1 MiB.
    ///
    /// It is read whole, on the worker: a slow disk holds up the worker's other connections.
    pub max_file: u64,
    /// The most connections at once; one more is answered with 503 and closed. 10,000.
    ///
    /// Each takes two descriptors. Where the process is allowed fewer, as many as fit, leaving 64
    /// for other uses, count instead: `may_minihttp` spins when descriptors run out.
    pub max_connections: usize,
    /// How long a connection may wait for the end of the next request's head, and for the peer to
    /// take in some of the answer before. 60 s.
    pub idle: Duration,
    /// How long a body may send nothing (408). 30 s.
    pub body_idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_target: 8 * 1024,
            max_head: 32 * 1024,
            max_body: 1024 * 1024,
            max_unread: 256 * 1024,
            max_file: 1024 * 1024,
            max_connections: 10_000,
            idle: Duration::from_secs(60),
            body_idle: Duration::from_secs(30),
        }
    }
}
