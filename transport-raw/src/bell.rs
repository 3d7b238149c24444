//! A pause that lets the sockets of this worker have their turn.
//!
//! `yield_now` is none: a coroutine that yields is run again before its worker asks the system for
//! events, so a few that always have something to do would shut out everybody else. A bell is a
//! descriptor that becomes ready at once; whoever waits for it is run only after its worker has asked.

use std::cell::RefCell;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use may::coroutine::yield_now;
use may::io::{CoIo, WaitIo};
use rustix::event::{EventfdFlags, eventfd};

/// Bells that a worker keeps.
const SPARE: usize = 4;

struct Bell {
    // Dropped first: the registration ends before the descriptor is closed.
    registration: CoIo<Descriptor>,
    event: OwnedFd,
}

/// A descriptor that somebody else closes.
pub(crate) struct Descriptor(pub(crate) RawFd);

impl AsRawFd for Descriptor {
    fn as_raw_fd(&self) -> RawFd {
        self.0
    }
}

thread_local! {
    static BELLS: RefCell<Vec<Bell>> = const { RefCell::new(Vec::new()) };
}

/// Lets everybody else on this worker have their turn, sockets included.
pub(crate) fn pause() {
    let bell = match take() {
        Some(bell) => bell.ring(),
        None => Bell::new(),
    };
    match bell {
        Ok(bell) => {
            bell.registration.wait_io();
            give(bell);
        }
        // Without a descriptor for a bell, at least those that can run do.
        Err(_) => yield_now(),
    }
}

impl Bell {
    /// A bell that rings, since it can be written to.
    fn new() -> io::Result<Self> {
        let event = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        let registration = CoIo::new(Descriptor(event.as_raw_fd()))?;
        Ok(Self {
            registration,
            event,
        })
    }

    /// Every ring is one event; the count behind it is never read and does not run over.
    fn ring(self) -> io::Result<Self> {
        rustix::io::write(&self.event, &1_u64.to_ne_bytes())?;
        Ok(self)
    }
}

// Not inlined: the address of thread-local storage must not outlive a yield of the caller.
#[inline(never)]
fn take() -> Option<Bell> {
    BELLS.with(|bells| bells.try_borrow_mut().ok()?.pop())
}

#[inline(never)]
fn give(bell: Bell) {
    BELLS.with(|bells| {
        if let Ok(mut bells) = bells.try_borrow_mut()
            && bells.len() < SPARE
        {
            bells.push(bell);
        }
    });
}
