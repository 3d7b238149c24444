//! One request: its head, the call of the service, and what its answer means for the connection.

use std::any::Any;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use brrtrouter_transport::body::BufferedBody;
use brrtrouter_transport::{
    Body, BodySource as _, Field, Payload, Request, Response, Service, Status,
};

use super::{Close, Connection, Step};
use crate::buffer::Desk;
use crate::clock::Moment;
use crate::counters::Totals;
use crate::request::Rejection;
use crate::request::body::{Reader, wanted_space};
use crate::request::framing::Framing;
use crate::request::head::{self, Head};
use crate::request::plain;
use crate::request::target::Path;
use crate::response::{self, Exchange, encode};
use crate::wire::Interrupt;

impl<S: Service> Connection<S> {
    /// Answers the next request.
    pub(super) fn step(&mut self, desk: &mut Desk) -> Result<Step, Interrupt> {
        if !head::starts_well(desk.input.bytes()) {
            let empty = head::empty_lines(desk.input.bytes());
            desk.input.consume(empty);
            if head::starts_badly(desk.input.bytes()) {
                let reason = "a request does not start with a method";
                return Ok(self.refuse(desk, Rejection::bad(reason)));
            }
            if desk.input.is_empty() {
                // A head begins with the empty lines before it, so that these buy no time.
                return Ok(self.wait_for_the_rest(0));
            }
        }
        if self.partial > 0 && !is_worth_parsing(desk.input.bytes(), self.partial) {
            return Ok(Step::Incomplete);
        }
        desk.renew();
        let mut fields = desk.fields.lend();
        let (bytes, limits) = (desk.input.bytes(), &self.hub.limits);
        let head = match plain::parse(bytes, limits, &mut fields, &mut desk.memory) {
            Some(head) => head,
            None => {
                fields.clear();
                match head::parse_any(bytes, limits, &mut fields, &mut desk.memory) {
                    Ok(Some(head)) => head,
                    Ok(None) => {
                        desk.fields.give_back(fields);
                        return Ok(self.wait_for_the_rest(desk.input.bytes().len()));
                    }
                    Err(rejection) => {
                        desk.fields.give_back(fields);
                        return Ok(self.refuse(desk, rejection));
                    }
                }
            }
        };
        self.partial = 0;
        self.head_deadline = Moment::NEVER;
        self.served += 1;
        let Some(content) = content_here(&head, desk.input.bytes()) else {
            let (length, framing) = (head.length, head.terms.framing);
            desk.fields.give_back(fields);
            return self.answer_with_body(desk, length, framing);
        };
        let length = head.length + content.len();
        let mut source = BufferedBody::new(content);
        let max_body = self.hub.limits.max_body;
        let body = Body::new(&mut source, max_body);
        call(
            &*self.service,
            request(&head, &mut desk.target, &fields, body, self.peer),
            &mut desk.response,
            &self.hub.counters,
        );
        let mut exchange = self.exchange(&head);
        let peer_goes_on = head.terms.keep_alive;
        response::write(
            &mut self.wire,
            &mut desk.output,
            &mut desk.response,
            &mut exchange,
            &mut self.streamed,
        )?;
        desk.fields.give_back(fields);
        desk.input.consume(length);
        Ok(self.conclude(exchange, peer_goes_on))
    }

    /// Answers the request whose head takes the first `length` bytes of the input and is followed by
    /// content that is not here whole, or is to be decoded.
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
        let parsed = head::parse_any(bytes, &self.hub.limits, &mut fields, &mut desk.memory);
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
        let body = Body::new(&mut reader, max_body);
        call(
            &*self.service,
            request(&head, &mut desk.target, &fields, body, self.peer),
            &mut desk.response,
            &self.hub.counters,
        );
        let peer_goes_on = head.terms.keep_alive;
        let can_go_on = reader.can_go_on();
        exchange.keep_alive &= can_go_on;
        let whole = reader.is_finished();
        if !whole && let Payload::Upgrade(_) = desk.response.payload() {
            // What follows the request would be taken for the other protocol.
            if !can_go_on || !reader.drop_rest() {
                log::error!("a service hands a connection over within a body");
                desk.response.reset();
                desk.response.set_status(Status::INTERNAL_SERVER_ERROR);
                exchange.keep_alive = false;
            }
        } else if !whole && desk.response.content().is_none() {
            // The rest of the body cannot be dropped before a stream of any length.
            exchange.keep_alive = false;
        }
        response::write(
            reader.wire,
            reader.output,
            &mut desk.response,
            &mut exchange,
            &mut self.streamed,
        )?;
        if exchange.keep_alive && !whole && !reader.drop_rest() {
            exchange.keep_alive = false;
        }
        let (from, to) = reader.unused();
        desk.fields.give_back(fields);
        desk.input.join(length, from, to);
        Ok(self.conclude(exchange, peer_goes_on || !whole))
    }

    /// Notes that a head is not whole with so many bytes.
    #[cold]
    fn wait_for_the_rest(&mut self, here: usize) -> Step {
        self.partial = here;
        if self.head_deadline == Moment::NEVER {
            self.head_deadline = self.wire.after(self.hub.waits.head);
        }
        Step::Incomplete
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
    #[inline]
    fn conclude(&mut self, exchange: Exchange, peer_goes_on: bool) -> Step {
        if self.streamed.is_some() {
            return Step::Stream {
                keep_alive: exchange.keep_alive,
            };
        }
        if exchange.keep_alive {
            Step::Served
        } else if !peer_goes_on && self.wire.is_drained() {
            Step::Close(Close::Plain)
        } else {
            Step::Close(Close::Linger)
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
        desk.renew();
        encode::refusal(
            &mut desk.output,
            rejection,
            &*self.service,
            &mut desk.response,
            &self.hub.clock,
            is_head,
        );
        desk.input.clear();
        Step::Close(Close::Linger)
    }
}

/// The content behind `head`, where it stands in `bytes` as it is and whole; none is so too.
#[inline]
fn content_here<'b>(head: &Head<'_>, bytes: &'b [u8]) -> Option<&'b [u8]> {
    match head.terms.framing {
        Framing::None => Some(&[]),
        Framing::Length(length) => {
            let rest = bytes.get(head.length..)?;
            rest.get(..usize::try_from(length).ok()?)
        }
        Framing::Chunked => None,
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

/// What the service is asked.
#[inline(always)]
fn request<'r>(
    head: &Head<'r>,
    target: &'r mut String,
    fields: &'r [Field<'r>],
    body: Body<'r>,
    peer: Option<SocketAddr>,
) -> Request<'r> {
    let mut request = Request::new(head.method, origin_form(head.path, target), fields, body);
    request.peer = peer;
    request.version = head.version;
    request
}

/// Lets the service answer. A panic becomes a bare 500, but for the one with which May cancels a
/// coroutine.
#[inline(always)]
fn call<S: Service>(
    service: &S,
    mut request: Request<'_>,
    response: &mut Response,
    counters: &Totals,
) {
    let outcome = catch_unwind(AssertUnwindSafe(|| service.call(&mut request, response)));
    if let Err(payload) = outcome {
        recover(payload, &request, response, counters);
    }
}

#[cold]
#[inline(never)]
fn recover(
    payload: Box<dyn Any + Send>,
    request: &Request<'_>,
    response: &mut Response,
    counters: &Totals,
) {
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
