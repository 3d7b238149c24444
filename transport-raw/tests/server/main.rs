//! The server from outside, over real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test needs and does not get fails the test"
)]

mod bodies;
mod client;
mod connections;
mod drain;
mod events;
mod files;
mod framing;
mod grammar;
mod limits;
mod listening;
mod resets;
mod splits;
mod streams;
mod upgrades;

use std::net::SocketAddr;
use std::time::Duration;

use brrtrouter_raw::{Counters, Limits, RawServer};
use brrtrouter_transport::{Drained, Request, Response, ServerHandle, Service, Transport};

use client::Client;

/// A server that is shut down when the test ends, and must then be empty.
pub(crate) struct Running {
    pub(crate) handle: ServerHandle,
    pub(crate) counters: Counters,
}

impl Running {
    pub(crate) fn address(&self) -> SocketAddr {
        self.handle.local_addr()
    }

    pub(crate) fn client(&self) -> Client {
        Client::connect(self.address())
    }

    pub(crate) fn shutdown(&self) -> Drained {
        self.handle.shutdown(Duration::from_secs(10))
    }

    /// Waits until `condition` holds of the counters; there is no other sign of some things.
    #[track_caller]
    pub(crate) fn until(&self, condition: impl Fn(brrtrouter_raw::Snapshot) -> bool) {
        for _ in 0..10_000 {
            if condition(self.counters.snapshot()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        panic!("still {:?}", self.counters.snapshot());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Whatever still runs would compete with the tests that follow.
        self.handle.shutdown(Duration::ZERO);
    }
}

/// A service made of a function.
struct Function<F>(F);

impl<F> Service for Function<F>
where
    F: Fn(&mut Request<'_>, &mut Response) + Send + Sync + 'static,
{
    fn call(&self, request: &mut Request<'_>, response: &mut Response) {
        (self.0)(request, response);
    }
}

pub(crate) fn serve<F>(limits: Limits, service: F) -> Running
where
    F: Fn(&mut Request<'_>, &mut Response) + Send + Sync + 'static,
{
    let server = RawServer::bind("127.0.0.1:0").unwrap().limits(limits);
    let counters = server.counters();
    let handle = server.serve(Function(service)).unwrap();
    Running { handle, counters }
}

/// Answers method, target and body.
pub(crate) fn mirror(request: &mut Request<'_>, response: &mut Response) {
    let mut body = Vec::new();
    if let Err(error) = request.body.read_to_vec(&mut body) {
        answer_body_error(&error, response);
        return;
    }
    let head = format!("{} {} ", request.method, request.target);
    response.buffer().extend_from_slice(head.as_bytes());
    response.buffer().extend_from_slice(&body);
}

pub(crate) fn answer_body_error(error: &brrtrouter_transport::BodyError, response: &mut Response) {
    use brrtrouter_transport::{BodyError, Status};
    response.set_status(match error {
        BodyError::TooLarge { .. } => Status::CONTENT_TOO_LARGE,
        BodyError::Timeout => Status::REQUEST_TIMEOUT,
        _ => Status::BAD_REQUEST,
    });
}
