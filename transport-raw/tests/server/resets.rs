//! A peer that resets its connection, in every phase of it: the server notices, lets go of the
//! connection and all that belongs to it, and serves everybody else.

use std::io::Write;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::Duration;

use brrtrouter_raw::Limits;
use brrtrouter_transport::{EncodedEvent, Event, EventSource, Payload, Response, StreamBody};

use crate::client::Client;
use crate::{Running, mirror, serve};

/// Says that it is dropped.
struct Told(Sender<&'static str>, &'static str);

impl Drop for Told {
    fn drop(&mut self) {
        let _ = self.0.send(self.1);
    }
}

/// Events without end, one for each time it is asked; or one, and then none.
struct Ticks {
    told: Told,
    left: u32,
}

impl EventSource for Ticks {
    fn poll_next(&mut self, _: &Waker) -> Poll<Option<EncodedEvent>> {
        let _ = &self.told;
        if self.left == 0 {
            return Poll::Pending;
        }
        self.left -= 1;
        Poll::Ready(Some(Event::new("x".repeat(1_000)).encode()))
    }
}

/// A stream without end.
struct Endless(Told);

impl StreamBody for Endless {
    fn write_to(self: Box<Self>, out: &mut dyn Write) -> std::io::Result<()> {
        let _ = &self.0;
        loop {
            out.write_all(&[b'x'; 10_000])?;
        }
    }
}

/// A server of long answers, and what it says of their ends.
fn server() -> (Running, Receiver<&'static str>) {
    let (sender, ends) = channel();
    let sender = Mutex::new(sender);
    let server = serve(Limits::default(), move |request, response| {
        let told = |what| Told(sender.lock().unwrap().clone(), what);
        match request.target {
            "/large" => response.buffer().resize(20_000_000, b'x'),
            "/stream" => {
                response.set_payload(Payload::Stream(Box::new(Endless(told("stream")))));
            }
            "/ticks" => events(response, told("ticks"), u32::MAX),
            "/quiet" => events(response, told("quiet"), 1),
            _ => mirror(request, response),
        }
    });
    (server, ends)
}

fn events(response: &mut Response, told: Told, left: u32) {
    response.set_payload(Payload::Events(Box::new(Ticks { told, left })));
}

/// Nothing is left of the connections, and the server is well.
#[track_caller]
fn assert_unharmed(server: &Running) {
    server.until(|snapshot| snapshot.open == 0);
    assert_eq!(server.client().get("/after").text(), "GET /after ");
    assert_eq!(server.counters.snapshot().panics, 0);
}

/// Sends `bytes`, waits until the server has read so many, and resets the connection.
fn reset_after(server: &Running, bytes: &str) {
    let before = server.counters.snapshot().bytes_in;
    let mut client = server.client();
    client.send(bytes);
    server.until(|snapshot| snapshot.bytes_in >= before + bytes.len() as u64);
    client.reset();
}

#[test]
fn before_the_first_byte_and_between_requests() {
    let (server, _) = server();
    for _ in 0..20 {
        let client = server.client();
        server.until(|snapshot| snapshot.open == 1);
        client.reset();
        server.until(|snapshot| snapshot.open == 0);
        let mut client = server.client();
        assert_eq!(client.get("/").status, 200);
        client.reset();
        server.until(|snapshot| snapshot.open == 0);
    }
    assert_unharmed(&server);
}

#[test]
fn in_the_head_wherever_it_ends() {
    let (server, _) = server();
    let head = "GET /1 HTTP/1.1\r\nHost: a\r\nX: y\r\n";
    for end in 1..head.len() {
        reset_after(&server, &head[..end]);
    }
    assert_unharmed(&server);
}

#[test]
fn in_the_body_wherever_it_ends() {
    let (server, _) = server();
    let post = "POST /1 HTTP/1.1\r\nHost: a\r\n";
    let plain = format!("{post}Content-Length: 9\r\n\r\n12345678");
    let chunked = format!("{post}Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nX: y\r\n");
    for whole in [plain, chunked] {
        let head = whole.find("\r\n\r\n").unwrap() + 4;
        for end in head..whole.len() {
            reset_after(&server, &whole[..end]);
        }
    }
    assert_unharmed(&server);
}

#[test]
fn while_the_service_works() {
    let (entered, has_entered) = channel();
    let (go, may_go) = may::sync::mpmc::channel::<()>();
    let entered = Mutex::new(entered);
    let server = serve(Limits::default(), move |request, response| {
        if request.target == "/wait" {
            entered.lock().unwrap().send(()).unwrap();
            may_go.recv().unwrap();
        }
        response.buffer().resize(100_000, b'x');
    });
    for round in 0..10 {
        let mut client = server.client();
        client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
        if round % 2 == 0 {
            // And another request behind it, which nobody will read.
            client.send("GET /behind HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        has_entered.recv().unwrap();
        client.reset();
        go.send(()).unwrap();
    }
    server.until(|snapshot| snapshot.open == 0);
    assert_eq!(server.client().get("/after").body.len(), 100_000);
    assert_eq!(server.counters.snapshot().panics, 0);
}

#[test]
fn in_a_large_answer() {
    let (server, _) = server();
    for wait in [false, true] {
        let mut client = server.client();
        client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
        if wait {
            client.head();
        }
        client.reset();
    }
    assert_unharmed(&server);
}

#[test]
fn in_a_stream_which_is_dropped() {
    let (server, ends) = server();
    for target in ["/stream", "/ticks", "/quiet"] {
        let mut client = server.client();
        client.send(format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert_eq!(client.head().status, 200);
        assert!(!client.chunk().is_empty());
        client.reset();
        let end = ends.recv_timeout(Duration::from_secs(20)).unwrap();
        assert_eq!(format!("/{end}"), target);
    }
    assert_unharmed(&server);
}

#[test]
fn in_a_drain_which_ends_all_the_same() {
    let (entered, has_entered) = channel();
    let (go, may_go) = may::sync::mpmc::channel::<()>();
    let entered = Mutex::new(entered);
    let server = Arc::new(serve(Limits::default(), move |_, _| {
        entered.lock().unwrap().send(()).unwrap();
        may_go.recv().unwrap();
    }));
    let mut busy = server.client();
    busy.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    has_entered.recv().unwrap();
    let mut half = server.client();
    half.send("GET / HTTP/1.1\r\nHo");
    server.until(|snapshot| snapshot.open == 2 && snapshot.bytes_in > 40);
    let draining = Arc::clone(&server);
    let drain = std::thread::spawn(move || draining.shutdown());
    // The listener is gone once the drain has begun.
    while Client::try_connect(server.address()).is_some() {}
    half.reset();
    busy.reset();
    go.send(()).unwrap();
    assert!(drain.join().unwrap().is_clean());
    assert_eq!(server.counters.snapshot().open, 0);
}
