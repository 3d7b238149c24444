//! A port of one's own, taken before the server listens on it.
//!
//! May's listener always sets `SO_REUSEPORT`, with which a second bind of a port that is in use
//! succeeds in silence, and `may_minihttp` neither takes a bound socket nor tells the port it got.
//! So a socket without that option takes the address first.
//!
//! It listens, because on Linux that is the one step that two sockets which set `SO_REUSEADDR`
//! cannot both do, and `SO_REUSEADDR` is needed to take a port with connections in TIME_WAIT. It then
//! gives up `SO_REUSEADDR`, so that nobody else can bind, and takes on `SO_REUSEPORT` only for May's
//! socket to join it; once that one listens, this one stops listening and stays bound.
//!
//! A program of the same user that sets `SO_REUSEPORT` itself can still join the port afterwards:
//! that is what May's socket allows.

use std::io;
use std::net::{Shutdown, SocketAddr, ToSocketAddrs};

use brrtrouter_transport::ServeError;
use socket2::{Domain, Socket, Type};

/// An address that belongs to this process.
#[derive(Debug)]
pub(crate) struct Reservation {
    socket: Socket,
    address: SocketAddr,
}

impl Reservation {
    /// Takes the first of the addresses that can be had.
    pub(crate) fn take(wanted: impl ToSocketAddrs) -> Result<Self, ServeError> {
        let addresses = wanted
            .to_socket_addrs()
            .map_err(|source| ServeError::System {
                what: "cannot resolve the address to listen on",
                source,
            })?;
        let mut last = None;
        for address in addresses {
            match Self::take_one(address) {
                Ok(reservation) => return Ok(reservation),
                Err(error) => last = Some(describe(address, error)),
            }
        }
        Err(last.unwrap_or_else(|| ServeError::System {
            what: "cannot resolve the address to listen on",
            source: io::Error::new(io::ErrorKind::NotFound, "no address"),
        }))
    }

    fn take_one(address: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        socket.listen(1)?;
        socket.set_reuse_address(false)?;
        let address = socket
            .local_addr()?
            .as_socket()
            .ok_or_else(|| io::Error::other("the bound socket has no internet address"))?;
        Ok(Self { socket, address })
    }

    /// The address, with the port that the system chose for port 0.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Runs `listen`, which binds the same address with `SO_REUSEPORT` and listens, and leaves
    /// accepting to it.
    pub(crate) fn hand_over<T>(
        &self,
        listen: impl FnOnce(SocketAddr) -> io::Result<T>,
    ) -> Result<T, ServeError> {
        self.socket
            .set_reuse_port(true)
            .and_then(|()| listen(self.address))
            .inspect(|_| {
                // Stops listening; a socket that listens cannot refuse it.
                let _ = self.socket.shutdown(Shutdown::Read);
            })
            .map_err(|error| describe(self.address, error))
    }
}

fn describe(address: SocketAddr, source: io::Error) -> ServeError {
    let address = address.to_string();
    match source.kind() {
        io::ErrorKind::AddrInUse => ServeError::AddressInUse { address },
        _ => ServeError::Listen { address, source },
    }
}
