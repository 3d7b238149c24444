//! Handing a connection over to another protocol (RFC 9110 §7.8).

use std::io;
use std::task::Waker;
use std::time::Duration;

/// Takes a connection over, once the peer has been told with `101 Switching Protocols`.
///
/// ```
/// use brrtrouter_transport::{Duplex, Ready, Request, Response};
/// use std::io::{Read as _, Write as _};
/// use std::time::Duration;
///
/// /// Sends back what comes, until the client or the server has had enough.
/// fn echo(stream: &mut dyn Duplex) -> std::io::Result<()> {
///     let mut bytes = [0; 1024];
///     loop {
///         match stream.wait(Duration::from_secs(60))? {
///             Ready::Readable => match stream.read(&mut bytes)? {
///                 0 => return Ok(()),
///                 count => stream.write_all(&bytes[..count])?,
///             },
///             Ready::Woken => {}
///             _ => return stream.write_all(b"bye"),
///         }
///     }
/// }
///
/// fn call(request: &mut Request<'_>, response: &mut Response) {
///     if request.asks_to_upgrade_to("echo") {
///         let _ = response.upgrade("echo", echo);
///     }
/// }
/// ```
pub trait Upgrade: Send {
    /// Speaks the other protocol until it is over; the connection is closed when this returns. Runs
    /// on the connection's coroutine.
    ///
    /// # Errors
    ///
    /// Any; the connection is then closed without waiting for the peer.
    fn run(self: Box<Self>, stream: &mut dyn Duplex) -> io::Result<()>;
}

impl<F> Upgrade for F
where
    F: FnOnce(&mut dyn Duplex) -> io::Result<()> + Send,
{
    fn run(self: Box<Self>, stream: &mut dyn Duplex) -> io::Result<()> {
        self(stream)
    }
}

/// A connection that was handed over: both directions, with what the peer has sent behind its
/// request already.
///
/// A read waits for the peer as long as it takes; [`wait`](Self::wait) is for all who have something
/// else to look after, such as a shutdown. A write leaves at once, and fails if the peer takes
/// nothing for longer than the transport allows. An abort of the server makes both fail.
pub trait Duplex: io::Read + io::Write {
    /// Waits until there is something to do, for at most `time`.
    ///
    /// # Errors
    ///
    /// If the connection has failed or the server is being stopped at once.
    fn wait(&mut self, time: Duration) -> io::Result<Ready>;

    /// What ends a [`wait`](Self::wait), from any thread.
    fn waker(&self) -> Waker;

    /// Whether the server has been told to stop: say goodbye, before its deadline cuts you off.
    fn is_draining(&self) -> bool;
}

/// Why a wait has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ready {
    /// A read finds bytes, or the end.
    Readable,
    /// The waker was woken, or nothing happened. A wake-up that comes together with something else
    /// is not told apart, so look after every wait at what it stands for.
    Woken,
    /// The server has begun to drain. Told once.
    Draining,
    /// The time is over.
    TimedOut,
}
