//! Connections handed over to another protocol (RFC 9110 §7.8).

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::task::Waker;
use std::time::Duration;

use brrtrouter_transport::{Duplex, Payload, Ready, Response, Status, Upgrade, Version};

use super::encode::{self, Connection, Content};
use super::{Exchange, Streamed};
use crate::clock::Moment;
use crate::wire::{Interrupt, Read, Wakeup, Wire};

/// Writes the head of an answer that hands the connection over; nothing if it does not, or must
/// not: HTTP/1.0 has no upgrades, and an answer to `HEAD` no content of any kind.
#[cold]
pub(super) fn write_head(
    wire: &Wire,
    output: &mut Vec<u8>,
    response: &mut Response,
    exchange: &mut Exchange,
) -> Option<Streamed> {
    let allowed = response.status() == Status::SWITCHING_PROTOCOLS
        && matches!(response.payload(), Payload::Upgrade(_))
        && exchange.version == Version::Http11
        && !exchange.is_head;
    if !allowed {
        return None;
    }
    exchange.keep_alive = false;
    let clock = &wire.hub.clock;
    encode::head(output, response, clock, Content::None, Connection::Upgrade);
    Some(Streamed {
        payload: response.take_payload(),
        chunked: false,
    })
}

/// Lets `upgrade` have the connection; `early` is what the peer has sent behind its request.
pub(crate) fn run(
    wire: &mut Wire,
    upgrade: Box<dyn Upgrade>,
    early: Vec<u8>,
) -> Result<(), Interrupt> {
    wire.hub.counters.upgrades.add(1);
    let mut stream = Taken {
        wire,
        here: early,
        start: 0,
        told: false,
    };
    match catch_unwind(AssertUnwindSafe(|| upgrade.run(&mut stream))) {
        Ok(outcome) => outcome.map_err(Interrupt::Failed),
        Err(payload) if payload.is::<generator::Error>() => resume_unwind(payload),
        Err(_) => {
            stream.wire.hub.counters.panics.add(1);
            log::error!("the user of a connection that was handed over panicked");
            Err(Interrupt::Failed(io::Error::other("a panic")))
        }
    }
}

/// A connection in the hands of somebody else.
struct Taken<'w> {
    wire: &'w mut Wire,
    /// What was received and not read: `here[start..]`.
    here: Vec<u8>,
    start: usize,
    /// The drain has been told.
    told: bool,
}

impl Taken<'_> {
    fn is_empty(&self) -> bool {
        self.start == self.here.len()
    }

    /// Takes what the socket has; whether a read would now find bytes or the end.
    fn look(&mut self) -> Result<bool, Interrupt> {
        if !self.is_empty() {
            return Ok(true);
        }
        if self.wire.is_drained() {
            return Ok(self.wire.has_ended());
        }
        let mut space = [0; 2048];
        match self.wire.read(&mut space)? {
            Read::Bytes(count) => {
                self.wire.hub.counters.bytes_in.add(count as u64);
                self.start = 0;
                self.here.clear();
                self.here.extend_from_slice(&space[..count]);
                Ok(true)
            }
            Read::End => Ok(true),
            Read::Empty => Ok(false),
        }
    }
}

impl Duplex for Taken<'_> {
    fn wait(&mut self, time: Duration) -> io::Result<Ready> {
        if self.look()? {
            return Ok(Ready::Readable);
        }
        if self.is_draining() && !self.told {
            self.told = true;
            return Ok(Ready::Draining);
        }
        // Whoever sleeps holds no buffer.
        self.here = Vec::new();
        self.start = 0;
        let deadline = self.wire.after(self.wire.hub.clock.wait(time));
        match self.wire.wait(deadline) {
            Ok(Wakeup::Socket) if self.look()? => Ok(Ready::Readable),
            Err(Interrupt::TimedOut) => Ok(Ready::TimedOut),
            Err(interrupt) => Err(interrupt.into()),
            Ok(_) if self.is_draining() && !self.told => {
                self.told = true;
                Ok(Ready::Draining)
            }
            Ok(_) => Ok(Ready::Woken),
        }
    }

    fn waker(&self) -> Waker {
        self.wire.caller()
    }

    fn is_draining(&self) -> bool {
        self.wire.hub.is_draining()
    }
}

impl io::Read for Taken<'_> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        if space.is_empty() {
            return Ok(0);
        }
        if self.is_empty() {
            let count = self.wire.read_by(space, Moment::NEVER)?;
            self.wire.hub.counters.bytes_in.add(count as u64);
            return Ok(count);
        }
        let here = self.here.get(self.start..).unwrap_or_default();
        let count = here.len().min(space.len());
        space[..count].copy_from_slice(&here[..count]);
        self.start += count;
        Ok(count)
    }
}

impl io::Write for Taken<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.wire.write_all(bytes)?;
        self.wire.hub.counters.bytes_out.add(bytes.len() as u64);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
