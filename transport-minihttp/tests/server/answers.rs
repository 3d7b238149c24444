//! What answers look like on the wire.

use std::time::Duration;

use brrtrouter_minihttp::STACK_SIZE;

use crate::probe::Server;

#[test]
fn an_answer_to_head_has_no_content() {
    let server = Server::start();
    let mut client = server.client();
    for target in ["/", "/big?100000", "/static"] {
        client.send(format!("HEAD {target} HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert_eq!(client.answer_to("HEAD").status, 200);
        // Any byte of content would stand before the next status line.
        assert_eq!(client.get("/").text(), "hello");
    }
}

#[test]
fn the_last_answer_to_head_tells_the_length() {
    let server = Server::start();
    let mut client = server.client();
    client.send("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let answer = client.answer_to("HEAD");
    assert_eq!(answer.field("content-length"), Some("5"));
    client.expect_closed();
}

#[test]
fn statuses_without_content_have_none() {
    let server = Server::start();
    let mut client = server.client();
    for status in [204, 304] {
        assert_eq!(client.get(&format!("/status?{status}")).status, status);
        assert_eq!(client.get("/").text(), "hello");
    }
    let answer = client.ask("GET /status?204 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_eq!(answer.field("content-length"), None);
    client.expect_closed();
}

#[test]
fn every_status_has_its_line() {
    let server = Server::start();
    let mut client = server.client();
    for status in [200, 201, 299, 308, 404, 418, 422, 500, 599] {
        let answer = client.get(&format!("/status?{status}"));
        assert_eq!(answer.status, status);
        assert_eq!(answer.text(), "content");
        assert!(answer.field("date").unwrap().ends_with(" GMT"));
    }
}

#[test]
fn a_line_end_in_a_field_does_not_make_another_field() {
    let server = Server::start();
    let mut client = server.client();
    let answer = client.get("/field?/x%0d%0aset-cookie:%20a=b");
    assert_eq!(answer.status, 400);
    assert_eq!(answer.field("set-cookie"), None);
    assert_eq!(answer.field("location"), None);
    let answer = client.get("/field?/x");
    assert_eq!(answer.field("location"), Some("/x"));
}

#[test]
fn more_response_fields_than_the_crate_has_room_for_arrive_in_order() {
    let server = Server::start();
    let mut client = server.client();
    for count in [0, 1, 15, 16, 17, 300, 2] {
        let answer = client.get(&format!("/fields?{count}"));
        let seen: Vec<&str> = answer
            .head
            .lines()
            .filter(|line| line.starts_with("x-"))
            .collect();
        let expected: Vec<String> = (0..count).map(|at| format!("x-{at}: {at}")).collect();
        assert_eq!(seen, expected);
    }
}

#[test]
fn fields_of_pipelined_answers_are_not_mixed_up() {
    let server = Server::start();
    let mut client = server.client();
    let long = "l".repeat(2000);
    let mut batch = String::new();
    for at in 0..8 {
        let value = if at % 2 == 0 { &long } else { "short" };
        batch += &format!("GET /field?{at}-{value} HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    client.send(batch);
    for at in 0..8 {
        let value = if at % 2 == 0 { &long } else { "short" };
        let expected = format!("{at}-{value}");
        assert_eq!(client.answer().field("location"), Some(&*expected));
    }
}

#[test]
fn a_panic_is_a_bare_500_and_the_connection_lives() {
    let server = Server::start();
    let mut client = server.client();
    for _ in 0..3 {
        let answer = client.post("/panic", "with a body");
        assert_eq!(answer.status, 500);
        assert_eq!(answer.text(), "");
        assert!(!answer.head.contains("secret"));
        assert_eq!(client.get("/").status, 200);
    }
}

#[test]
fn a_cancelled_coroutine_ends_and_the_server_lives() {
    let server = Server::start();
    let mut client = server.client();
    client.send("GET /cancel HTTP/1.1\r\nHost: a\r\n\r\n");
    client.expect_closed();
    assert_eq!(server.client().get("/").status, 200);
}

#[test]
fn a_stream_that_was_not_announced_is_a_500() {
    let server = Server::start();
    let mut client = server.client();
    assert_eq!(client.get("/stream").status, 500);
    assert_eq!(client.get("/").status, 200);
}

#[test]
fn content_need_not_be_text() {
    let server = Server::start();
    assert_eq!(server.client().get("/static").body, b"\xff\xfe static");
}

#[test]
fn connection_close_is_honoured() {
    let server = Server::start();
    for request in [
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET /close HTTP/1.1\r\nHost: a\r\n\r\n",
    ] {
        let mut client = server.client();
        let answer = client.ask(request);
        assert_eq!(answer.field("connection"), Some("close"), "{request:?}");
        assert!(answer.field("date").unwrap().ends_with(" GMT"));
        client.expect_closed();
    }
}

#[test]
fn nothing_is_served_after_connection_close() {
    let server = Server::start();
    let mut client = server.client();
    client.send(
        "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n\
         GET /after HTTP/1.1\r\nHost: a\r\n\r\n",
    );
    assert_eq!(client.answer().status, 200);
    client.expect_closed();
    assert_eq!(server.calls(), ["GET /last"]);
}

#[test]
fn http_1_0_may_keep_the_connection() {
    let server = Server::start();
    let mut client = server.client();
    for _ in 0..2 {
        let answer = client.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        assert_eq!(answer.field("connection"), Some("keep-alive"));
    }
}

#[test]
fn a_long_last_answer_arrives_whole() {
    const LENGTH: usize = 24_000_000;
    let server = Server::start();
    let mut client = server.client();
    let answer = client.ask(format!(
        "GET /big?{LENGTH} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    ));
    assert_eq!(answer.body.len(), LENGTH);
    assert!((0..LENGTH).all(|at| answer.body[at] == at as u8));
    client.expect_closed();
}

#[test]
fn a_long_last_answer_within_a_batch_arrives_whole() {
    const LENGTH: usize = 8_000_000;
    let server = Server::start();
    let mut client = server.client();
    client.send(format!(
        "GET /big?{LENGTH} HTTP/1.1\r\nHost: a\r\n\r\n\
         GET /big?{LENGTH} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    ));
    for _ in 0..2 {
        let answer = client.answer();
        assert_eq!(answer.body.len(), LENGTH);
        assert!((0..LENGTH).all(|at| answer.body[at] == at as u8));
    }
    client.expect_closed();
}

#[test]
fn our_own_writes_do_not_overtake_an_answer_that_is_on_its_way() {
    // The long answer does not fit into the socket's buffers, so the crate still holds a part of it
    // when the next request wants `100 Continue`.
    const LENGTH: usize = 24_000_000;
    let server = Server::start();
    let mut client = server.client();
    client.send(format!("GET /big?{LENGTH} HTTP/1.1\r\nHost: a\r\n\r\n"));
    client.send(
        "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
    );
    let answer = client.answer();
    assert!((0..LENGTH).all(|at| answer.body[at] == at as u8));
    let mut next = client.answer();
    if next.status == 100 {
        next = client.answer();
    }
    assert_eq!(next.text(), "hello");
}

#[test]
fn the_service_knows_the_peer() {
    let server = Server::start();
    let mut client = server.client();
    let address = client.local_addr().to_string();
    assert_eq!(client.get("/peer").text(), address);
}

#[test]
fn a_service_has_the_promised_stack() {
    let server = Server::start();
    // What is left is for the crate and us, and for one more frame.
    let share = STACK_SIZE / 8 * 7;
    let answer = server.client().get(&format!("/deep?{share}"));
    assert!(answer.text().parse::<usize>().unwrap() >= share);
}

#[test]
fn many_connections_are_served_at_once() {
    let server = Server::start();
    let mut clients: Vec<_> = (0..200).map(|_| server.client()).collect();
    for round in 0..5 {
        for client in &mut clients {
            client.send(format!(
                "GET /status?{} HTTP/1.1\r\nHost: a\r\n\r\n",
                400 + round
            ));
        }
        for client in &mut clients {
            assert_eq!(client.answer().status, 400 + round);
        }
    }
    drop(clients);
    assert!(server.handle.shutdown(Duration::from_secs(10)).is_clean());
}

#[test]
fn files_are_sent_up_to_a_limit() {
    let server = Server::start();
    let mut client = server.client();
    for length in [0, 10, 100_000, 1024 * 1024] {
        let expected: Vec<u8> = (0..length).map(|at| at as u8).collect();
        assert!(client.get(&format!("/file?{length}")).body == expected);
    }
    client.send("HEAD /file?100000 HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(client.answer_to("HEAD").status, 200);
    // Too long, and shorter than it should be.
    for length in [1024 * 1024 + 2, 1001] {
        let answer = client.get(&format!("/file?{length}"));
        assert_eq!((answer.status, answer.body.len()), (500, 0));
    }
    assert_eq!(client.get("/").text(), "hello");
}
