//! One connection, from its first byte to its close.
//!
//! A connection works in batches: it reads once, answers every request that is there whole, sends
//! all answers in one write, and sleeps. While it sleeps it holds no buffers.

use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::Duration;

use brrtrouter_transport::{Body, BodySource as _, Payload, Request, Response, Service, Status};

use brrtrouter_transport::body::BufferedBody;

use crate::buffer::{self, Desk};
use crate::clock::Moment;
use crate::counters::Totals;
use crate::hub::{Hub, Presence};
use crate::request::Rejection;
use crate::request::body::{Reader, wanted_space};
use crate::request::framing::Framing;
use crate::request::head::{self, Head};
use crate::request::target::Path;
use crate::response::{self, Exchange, Streamed, Written, encode, sse, stream};
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
    partial: Option<usize>,
    /// When the next head has to be whole; the moment of the first byte decides.
    head_deadline: Option<Moment>,
    /// The server drains, and this connection ends when its socket is found empty.
    last_look: bool,
    /// After the wire, so that nobody believes the connection gone before its socket is.
    _presence: Presence,
}

/// How a step through the input ended.
enum Step {
    /// A request was answered.
    Served,
    /// There is no whole head.
    Incomplete,
    /// The connection comes to an end after the output.
    Close(Close),
    /// The output, then this content; whether the connection goes on after it.
    Stream(Streamed, bool),
}

/// How to close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Close {
    /// The peer will send no more.
    Plain,
    /// The peer may still be sending.
    Linger,
}

/// What to do after a batch.
enum Next {
    Wait,
    Close(Close),
    Stream(Streamed, bool),
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
            head_deadline: Some(wire.after(wire.hub.limits.head_timeout)),
            service,
            wire,
            hub,
            peer,
            served: 0,
            stash: Vec::new(),
            partial: None,
            last_look: false,
            _presence: presence,
        })
    }

    /// Serves until the connection ends.
    pub(crate) fn run(mut self) {
        loop {
            if self.wire.is_drained() && !self.sleep() {
                return;
            }
            let mut desk = buffer::take();
            if !self.stash.is_empty() {
                desk.input.restore(&self.stash);
                self.stash.clear();
            }
            let next = self.work(&mut desk);
            self.stash.extend_from_slice(desk.input.bytes());
            buffer::give(desk);
            let close = match next {
                Ok(Next::Wait) => continue,
                Ok(Next::Stream(streamed, keep_alive)) => match self.stream(streamed) {
                    Ok(()) if keep_alive && !self.wire.is_hung_up() => {
                        // Whatever came in the meantime has not been looked at.
                        self.wire.look_again();
                        continue;
                    }
                    Ok(()) => Close::Linger,
                    Err(_) => Close::Plain,
                },
                Ok(Next::Close(close)) => close,
                Err(_) => Close::Plain,
            };
            if close == Close::Linger {
                self.wire.linger();
            }
            return;
        }
    }

    /// Sleeps until there is something to read; `false` if the connection has to end instead.
    fn sleep(&mut self) -> bool {
        let in_head = !self.stash.is_empty();
        let mut deadline = match self.head_deadline {
            Some(deadline) => deadline,
            None => self.wire.after(self.hub.limits.keep_alive),
        };
        let mut grace = None;
        loop {
            if self.hub.is_draining() && !in_head {
                if self.last_look {
                    return false;
                }
                if self.served > 0 {
                    return self.look_for_the_last_time();
                }
                let grace = *grace.get_or_insert_with(|| self.wire.after(DRAIN_GRACE));
                deadline = deadline.min(grace);
            }
            if in_head && self.hub.clock.now() >= deadline {
                // Every byte is a wake-up, so a slow head ends here.
                self.give_up_on_head();
                return false;
            }
            match self.wire.wait(deadline) {
                Ok(Wakeup::Socket) => return true,
                Ok(Wakeup::Call) => {}
                Err(Interrupt::TimedOut) if in_head => {}
                Err(Interrupt::TimedOut) if self.hub.is_draining() => {
                    return self.look_for_the_last_time();
                }
                Err(Interrupt::TimedOut) => {
                    self.hub.counters.keep_alive_timeouts.add(1);
                    return false;
                }
                Err(_) => return false,
            }
        }
    }

    /// A request that is here already is still answered; nothing else is waited for.
    fn look_for_the_last_time(&mut self) -> bool {
        self.last_look = true;
        self.wire.look_again();
        true
    }

    /// Tells the peer that its head took too long.
    #[cold]
    fn give_up_on_head(&mut self) {
        self.hub.counters.head_timeouts.add(1);
        let mut output = Vec::new();
        let is_head = head::asks_for_head(&self.stash);
        encode::refusal(&mut output, HEAD_TIMEOUT, &self.hub.clock, is_head);
        if self.wire.write_all(&output).is_ok() {
            self.hub.counters.bytes_out.add(output.len() as u64);
            self.wire.linger();
        }
    }

    /// Reads and answers until the socket is empty.
    fn work(&mut self, desk: &mut Desk) -> Result<Next, Interrupt> {
        loop {
            let before = self.served;
            let end = self.answer_all(desk);
            self.wire
                .hub
                .counters
                .requests
                .add(u64::from(self.served - before));
            let end = end?;
            self.flush(&mut desk.output)?;
            if let Some(next) = end {
                return Ok(next);
            }
            if self.wire.has_ended() {
                // A head that ends here will never be whole.
                return Ok(Next::Close(Close::Plain));
            }
            if self.wire.is_drained() {
                return Ok(Next::Wait);
            }
            desk.input.reserve(LEAST_READ);
            if let Read::Bytes(count) = self.wire.read(desk.input.space())? {
                desk.input.filled(count);
                self.hub.counters.bytes_in.add(count as u64);
            }
        }
    }

    /// Answers every request that is here whole.
    fn answer_all(&mut self, desk: &mut Desk) -> Result<Option<Next>, Interrupt> {
        loop {
            match self.step(desk)? {
                Step::Served => {
                    if desk.output.len() >= HIGH_WATER {
                        self.flush(&mut desk.output)?;
                    }
                }
                Step::Incomplete => return Ok(None),
                Step::Close(close) => return Ok(Some(Next::Close(close))),
                Step::Stream(streamed, keep_alive) => {
                    return Ok(Some(Next::Stream(streamed, keep_alive)));
                }
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

    /// Answers the next request.
    fn step(&mut self, desk: &mut Desk) -> Result<Step, Interrupt> {
        if desk.input.bytes().starts_with(b"\r") {
            let empty = head::empty_lines(desk.input.bytes());
            desk.input.consume(empty);
        }
        if desk.input.is_empty() {
            if self.served > 0 {
                self.head_deadline = None;
            }
            return Ok(Step::Incomplete);
        }
        if let Some(seen) = self.partial
            && !is_worth_parsing(desk.input.bytes(), seen)
        {
            return Ok(Step::Incomplete);
        }
        if head::starts_badly(desk.input.bytes()) {
            return Ok(self.refuse(
                desk,
                Rejection::bad("a request does not start with a method"),
            ));
        }
        let mut fields = desk.fields.lend();
        let parsed = head::parse(desk.input.bytes(), &self.hub.limits, &mut fields);
        let head = match parsed {
            Ok(Some(head)) => head,
            Ok(None) => {
                desk.fields.give_back(fields);
                self.partial = Some(desk.input.bytes().len());
                let timeout = self.hub.limits.head_timeout;
                let deadline = self.wire.after(timeout);
                self.head_deadline.get_or_insert(deadline);
                return Ok(Step::Incomplete);
            }
            Err(rejection) => {
                desk.fields.give_back(fields);
                return Ok(self.refuse(desk, rejection));
            }
        };
        self.partial = None;
        self.head_deadline = None;
        self.served += 1;
        if head.terms.framing != Framing::None {
            let (length, framing) = (head.length, head.terms.framing);
            desk.fields.give_back(fields);
            return self.answer_with_body(desk, length, framing);
        }
        let mut source = BufferedBody::default();
        let max_body = self.hub.limits.max_body;
        let mut request = Request::new(
            head.method,
            origin_form(head.path, &mut desk.target),
            &fields,
            Body::new(&mut source, max_body),
        )
        .with_peer(self.peer)
        .with_version(head.version);
        call(
            &*self.service,
            &mut request,
            &mut desk.response,
            &self.hub.counters,
        );
        let mut exchange = self.exchange(&head);
        let (length, peer_goes_on) = (head.length, head.terms.keep_alive);
        let written = response::write(
            &mut self.wire,
            &mut desk.output,
            &mut desk.response,
            &mut exchange,
        )?;
        desk.fields.give_back(fields);
        desk.input.consume(length);
        desk.response.reset();
        Ok(self.conclude(written, exchange, peer_goes_on))
    }

    /// Answers the request whose head takes the first `length` bytes of the input and is followed by
    /// content.
    fn answer_with_body(
        &mut self,
        desk: &mut Desk,
        length: usize,
        framing: Framing,
    ) -> Result<Step, Interrupt> {
        let here = desk.input.bytes().len() - length;
        let wanted = wanted_space(framing, &self.hub.limits);
        desk.input.reserve(wanted.saturating_sub(here));
        let (bytes, space, filled) = desk.input.split(length);
        let mut fields = desk.fields.lend();
        // The same bytes give the same head; it is read again since the buffer has been split.
        let parsed = head::parse(bytes, &self.hub.limits, &mut fields);
        let Ok(Some(head)) = parsed else {
            return Ok(Step::Close(Close::Plain));
        };
        let mut exchange = self.exchange(&head);
        let mut reader = Reader::new(
            &mut self.wire,
            &mut desk.output,
            space,
            filled,
            framing,
            head.terms.expects_continue,
        );
        let max_body = reader.wire.hub.limits.max_body;
        let mut request = Request::new(
            head.method,
            origin_form(head.path, &mut desk.target),
            &fields,
            Body::new(&mut reader, max_body),
        )
        .with_peer(self.peer)
        .with_version(head.version);
        call(
            &*self.service,
            &mut request,
            &mut desk.response,
            &self.hub.counters,
        );
        let peer_goes_on = head.terms.keep_alive;
        exchange.keep_alive &= reader.can_go_on();
        let whole = reader.is_finished();
        if !whole && desk.response.content().is_none() {
            // The rest of the body cannot be dropped before a stream of any length.
            exchange.keep_alive = false;
        }
        let written = response::write(
            reader.wire,
            reader.output,
            &mut desk.response,
            &mut exchange,
        )?;
        if exchange.keep_alive && !whole && !reader.drop_rest() {
            exchange.keep_alive = false;
        }
        let (from, to) = reader.unused();
        desk.fields.give_back(fields);
        desk.input.join(length, from, to);
        desk.response.reset();
        Ok(self.conclude(written, exchange, peer_goes_on || !whole))
    }

    fn exchange(&self, head: &Head<'_>) -> Exchange {
        Exchange {
            is_head: head.method == "HEAD",
            version: head.version,
            keep_alive: head.terms.keep_alive
                && self.served < self.hub.limits.max_requests
                && !self.hub.is_draining(),
        }
    }

    /// What follows an answer; `peer_goes_on` unless the peer has said that it sends nothing more.
    fn conclude(&self, written: Written, exchange: Exchange, peer_goes_on: bool) -> Step {
        match written {
            Written::Streamed(streamed) => Step::Stream(streamed, exchange.keep_alive),
            Written::Whole if exchange.keep_alive => Step::Served,
            Written::Whole if !peer_goes_on && self.wire.is_drained() => Step::Close(Close::Plain),
            Written::Whole => Step::Close(Close::Linger),
        }
    }

    #[cold]
    fn refuse(&mut self, desk: &mut Desk, rejection: Rejection) -> Step {
        let counters = &self.hub.counters;
        match rejection.status {
            Status::BAD_REQUEST => &counters.malformed_heads,
            Status::URI_TOO_LONG | Status::REQUEST_HEADER_FIELDS_TOO_LARGE => {
                &counters.oversized_heads
            }
            _ => &counters.unsupported_heads,
        }
        .add(1);
        let is_head = head::asks_for_head(desk.input.bytes());
        encode::refusal(&mut desk.output, rejection, &self.hub.clock, is_head);
        desk.input.clear();
        Step::Close(Close::Linger)
    }

    /// Writes content that follows its head.
    fn stream(&mut self, streamed: Streamed) -> Result<(), Interrupt> {
        match streamed.payload {
            Payload::Stream(body) => stream::run(&mut self.wire, body, streamed.chunked),
            Payload::Events(source) => sse::run(&mut self.wire, source, streamed.chunked),
            _ => Ok(()),
        }
    }
}

/// Whether a head that was not whole when `seen` bytes were here may be by now, or may have become
/// wrong: a line has ended, or there is twice as much. So the work is in proportion to the bytes, even
/// if they come one by one.
fn is_worth_parsing(bytes: &[u8], seen: usize) -> bool {
    bytes.len() >= 2 * seen || bytes.get(seen..).is_some_and(|new| new.contains(&b'\n'))
}

/// The target as a path with a query; in `target`, where it was not sent as one.
fn origin_form<'t>(path: Path<'t>, target: &'t mut String) -> &'t str {
    match path {
        Path::Sent(path) => path,
        Path::QueryOnly(query) => {
            target.clear();
            target.push('/');
            target.push_str(query);
            target
        }
    }
}

/// Lets the service answer. A panic becomes a bare 500, but for the one with which May cancels a
/// coroutine.
fn call<S: Service>(
    service: &S,
    request: &mut Request<'_>,
    response: &mut Response,
    counters: &Totals,
) {
    let outcome = catch_unwind(AssertUnwindSafe(|| service.call(request, response)));
    if let Err(payload) = outcome {
        if payload.is::<generator::Error>() {
            resume_unwind(payload);
        }
        counters.panics.add(1);
        log::error!(
            "a service panicked at {} {}",
            request.method,
            request.target
        );
        response.reset();
        response.set_status(Status::INTERNAL_SERVER_ERROR);
    }
}

const HEAD_TIMEOUT: Rejection = Rejection::new(
    Status::REQUEST_TIMEOUT,
    "the request's head did not arrive in time",
);
