//! Listening, draining and stopping.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use crate::service::Service;
use crate::signals;

/// The side of the seam that owns sockets.
pub trait Transport: Sized {
    /// Starts to serve and returns once it listens.
    ///
    /// # Errors
    ///
    /// [`ServeError`]: the address cannot be listened on, or the service [needs](Service::needs)
    /// what this transport cannot give.
    fn serve(self, service: impl Service) -> Result<ServerHandle, ServeError>;
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address is taken by another socket.
    #[error("{address} is in use")]
    AddressInUse {
        /// The address as asked for.
        address: String,
    },
    /// The address could not be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address as asked for.
        address: String,
        /// What the system said.
        source: io::Error,
    },
    /// The transport has no streams and the service has operations that stream.
    #[error("{transport} cannot stream, which these operations need: {}", operations.join(", "))]
    CannotStream {
        /// The transport's name.
        transport: &'static str,
        /// The operations' names.
        operations: Vec<String>,
    },
    /// The transport cannot hand connections over and the service has operations that do.
    #[error("{transport} cannot hand a connection over, which these operations do: {}", operations.join(", "))]
    CannotUpgrade {
        /// The transport's name.
        transport: &'static str,
        /// The operations' names.
        operations: Vec<String>,
    },
    /// The system refused something else that a server needs.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

/// What a transport gives a [`ServerHandle`] to hold on to; for authors of transports.
///
/// None of these may be called on a coroutine: they block the thread.
pub trait ServerControl: Send + Sync + 'static {
    /// Stops accepting and lets open connections end after what is in flight. Called any number
    /// of times.
    fn start_drain(&self);

    /// Waits until a drain has ended, that is, one was started and no connection is left; at most
    /// for `limit`. Whether that came to be.
    fn wait(&self, limit: Option<Duration>) -> bool;

    /// Closes what is still open at once and returns how many connections that were.
    fn abort(&self) -> usize;
}

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ListenAddress {
    /// An Internet address, with the port that the system chose for port 0.
    Internet(SocketAddr),
    /// The path of a Unix socket.
    Path(PathBuf),
}

impl ListenAddress {
    /// The first Internet address of these; `0.0.0.0:0` if there is none.
    pub fn first_internet(addresses: &[ListenAddress]) -> SocketAddr {
        addresses
            .iter()
            .find_map(|address| match address {
                ListenAddress::Internet(address) => Some(*address),
                ListenAddress::Path(_) => None,
            })
            .unwrap_or_else(|| (Ipv4Addr::UNSPECIFIED, 0).into())
    }
}

impl From<SocketAddr> for ListenAddress {
    fn from(address: SocketAddr) -> Self {
        ListenAddress::Internet(address)
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ListenAddress::Internet(address) => address.fmt(f),
            ListenAddress::Path(path) => path.display().fmt(f),
        }
    }
}

/// A running server.
///
/// Dropping the handle leaves the server running.
#[must_use = "the server runs on, but nothing waits for it"]
pub struct ServerHandle {
    addresses: Vec<ListenAddress>,
    control: Arc<dyn ServerControl>,
    notice: Arc<Notice>,
    watch: Option<Watch>,
}

/// How a shutdown went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drained {
    /// How many connections were still busy at the deadline and were closed.
    pub aborted: usize,
}

impl Drained {
    /// Whether everything in flight was finished.
    pub fn is_clean(self) -> bool {
        self.aborted == 0
    }
}

/// How long [`ServerHandle::join`] lets requests in flight finish after a signal.
pub const DRAIN_LIMIT: Duration = Duration::from_secs(25);

impl ServerHandle {
    /// A handle on a server that listens on `address`.
    pub fn new(address: SocketAddr, control: Arc<dyn ServerControl>) -> Self {
        Self::on(vec![address.into()], control)
    }

    /// A handle on a server that listens on all of `addresses`.
    pub fn on(addresses: Vec<ListenAddress>, control: Arc<dyn ServerControl>) -> Self {
        Self {
            addresses,
            control,
            notice: Arc::default(),
            watch: None,
        }
    }

    /// The first Internet address that the server listens on, with the port that the system chose
    /// for port 0. A server on Unix sockets alone has none: for that, it is `0.0.0.0:0`.
    pub fn local_addr(&self) -> SocketAddr {
        ListenAddress::first_internet(&self.addresses)
    }

    /// All that the server listens on, in the order in which it was asked to.
    pub fn addresses(&self) -> &[ListenAddress] {
        &self.addresses
    }

    /// Calls `hook` when a drain begins, before anything else: the moment to say that the service is
    /// not ready any more. It runs on a thread where it may block.
    pub fn on_drain(self, hook: impl FnOnce() + Send + 'static) -> Self {
        lock(&self.notice.hooks).push(Box::new(hook));
        self
    }

    /// Goes on to accept for so long once a drain has begun, so that whoever sends requests here can
    /// learn [that it has](Self::on_drain) and send them elsewhere.
    pub fn drain_after(self, grace: Duration) -> Self {
        *lock(&self.notice.grace) = grace;
        self
    }

    /// Stops accepting, finishes what is in flight, and closes what is not done by the deadline.
    pub fn shutdown(&self, deadline: Duration) -> Drained {
        drain(&*self.control, &self.notice, deadline)
    }

    /// Catches SIGINT and SIGTERM from now on: the first [drains](Self::shutdown) within `limit`, a
    /// second one ends the process at once, with status 128 plus its number.
    ///
    /// [`join`](Self::join) does this by itself. To call it before is for programs that say they are
    /// ready, and may be told to end before they have come to wait.
    ///
    /// # Errors
    ///
    /// [`ServeError::System`] if the signals cannot be caught.
    pub fn drain_on_signals(mut self, limit: Duration) -> Result<Self, ServeError> {
        let (ended, end) = mpsc::channel();
        let aborted = Arc::new(Mutex::new(0));
        signals::on_termination({
            let (control, aborted) = (Arc::clone(&self.control), Arc::clone(&aborted));
            let notice = Arc::clone(&self.notice);
            let ended = ended.clone();
            move || {
                let mut aborted = lock(&aborted);
                *aborted = drain(&*control, &notice, limit).aborted;
                drop(aborted);
                let _ = ended.send(());
            }
        })
        .map_err(system("cannot catch signals"))?;
        self.watch = Some(Watch {
            aborted,
            ended,
            end: Mutex::new(end),
        });
        Ok(self)
    }

    /// Waits for SIGINT or SIGTERM, then [drains](Self::shutdown) within [`DRAIN_LIMIT`].
    ///
    /// A second signal ends the process at once, with status 128 plus its number. Returns early if
    /// the server was shut down elsewhere.
    ///
    /// # Errors
    ///
    /// [`ServeError::System`] if the signals cannot be caught.
    pub fn join(self) -> Result<Drained, ServeError> {
        self.join_within(DRAIN_LIMIT)
    }

    /// As [`join`](Self::join), with another limit; the limit of
    /// [`drain_on_signals`](Self::drain_on_signals) holds where that was called before.
    ///
    /// # Errors
    ///
    /// As [`join`](Self::join).
    pub fn join_within(self, limit: Duration) -> Result<Drained, ServeError> {
        let Some(watch) = self.watch else {
            return self.drain_on_signals(limit)?.join_within(limit);
        };
        let (control, ended) = (self.control, watch.ended);
        // A call that never returns keeps its connection open past any drain, so the drain that a
        // signal starts is waited for as well, whichever is over first.
        thread::Builder::new()
            .name("join".to_owned())
            .spawn(move || {
                control.wait(None);
                let _ = ended.send(());
            })
            .map_err(system("cannot start a thread that waits for the server"))?;
        let _ = lock(&watch.end).recv();
        let aborted = *lock(&watch.aborted);
        Ok(Drained { aborted })
    }
}

/// A watch on signals, and what came of it.
struct Watch {
    /// Held by a drain from its start to its outcome, so that the outcome is never read early.
    aborted: Arc<Mutex<usize>>,
    ended: mpsc::Sender<()>,
    end: Mutex<mpsc::Receiver<()>>,
}

/// What is done before a drain, once.
#[derive(Default)]
struct Notice {
    hooks: Mutex<Vec<Box<dyn FnOnce() + Send>>>,
    grace: Mutex<Duration>,
}

impl Notice {
    fn give(&self) {
        let hooks = std::mem::take(&mut *lock(&self.hooks));
        for hook in hooks {
            hook();
        }
        thread::sleep(std::mem::take(&mut *lock(&self.grace)));
    }
}

fn drain(control: &dyn ServerControl, notice: &Notice, deadline: Duration) -> Drained {
    notice.give();
    control.start_drain();
    let aborted = if control.wait(Some(deadline)) {
        0
    } else {
        control.abort()
    };
    Drained { aborted }
}

fn system(what: &'static str) -> impl FnOnce(io::Error) -> ServeError {
    move |source| ServeError::System { what, source }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for ServerHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerHandle")
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}
