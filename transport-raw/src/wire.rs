//! One socket and the coroutine that waits on it.
//!
//! The socket never blocks. A coroutine that has nothing to do sleeps in May's `wait_io` and is woken
//! by the socket, by the ticker when its deadline has come, by a drain, by an abort, or by an event
//! source. It finds out which by looking, so a wake-up too many does no harm and none can be lost:
//! one that comes between looking and sleeping makes the sleep end at once.

use std::fs::File;
use std::io::{self, IoSlice};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::Arc;
use std::task::Waker;

use may::io::{CoIo, WaitIo};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendAncillaryBuffer, SendFlags, Shutdown};

use crate::clock::{Moment, Wait};
use crate::home::{self, Home, here};
use crate::hub::{Hub, Phase};
use crate::roster::Seat;
use crate::spawn;

/// `EPOLLERR | EPOLLHUP | EPOLLRDHUP`: the peer will send nothing more.
const HANG_UP: usize = 0x2018;
/// The socket's own reasons for a wake-up: the above, `EPOLLIN`, `EPOLLPRI` and `EPOLLOUT`.
const SOCKET: usize = HANG_UP | 0x7;

/// What a caller adds to those.
const CALL: usize = 0x8000_0000;

/// A descriptor that somebody else closes.
struct Descriptor(RawFd);

impl AsRawFd for Descriptor {
    fn as_raw_fd(&self) -> RawFd {
        self.0
    }
}

/// A socket, registered with its worker from its first wait on: a connection whose only request has
/// come along is answered and closed without.
///
/// *Invariant:* its coroutine sleeps on its [`home`](crate::home) only.
pub(crate) struct Wire {
    // Fields are dropped in this order: the place and the registration end before the descriptor is
    // closed, since its number may be another socket's a moment later.
    seat: Seat,
    registration: Option<CoIo<Descriptor>>,
    socket: Arc<OwnedFd>,
    pub(crate) hub: Arc<Hub>,
    home: Home,
    /// Somebody has called, and no wait has told.
    called: bool,
    /// The last read left nothing behind.
    drained: bool,
    /// The peer has said that it will send no more, or the socket has failed.
    hung_up: bool,
    /// A read has found the end.
    ended: bool,
    /// Transfers since the last wait.
    transfers: u32,
}

/// Why a wait or a transfer came to nothing.
#[derive(Debug)]
pub(crate) enum Interrupt {
    /// The deadline came.
    TimedOut,
    /// The server is being stopped at once.
    Aborted,
    /// The socket failed.
    Failed(io::Error),
}

/// Why a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wakeup {
    /// The socket may have become readable or writable.
    Socket,
    /// Somebody called: a drain has begun or an event source has something.
    Call,
}

/// What one read found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Read {
    Bytes(usize),
    /// Nothing now.
    Empty,
    /// Nothing ever again.
    End,
}

impl From<Errno> for Interrupt {
    fn from(errno: Errno) -> Self {
        Interrupt::Failed(errno.into())
    }
}

impl Wire {
    /// Gives `socket`, which must not block, a place in the roster.
    ///
    /// # Errors
    ///
    /// That the roster is full.
    pub(crate) fn new(socket: OwnedFd, hub: Arc<Hub>) -> io::Result<Self> {
        let socket = Arc::new(socket);
        let seat = hub
            .roster
            .sit(Arc::clone(&socket))
            .ok_or_else(|| io::Error::other("no place left for a connection"))?;
        Ok(Self {
            seat,
            registration: None,
            socket,
            hub,
            home: here(),
            called: false,
            drained: false,
            hung_up: false,
            ended: false,
            transfers: 0,
        })
    }

    /// As [`new`](Self::new), of a socket that may block, and registered already.
    ///
    /// # Errors
    ///
    /// That the roster is full, or what the system says.
    pub(crate) fn registered(socket: OwnedFd, hub: Arc<Hub>) -> io::Result<Self> {
        let mut wire = Self::new(socket, hub)?;
        wire.register()?;
        Ok(wire)
    }

    /// Whether the worker that this runs on is that of this socket and of the one with descriptor
    /// `other`.
    pub(crate) fn is_worker_of(&self, other: RawFd) -> bool {
        here() == self.home && spawn::is_same_worker(self.socket.as_raw_fd(), other)
    }

    /// Says that this coroutine is the one that waits here; it is the first thing that it does, while
    /// it is where it was started.
    pub(crate) fn settle(&mut self) {
        self.home = here();
        self.seat.settle();
    }

    pub(crate) fn socket(&self) -> &OwnedFd {
        &self.socket
    }

    /// The moment after `wait`.
    pub(crate) fn after(&self, wait: Wait) -> Moment {
        self.hub.clock.after(wait)
    }

    /// Whether the peer will send no more, as far as the last wake-up told.
    pub(crate) fn is_hung_up(&self) -> bool {
        self.hung_up
    }

    /// Whether a read found the end.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Whether a read would find nothing, for certain.
    pub(crate) fn is_drained(&self) -> bool {
        self.ended || (self.drained && !self.hung_up)
    }

    /// Has the next read ask the system even if the last one left nothing.
    pub(crate) fn look_again(&mut self) {
        self.drained = false;
    }

    /// Counts a transfer; after many without a wait the other connections of the worker have their
    /// turn.
    fn count_transfer(&mut self) {
        self.transfers += 1;
        if self.transfers >= TRANSFERS {
            self.pause();
        }
    }

    /// Lets everybody else on this worker have their turn, sockets included. `yield_now` would not:
    /// a coroutine that yields is run again before its worker asks the system for events.
    #[cold]
    #[inline(never)]
    pub(crate) fn pause(&mut self) {
        self.transfers = 0;
        if self.seat.call_later(self.socket.as_raw_fd()).is_err() {
            return;
        }
        // A socket that cannot be registered is noticed by the next wait.
        while let Ok(flags) = self.sleep() {
            if flags & CALL != 0 || flags == 0 {
                // It may have been somebody else's call as well.
                self.called = true;
                return;
            }
        }
    }

    /// Sleeps until something happens, and takes note of it.
    #[inline]
    fn sleep(&mut self) -> io::Result<usize> {
        if here() != self.home {
            home::go(self.home, self.socket.as_raw_fd());
        }
        let flags = match &self.registration {
            Some(registration) => registration.wait_io(),
            None => self.register()?.wait_io(),
        };
        if flags & HANG_UP != 0 {
            self.hung_up = true;
        }
        if flags & SOCKET != 0 {
            self.drained = false;
        }
        Ok(flags)
    }

    /// Registers the socket with the worker that owns its descriptor, where the wake-ups are cheapest.
    /// The system tells at once of what has come by now.
    ///
    /// # Errors
    ///
    /// What the system says.
    #[cold]
    fn register(&mut self) -> io::Result<&CoIo<Descriptor>> {
        let registration = CoIo::new(Descriptor(self.socket.as_raw_fd())).map_err(|error| {
            self.hub.counters.rejected_resources.add(1);
            log::warn!("a connection was dropped: {error}");
            error
        })?;
        self.seat.connect(registration.waker());
        Ok(self.registration.insert(registration))
    }

    /// Sleeps until something happens or `deadline` comes.
    pub(crate) fn wait(&mut self, deadline: Moment) -> Result<Wakeup, Interrupt> {
        self.transfers = 0;
        self.seat.wake_at(deadline);
        let called = std::mem::take(&mut self.called);
        let flags = match called {
            true => CALL,
            false => self.sleep().map_err(Interrupt::Failed)?,
        };
        if self.hub.phase() == Phase::Aborted {
            return Err(Interrupt::Aborted);
        }
        if flags & SOCKET != 0 {
            return Ok(Wakeup::Socket);
        }
        if self.hub.clock.now() >= deadline {
            return Err(Interrupt::TimedOut);
        }
        Ok(Wakeup::Call)
    }

    /// Reads what is there, without waiting.
    pub(crate) fn read(&mut self, space: &mut [u8]) -> Result<Read, Interrupt> {
        if self.ended {
            return Ok(Read::End);
        }
        loop {
            match rustix::net::recv(&*self.socket, &mut *space, RecvFlags::empty()) {
                Ok((0, _)) if !space.is_empty() => {
                    self.ended = true;
                    return Ok(Read::End);
                }
                Ok((count, _)) => {
                    // A short read leaves nothing behind, but an end that came with the last bytes
                    // is not announced again: while hung up, read on until it is found.
                    self.drained = count < space.len();
                    self.count_transfer();
                    return Ok(Read::Bytes(count));
                }
                Err(Errno::AGAIN) => {
                    self.drained = true;
                    // Not the end, so the hang-up was not one of the reading side.
                    self.hung_up = false;
                    return Ok(Read::Empty);
                }
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// Reads at least a byte, or finds the end, until `deadline`. What is there by then is not late,
    /// even if this worker is.
    pub(crate) fn read_by(
        &mut self,
        space: &mut [u8],
        deadline: Moment,
    ) -> Result<usize, Interrupt> {
        let mut is_last_look = false;
        loop {
            if !self.is_drained() {
                match self.read(space)? {
                    Read::Bytes(count) => return Ok(count),
                    Read::End => return Ok(0),
                    Read::Empty => {}
                }
            } else if self.ended {
                return Ok(0);
            }
            if is_last_look {
                return Err(Interrupt::TimedOut);
            }
            is_last_look = self.hub.clock.now() >= deadline;
            if !is_last_look {
                match self.wait(deadline) {
                    Err(Interrupt::TimedOut) => is_last_look = true,
                    Ok(_) => {}
                    Err(interrupt) => return Err(interrupt),
                }
            }
            if is_last_look {
                self.look_again();
            }
        }
    }

    /// Sends all of `bytes`, waiting for the reader; it has to take something in every
    /// [`write_timeout`](crate::Limits#structfield.write_timeout).
    #[inline]
    pub(crate) fn write_all(&mut self, mut bytes: &[u8]) -> Result<(), Interrupt> {
        let mut deadline = None;
        while !bytes.is_empty() {
            match self.write_some(bytes)? {
                0 => self.wait_to_write(&mut deadline)?,
                count => {
                    bytes = bytes.get(count..).unwrap_or_default();
                    deadline = None;
                }
            }
        }
        Ok(())
    }

    /// As [`write_all`](Self::write_all), for bytes in several pieces.
    pub(crate) fn write_pieces(&mut self, mut pieces: &mut [IoSlice<'_>]) -> Result<(), Interrupt> {
        let mut deadline = None;
        IoSlice::advance_slices(&mut pieces, 0);
        while !pieces.is_empty() {
            let sent = self.send(|socket| {
                let nothing = &mut SendAncillaryBuffer::default();
                rustix::net::sendmsg(socket, pieces, nothing, SendFlags::NOSIGNAL)
            });
            match sent? {
                0 => self.wait_to_write(&mut deadline)?,
                count => {
                    IoSlice::advance_slices(&mut pieces, count);
                    deadline = None;
                }
            }
        }
        Ok(())
    }

    /// Sends what the socket takes of `bytes` now; 0 if that is nothing, and then it is time to
    /// [wait](Self::wait_to_write).
    #[inline]
    pub(crate) fn write_some(&mut self, bytes: &[u8]) -> Result<usize, Interrupt> {
        self.send(|socket| rustix::net::send(socket, bytes, SendFlags::NOSIGNAL))
    }

    /// The same for bytes that are not none, however they are sent.
    #[inline(always)]
    fn send(
        &mut self,
        send: impl Fn(&OwnedFd) -> Result<usize, Errno>,
    ) -> Result<usize, Interrupt> {
        loop {
            match send(&self.socket) {
                Ok(count) => {
                    self.count_transfer();
                    return Ok(count);
                }
                Err(Errno::AGAIN) => return Ok(0),
                Err(Errno::INTR) => {}
                Err(errno) => return Err(self.write_failed(errno)),
            }
        }
    }

    /// Has the system send up to `most` bytes of `file` from `offset` on, as many as the socket takes now;
    /// 0 if that is nothing, and then it is time to [wait](Self::wait_to_write). `None` if the file ends
    /// there or cannot be sent so. The thread waits for the disk where the file is not in memory.
    #[cfg(target_os = "linux")]
    pub(crate) fn write_file(
        &mut self,
        file: &File,
        offset: u64,
        most: usize,
    ) -> Result<Option<usize>, Interrupt> {
        let is_over = std::cell::Cell::new(false);
        let sent = self.send(|socket| {
            let mut offset = offset;
            match rustix::fs::sendfile(socket, file, Some(&mut offset), most) {
                Ok(0) | Err(Errno::INVAL | Errno::NOSYS) => {
                    is_over.set(true);
                    Ok(0)
                }
                sent => sent,
            }
        })?;
        Ok((!is_over.get()).then_some(sent))
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn write_file(
        &mut self,
        _: &File,
        _: u64,
        _: usize,
    ) -> Result<Option<usize>, Interrupt> {
        Ok(None)
    }

    /// Why a write failed: the system may be the first to give up a peer that takes nothing.
    #[cold]
    fn write_failed(&self, errno: Errno) -> Interrupt {
        if errno == Errno::TIMEDOUT {
            self.hub.counters.write_timeouts.add(1);
            return Interrupt::TimedOut;
        }
        errno.into()
    }

    /// Waits for the reader. `deadline` is that since it last took something; what the peer sends
    /// in the meantime does not move it. What it has taken by then counts, even if this worker looks
    /// late: so there is one more try after the deadline.
    #[cold]
    pub(crate) fn wait_to_write(&mut self, deadline: &mut Option<Moment>) -> Result<(), Interrupt> {
        let until = *deadline.get_or_insert_with(|| self.hub.clock.after(self.hub.waits.write));
        if until == Moment::LONG_AGO {
            self.hub.counters.write_timeouts.add(1);
            return Err(Interrupt::TimedOut);
        }
        if self.hub.clock.now() < until {
            match self.wait(until) {
                Err(Interrupt::TimedOut) => {}
                waited => return waited.map(|_| ()),
            }
        }
        *deadline = Some(Moment::LONG_AGO);
        Ok(())
    }

    /// Ends the sending side and drops what the peer still sends, for a bounded time, so that it
    /// can read the last answer before the connection is gone (RFC 9112 §9.6).
    #[cold]
    #[inline(never)]
    pub(crate) fn linger(&mut self) {
        let mut scratch = [0; 2048];
        if rustix::net::shutdown(&*self.socket, Shutdown::Write).is_err() {
            return;
        }
        let deadline = self.after(self.hub.waits.linger);
        let mut left = LINGER_BYTES;
        while left > 0 && self.hub.clock.now() < deadline {
            match self.read_by(&mut scratch, deadline) {
                Ok(0) | Err(_) => return,
                Ok(count) => left = left.saturating_sub(count),
            }
        }
    }

    /// A waker that ends this wire's [`wait`](Self::wait).
    pub(crate) fn caller(&self) -> Waker {
        self.seat.caller()
    }
}

/// The most reads and writes in a row without a pause. A worker serves many connections, and these
/// are some hundred microseconds.
const TRANSFERS: u32 = 64;

/// The most bytes that a lingering close drops.
const LINGER_BYTES: usize = 1024 * 1024;
