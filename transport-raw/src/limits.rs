//! What a peer may ask of the server, in bytes, counts and time.

use std::time::Duration;

/// The bounds of everything that a peer can make the server hold or wait for.
///
/// Sizes are in bytes. A setter takes and returns the whole, so a set of limits is written as one
/// expression:
///
/// ```
/// use std::time::Duration;
/// use brrtrouter_raw::Limits;
///
/// let limits = Limits::default()
///     .head_timeout(Duration::from_secs(5))
///     .max_body(16 * 1024 * 1024);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How long a request's head may take from its first byte to its last (408); also how long a
    /// new connection may stay silent. Default 10 s.
    pub head_timeout: Duration,
    /// How long a body may pause (408). Default 30 s.
    pub body_timeout: Duration,
    /// How long a connection may lie idle between two requests. Default 60 s.
    pub keep_alive: Duration,
    /// How long a peer may take nothing of an answer. Default 30 s. On Linux the system gives up a
    /// peer that acknowledges nothing for twice as long.
    pub write_timeout: Duration,
    /// How often an event stream that has nothing to say sends a comment. Default 15 s.
    pub heartbeat: Duration,
    /// How long a rejected peer may go on sending before the connection is closed under it.
    /// Default 2 s.
    pub linger: Duration,
    /// The longest request target (414). Default 8 KiB.
    pub max_target: usize,
    /// The longest header line (431). Default 8 KiB.
    pub max_header_line: usize,
    /// The longest head, request line included (431). Default 32 KiB.
    pub max_head: usize,
    /// The most header fields (431). Default and most 100.
    pub max_headers: usize,
    /// The longest body, where the service sets no other limit for an operation (413). Default
    /// 1 MiB.
    pub max_body: u64,
    /// The most bytes of body that are read and dropped after an answer that did not need them, to
    /// keep the connection. Default 64 KiB.
    pub max_drain: u64,
    /// The most bytes of chunk extensions in one body (400). Default 4 KiB.
    pub max_chunk_extensions: usize,
    /// The longest trailer section of one body (400). Default 8 KiB.
    pub max_trailers: usize,
    /// The most requests on one connection; the last answer says `Connection: close`. Default
    /// 1,000.
    pub max_requests: u32,
    /// The most open connections; the next is answered 503. Default 10,000.
    pub max_connections: usize,
    /// The most open connections of one address, or of one /64 network of IPv6; the next is answered
    /// 503. `None`, the default, is no limit: behind a proxy all peers have one address.
    pub max_connections_per_address: Option<usize>,
    /// The stack of a connection's coroutine, on which the service runs; untouched pages cost
    /// nothing. Default 128 KiB, in a build with debug assertions 512 KiB.
    pub stack_size: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            keep_alive: Duration::from_secs(60),
            write_timeout: Duration::from_secs(30),
            heartbeat: Duration::from_secs(15),
            linger: Duration::from_secs(2),
            max_target: 8 * 1024,
            max_header_line: 8 * 1024,
            max_head: 32 * 1024,
            max_headers: MOST_HEADERS,
            max_body: 1024 * 1024,
            max_drain: 64 * 1024,
            max_chunk_extensions: 4 * 1024,
            max_trailers: 8 * 1024,
            max_requests: 1_000,
            max_connections: 10_000,
            max_connections_per_address: None,
            stack_size: if cfg!(debug_assertions) { 512 } else { 128 } * 1024,
        }
    }
}

/// The hard bound of [`Limits::max_headers`].
pub(crate) const MOST_HEADERS: usize = 100;

/// The least stack that a connection's own work needs, in bytes.
const LEAST_STACK: usize = 32 * 1024;

macro_rules! setters {
    ($($name:ident: $kind:ty),+ $(,)?) => {
        impl Limits {
            $(
                #[doc = concat!("Sets [`", stringify!($name), "`](Self#structfield.", stringify!($name), ").")]
                #[must_use]
                pub fn $name(mut self, $name: $kind) -> Self {
                    self.$name = $name;
                    self
                }
            )+
        }
    };
}

setters! {
    head_timeout: Duration,
    body_timeout: Duration,
    keep_alive: Duration,
    write_timeout: Duration,
    heartbeat: Duration,
    linger: Duration,
    max_target: usize,
    max_header_line: usize,
    max_head: usize,
    max_headers: usize,
    max_body: u64,
    max_drain: u64,
    max_chunk_extensions: usize,
    max_trailers: usize,
    max_requests: u32,
    max_connections: usize,
    max_connections_per_address: Option<usize>,
    stack_size: usize,
}

impl Limits {
    /// The same limits with every value inside what the server can work with.
    pub(crate) fn clamped(mut self) -> Self {
        self.max_headers = self.max_headers.clamp(1, MOST_HEADERS);
        self.max_head = self.max_head.clamp(256, 16 * 1024 * 1024);
        self.max_target = self.max_target.min(self.max_head);
        self.max_requests = self.max_requests.max(1);
        self.max_connections = self.max_connections.clamp(1, 1 << 20);
        self.stack_size = self.stack_size.clamp(LEAST_STACK, 1 << 30);
        self
    }

    /// How often deadlines are looked at: a quarter of the shortest, within 10 ms and 250 ms.
    pub(crate) fn tick(&self) -> Duration {
        let shortest = [
            self.head_timeout,
            self.body_timeout,
            self.keep_alive,
            self.write_timeout,
            self.heartbeat,
            self.linger,
        ]
        .into_iter()
        .min()
        .unwrap_or_default();
        (shortest / 4).clamp(Duration::from_millis(10), Duration::from_millis(250))
    }
}
