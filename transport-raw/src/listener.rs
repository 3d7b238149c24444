//! Listening and accepting.

use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use brrtrouter_transport::{ServeError, Service, Status};
use rustix::io::Errno;
use rustix::net::{SendFlags, SocketFlags};
use socket2::{Domain, Protocol, Socket, Type};

use crate::bell;
use crate::connection::Connection;
use crate::hub::{Hub, Phase, Presence};
use crate::request::Rejection;
use crate::response::encode;
use crate::spawn::spawn;
use crate::wire::{Interrupt, Wire};

/// Connections that the system completes while the server is busy.
const BACKLOG: i32 = 4096;

/// After so many connections in a row the others of the worker have their turn.
const BURST: u32 = 64;

/// The first and the longest pause after the system had no descriptor left.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// The most peers that are turned away politely at a time.
const TURNED_AWAY: usize = 128;

/// The stack of a coroutine that only accepts or turns away.
const STACK: usize = 64 * 1024;

/// A socket that listens already.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: OwnedFd,
    address: SocketAddr,
}

impl Listener {
    /// Listens on the first of `addresses` that can be listened on.
    pub(crate) fn bind(addresses: impl ToSocketAddrs + fmt::Debug) -> Result<Self, ServeError> {
        let asked = format!("{addresses:?}");
        let resolved = addresses
            .to_socket_addrs()
            .map_err(|source| ServeError::Listen {
                address: asked.clone(),
                source,
            })?;
        let mut failure = ServeError::Listen {
            address: asked,
            source: io::Error::new(io::ErrorKind::InvalidInput, "the name has no address"),
        };
        for address in resolved {
            match Self::bind_one(address) {
                Ok(listener) => return Ok(listener),
                Err(source) if source.kind() == io::ErrorKind::AddrInUse => {
                    failure = ServeError::AddressInUse {
                        address: address.to_string(),
                    };
                }
                Err(source) => {
                    failure = ServeError::Listen {
                        address: address.to_string(),
                        source,
                    };
                }
            }
        }
        Err(failure)
    }

    fn bind_one(address: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(
            Domain::for_address(address),
            Type::STREAM,
            Some(Protocol::TCP),
        )?;
        // Not `SO_REUSEPORT`, with which a second server on the port would start in silence. This
        // one only lets a server start while connections of its predecessor are in TIME_WAIT.
        socket.set_reuse_address(true)?;
        // Accepted sockets inherit this. Answers leave in one write, so there is nothing to gain by
        // holding a part of one back.
        socket.set_tcp_nodelay(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        let address = socket.local_addr()?.as_socket().unwrap_or(address);
        Ok(Self {
            socket: socket.into(),
            address,
        })
    }

    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Starts to accept, on a coroutine of its own.
    pub(crate) fn start<S: Service>(self, service: Arc<S>, hub: Arc<Hub>) -> io::Result<()> {
        let presence = hub.enter_listener();
        let descriptor = self.socket.as_raw_fd();
        let wire = Wire::new(self.socket, hub)?;
        spawn(descriptor, STACK, move || {
            Acceptor {
                wire,
                service,
                pause: PAUSES.0,
                _presence: presence,
            }
            .run();
        })
    }
}

struct Acceptor<S> {
    wire: Wire,
    service: Arc<S>,
    pause: Duration,
    _presence: Presence,
}

impl<S: Service> Acceptor<S> {
    fn run(mut self) {
        let mut burst = 0;
        loop {
            if self.wire.hub.phase() == Phase::Aborted {
                return;
            }
            let accepted = rustix::net::acceptfrom_with(
                self.wire.socket(),
                SocketFlags::NONBLOCK | SocketFlags::CLOEXEC,
            );
            match accepted {
                Ok((socket, peer)) => {
                    self.pause = PAUSES.0;
                    self.admit(socket, peer.and_then(|peer| peer.try_into().ok()));
                    burst += 1;
                    if burst == BURST {
                        burst = 0;
                        bell::pause();
                    }
                }
                // All that had been completed before the drain are accepted; then it ends.
                Err(Errno::AGAIN) if self.wire.hub.is_draining() => return,
                Err(Errno::AGAIN) => {
                    burst = 0;
                    if self.wire.wait(crate::clock::Moment::NEVER).is_err() {
                        return;
                    }
                }
                Err(Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM) => {
                    if self.wire.hub.is_draining() || !self.rest() {
                        return;
                    }
                }
                // The socket does not listen any more.
                Err(Errno::INVAL | Errno::BADF | Errno::NOTSOCK | Errno::OPNOTSUPP) => return,
                // What went wrong with the one connection is no concern of the next (accept(2)).
                Err(_) => {}
            }
        }
    }

    /// Waits for descriptors to come back; `false` if the server is being stopped.
    fn rest(&mut self) -> bool {
        if self.pause == PAUSES.0 {
            log::warn!("no descriptor left for another connection; accepting pauses");
        }
        self.wire.hub.counters.accept_pauses.add(1);
        let until = self.wire.after(self.wire.hub.clock.wait(self.pause));
        self.pause = (self.pause * 2).min(PAUSES.1);
        loop {
            match self.wire.wait(until) {
                Err(Interrupt::TimedOut) => return true,
                Err(_) => return false,
                Ok(_) if self.wire.hub.is_draining() => return false,
                Ok(_) => {}
            }
        }
    }

    fn admit(&mut self, socket: OwnedFd, peer: Option<SocketAddr>) {
        let hub = &self.wire.hub;
        hub.counters.accepted.add(1);
        if hub.open() >= hub.limits.max_connections {
            hub.counters.rejected_full.add(1);
            turn_away(socket, hub);
            return;
        }
        let presence = hub.enter_connection();
        let hub_of_connection = Arc::clone(hub);
        let service = Arc::clone(&self.service);
        let spawned = spawn(socket.as_raw_fd(), hub.limits.stack_size, move || {
            let hub = Arc::clone(&hub_of_connection);
            match Connection::new(service, socket, peer, hub, presence) {
                Ok(connection) => connection.run(),
                Err(error) => {
                    hub_of_connection.counters.rejected_resources.add(1);
                    log::warn!("a connection was dropped: {error}");
                }
            }
        });
        if let Err(error) = spawned {
            hub.counters.rejected_resources.add(1);
            log::warn!("a connection was dropped: {error}");
        }
    }
}

/// Tells a peer that there are too many.
#[cold]
fn turn_away(socket: OwnedFd, hub: &Arc<Hub>) {
    let mut answer = Vec::new();
    encode::refusal(&mut answer, TOO_MANY, &hub.clock, false);
    // A socket that has just been accepted has room for this.
    if rustix::net::send(&socket, &answer, SendFlags::NOSIGNAL).is_err() {
        return;
    }
    let Some(presence) = hub.enter_turned_away(TURNED_AWAY) else {
        return;
    };
    let lingering = Arc::clone(hub);
    let spawned = spawn(socket.as_raw_fd(), STACK, move || {
        if let Ok(mut wire) = Wire::new(socket, lingering) {
            wire.linger();
        }
        drop(presence);
    });
    if let Err(error) = spawned {
        log::debug!("a peer was turned away without ceremony: {error}");
    }
}

const TOO_MANY: Rejection = Rejection::new(
    Status::SERVICE_UNAVAILABLE,
    "there are too many connections",
);
