//! What happens to a peer that asks for too much or takes too long.

use std::io::Read as _;
use std::time::{Duration, Instant};

use brrtrouter_raw::Limits;

use crate::{mirror, serve};

const SHORT: Duration = Duration::from_millis(200);

#[test]
fn a_slow_head_is_answered_408() {
    let server = serve(Limits::default().head_timeout(SHORT), mirror);
    let mut client = server.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
    let answer = client.answer();
    assert_eq!(
        (answer.status, answer.field("connection")),
        (408, Some("close"))
    );
    client.assert_closed();
    server.until(|snapshot| snapshot.head_timeouts == 1);
}

#[test]
fn a_head_that_drips_is_as_late_as_one_that_stops() {
    let server = serve(Limits::default().head_timeout(SHORT), mirror);
    let mut client = server.client();
    client
        .stream()
        .set_read_timeout(Some(Duration::from_millis(5)))
        .unwrap();
    let start = Instant::now();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n");
    let mut answer = [0; 12];
    loop {
        client.send("X");
        match client.stream().read_exact(&mut answer) {
            Ok(()) => break,
            Err(_) => assert!(start.elapsed() < Duration::from_secs(10), "no end"),
        }
    }
    assert_eq!(&answer, b"HTTP/1.1 408");
}

#[test]
fn empty_lines_buy_no_time() {
    let server = serve(Limits::default().head_timeout(SHORT), mirror);
    let mut client = server.client();
    assert_eq!(client.get("/").status, 200);
    client.send("\r\n");
    // Long before it would have lain idle for too long.
    client.assert_closed();
    let mut client = server.client();
    client.send("\r\n\r\n");
    assert_eq!(client.get("/").status, 200);
}

#[test]
fn a_silent_connection_is_closed_without_a_word() {
    let server = serve(Limits::default().head_timeout(SHORT), mirror);
    server.client().assert_closed();
}

#[test]
fn an_idle_connection_is_closed_without_a_word() {
    let server = serve(Limits::default().keep_alive(SHORT), mirror);
    let mut client = server.client();
    assert_eq!(client.get("/").status, 200);
    client.assert_closed();
    server.until(|snapshot| snapshot.keep_alive_timeouts == 1);
}

#[test]
fn a_slow_body_is_a_timeout_for_its_reader() {
    let server = serve(Limits::default().body_timeout(SHORT), mirror);
    for start in [
        "Content-Length: 10\r\n\r\nabc",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
    ] {
        let mut client = server.client();
        client.send(format!("POST / HTTP/1.1\r\nHost: a\r\n{start}"));
        let answer = client.answer();
        assert_eq!(
            (answer.status, answer.field("connection")),
            (408, Some("close"))
        );
        client.assert_closed();
    }
    server.until(|snapshot| snapshot.body_timeouts == 2);
}

#[test]
fn a_reader_that_does_not_read_is_given_up() {
    let server = serve(Limits::default().write_timeout(SHORT), |_, response| {
        response.buffer().resize(20_000_000, b'x');
    });
    let mut client = server.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    server.until(|snapshot| snapshot.write_timeouts == 1 && snapshot.open == 0);
    // Nor does it help to send in the meantime.
    let mut client = server.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    client.stream().set_nonblocking(true).unwrap();
    server.until(|snapshot| {
        use std::io::Write as _;
        let _ = client.stream().write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        snapshot.write_timeouts == 2 && snapshot.open == 0
    });
}

#[test]
fn a_reader_that_is_slow_gets_everything() {
    let server = serve(Limits::default(), |_, response| {
        response.buffer().resize(20_000_000, b'x');
    });
    let mut client = server.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    // Other connections are served while this one waits.
    assert_eq!(server.client().get("/").body.len(), 20_000_000);
    assert_eq!(client.answer().body.len(), 20_000_000);
}

#[test]
fn heads_over_a_limit_are_refused_and_counted() {
    let server = serve(Limits::default(), mirror);
    let long = "x".repeat(100_000);
    let many = "X: y\r\n".repeat(101);
    for (head, status) in [
        (format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n"), 414),
        (
            format!("GET / HTTP/1.1\r\nHost: a\r\nX: {long}\r\n\r\n"),
            431,
        ),
        (
            format!("GET / HTTP/1.1\r\nHost: a\r\n{long}: x\r\n\r\n"),
            431,
        ),
        (format!("GET / HTTP/1.1\r\n{many}Host: a\r\n\r\n"), 431),
    ] {
        let mut client = server.client();
        client.send(head);
        assert_eq!(client.answer().status, status);
        client.assert_closed();
    }
    server.until(|snapshot| snapshot.oversized_heads == 4);
}

#[test]
fn a_head_up_to_the_limits_is_served() {
    let server = serve(Limits::default(), mirror);
    let mut client = server.client();
    let target = format!("/{}", "t".repeat(8 * 1024 - 1));
    let line = format!("X: {}\r\n", "v".repeat(7_000));
    let head = format!("GET {target} HTTP/1.1\r\nHost: a\r\n{}\r\n", line.repeat(3));
    assert!(head.len() > 28_000 && head.len() < 32 * 1024);
    for _ in 0..3 {
        client.send(&head);
        assert_eq!(client.answer().status, 200);
    }
    // With a body behind it, there has to be room for that too.
    let head = head
        .replacen("GET", "POST", 1)
        .replacen("Host", "Content-Length: 20000\r\nHost", 1);
    client.send(head).send("b".repeat(20_000));
    assert_eq!(client.answer().body.len(), 5 + target.len() + 1 + 20_000);
}

#[test]
fn the_last_request_of_a_connection_is_told_so() {
    let server = serve(Limits::default().max_requests(3), mirror);
    let mut client = server.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(5));
    assert_eq!(client.answer().field("connection"), None);
    assert_eq!(client.answer().field("connection"), None);
    assert_eq!(client.answer().field("connection"), Some("close"));
    client.assert_closed();
}

#[test]
fn connections_over_the_cap_are_answered_503() {
    let server = serve(Limits::default().max_connections(2), mirror);
    let mut first = server.client();
    let mut second = server.client();
    assert_eq!(first.get("/").status, 200);
    assert_eq!(second.get("/").status, 200);
    let mut third = server.client();
    third.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let answer = third.answer();
    assert_eq!(
        (answer.status, answer.field("connection")),
        (503, Some("close"))
    );
    third.assert_closed();
    drop(first);
    server.until(|snapshot| snapshot.open == 1 && snapshot.rejected_full == 1);
    assert_eq!(server.client().get("/").status, 200);
}

#[test]
fn a_malformed_request_behind_a_good_one_is_refused_alone() {
    let server = serve(Limits::default(), mirror);
    let mut client = server.client();
    client.send(
        "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGARBAGE\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n",
    );
    assert_eq!(client.answer().text(), "GET /1 ");
    assert_eq!(client.answer().status, 400);
    client.assert_closed();
    server.until(|snapshot| snapshot.malformed_heads == 1 && snapshot.requests == 1);
}

#[test]
fn a_refused_head_request_gets_no_content() {
    let server = serve(Limits::default(), mirror);
    let mut client = server.client();
    client.send("HEAD / HTTP/1.1\r\n\r\n");
    let answer = client.head();
    assert_eq!(answer.status, 400);
    client.assert_closed();
}

#[test]
fn connections_of_one_address_over_its_cap_are_answered_503() {
    let server = serve(
        Limits::default().max_connections_per_address(Some(1)),
        mirror,
    );
    let mut first = server.client();
    assert_eq!(first.get("/").status, 200);
    assert_eq!(server.client().answer().status, 503);
    drop(first);
    server.until(|snapshot| snapshot.open == 0 && snapshot.rejected_address == 1);
    assert_eq!(server.client().get("/").status, 200);
}
