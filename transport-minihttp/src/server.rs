//! From an address to a running server.

use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use brrtrouter_transport::{ServeError, ServerHandle, Service, Transport};
use may_minihttp::HttpServiceFactory;

use crate::connection::{Factory, Shared};
use crate::control::{Control, Listening};
use crate::limits::Limits;
use crate::registry::Registry;
use crate::reservation::Reservation;
use crate::{foreign, watch};

/// The stack of a connection's coroutine, on which the service runs, in bytes: 128 KiB, and 512 KiB
/// without optimisation.
///
/// Virtual memory: pages that are never touched cost nothing.
pub const STACK_SIZE: usize = if cfg!(debug_assertions) {
    512 * 1024
} else {
    128 * 1024
};

/// The name of this transport in errors.
const TRANSPORT: &str = "may_minihttp";

/// Descriptors that are left for other uses than connections.
const OTHER_DESCRIPTORS: u64 = 64;

/// A server that has its address and does not listen yet.
///
/// ```
/// use std::time::Duration;
///
/// use brrtrouter_minihttp::MiniHttpServer;
/// use brrtrouter_transport::{Request, Response, Service, Transport};
///
/// struct Hello;
///
/// impl Service for Hello {
///     fn call(&self, _: &mut Request<'_>, response: &mut Response) {
///         response.buffer().extend_from_slice(b"hello");
///     }
/// }
///
/// let server = MiniHttpServer::bind("127.0.0.1:0")?.serve(Hello)?;
/// println!("listening on {}", server.local_addr());
/// assert!(server.shutdown(Duration::from_secs(5)).is_clean());
/// # Ok::<(), brrtrouter_transport::ServeError>(())
/// ```
#[derive(Debug)]
pub struct MiniHttpServer {
    reservation: Reservation,
    workers: Option<usize>,
    limits: Limits,
}

impl MiniHttpServer {
    /// Takes the first of `address`'s addresses that can be had; port 0 lets the system choose.
    ///
    /// Clients that connect before [`serve`](Transport::serve) are turned away by it.
    ///
    /// # Errors
    ///
    /// [`ServeError::AddressInUse`] if another socket has the address, even one that would share it;
    /// [`ServeError::Listen`] or [`ServeError::System`] with what else the system says.
    pub fn bind(address: impl ToSocketAddrs) -> Result<Self, ServeError> {
        Ok(Self {
            reservation: Reservation::take(address)?,
            workers: None,
            limits: Limits::default(),
        })
    }

    /// How many threads run coroutines; 0, the default, for one on each core.
    ///
    /// May starts its threads once in a process, when the first coroutine starts, so of several
    /// servers the first one decides.
    #[must_use]
    pub fn workers(mut self, count: usize) -> Self {
        self.workers = Some(count);
        self
    }

    /// Sets what a peer may ask for.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The address, with the port that the system chose for port 0.
    pub fn local_addr(&self) -> SocketAddr {
        self.reservation.address()
    }
}

impl Transport for MiniHttpServer {
    /// Starts to serve and returns once it listens.
    ///
    /// Coroutines get [`STACK_SIZE`] for their stacks, or more if the program has configured May
    /// so. Where the program has started coroutines before, with smaller stacks, May may use these
    /// again: configure May first.
    fn serve(self, service: impl Service) -> Result<ServerHandle, ServeError> {
        let needs = service.needs();
        if !needs.streaming.is_empty() {
            return Err(ServeError::CannotStream {
                transport: TRANSPORT,
                operations: needs.streaming,
            });
        }
        if !needs.upgrading.is_empty() {
            return Err(ServeError::CannotUpgrade {
                transport: TRANSPORT,
                operations: needs.upgrading,
            });
        }
        let config = may::config();
        if let Some(workers) = self.workers {
            config.set_workers(workers);
        }
        let words = STACK_SIZE / size_of::<usize>();
        if config.get_stack_size() < words {
            config.set_stack_size(words);
        }
        let address = self.reservation.address();
        let registry = Arc::new(Registry::default());
        let shared = Shared {
            service,
            room: room(self.limits.max_connections),
            limits: self.limits.clone(),
            registry: Arc::clone(&registry),
        };
        watch::start(Arc::clone(&registry), self.limits).map_err(|source| ServeError::System {
            what: "cannot start the thread that keeps deadlines",
            source,
        })?;
        let acceptor = self
            .reservation
            .hand_over(|address| Factory(Arc::new(shared)).start(address))
            .inspect_err(|_| {
                registry.start_drain();
                registry.close();
            })?;
        let control = Control::new(
            registry,
            Listening {
                reservation: self.reservation,
                acceptor,
            },
        );
        Ok(ServerHandle::new(address, Arc::new(control)))
    }
}

/// How many connections fit, at two descriptors each.
fn room(wanted: usize) -> usize {
    let fit = foreign::descriptor_limit()
        .map(|limit| limit.saturating_sub(OTHER_DESCRIPTORS) / 2)
        .and_then(|fit| usize::try_from(fit).ok())
        .unwrap_or(usize::MAX)
        .max(1);
    if fit < wanted {
        log::warn!("descriptors suffice for {fit} connections, not for {wanted}");
    }
    wanted.min(fit)
}
