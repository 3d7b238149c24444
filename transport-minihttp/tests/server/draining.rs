//! Stopping, with and without requests in flight.

use std::net::TcpStream;
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Duration;

use crate::probe::{Probe, Server};

const LONG: Duration = Duration::from_secs(15);

/// A server whose `/wait` says when it is called and answers when it is told to.
fn waiting_server(address: &str) -> (Server, mpsc::Receiver<()>, may::sync::mpsc::Sender<()>) {
    let (arrived, arrival) = mpsc::channel();
    let (go, gate) = may::sync::mpsc::channel();
    let probe = Probe {
        arrived: Mutex::new(Some(arrived)),
        gate: Mutex::new(Some(gate)),
        ..Probe::default()
    };
    (Server::at(address, probe, |_| {}), arrival, go)
}

#[test]
fn idle_connections_are_closed_by_a_drain() {
    let server = Server::start();
    let mut fresh = server.client();
    let mut used = server.client();
    assert_eq!(used.get("/").status, 200);
    assert!(server.handle.shutdown(LONG).is_clean());
    fresh.expect_closed();
    used.expect_closed();
}

#[test]
fn nobody_can_connect_after_a_drain_began() {
    let server = Server::at("127.0.0.3:0", Probe::default(), |_| {});
    let address = server.handle.local_addr();
    assert!(server.handle.shutdown(LONG).is_clean());
    assert!(TcpStream::connect(address).is_err());
    assert!(server.handle.shutdown(LONG).is_clean());
}

#[test]
fn a_request_in_flight_is_answered_before_its_connection_closes() {
    let (server, arrival, go) = waiting_server("127.0.0.2:0");
    let mut client = server.client();
    client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    arrival.recv().unwrap();
    thread::scope(|scope| {
        let drained = scope.spawn(|| server.handle.shutdown(LONG));
        // The listener closes before the drain waits for anything.
        while TcpStream::connect(server.handle.local_addr()).is_ok() {
            thread::yield_now();
        }
        go.send(()).unwrap();
        let answer = client.answer();
        assert_eq!(answer.text(), "waited");
        assert_eq!(answer.field("connection"), Some("close"));
        client.expect_closed();
        assert!(drained.join().unwrap().is_clean());
    });
}

#[test]
fn what_is_not_done_by_the_deadline_is_cut_and_counted() {
    let (server, arrival, go) = waiting_server("127.0.0.1:0");
    let mut client = server.client();
    client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    arrival.recv().unwrap();
    let drained = server.handle.shutdown(Duration::from_millis(50));
    assert_eq!(drained.aborted, 1);
    client.expect_closed();
    go.send(()).unwrap();
    assert!(server.handle.shutdown(LONG).is_clean());
}

#[test]
fn a_long_answer_is_finished_by_a_drain() {
    const LENGTH: usize = 24_000_000;
    let server = Server::at("127.0.0.4:0", Probe::default(), |_| {});
    let mut client = server.client();
    client.send(format!("GET /big?{LENGTH} HTTP/1.1\r\nHost: a\r\n\r\n"));
    let mut first = [0; 1];
    assert_eq!(client.read_some(&mut first), 1);
    thread::scope(|scope| {
        let drained = scope.spawn(|| server.handle.shutdown(LONG));
        while TcpStream::connect(server.handle.local_addr()).is_ok() {
            thread::yield_now();
        }
        let rest = client.rest();
        let head = rest.windows(4).position(|end| end == b"\r\n\r\n").unwrap();
        assert_eq!(rest.len() - head - 4, LENGTH);
        assert!(drained.join().unwrap().is_clean());
    });
}

#[test]
fn requests_under_a_drain_are_answered_whole_or_not_at_all() {
    let server = Server::start();
    let address = server.handle.local_addr();
    thread::scope(|scope| {
        let (ready, all_ready) = mpsc::channel();
        let clients: Vec<_> = (0..8)
            .map(|_| {
                let ready = ready.clone();
                let mut client = crate::client::Client::connect(address);
                scope.spawn(move || {
                    for round in 0.. {
                        client.send("GET /big?20000 HTTP/1.1\r\nHost: a\r\n\r\n");
                        let Ok(answer) = client.try_answer_to("GET") else {
                            return round;
                        };
                        assert_eq!(answer.body.len(), 20_000);
                        if round == 20 {
                            ready.send(()).unwrap();
                        }
                        if answer.field("connection") == Some("close") {
                            client.expect_closed();
                            return round;
                        }
                    }
                    0
                })
            })
            .collect();
        for _ in 0..8 {
            all_ready.recv().unwrap();
        }
        assert!(server.handle.shutdown(LONG).is_clean());
        for client in clients {
            assert!(client.join().unwrap() >= 20);
        }
    });
}
