//! The server as its user sees it.

use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Once};
use std::thread;

use brrtrouter_transport::{ServeError, ServerHandle, Service, Transport};

use crate::counters::{Counters, Totals};
use crate::drain::Control;
use crate::hub::Hub;
use crate::limits::Limits;
use crate::listener::Listener;
use crate::spawn::words;

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
    listener: Listener,
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
        Ok(Self {
            listener: Listener::bind(address)?,
            limits: Limits::default(),
            workers: None,
            totals: Arc::default(),
        })
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

    /// The address that the server listens on, with the port that the system chose for port 0.
    pub fn local_addr(&self) -> SocketAddr {
        self.listener.local_addr()
    }

    /// What this server counts, to be asked while it runs.
    pub fn counters(&self) -> Counters {
        Counters::new(Arc::clone(&self.totals))
    }
}

impl Transport for RawServer {
    fn serve(self, service: impl Service) -> Result<ServerHandle, ServeError> {
        let address = self.local_addr();
        let limits = self.limits.clamped();
        static CONFIGURED: Once = Once::new();
        CONFIGURED.call_once(|| {
            let config = may::config();
            if let Some(workers) = self.workers {
                config.set_workers(workers);
            }
            // May fills its pool of stacks when the first coroutine starts, and hands them out later
            // to whoever asks for its default size: let them be large enough for any server.
            let words = words(limits.stack_size);
            if config.get_stack_size() < words {
                config.set_stack_size(words);
            }
        });
        let hub = Arc::new(Hub::new(limits, self.totals));
        start_ticker(&hub)?;
        self.listener
            .start(Arc::new(service), Arc::clone(&hub))
            .map_err(|source| ServeError::Listen {
                address: address.to_string(),
                source,
            })?;
        Ok(ServerHandle::new(address, Arc::new(Control(hub))))
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
