//! The server as its user sees it.

use std::fmt;
use std::net::SocketAddr;
use std::net::{TcpListener, ToSocketAddrs};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use brrtrouter_transport::{ListenAddress, ServeError, ServerHandle, Service, Transport};

use crate::counters::{Counters, Totals};
use crate::drain::Control;
use crate::hub::Hub;
use crate::limits::Limits;
use crate::listener::Listener;
use crate::spawn;

/// An HTTP/1.1 server that listens already and does not accept yet.
///
/// ```
/// use std::time::Duration;
/// use brrtrouter_raw::{Limits, RawServer};
/// use brrtrouter_transport::{Request, Response, Service, Transport};
///
/// struct Hello;
///
/// impl Service for Hello {
///     fn call(&self, _request: &mut Request<'_>, response: &mut Response) {
///         response.buffer().extend_from_slice(b"hello");
///     }
/// }
///
/// let server = RawServer::bind("127.0.0.1:0")?
///     .limits(Limits::default().max_connections(100))
///     .serve(Hello)?;
/// println!("listening on {}", server.local_addr());
/// assert!(server.shutdown(Duration::from_secs(5)).is_clean());
/// # Ok::<(), brrtrouter_transport::ServeError>(())
/// ```
#[derive(Debug)]
#[must_use = "it listens, but nobody is served before `serve`"]
pub struct RawServer {
    listeners: Vec<Listener>,
    limits: Limits,
    workers: Option<usize>,
    totals: Arc<Totals>,
}

impl RawServer {
    /// Listens on an address; port 0 lets the system choose one. Of a name with several addresses
    /// the first that can be listened on is taken.
    ///
    /// # Errors
    ///
    /// [`ServeError::AddressInUse`] if another socket has the port, [`ServeError::Listen`] for
    /// anything else that is wrong with the address.
    pub fn bind(address: impl ToSocketAddrs + fmt::Debug) -> Result<Self, ServeError> {
        Ok(Self::on(Listener::bind(address)?))
    }

    /// Takes over a socket that listens already, such as one that systemd hands to a service; a
    /// crate like `listenfd` finds those.
    ///
    /// # Errors
    ///
    /// [`ServeError::System`] if it is no socket that listens on an Internet address.
    pub fn from_listener(listener: TcpListener) -> Result<Self, ServeError> {
        Ok(Self::on(Listener::inherit(listener)?))
    }

    /// The same for a Unix socket, whose path stays when the server stops.
    ///
    /// # Errors
    ///
    /// [`ServeError::System`] if it is no Unix socket.
    pub fn from_unix_listener(listener: UnixListener) -> Result<Self, ServeError> {
        Ok(Self::on(Listener::inherit_path(listener)?))
    }

    /// Listens on a Unix socket, and on nothing else unless told so; as
    /// [`and_bind_path`](Self::and_bind_path).
    ///
    /// # Errors
    ///
    /// As [`and_bind_path`](Self::and_bind_path).
    pub fn bind_path(path: impl AsRef<Path>) -> Result<Self, ServeError> {
        Ok(Self::on(Listener::bind_path(path.as_ref())?))
    }

    fn on(listener: Listener) -> Self {
        Self {
            listeners: vec![listener],
            limits: Limits::default(),
            workers: None,
            totals: Arc::default(),
        }
    }

    /// Listens on another address too.
    ///
    /// # Errors
    ///
    /// As [`bind`](Self::bind).
    pub fn and_bind(
        mut self,
        address: impl ToSocketAddrs + fmt::Debug,
    ) -> Result<Self, ServeError> {
        self.listeners.push(Listener::bind(address)?);
        Ok(self)
    }

    /// Listens on a Unix socket too, which is taken away when the server stops. Requests from there
    /// have no [`peer`](brrtrouter_transport::Request#structfield.peer). A socket that a dead process
    /// left at that path is replaced.
    ///
    /// # Errors
    ///
    /// [`ServeError::AddressInUse`] if there is anything else at that path,
    /// [`ServeError::Listen`] if none can be made there.
    pub fn and_bind_path(mut self, path: impl AsRef<Path>) -> Result<Self, ServeError> {
        self.listeners.push(Listener::bind_path(path.as_ref())?);
        Ok(self)
    }

    /// Sets how many threads run the coroutines of this *process*; 0 means one for each core, the
    /// default. What counts is the first server that starts, if no coroutine ran before.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = Some(workers);
        self
    }

    /// Sets what a peer may ask for. A value that the server cannot work with is moved to the
    /// nearest that it can.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The first Internet address that the server listens on, with the port that the system chose
    /// for port 0; `0.0.0.0:0` if there is none.
    pub fn local_addr(&self) -> SocketAddr {
        ListenAddress::first_internet(&self.addresses())
    }

    /// All that the server listens on, in the order in which it was asked to.
    pub fn addresses(&self) -> Vec<ListenAddress> {
        self.listeners
            .iter()
            .map(|listener| listener.address().clone())
            .collect()
    }

    /// What this server counts, to be asked while it runs.
    pub fn counters(&self) -> Counters {
        Counters::new(Arc::clone(&self.totals))
    }
}

impl Transport for RawServer {
    fn serve(self, service: impl Service) -> Result<ServerHandle, ServeError> {
        let addresses = self.addresses();
        let limits = self.limits.clamped();
        spawn::configure(self.workers, limits.stack_size);
        let hub = Arc::new(Hub::new(limits, self.totals));
        start_ticker(&hub)?;
        let service = Arc::new(service);
        for listener in self.listeners {
            let address = listener.address().to_string();
            listener
                .start(Arc::clone(&service), Arc::clone(&hub))
                .map_err(|source| {
                    // Those that have started already must not serve a server that did not.
                    hub.abort();
                    ServeError::Listen { address, source }
                })?;
        }
        Ok(ServerHandle::on(addresses, Arc::new(Control(hub))))
    }
}

/// Starts the thread that advances the clock and wakes those whose deadline has come. It ends with
/// the server.
fn start_ticker(hub: &Arc<Hub>) -> Result<(), ServeError> {
    let hub = Arc::clone(hub);
    thread::Builder::new()
        .name("brrtrouter-clock".to_owned())
        .spawn(move || {
            while !hub.is_over() {
                thread::sleep(hub.clock.tick());
                hub.clock.advance();
                hub.roster.wake_overdue(hub.clock.now());
            }
        })
        .map_err(|source| ServeError::System {
            what: "cannot start the clock's thread",
            source,
        })?;
    Ok(())
}
