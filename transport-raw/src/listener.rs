//! Listening and accepting.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::FileTypeExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use brrtrouter_transport::{ListenAddress, Response, ServeError, Service, Status};
use rustix::io::Errno;
use rustix::net::{SendFlags, SocketFlags};
use socket2::{Domain, Protocol, SockRef, Socket, Type};

use crate::connection::Connection;
use crate::hub::{Hub, Phase, Presence};
use crate::request::Rejection;
use crate::response::encode;
use crate::spawn::{spawn, spawn_here};
use crate::wire::{Interrupt, Wire};

/// Connections that the system completes while the server is busy.
const BACKLOG: i32 = 4096;

/// After so many connections in a row the others of the worker have their turn.
const BURST: u32 = 64;

/// The first and the longest pause after the system had no descriptor left.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// The most peers that are turned away politely at a time.
const TURNED_AWAY: usize = 128;

/// The stack of a coroutine that only turns away.
const STACK: usize = 64 * 1024;

/// A socket that listens already.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: OwnedFd,
    address: ListenAddress,
    /// The path of the socket is taken away with it.
    owns_path: bool,
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
            address: ListenAddress::Internet(address),
            owns_path: false,
        })
    }

    /// Takes over a socket that listens already.
    pub(crate) fn inherit(listener: TcpListener) -> Result<Self, ServeError> {
        let system = |source| ServeError::System {
            what: "cannot take over a listening socket",
            source,
        };
        let address = listener.local_addr().map_err(system)?;
        let socket = Socket::from(listener);
        socket.set_tcp_nodelay(true).map_err(system)?;
        Ok(Self {
            socket: socket.into(),
            address: ListenAddress::Internet(address),
            owns_path: false,
        })
    }

    /// Takes over a Unix socket that listens already. Its path stays, for whoever has made it.
    pub(crate) fn inherit_path(listener: UnixListener) -> Result<Self, ServeError> {
        let address = listener.local_addr().map_err(|source| ServeError::System {
            what: "cannot take over a listening socket",
            source,
        })?;
        Ok(Self {
            socket: listener.into(),
            address: ListenAddress::Path(address.as_pathname().unwrap_or(Path::new("")).to_owned()),
            owns_path: false,
        })
    }

    /// Listens on a path. A socket that a dead process left there is replaced.
    pub(crate) fn bind_path(path: &Path) -> Result<Self, ServeError> {
        let bound = match UnixListener::bind(path) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_dead(path) => {
                std::fs::remove_file(path).and_then(|()| UnixListener::bind(path))
            }
            bound => bound,
        };
        match bound {
            Ok(listener) => Ok(Self {
                socket: listener.into(),
                address: ListenAddress::Path(path.to_owned()),
                owns_path: true,
            }),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                Err(ServeError::AddressInUse {
                    address: path.display().to_string(),
                })
            }
            Err(source) => Err(ServeError::Listen {
                address: path.display().to_string(),
                source,
            }),
        }
    }

    pub(crate) fn address(&self) -> &ListenAddress {
        &self.address
    }

    /// Has the system give up a peer that acknowledges nothing for `time`, so that one which vanishes
    /// from the net is noticed by the next heartbeat that is sent to it. Accepted sockets inherit it.
    fn set_patience(&self, time: Duration) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        if let ListenAddress::Internet(_) = self.address {
            // The system counts milliseconds in 32 bits with a sign.
            let most = Duration::from_millis(i32::MAX.unsigned_abs().into());
            SockRef::from(&self.socket).set_tcp_user_timeout(Some(time.min(most)))?;
        }
        Ok(())
    }

    /// Starts to accept, on a coroutine of its own.
    pub(crate) fn start<S: Service>(self, service: Arc<S>, hub: Arc<Hub>) -> io::Result<()> {
        // Longer than the deadline of a write, which is to come first where it can be kept.
        self.set_patience(hub.limits.write_timeout.saturating_mul(2))?;
        let presence = hub.enter_listener();
        let descriptor = self.socket.as_raw_fd();
        // Connections run on top of this coroutine until they wait, with May's own frames on its stack; and
        // the service is asked on it how to turn peers away.
        let stack = hub.limits.stack_size;
        let wire = Wire::registered(self.socket, hub)?;
        let path = match self.address {
            ListenAddress::Path(path) if self.owns_path => Some(Leftover(path)),
            _ => None,
        };
        spawn(descriptor, stack, move || {
            Acceptor {
                wire,
                service,
                pause: PAUSES.0,
                _path: path,
                _presence: presence,
            }
            .run();
        })
    }
}

/// A socket's path, which outlives the socket unless it is taken away.
struct Leftover(PathBuf);

impl Drop for Leftover {
    fn drop(&mut self) {
        // Somebody else may have done so.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Whether nobody listens on the socket at `path`.
fn is_dead(path: &Path) -> bool {
    let is_socket =
        std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket());
    is_socket
        && UnixStream::connect(path)
            .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

struct Acceptor<S> {
    wire: Wire,
    service: Arc<S>,
    pause: Duration,
    _path: Option<Leftover>,
    _presence: Presence,
}

impl<S: Service> Acceptor<S> {
    fn run(mut self) {
        self.wire.settle();
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
                        self.wire.pause();
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
            turn_away(socket, hub, &*self.service);
            return;
        }
        let Ok(guest) = hub.guests.enter(peer.map(|peer| peer.ip()), &hub.limits) else {
            hub.counters.rejected_address.add(1);
            turn_away(socket, hub, &*self.service);
            return;
        };
        let presence = hub.enter_connection(guest);
        let hub_of_connection = Arc::clone(hub);
        let service = Arc::clone(&self.service);
        let (descriptor, stack) = (socket.as_raw_fd(), hub.limits.stack_size);
        let connection = move || {
            let hub = Arc::clone(&hub_of_connection);
            match Connection::new(service, socket, peer, hub, presence) {
                Ok(connection) => connection.run(),
                Err(error) => {
                    hub_of_connection.counters.rejected_resources.add(1);
                    log::warn!("a connection was dropped: {error}");
                }
            }
        };
        let spawned = if self.wire.is_worker_of(descriptor) {
            spawn_here(stack, connection)
        } else {
            spawn(descriptor, stack, connection)
        };
        if let Err(error) = spawned {
            hub.counters.rejected_resources.add(1);
            log::warn!("a connection was dropped: {error}");
        }
    }
}

/// Tells a peer that there are too many, as `service` words it.
#[cold]
#[inline(never)]
fn turn_away(socket: OwnedFd, hub: &Arc<Hub>, service: &impl Service) {
    let mut answer = Vec::new();
    encode::refusal(
        &mut answer,
        TOO_MANY,
        service,
        &mut Response::new(),
        &hub.clock,
        false,
    );
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
            wire.settle();
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn accepted_sockets_give_up_peers_that_are_gone() {
        let listener = Listener::bind("127.0.0.1:0").unwrap();
        listener
            .set_patience(Duration::from_millis(12_345))
            .unwrap();
        let ListenAddress::Internet(address) = *listener.address() else {
            panic!("{}", listener.address());
        };
        let _client = std::net::TcpStream::connect(address).unwrap();
        let accepted = rustix::net::accept(&listener.socket).unwrap();
        let patience = SockRef::from(&accepted).tcp_user_timeout().unwrap();
        assert_eq!(patience, Some(Duration::from_millis(12_345)));
        listener.set_patience(Duration::MAX).unwrap();
    }
}
