//! Where a request ends, and that nothing behind a doubtful end is served.

use crate::probe::Server;

const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

/// Sends a request that must be refused, and what would be served if it were not.
fn refused(server: &Server, request: &str) -> u16 {
    let mut client = server.client();
    let answer = client.ask(format!("{request}{SMUGGLED}"));
    client.expect_closed();
    assert_eq!(answer.field("connection"), Some("close"), "{request:?}");
    answer.status
}

#[test]
fn a_chunked_body_is_not_served_as_a_request() {
    let server = Server::start();
    let mut client = server.client();
    let answer = client.ask(format!(
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{SMUGGLED}\r\n0\r\n\r\n",
        SMUGGLED.len()
    ));
    assert_eq!(answer.status, 411);
    client.expect_closed();
    let head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(refused(&server, head), 411);
    assert_eq!(server.calls(), [""; 0]);
}

#[test]
fn a_chunked_body_that_comes_later_is_not_served_either() {
    let server = Server::start();
    let mut client = server.client();
    let head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(client.ask(head).status, 411);
    client.send(SMUGGLED);
    client.expect_closed();
    assert_eq!(server.calls(), [""; 0]);
}

#[test]
fn a_length_next_to_a_transfer_coding_is_refused() {
    let server = Server::start();
    for fields in [
        "Content-Length: 6\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 6",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding:",
    ] {
        let request = format!("POST /echo HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n0\r\n\r\nX");
        assert_eq!(refused(&server, &request), 400, "{fields:?}");
    }
    assert_eq!(server.calls(), [""; 0]);
}

#[test]
fn lengths_that_are_signed_or_no_number_are_refused_without_a_panic() {
    let server = Server::start();
    for length in [
        "+5", "-5", "a", "5.0", "5 5", "5,5", "0x5", "1_0", "", "5;x",
    ] {
        let request =
            format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\nhello");
        assert_eq!(refused(&server, &request), 400, "{length:?}");
    }
    let huge = "9".repeat(40);
    let request = format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {huge}\r\n\r\nhello");
    assert_eq!(refused(&server, &request), 400);
    assert_eq!(server.calls(), [""; 0]);
    assert_eq!(server.client().get("/").status, 200);
}

#[test]
fn duplicate_lengths_are_refused_equal_or_not() {
    let server = Server::start();
    for (one, two) in [("5", "5"), ("5", "6"), ("0", "40"), ("40", "0")] {
        let request = format!(
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {one}\r\nContent-Length: {two}\r\n\r\nhello"
        );
        assert_eq!(refused(&server, &request), 400, "{one} and {two}");
    }
    assert_eq!(server.calls(), [""; 0]);
}

#[test]
fn a_missing_double_or_malformed_host_is_refused() {
    let server = Server::start();
    for host in [
        "",
        "Host: a\r\nHost: a\r\n",
        "Host: a b\r\n",
        "Host: u@a\r\n",
        "Host:\r\n",
    ] {
        assert_eq!(
            refused(&server, &format!("GET / HTTP/1.1\r\n{host}\r\n")),
            400
        );
    }
    assert_eq!(server.calls(), [""; 0]);
}

#[test]
fn bytes_that_are_no_request_get_an_answer_before_the_connection_closes() {
    let server = Server::start();
    for garbage in [
        "GARBAGE\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
    ] {
        let mut client = server.client();
        let answer = client.ask(garbage);
        assert_eq!(answer.status, 400, "{garbage:?}");
        client.expect_closed();
    }
    assert_eq!(server.calls(), [""; 0]);
}

#[test]
fn garbage_after_an_answered_request_gets_an_answer_too() {
    let server = Server::start();
    let mut client = server.client();
    assert_eq!(client.get("/status?404").status, 404);
    assert_eq!(client.get("/fields?30").status, 200);
    assert_eq!(client.ask("GARBAGE\r\n\r\n").status, 400);
    client.expect_closed();
}

#[test]
fn more_than_sixteen_fields_are_refused() {
    let server = Server::start();
    let with = |count: usize| {
        let fields = "X: y\r\n".repeat(count);
        format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n")
    };
    assert_eq!(server.client().ask(with(15)).status, 200);
    let mut client = server.client();
    assert_eq!(client.ask(with(16)).status, 400);
    client.expect_closed();
}

#[test]
fn targets_and_heads_beyond_the_limits_are_refused() {
    let server = Server::with_limits(|limits| {
        limits.max_target = 100;
        limits.max_head = 1000;
    });
    let target = format!("/{}", "a".repeat(100));
    let request = format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(refused(&server, &request), 414);
    let value = "a".repeat(1000);
    let request = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {value}\r\n\r\n");
    assert_eq!(refused(&server, &request), 431);
    assert_eq!(server.calls(), [""; 0]);
}

#[test]
fn a_body_that_the_service_leaves_is_not_served_as_a_request() {
    let server = Server::start();
    let mut client = server.client();
    assert_eq!(client.post("/ignore", SMUGGLED).status, 200);
    assert_eq!(client.get("/after").status, 200);
    assert_eq!(server.calls(), ["POST /ignore", "GET /after"]);
}

#[test]
fn a_body_too_long_to_be_thrown_away_ends_the_connection() {
    let server = Server::with_limits(|limits| limits.max_unread = 64);
    let mut client = server.client();
    let length = 100 + SMUGGLED.len();
    let padding = "x".repeat(100);
    let answer = client.ask(format!(
        "POST /ignore HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{padding}{SMUGGLED}{SMUGGLED}"
    ));
    assert_eq!(answer.status, 200);
    client.expect_closed();
    assert_eq!(server.calls(), ["POST /ignore"]);
}

#[test]
fn a_body_over_the_limit_is_refused_before_it_is_read() {
    let server = Server::with_limits(|limits| limits.max_body = 10);
    let mut client = server.client();
    assert_eq!(client.post("/echo", "0123456789").text(), "0123456789");
    // Short enough to be thrown away: the connection goes on.
    assert_eq!(client.post("/echo", "0123456789a").status, 413);
    assert_eq!(client.get("/").status, 200);
    // Too long for that.
    let head = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1073741824\r\n\r\nx";
    assert_eq!(client.ask(head).status, 413);
    client.expect_closed();
}

#[test]
fn a_service_may_allow_more_than_the_limit() {
    let server = Server::with_limits(|limits| limits.max_body = 10);
    let body = "0123456789abcdef".repeat(200_000);
    let mut client = server.client();
    assert_eq!(client.post("/echo-more", &body).text(), body);
    assert_eq!(client.get("/").text(), "hello");
}

#[test]
fn a_body_arrives_whole_however_it_is_cut() {
    let server = Server::start();
    let request = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    for at in 1..request.len() {
        let mut client = server.client();
        client.send(&request[..at]);
        assert_eq!(client.ask(&request[at..]).text(), "hello", "cut at {at}");
    }
}

#[test]
fn a_body_cut_short_by_its_sender_is_an_error_of_the_body() {
    let server = Server::start();
    let mut client = server.client();
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
    // The crate drops a request whose sender has closed before it is read.
    while server.calls().is_empty() {
        std::thread::yield_now();
    }
    client.finish_sending();
    assert_eq!(client.answer().status, 400);
    client.expect_closed();
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let server = Server::start();
    let mut client = server.client();
    let mut batch = String::new();
    for number in 0..20 {
        let body = format!("body {number}");
        let length = body.len();
        batch += &format!("GET /status?{} HTTP/1.1\r\nHost: a\r\n\r\n", 400 + number);
        batch +=
            &format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}");
    }
    client.send(batch);
    for number in 0..20 {
        assert_eq!(client.answer().status, 400 + number);
        assert_eq!(client.answer().text(), format!("body {number}"));
    }
}

#[test]
fn a_refusal_within_a_batch_keeps_the_answers_before_it_and_serves_nothing_after_it() {
    let server = Server::start();
    let mut client = server.client();
    let refused = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    client.send(format!(
        "GET /first HTTP/1.1\r\nHost: a\r\n\r\n{refused}{SMUGGLED}{SMUGGLED}"
    ));
    assert_eq!(client.answer().text(), "hello");
    let refusal = client.answer();
    assert_eq!(refusal.status, 411);
    assert_eq!(refusal.field("connection"), Some("close"));
    let rest = String::from_utf8(client.rest()).unwrap();
    assert!(!rest.contains(" 200 "), "{rest}");
    assert_eq!(server.calls(), ["GET /first"]);
}

#[test]
fn a_body_is_asked_for_when_the_service_reads_it() {
    let server = Server::start();
    let mut client = server.client();
    for _ in 0..2 {
        let head =
            "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
        assert_eq!(client.ask(head).status, 100);
        assert_eq!(client.ask("hello").text(), "hello");
    }
}

#[test]
fn a_body_that_is_not_wanted_is_not_asked_for() {
    let server = Server::start();
    let mut client = server.client();
    let head =
        "POST /ignore HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    let answer = client.ask(head);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.field("connection"), Some("close"));
    client.expect_closed();
}

#[test]
fn another_expectation_fails() {
    let server = Server::start();
    let request = "GET / HTTP/1.1\r\nHost: a\r\nExpect: cake\r\n\r\n";
    assert_eq!(refused(&server, request), 417);
}

#[test]
fn the_service_sees_the_head_as_sent_and_the_target_in_origin_form() {
    let server = Server::start();
    let mut client = server.client();
    let seen = client
        .ask(b"GET http://a:80/head HTTP/1.1\r\nhOST: a\r\nX-One:\t 1 \r\nX-One: \xe9\r\n\r\n");
    assert_eq!(seen.text(), r#"hOST=a;X-One=1;X-One=\xe9;Http11 Some(0)"#);
    let seen = client.post("/head", "four");
    assert_eq!(seen.text(), "Host=a;Content-Length=4;Http11 Some(4)");
    assert_eq!(server.calls(), ["GET /head", "POST /head"]);
}

#[test]
fn connect_is_not_served() {
    let server = Server::start();
    let request = "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n";
    assert_eq!(refused(&server, request), 501);
}
