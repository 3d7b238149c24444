//! One connection, from its first byte to its close.
//!
//! A connection works in batches: it reads once, answers every request that is there whole, sends
//! all answers in one write, and sleeps. While it sleeps it holds no buffers. [`answer`] is about one
//! request, this file about everything between requests.

mod answer;
#[cfg(test)]
mod lateness;

use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use brrtrouter_transport::{Payload, Response, Service, Status};

use crate::buffer::{self, Desk};
use crate::clock::Moment;
use crate::hub::{Hub, Presence};
use crate::request::{Rejection, head};
use crate::response::{Streamed, encode, file, sse, stream, upgrade};
use crate::wire::{Interrupt, Read, Wakeup, Wire};

/// Answers that have come to this size leave before the next request is looked at.
const HIGH_WATER: usize = 64 * 1024;

/// How long a connection that has not carried a request yet is given to send one after a drain has
/// begun: its request may be on the way.
const DRAIN_GRACE: Duration = Duration::from_millis(250);

/// The least room for one read.
const LEAST_READ: usize = 4 * 1024;

/// An accepted connection.
pub(crate) struct Connection<S> {
    service: Arc<S>,
    wire: Wire,
    hub: Arc<Hub>,
    peer: Option<SocketAddr>,
    /// Requests so far.
    served: u32,
    /// What was received of a request while the connection sleeps.
    stash: Vec<u8>,
    /// How much of the next head was there when it was last found not to be whole.
    partial: usize,
    /// When the next head has to be whole; the moment of the first byte decides, and before that it
    /// never has to be.
    head_deadline: Moment,
    /// Content that has to follow its head.
    streamed: Option<Streamed>,
    /// After how many requests, and whether in a head, the socket was looked at for the last time: if
    /// nothing has come of that, the connection ends.
    looked: Option<(u32, bool)>,
    /// After the wire, so that nobody believes the connection gone before its socket is.
    _presence: Presence,
}

/// How a step through the input ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// A request was answered.
    Served,
    /// There is no whole head.
    Incomplete,
    /// The connection comes to an end after the output.
    Close(Close),
    /// Behind the output comes the content in [`Connection::streamed`].
    Stream {
        /// Whether the connection goes on after it.
        keep_alive: bool,
    },
}

/// How to close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Close {
    /// The peer will send no more.
    Plain,
    /// The peer may still be sending.
    Linger,
}

impl<S: Service> Connection<S> {
    /// Takes `socket` over.
    ///
    /// # Errors
    ///
    /// If it cannot be registered.
    pub(crate) fn new(
        service: Arc<S>,
        socket: OwnedFd,
        peer: Option<SocketAddr>,
        hub: Arc<Hub>,
        presence: Presence,
    ) -> std::io::Result<Self> {
        let wire = Wire::new(socket, Arc::clone(&hub))?;
        Ok(Self {
            head_deadline: wire.after(wire.hub.waits.head),
            service,
            wire,
            hub,
            peer,
            served: 0,
            stash: Vec::new(),
            partial: 0,
            streamed: None,
            looked: None,
            _presence: presence,
        })
    }

    /// Serves until the connection ends; to be called where its coroutine was started.
    pub(crate) fn run(mut self) {
        self.wire.settle();
        loop {
            if self.wire.is_drained() && !self.sleep() {
                return;
            }
            let mut desk = buffer::take();
            if !self.stash.is_empty() {
                desk.input.restore(&self.stash);
                self.stash.clear();
            }
            let step = self.work(&mut desk);
            if !desk.input.is_empty() {
                self.stash.extend_from_slice(desk.input.bytes());
            }
            buffer::give(desk);
            let close = match step {
                Ok(Step::Incomplete | Step::Served) => continue,
                Ok(Step::Stream { keep_alive }) => match self.stream() {
                    Ok(()) if keep_alive => {
                        // Whatever came in the meantime, if only the end, has not been looked at.
                        self.wire.look_again();
                        continue;
                    }
                    Ok(()) => Close::Linger,
                    Err(_) => Close::Plain,
                },
                Ok(Step::Close(close)) => close,
                Err(_) => Close::Plain,
            };
            if close == Close::Linger {
                self.wire.linger();
            }
            return;
        }
    }

    /// Sleeps until there is something to read; `false` if the connection has to end instead.
    ///
    /// Before it ends for want of a request the socket is looked at once more. A worker that was kept
    /// busy may learn of a deadline before it learns of the bytes that came in time.
    fn sleep(&mut self) -> bool {
        let in_head = !self.stash.is_empty();
        let mut deadline = if self.head_deadline == Moment::NEVER {
            self.wire.after(self.hub.waits.keep_alive)
        } else {
            self.head_deadline
        };
        let mut grace = None;
        loop {
            if self.hub.is_draining() && !in_head {
                if self.served > 0 {
                    return self.look_for_the_last_time(in_head);
                }
                let grace =
                    *grace.get_or_insert_with(|| self.wire.after(self.hub.clock.wait(DRAIN_GRACE)));
                deadline = deadline.min(grace);
            }
            // Every byte of a head is a wake-up, so a slow one ends here.
            let has_looked = !in_head && self.looked == Some((self.served, false));
            if has_looked || self.hub.clock.now() >= deadline {
                return self.look_for_the_last_time(in_head) || self.end_late(in_head);
            }
            match self.wire.wait(deadline) {
                Ok(Wakeup::Socket) => return true,
                Ok(Wakeup::Call) | Err(Interrupt::TimedOut) => {}
                Err(_) => return false,
            }
        }
    }

    /// A request that is here already is still answered; nothing else is waited for. `false` if that
    /// was so before.
    fn look_for_the_last_time(&mut self, in_head: bool) -> bool {
        self.wire.look_again();
        let now = Some((self.served, in_head));
        std::mem::replace(&mut self.looked, now) != now
    }

    /// Ends a connection whose next request did not come in time.
    #[cold]
    fn end_late(&mut self, in_head: bool) -> bool {
        if in_head {
            self.give_up_on_head();
        } else if !self.hub.is_draining() {
            self.hub.counters.keep_alive_timeouts.add(1);
        }
        false
    }

    /// Tells the peer that its head took too long.
    #[cold]
    fn give_up_on_head(&mut self) {
        self.hub.counters.head_timeouts.add(1);
        let mut output = Vec::new();
        let is_head = head::asks_for_head(&self.stash);
        encode::refusal(
            &mut output,
            HEAD_TIMEOUT,
            &*self.service,
            &mut Response::new(),
            &self.hub.clock,
            is_head,
        );
        if self.wire.write_all(&output).is_ok() {
            self.hub.counters.bytes_out.add(output.len() as u64);
            self.wire.linger();
        }
    }

    /// Reads and answers until the socket is empty, or the connection ends or streams.
    fn work(&mut self, desk: &mut Desk) -> Result<Step, Interrupt> {
        loop {
            if !desk.input.is_empty() {
                let before = self.served;
                let step = self.answer_all(desk);
                if self.served != before {
                    let count = u64::from(self.served - before);
                    self.hub.counters.requests.add(count);
                }
                let step = step?;
                self.flush(&mut desk.output)?;
                if step != Step::Incomplete {
                    return Ok(step);
                }
            }
            if self.wire.is_drained() {
                if self.wire.has_ended() {
                    // A head that ends here will never be whole.
                    return Ok(Step::Close(Close::Plain));
                }
                return Ok(Step::Incomplete);
            }
            desk.input.reserve(LEAST_READ);
            if let Read::Bytes(count) = self.wire.read(desk.input.space())? {
                desk.input.filled(count);
                self.hub.counters.bytes_in.add(count as u64);
            }
        }
    }

    /// Answers every request that is here whole.
    fn answer_all(&mut self, desk: &mut Desk) -> Result<Step, Interrupt> {
        loop {
            let step = self.step(desk)?;
            if step != Step::Served {
                return Ok(step);
            }
            if desk.input.is_empty() {
                return Ok(Step::Incomplete);
            }
            if desk.output.len() >= HIGH_WATER {
                self.flush(&mut desk.output)?;
            }
        }
    }

    fn flush(&mut self, output: &mut Vec<u8>) -> Result<(), Interrupt> {
        if !output.is_empty() {
            self.wire.write_all(output)?;
            self.hub.counters.bytes_out.add(output.len() as u64);
            output.clear();
        }
        Ok(())
    }

    /// Writes content that follows its head.
    #[cold]
    #[inline(never)]
    fn stream(&mut self) -> Result<(), Interrupt> {
        let Some(streamed) = self.streamed.take() else {
            return Ok(());
        };
        match streamed.payload {
            Payload::Stream(body) => stream::run(&mut self.wire, body, streamed.chunked),
            Payload::File(range) => file::run(&mut self.wire, range),
            Payload::Events(source) => sse::run(&mut self.wire, source, streamed.chunked),
            Payload::Upgrade(upgrade) => {
                upgrade::run(&mut self.wire, upgrade, std::mem::take(&mut self.stash))
            }
            _ => Ok(()),
        }
    }
}

const HEAD_TIMEOUT: Rejection = Rejection::new(
    Status::REQUEST_TIMEOUT,
    "the request's head did not arrive in time",
);
