//! A worker that was kept busy does not blame its clients for it: what came before anybody looked came
//! in time.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use brrtrouter_transport::{Request, Response, Service};

use super::Connection;
use crate::clock::Moment;
use crate::hub::Hub;
use crate::limits::Limits;
use crate::spawn::spawn;
use crate::wire::{Interrupt, Read, Wire};

/// Answers every request with its target.
struct Targets;

impl Service for Targets {
    fn call(&self, request: &mut Request<'_>, response: &mut Response) {
        response
            .buffer()
            .extend_from_slice(request.target.as_bytes());
    }
}

fn hub() -> Arc<Hub> {
    let hub = Arc::new(Hub::new(Limits::default().clamped(), Arc::default()));
    // Nobody else advances this clock; it has to have moved for there to be a past.
    while hub.clock.now() <= Moment::LONG_AGO {
        hub.clock.advance();
    }
    hub
}

/// Both ends of a connection; the first belongs to the client.
fn ends() -> (UnixStream, UnixStream) {
    let (client, server) = UnixStream::pair().unwrap();
    server.set_nonblocking(true).unwrap();
    (client, server)
}

/// Runs `work` on a coroutine.
fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    spawn(0, 512 * 1024, move || {
        let _ = sender.send(work());
    })
    .unwrap();
    receiver.recv_timeout(Duration::from_secs(60)).unwrap()
}

fn wire(server: UnixStream, hub: Arc<Hub>) -> Wire {
    let mut wire = Wire::new(server.into(), hub).unwrap();
    wire.settle();
    wire
}

#[test]
fn a_head_that_came_in_time_is_answered_however_late_the_worker_is() {
    for (before, after) in [
        ("", "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("GET /a HTTP/1.1\r\nHo", "st: a\r\n\r\n"),
    ] {
        let (mut client, server) = ends();
        client.write_all(before.as_bytes()).unwrap();
        let mut other_end = client.try_clone().unwrap();
        run(move || {
            let hub = hub();
            let presence = hub.enter_connection(None);
            let mut connection =
                Connection::new(Arc::new(Targets), server.into(), None, hub, presence).unwrap();
            connection.wire.settle();
            // As if it had read what there was, and had slept since.
            let mut space = [0; 100];
            if !before.is_empty() {
                let read = connection.wire.read(&mut space).unwrap();
                assert_eq!(read, Read::Bytes(before.len()));
                connection.stash.extend_from_slice(before.as_bytes());
            } else {
                assert_eq!(connection.wire.read(&mut space).unwrap(), Read::Empty);
            }
            connection.head_deadline = Moment::LONG_AGO;
            other_end.write_all(after.as_bytes()).unwrap();
            other_end.shutdown(Shutdown::Write).unwrap();
            connection.run();
        });
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n/a"), "{answer}");
    }
}

#[test]
fn bytes_that_came_in_time_are_read_after_the_deadline() {
    let (mut client, server) = ends();
    run(move || {
        let mut wire = wire(server, hub());
        let mut space = [0; 100];
        assert_eq!(wire.read(&mut space).unwrap(), Read::Empty);
        client.write_all(b"body").unwrap();
        assert_eq!(wire.read_by(&mut space, Moment::LONG_AGO).unwrap(), 4);
        let outcome = wire.read_by(&mut space, Moment::LONG_AGO);
        assert!(matches!(outcome, Err(Interrupt::TimedOut)), "{outcome:?}");
    });
}

#[test]
fn room_that_a_reader_made_in_time_is_used_after_the_deadline() {
    let (_client, server) = ends();
    run(move || {
        let hub = hub();
        let mut wire = wire(server, Arc::clone(&hub));
        let mut deadline = Some(hub.clock.now());
        wire.wait_to_write(&mut deadline).unwrap();
        // Only once: whoever has made no room by then has made none in time.
        let outcome = wire.wait_to_write(&mut deadline);
        assert!(matches!(outcome, Err(Interrupt::TimedOut)), "{outcome:?}");
    });
}
