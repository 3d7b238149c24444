//! Server-sent events.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::Duration;

use brrtrouter_raw::Limits;
use brrtrouter_transport::{EncodedEvent, Event, EventSource, HeaderLine, Payload, Response};

use crate::{Running, serve};

const EVENT_STREAM: HeaderLine = HeaderLine::from_static("content-type: text/event-stream\r\n");

/// A queue with one reader.
#[derive(Clone, Default)]
struct Queue(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    events: VecDeque<EncodedEvent>,
    ended: bool,
    waker: Option<Waker>,
    dropped: bool,
    /// How often the reader found nothing.
    waits: usize,
}

impl Queue {
    fn change(&self, change: impl FnOnce(&mut State)) {
        let waker = {
            let mut state = self.0.lock().unwrap();
            change(&mut state);
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn push(&self, data: &str) {
        let event = Event::new(data).encode();
        self.change(|state| state.events.push_back(event));
    }

    fn until(&self, condition: impl Fn(&State) -> bool) {
        for _ in 0..10_000 {
            if condition(&self.0.lock().unwrap()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        panic!("it never came to that");
    }
}

struct Reader(Queue);

impl EventSource for Reader {
    fn poll_next(&mut self, waker: &Waker) -> Poll<Option<EncodedEvent>> {
        let mut state = self.0.0.lock().unwrap();
        match state.events.pop_front() {
            Some(event) => Poll::Ready(Some(event)),
            None if state.ended => Poll::Ready(None),
            None => {
                state.waits += 1;
                state.waker = Some(waker.clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.0.change(|state| state.dropped = true);
    }
}

fn answer(queue: &Queue, response: &mut Response) {
    response.headers_mut().push_line(&EVENT_STREAM);
    response.set_payload(Payload::Events(Box::new(Reader(queue.clone()))));
}

fn serve_queue(limits: Limits) -> (Running, Queue) {
    let queue = Queue::default();
    let served = queue.clone();
    let server = serve(limits, move |_, response| answer(&served, response));
    (server, queue)
}

#[test]
fn the_head_leaves_before_the_first_event() {
    let (server, queue) = serve_queue(Limits::default());
    let mut client = server.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let head = client.head();
    assert_eq!(head.field("content-type"), Some("text/event-stream"));
    assert_eq!(head.field("transfer-encoding"), Some("chunked"));
    queue.push("one");
    assert_eq!(client.chunk(), b"data: one\n\n");
    queue.push("two\nlines");
    assert_eq!(client.chunk(), b"data: two\ndata: lines\n\n");
}

#[test]
fn each_event_is_one_chunk() {
    let (server, queue) = serve_queue(Limits::default());
    for number in 0..1000 {
        queue.push(&number.to_string());
    }
    let mut client = server.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    client.head();
    for number in 0..1000 {
        assert_eq!(client.chunk(), format!("data: {number}\n\n").as_bytes());
    }
}

#[test]
fn the_end_of_the_source_is_the_last_chunk_and_the_connection_lives() {
    let (server, queue) = serve_queue(Limits::default());
    let mut client = server.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    client.head();
    queue.change(|state| state.ended = true);
    assert_eq!(client.chunk(), b"");
    assert_eq!(client.get("/").body, b"");
}

#[test]
fn silence_is_broken_by_comments() {
    let (server, queue) = serve_queue(Limits::default().heartbeat(Duration::from_millis(50)));
    let mut client = server.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    client.head();
    for _ in 0..3 {
        assert_eq!(client.chunk(), b":\n\n");
    }
    queue.push("one");
    while client.chunk() != b"data: one\n\n" {}
}

#[test]
fn a_client_that_leaves_is_noticed_at_once() {
    let (server, queue) = serve_queue(Limits::default());
    let mut client = server.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    client.head();
    drop(client);
    queue.until(|state| state.dropped);
    server.until(|snapshot| snapshot.open == 0);
}

#[test]
fn a_client_that_stops_reading_is_cut_off() {
    let (server, queue) = serve_queue(Limits::default().write_timeout(Duration::from_millis(200)));
    let mut client = server.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    client.head();
    let large = "x".repeat(1_000_000);
    for _ in 0..50 {
        queue.push(&large);
    }
    queue.until(|state| state.dropped);
    server.until(|snapshot| snapshot.write_timeouts == 1 && snapshot.open == 0);
}

#[test]
fn http_1_0_gets_bare_events() {
    let (server, queue) = serve_queue(Limits::default());
    let mut client = server.client();
    client.send("GET / HTTP/1.0\r\n\r\n");
    client.head();
    queue.push("one");
    assert_eq!(client.until("\n\n"), b"data: one\n\n");
    queue.change(|state| state.ended = true);
    client.assert_closed();
}

#[test]
fn a_drain_ends_streams_with_the_last_chunk() {
    let (server, queue) = serve_queue(Limits::default());
    let mut client = server.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    client.head();
    queue.until(|state| state.waits > 0);
    queue.push("one");
    assert!(server.shutdown().is_clean());
    assert_eq!(client.chunk(), b"data: one\n\n");
    assert_eq!(client.chunk(), b"");
    client.assert_closed();
}

#[test]
fn a_source_that_panics_ends_its_connection_only() {
    struct Panics;
    impl EventSource for Panics {
        fn poll_next(&mut self, _: &Waker) -> Poll<Option<EncodedEvent>> {
            panic!("no events here")
        }
    }
    let server = serve(Limits::default(), |request, response| {
        if request.target == "/panic" {
            response.set_payload(Payload::Events(Box::new(Panics)));
        }
    });
    let mut client = server.client();
    client.send("GET /panic HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(client.head().status, 200);
    client.assert_closed();
    assert_eq!(server.client().get("/").status, 200);
}

#[test]
fn a_source_without_a_pause_starves_nobody() {
    struct Endless;
    impl EventSource for Endless {
        fn poll_next(&mut self, _: &Waker) -> Poll<Option<EncodedEvent>> {
            Poll::Ready(Some(Event::new("x").encode()))
        }
    }
    let server = serve(Limits::default(), |request, response| {
        if request.target == "/endless" {
            response.set_payload(Payload::Events(Box::new(Endless)));
        }
    });
    let mut streams: Vec<_> = (0..8)
        .map(|_| {
            let mut client = server.client();
            client.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
            client.head();
            std::thread::spawn(move || client.rest().len())
        })
        .collect();
    for _ in 0..20 {
        assert_eq!(server.client().get("/").status, 200);
    }
    assert!(server.shutdown().is_clean());
    for stream in streams.drain(..) {
        assert!(stream.join().unwrap() > 0);
    }
}
