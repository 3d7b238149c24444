//! A worker that was kept busy does not blame its clients for it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test needs and does not get fails the test"
)]

#[allow(dead_code, reason = "the other tests need more of it")]
#[path = "server/client.rs"]
mod client;

use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use brrtrouter_raw::{Limits, RawServer};
use brrtrouter_transport::{Request, Response, ServerHandle, Service, Status, Transport as _};

use client::Client;

/// How long the content of `/large` is: more than the system holds of it for a reader.
const LARGE: usize = 20_000_000;

/// The deadlines here; a worker is kept busy for several of them.
const SHORT: Duration = Duration::from_millis(150);

/// Lets threads through once it is open.
#[derive(Default)]
struct Gate {
    is_open: Mutex<bool>,
    changed: Condvar,
    inside: Mutex<bool>,
    entered: Condvar,
}

impl Gate {
    /// Blocks the thread until the gate is open.
    fn pass(&self) {
        *self.inside.lock().unwrap() = true;
        self.entered.notify_all();
        let is_open = self.is_open.lock().unwrap();
        drop(self.changed.wait_while(is_open, |open| !*open).unwrap());
    }

    fn open(&self) {
        *self.is_open.lock().unwrap() = true;
        self.changed.notify_all();
    }

    fn until_passing(&self) {
        let inside = self.inside.lock().unwrap();
        drop(self.entered.wait_while(inside, |inside| !*inside).unwrap());
    }
}

/// Both tests block the one worker, and would block each other.
static ALONE: Mutex<()> = Mutex::new(());

struct Function<F>(F);

impl<F> Service for Function<F>
where
    F: Fn(&mut Request<'_>, &mut Response) + Send + Sync + 'static,
{
    fn call(&self, request: &mut Request<'_>, response: &mut Response) {
        (self.0)(request, response);
    }
}

/// A server with one worker, which `/block` keeps busy until the gate is open.
fn serve(gate: &Arc<Gate>, limits: Limits) -> ServerHandle {
    let gate = Arc::clone(gate);
    let server = RawServer::bind("127.0.0.1:0").unwrap();
    let service = move |request: &mut Request<'_>, response: &mut Response| match request.target {
        "/block" => gate.pass(),
        "/large" => response.buffer().resize(LARGE, b'x'),
        target => {
            response.buffer().extend_from_slice(target.as_bytes());
            let mut body = Vec::new();
            match request.body.read_to_vec(&mut body) {
                Ok(()) => response.buffer().extend_from_slice(&body),
                Err(_) => {
                    response.set_status(Status::REQUEST_TIMEOUT);
                }
            }
        }
    };
    server
        .workers(1)
        .limits(limits)
        .serve(Function(service))
        .unwrap()
}

/// Keeps the worker busy from when this returns.
fn block(server: &ServerHandle, gate: &Gate) -> Client {
    let mut client = Client::connect(server.local_addr());
    client.send("GET /block HTTP/1.1\r\nHost: a\r\n\r\n");
    gate.until_passing();
    client
}

#[test]
fn what_came_in_time_is_answered_however_late_the_worker_is() {
    let _alone = ALONE.lock();
    let gate = Arc::new(Gate::default());
    let limits = Limits::default()
        .head_timeout(SHORT)
        .keep_alive(SHORT)
        .body_timeout(SHORT);
    let server = serve(&gate, limits);
    let clients = |count| (0..count).map(|_| Client::connect(server.local_addr()));
    let mut fresh: Vec<Client> = clients(8).collect();
    let mut used: Vec<Client> = clients(8).collect();
    let mut halfway: Vec<Client> = clients(8).collect();
    let mut within: Vec<Client> = clients(8).collect();
    for client in &mut used {
        assert_eq!(client.get("/1").text(), "/1");
    }
    for client in &mut halfway {
        client.send("GET /2 HTTP/1.1\r\nHost:");
    }
    for client in &mut within {
        client.send("POST /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");
    }
    let blocker = block(&server, &gate);
    for client in fresh.iter_mut().chain(&mut used) {
        client.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    for client in &mut halfway {
        client.send(" a\r\n\r\n");
    }
    for client in &mut within {
        client.send("dy");
    }
    // Every deadline passes while nobody looks at a socket.
    thread::sleep(SHORT * 4);
    gate.open();
    for client in fresh.iter_mut().chain(&mut used).chain(&mut halfway) {
        assert_eq!(client.answer().text(), "/2");
    }
    for client in &mut within {
        assert_eq!(client.answer().text(), "/3body");
    }
    drop(blocker);
    assert!(server.shutdown(Duration::from_secs(10)).is_clean());
}

#[test]
fn a_reader_that_took_what_there_was_is_not_too_slow() {
    let _alone = ALONE.lock();
    let gate = Arc::new(Gate::default());
    let server = serve(&gate, Limits::default().write_timeout(SHORT));
    let mut reader = Client::connect(server.local_addr());
    reader.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    let mut answer = reader.head();
    let blocker = block(&server, &gate);
    thread::scope(|scope| {
        let read = scope.spawn(|| {
            reader.content(&mut answer);
            answer.body.len()
        });
        thread::sleep(SHORT * 4);
        gate.open();
        assert_eq!(read.join().unwrap(), LARGE);
    });
    drop(blocker);
    assert!(server.shutdown(Duration::from_secs(10)).is_clean());
}
