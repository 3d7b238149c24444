//! Content of requests: read, left unread, broken.

use std::io::Read as _;

use brrtrouter_raw::Limits;

use crate::{answer_body_error, mirror, serve};

#[test]
fn a_body_larger_than_any_buffer_arrives_whole() {
    let server = serve(
        Limits::default().max_body(10_000_000),
        |request, response| {
            let mut sum = 0_u64;
            let mut length = 0_usize;
            let mut piece = [0; 1000];
            loop {
                match request.body.read(&mut piece).unwrap() {
                    0 => break,
                    count => {
                        length += count;
                        sum += piece[..count]
                            .iter()
                            .map(|&byte| u64::from(byte))
                            .sum::<u64>();
                    }
                }
            }
            let text = format!("{length} {sum}");
            response.buffer().extend_from_slice(text.as_bytes());
        },
    );
    let body: Vec<u8> = (0..5_000_000_u32)
        .map(|index| (index % 251) as u8)
        .collect();
    let sum: u64 = body.iter().map(|&byte| u64::from(byte)).sum();
    let expected = format!("5000000 {sum}");
    let mut client = server.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n");
    client.send(&body);
    assert_eq!(client.answer().text(), expected);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for chunk in body.chunks(70_001) {
        client
            .send(format!("{:x}\r\n", chunk.len()))
            .send(chunk)
            .send("\r\n");
    }
    client.send("0\r\n\r\n");
    assert_eq!(client.answer().text(), expected);
}

#[test]
fn bytes_behind_a_body_are_the_next_request() {
    let server = serve(Limits::default(), mirror);
    let mut client = server.client();
    client.send(concat!(
        "POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: v\r\n\r\n",
        "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nf",
        "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n",
    ));
    assert_eq!(client.answer().text(), "POST /1 abcde");
    assert_eq!(client.answer().text(), "POST /2 f");
    assert_eq!(client.answer().text(), "GET /3 ");
}

#[test]
fn a_body_that_nobody_reads_is_never_a_request() {
    let server = serve(Limits::default(), |request, response| {
        response
            .buffer()
            .extend_from_slice(request.target.as_bytes());
    });
    let inner = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut client = server.client();
    client.send(format!(
        "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{inner}",
        inner.len()
    ));
    assert_eq!(client.answer().text(), "/1");
    client.send(format!(
        "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{inner}\r\n0\r\n\r\n",
        inner.len()
    ));
    assert_eq!(client.answer().text(), "/2");
    // One that has not arrived yet is waited for, behind the answer.
    client.send("POST /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
    assert_eq!(client.answer().text(), "/3");
    client.send("x".repeat(1000));
    assert_eq!(client.get("/4").text(), "/4");
}

#[test]
fn a_body_too_long_to_be_dropped_ends_the_connection() {
    let server = serve(Limits::default().max_drain(1000), |_, _| {});
    let mut client = server.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
    assert_eq!(client.answer().field("connection"), Some("close"));
    let mut client = server.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    assert_eq!(client.answer().status, 200);
    client.send(format!("800\r\n{}\r\n", "x".repeat(0x800)));
    client.assert_closed();
}

#[test]
fn a_rejected_client_can_read_the_answer_while_it_is_still_sending() {
    let server = serve(Limits::default().max_body(10), mirror);
    let mut client = server.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n");
    client.send("x".repeat(500_000));
    let answer = client.answer();
    assert_eq!(
        (answer.status, answer.field("connection")),
        (413, Some("close"))
    );
    client.assert_closed();
}

#[test]
fn a_chunked_body_over_the_limit_is_found_out() {
    let server = serve(Limits::default().max_body(10), mirror);
    let mut client = server.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("6\r\nabcdef\r\n6\r\nabcdef\r\n");
    assert_eq!(client.answer().status, 413);
}

#[test]
fn continue_is_sent_when_the_body_is_asked_for() {
    let server = serve(Limits::default(), mirror);
    let mut client = server.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    assert_eq!(client.head().status, 100);
    client.send("hello");
    assert_eq!(client.answer().text(), "POST / hello");
    // A client that does not wait is not told.
    client.send(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
    );
    assert_eq!(client.answer().text(), "POST / hello");
}

#[test]
fn http_1_0_is_never_told_to_continue() {
    let server = serve(Limits::default(), mirror);
    let mut client = server.client();
    client
        .send("POST / HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhe")
        .send("llo");
    assert_eq!(client.answer().text(), "POST / hello");
}

#[test]
fn without_a_reader_there_is_no_continue() {
    let server = serve(Limits::default(), |_, _| {});
    let mut client = server.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    let answer = client.answer();
    assert_eq!(
        (answer.status, answer.field("connection")),
        (200, Some("close"))
    );
    client.assert_closed();
}

#[test]
fn answers_to_earlier_requests_leave_before_a_body_is_waited_for() {
    let server = serve(Limits::default(), mirror);
    let mut client = server.client();
    client.send(concat!(
        "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx",
    ));
    assert_eq!(client.answer().text(), "GET /1 ");
    client.send("y");
    assert_eq!(client.answer().text(), "POST /2 xy");
}

#[test]
fn a_body_that_ends_too_soon_is_an_error() {
    let server = serve(Limits::default(), mirror);
    for start in [
        "Content-Length: 10\r\n\r\nabc",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ] {
        let mut client = server.client();
        client
            .send(format!("POST / HTTP/1.1\r\nHost: a\r\n{start}"))
            .finish_sending();
        assert_eq!(client.answer().status, 400, "{start}");
        client.assert_closed();
    }
}

#[test]
fn an_error_of_a_body_stays_one() {
    let server = serve(Limits::default(), |request, response| {
        let mut body = Vec::new();
        let first = request.body.read_to_vec(&mut body);
        let second = request.body.read_to_vec(&mut body);
        assert!(first.is_err() && second.is_err());
        answer_body_error(&first.unwrap_err(), response);
    });
    let mut client = server.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n");
    assert_eq!(client.answer().status, 400);
    client.assert_closed();
    server.until(|snapshot| snapshot.malformed_bodies == 1);
}
