//! The content of a request as the service reads it, out of the input buffer and then off the wire.

use brrtrouter_transport::{BodyError, BodySource};

use super::chunked::Decoder;
use super::framing::Framing;
use crate::buffer::INPUT;
use crate::limits::Limits;
use crate::wire::{Interrupt, Wire};

/// Reads one body.
///
/// It owns the part of the input buffer behind the head, the answers that have not left yet, and the
/// wire: before it waits for the peer it sends those answers, and `100 Continue` where that is
/// asked for.
pub(crate) struct Reader<'c> {
    pub(crate) wire: &'c mut Wire,
    pub(crate) output: &'c mut Vec<u8>,
    space: &'c mut [u8],
    /// What was received and not used: `space[start..end]`.
    start: usize,
    end: usize,
    left: Left,
    expects_continue: bool,
    /// The connection cannot go on after this body.
    broken: bool,
}

/// What is left of the content.
enum Left {
    /// That many bytes.
    Length(u64),
    Chunks(Decoder),
}

impl<'c> Reader<'c> {
    /// A reader of content framed by `framing`, of which the first `filled` bytes of `space` are
    /// here, along with what follows it.
    pub(crate) fn new(
        wire: &'c mut Wire,
        output: &'c mut Vec<u8>,
        space: &'c mut [u8],
        filled: usize,
        framing: Framing,
        expects_continue: bool,
    ) -> Self {
        let left = match framing {
            Framing::None => Left::Length(0),
            Framing::Length(length) => Left::Length(length),
            Framing::Chunked => Left::Chunks(Decoder::new(&wire.hub.limits)),
        };
        Self {
            wire,
            output,
            space,
            start: 0,
            end: filled,
            left,
            expects_continue,
            broken: false,
        }
    }

    /// What of the space is still to be used, for the next request.
    pub(crate) fn unused(&self) -> (usize, usize) {
        (self.start, self.end)
    }

    /// Whether the connection can go on after the content, once the rest is
    /// [dropped](Self::drop_rest).
    pub(crate) fn can_go_on(&mut self) -> bool {
        if self.broken || (self.expects_continue && !self.is_finished()) {
            return false;
        }
        self.skip_buffered();
        !self.broken && self.announced() <= self.wire.hub.limits.max_drain
    }

    /// Passes over what is here of the content.
    fn skip_buffered(&mut self) {
        while !self.broken && self.advance().is_ok_and(|more| more) {
            self.consume(usize::MAX);
        }
    }

    /// Reads and drops what is left of the content, up to a limit; whether its end was reached.
    pub(crate) fn drop_rest(&mut self) -> bool {
        let mut room = self.wire.hub.limits.max_drain;
        loop {
            match self.fill() {
                Ok(true) => {
                    let count = self.buffered().len();
                    self.consume(count);
                    match room.checked_sub(count as u64) {
                        Some(left) => room = left,
                        None => return false,
                    }
                }
                Ok(false) => return true,
                Err(_) => return false,
            }
        }
    }

    /// Decodes up to the next content that is here; whether there is some.
    fn advance(&mut self) -> Result<bool, BodyError> {
        if let Left::Chunks(decoder) = &mut self.left {
            match decoder.advance(&self.space[self.start..self.end]) {
                Ok(count) => self.start += count,
                Err(malformed) => {
                    self.broken = true;
                    self.wire.hub.counters.malformed_bodies.add(1);
                    return Err(BodyError::Malformed(malformed));
                }
            }
        }
        Ok(!self.buffered().is_empty())
    }

    /// Sends what the peer waits for before it sends more.
    fn send_first(&mut self) -> Result<(), Interrupt> {
        if std::mem::take(&mut self.expects_continue) {
            self.output
                .extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
        }
        if !self.output.is_empty() {
            self.wire.write_all(self.output)?;
            self.wire
                .hub
                .counters
                .bytes_out
                .add(self.output.len() as u64);
            self.output.clear();
        }
        Ok(())
    }

    fn receive(&mut self) -> Result<usize, Interrupt> {
        // Everything before was used, so all of the space is free.
        self.start = 0;
        self.end = 0;
        self.send_first()?;
        let deadline = self.wire.after(self.wire.hub.waits.body);
        let count = self.wire.read_by(self.space, deadline)?;
        self.wire.hub.counters.bytes_in.add(count as u64);
        self.end = count;
        Ok(count)
    }
}

impl BodySource for Reader<'_> {
    fn fill(&mut self) -> Result<bool, BodyError> {
        loop {
            if self.broken {
                return Err(BodyError::Malformed("the body could not be read before"));
            }
            if self.advance()? {
                return Ok(true);
            }
            if self.is_finished() {
                return Ok(false);
            }
            match self.receive() {
                Ok(0) => {
                    self.broken = true;
                    return Err(BodyError::Disconnected);
                }
                Ok(_) => {}
                Err(interrupt) => {
                    self.broken = true;
                    return Err(match interrupt {
                        Interrupt::TimedOut => {
                            self.wire.hub.counters.body_timeouts.add(1);
                            BodyError::Timeout
                        }
                        Interrupt::Aborted => BodyError::Disconnected,
                        Interrupt::Failed(error) => BodyError::Io(error),
                    });
                }
            }
        }
    }

    fn buffered(&self) -> &[u8] {
        let here = &self.space[self.start..self.end];
        match usize::try_from(self.announced()) {
            Ok(content) if content < here.len() => &here[..content],
            _ => here,
        }
    }

    fn consume(&mut self, count: usize) {
        let count = count.min(self.buffered().len());
        self.start += count;
        match &mut self.left {
            Left::Length(left) => *left -= count as u64,
            Left::Chunks(decoder) => decoder.consume(count as u64),
        }
    }

    fn remaining(&self) -> Option<u64> {
        match &self.left {
            Left::Length(left) => Some(*left),
            Left::Chunks(_) => None,
        }
    }

    fn announced(&self) -> u64 {
        match &self.left {
            Left::Length(left) => *left,
            Left::Chunks(decoder) => decoder.data(),
        }
    }

    fn is_finished(&self) -> bool {
        match &self.left {
            Left::Length(left) => *left == 0,
            Left::Chunks(decoder) => decoder.is_finished(),
        }
    }
}

/// How much space a body needs behind the head, so that reading it is no trickle.
pub(crate) const LEAST_SPACE: usize = 4 * 1024;

/// How much space to have for a body framed so, of which nothing is here yet.
pub(crate) fn wanted_space(framing: Framing, limits: &Limits) -> usize {
    match framing {
        Framing::None => 0,
        Framing::Length(length) if length <= limits.max_body => usize::try_from(length)
            .unwrap_or(usize::MAX)
            .clamp(LEAST_SPACE, INPUT / 2),
        _ => LEAST_SPACE,
    }
}
