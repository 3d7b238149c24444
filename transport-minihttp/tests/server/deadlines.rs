//! Peers that are slow, silent or too many.

use std::thread;
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::probe::Server;

const SHORT: Duration = Duration::from_millis(300);

#[test]
fn a_silent_connection_is_closed() {
    let server = Server::with_limits(|limits| limits.idle = SHORT);
    let mut fresh = server.client();
    let mut used = server.client();
    assert_eq!(used.get("/").status, 200);
    fresh.expect_closed();
    used.expect_closed();
}

#[test]
fn a_head_that_never_ends_is_cut_off_in_time() {
    let server = Server::with_limits(|limits| limits.idle = SHORT);
    let mut client = server.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
    let start = Instant::now();
    while start.elapsed() < SHORT * 20 {
        client.send("x");
        thread::sleep(SHORT / 10);
    }
    // A drip does not prolong the time.
    client.expect_closed();
    assert_eq!(server.calls(), [""; 0]);
}

#[test]
fn a_head_without_end_is_cut_off_in_length() {
    let server = Server::with_limits(|limits| limits.max_head = 10_000);
    let mut client = server.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
    let start = Instant::now();
    let piece = [b'x'; 1000];
    while start.elapsed() < Duration::from_secs(3) {
        client.send(piece);
        thread::sleep(Duration::from_millis(20));
    }
    client.expect_closed();
    assert_eq!(server.calls(), [""; 0]);
}

#[test]
fn a_body_that_stalls_is_an_error_that_can_be_answered() {
    let server = Server::with_limits(|limits| limits.body_idle = SHORT);
    let mut client = server.client();
    let answer = client.ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nhel");
    assert_eq!(answer.status, 408);
    client.expect_closed();
}

#[test]
fn a_body_that_comes_slowly_but_comes_is_read() {
    let limit = Duration::from_secs(1);
    let server = Server::with_limits(|limits| {
        limits.body_idle = limit;
        limits.idle = limit;
    });
    let mut client = server.client();
    client.send("POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\n");
    for _ in 0..30 {
        thread::sleep(limit / 15);
        client.send("x");
    }
    assert_eq!(client.answer().text(), "30");
}

#[test]
fn a_reader_that_is_slow_but_reads_gets_all() {
    const LENGTH: usize = 24_000_000;
    let server = Server::with_limits(|limits| limits.idle = Duration::from_secs(2));
    let mut client = Client::connect_narrow(server.handle.local_addr());
    client.send(format!("GET /big?{LENGTH} HTTP/1.1\r\nHost: a\r\n\r\n"));
    let mut room = vec![0; 16 * 1024];
    let mut total = 0;
    let start = Instant::now();
    while total < LENGTH {
        let count = client.read_some(&mut room);
        assert_ne!(count, 0, "cut off after {total} bytes");
        total += count;
        if start.elapsed() < Duration::from_secs(5) {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

#[test]
fn a_reader_that_reads_nothing_is_cut_off() {
    const LENGTH: usize = 24_000_000;
    let server = Server::with_limits(|limits| limits.idle = SHORT);
    let mut client = Client::connect_narrow(server.handle.local_addr());
    client.send(format!("GET /big?{LENGTH} HTTP/1.1\r\nHost: a\r\n\r\n"));
    let start = Instant::now();
    while client.is_taken() {
        assert!(start.elapsed() < Duration::from_secs(15));
        thread::sleep(SHORT / 10);
    }
    assert!(client.rest().len() < LENGTH);
}

#[test]
fn one_connection_too_many_is_turned_away_and_the_others_live() {
    let server = Server::with_limits(|limits| limits.max_connections = 4);
    let mut clients: Vec<_> = (0..4).map(|_| server.client()).collect();
    for client in &mut clients {
        assert_eq!(client.get("/").status, 200);
    }
    for _ in 0..50 {
        let mut extra = server.client();
        assert_eq!(extra.answer().status, 503);
        extra.expect_closed();
    }
    for client in &mut clients {
        assert_eq!(client.get("/").status, 200);
    }
    drop(clients);
    loop {
        let mut client = server.client();
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        // Room is made when the server has seen that the others are gone.
        if client
            .try_answer_to("GET")
            .is_ok_and(|answer| answer.status == 200)
        {
            break;
        }
    }
}
