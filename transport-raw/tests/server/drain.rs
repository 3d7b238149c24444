//! Ending a server.

use std::net::TcpStream;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use brrtrouter_raw::Limits;

use crate::{Client, mirror, serve};

#[test]
fn idle_connections_are_closed_at_once() {
    let server = serve(Limits::default(), mirror);
    let mut used = server.client();
    assert_eq!(used.get("/").status, 200);
    let mut unused = server.client();
    server.until(|snapshot| snapshot.open == 2);
    let start = Instant::now();
    assert!(server.shutdown().is_clean());
    assert!(start.elapsed() < Duration::from_secs(5));
    used.assert_closed();
    unused.assert_closed();
    assert_eq!(server.counters.snapshot().open, 0);
    assert!(TcpStream::connect(server.address()).is_err());
}

#[test]
fn a_request_in_flight_is_finished_and_told_that_it_is_the_last() {
    let (entered, has_entered) = mpsc::channel();
    let (go, may_go) = may::sync::mpsc::channel();
    let may_go = std::sync::Mutex::new(Some(may_go));
    let server = serve(Limits::default(), move |_, response| {
        entered.send(()).unwrap();
        let may_go = may_go.lock().unwrap().take().unwrap();
        may_go.recv().unwrap();
        response.buffer().extend_from_slice(b"done");
    });
    let mut client = server.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    has_entered.recv().unwrap();
    std::thread::scope(|scope| {
        let drain = scope.spawn(|| server.shutdown());
        // The listener is gone before the request is.
        while TcpStream::connect(server.address()).is_ok() {}
        go.send(()).unwrap();
        let answer = client.answer();
        assert_eq!(answer.text(), "done");
        assert_eq!(answer.field("connection"), Some("close"));
        assert!(drain.join().unwrap().is_clean());
    });
}

#[test]
fn a_request_that_has_begun_is_finished() {
    let server = serve(Limits::default(), mirror);
    let mut client = server.client();
    client.send("GET / HTTP/1.1\r\nHost:");
    server.until(|snapshot| snapshot.bytes_in > 0);
    std::thread::scope(|scope| {
        let drain = scope.spawn(|| server.shutdown());
        while TcpStream::connect(server.address()).is_ok() {}
        client.send(" a\r\n\r\n");
        assert_eq!(client.answer().field("connection"), Some("close"));
        assert!(drain.join().unwrap().is_clean());
    });
}

#[test]
fn what_does_not_end_by_the_deadline_is_aborted_and_counted() {
    let (entered, has_entered) = mpsc::channel();
    let (_go, may_go) = may::sync::mpsc::channel::<()>();
    let may_go = std::sync::Mutex::new(Some(may_go));
    let server = serve(Limits::default(), move |_, _| {
        entered.send(()).unwrap();
        let may_go = may_go.lock().unwrap().take().unwrap();
        let _ = may_go.recv();
    });
    let mut stuck = server.client();
    stuck.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let mut half = server.client();
    half.send("POST / HTTP/1.1\r\nHost:");
    has_entered.recv().unwrap();
    server.until(|snapshot| snapshot.open == 2 && snapshot.bytes_in > 26);
    let drained = server.handle.shutdown(Duration::from_millis(50));
    assert_eq!(drained.aborted, 2);
    stuck.assert_closed();
    half.assert_closed();
}

#[test]
fn every_accepted_request_is_answered_under_load() {
    for _ in 0..5 {
        let server = serve(Limits::default(), mirror);
        let address = server.address();
        let clients: Vec<_> = (0..4)
            .map(|_| {
                std::thread::spawn(move || {
                    // A new connection for every request, so that none is idle when it is closed.
                    let mut answered = 0;
                    while let Ok(stream) = TcpStream::connect(address) {
                        drop(stream);
                        let Some(mut client) = Client::try_connect(address) else {
                            break;
                        };
                        match client.try_get("/") {
                            Some(answer) => assert_eq!(answer.text(), "GET / "),
                            None => break,
                        }
                        answered += 1;
                    }
                    answered
                })
            })
            .collect();
        server.until(|snapshot| snapshot.requests > 50);
        assert!(server.shutdown().is_clean());
        let answered: u64 = clients
            .into_iter()
            .map(|client| client.join().unwrap())
            .sum();
        // Whatever the service saw, its client got.
        assert_eq!(server.counters.snapshot().requests, answered);
    }
}

#[test]
fn draining_twice_is_draining_once() {
    let server = serve(Limits::default(), mirror);
    assert!(server.shutdown().is_clean());
    assert!(server.shutdown().is_clean());
}
