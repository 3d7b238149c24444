//! What happened so far, for metrics.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// A view of one server's totals, to be kept by whoever exports metrics.
///
/// ```
/// use brrtrouter_raw::RawServer;
///
/// let server = RawServer::bind("127.0.0.1:0")?;
/// let counters = server.counters();
/// assert_eq!(counters.snapshot().accepted, 0);
/// # Ok::<(), brrtrouter_transport::ServeError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Counters(Arc<Totals>);

impl Counters {
    pub(crate) fn new(totals: Arc<Totals>) -> Self {
        Self(totals)
    }

    /// The totals now. They are read one after the other while the server runs, so sums across them
    /// may be off by what is under way.
    pub fn snapshot(&self) -> Snapshot {
        self.0.snapshot()
    }
}

macro_rules! totals {
    ($($(#[$doc:meta])+ $name:ident),+ $(,)?) => {
        /// Running totals of one server.
        #[derive(Debug, Default)]
        pub(crate) struct Totals {
            /// Connections open now.
            pub(crate) open: AtomicUsize,
            $(pub(crate) $name: Counter,)+
        }

        /// The totals of one server at one moment; all but `open` only grow.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Snapshot {
            /// Connections open now.
            pub open: u64,
            $($(#[$doc])+ pub $name: u64,)+
        }

        impl Totals {
            fn snapshot(&self) -> Snapshot {
                Snapshot {
                    open: self.open.load(Ordering::Relaxed) as u64,
                    $($name: self.$name.get(),)+
                }
            }
        }
    };
}

totals! {
    /// Connections accepted, those turned away included.
    accepted,
    /// Connections turned away since [`max_connections`](crate::Limits#structfield.max_connections)
    /// were open.
    rejected_full,
    /// Connections turned away since their address had
    /// [`max_connections_per_address`](crate::Limits#structfield.max_connections_per_address) open.
    rejected_address,
    /// Connections dropped since the system had no memory for them.
    rejected_resources,
    /// Times that accepting paused since the process or the system had no descriptor left.
    accept_pauses,
    /// Requests that reached the service.
    requests,
    /// Calls of the service that panicked.
    panics,
    /// Connections handed over to another protocol.
    upgrades,
    /// Bytes received.
    bytes_in,
    /// Bytes sent.
    bytes_out,
    /// Heads refused with 400.
    malformed_heads,
    /// Heads refused with 414 or 431.
    oversized_heads,
    /// Heads refused with any other status: 417, 501, 505.
    unsupported_heads,
    /// Bodies whose framing was broken.
    malformed_bodies,
    /// Connections that did not send a whole head in time.
    head_timeouts,
    /// Bodies that paused for too long.
    body_timeouts,
    /// Idle connections closed.
    keep_alive_timeouts,
    /// Connections whose peer took nothing of an answer for too long.
    write_timeouts,
}

/// A total that any coroutine adds to.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
