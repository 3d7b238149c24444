//! Requests and answers in a row, and when a connection ends.

use brrtrouter_raw::Limits;
use brrtrouter_transport::{Payload, Status, Version};

use crate::{mirror, serve};

#[test]
fn a_connection_carries_many_requests() {
    let server = serve(Limits::default(), mirror);
    let mut client = server.client();
    for round in 0..50 {
        let answer = client.get(&format!("/{round}"));
        assert_eq!(answer.text(), format!("GET /{round} "));
        assert_eq!(answer.field("connection"), None);
        assert!(answer.field("date").unwrap().ends_with(" GMT"));
    }
    server.until(|snapshot| snapshot.requests == 50 && snapshot.accepted == 1);
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let server = serve(Limits::default(), mirror);
    let mut client = server.client();
    let mut batch = String::new();
    for round in 0..300 {
        batch += &format!("GET /{round} HTTP/1.1\r\nHost: a\r\n\r\n");
        batch += &format!("POST /{round} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    }
    client.send(batch);
    for round in 0..300 {
        assert_eq!(client.answer().text(), format!("GET /{round} "));
        assert_eq!(client.answer().text(), format!("POST /{round} abc"));
    }
}

#[test]
fn a_batch_beyond_the_high_water_mark_is_answered_whole() {
    let server = serve(Limits::default(), |_, response| {
        response.buffer().resize(10_000, b'x');
    });
    let mut client = server.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(100));
    for _ in 0..100 {
        assert_eq!(client.answer().body.len(), 10_000);
    }
}

#[test]
fn large_content_leaves_whole_from_wherever_it_is() {
    static LARGE: [u8; 3_000_000] = [b'x'; 3_000_000];
    let server = serve(Limits::default(), |request, response| {
        match request.target {
            "/static" => response.set_payload(Payload::Static(&LARGE)),
            "/bytes" => response.set_payload(Payload::Bytes(vec![b'y'; 3_000_000].into())),
            _ => {
                response.buffer().resize(3_000_000, b'z');
                response
            }
        };
    });
    let mut client = server.client();
    for (target, byte) in [("/static", b'x'), ("/bytes", b'y'), ("/buffer", b'z')] {
        let body = client.get(target).body;
        assert_eq!(body.len(), 3_000_000);
        assert!(body.iter().all(|&other| other == byte), "{target}");
    }
}

#[test]
fn a_client_that_closes_its_side_is_answered() {
    let server = serve(Limits::default(), mirror);
    let mut client = server.client();
    client
        .send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
        .finish_sending();
    assert_eq!(client.answer().text(), "GET /1 ");
    assert_eq!(client.answer().text(), "GET /2 ");
    client.assert_closed();
}

#[test]
fn a_request_that_asks_for_the_close_is_the_last() {
    let server = serve(Limits::default(), mirror);
    let mut client = server.client();
    client.send("GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\n");
    let answer = client.answer();
    assert_eq!(answer.field("connection"), Some("close"));
    client.assert_closed();
    server.until(|snapshot| snapshot.open == 0);
}

#[test]
fn a_service_may_close_the_connection() {
    let server = serve(Limits::default(), |_, response| {
        response.close_connection();
    });
    let mut client = server.client();
    assert_eq!(client.get("/").field("connection"), Some("close"));
    client.assert_closed();
}

#[test]
fn http_1_0_closes_unless_it_asks_not_to() {
    let server = serve(Limits::default(), |request, response| {
        assert_eq!(request.version, Version::Http10);
        mirror(request, response);
    });
    let mut client = server.client();
    client.send("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    let answer = client.answer();
    assert_eq!(answer.field("connection"), Some("keep-alive"));
    client.send("GET /2 HTTP/1.0\r\n\r\n");
    let answer = client.answer();
    assert_eq!(answer.text(), "GET /2 ");
    assert_eq!(answer.field("connection"), Some("close"));
    client.assert_closed();
}

#[test]
fn head_and_contentless_statuses_have_no_content() {
    let server = serve(Limits::default(), |request, response| {
        response.buffer().extend_from_slice(b"content");
        match request.target {
            "/204" => response.set_status(Status::NO_CONTENT),
            "/205" => response.set_status(Status::RESET_CONTENT),
            "/304" => response.set_status(Status::NOT_MODIFIED),
            _ => response,
        };
    });
    let mut client = server.client();
    client.send("HEAD /200 HTTP/1.1\r\nHost: a\r\n\r\n");
    let head = client.head();
    assert_eq!(head.field("content-length"), Some("7"));
    for target in ["/204", "/304"] {
        let answer = client.get(target);
        assert_eq!(answer.field("content-length"), None);
        assert!(answer.body.is_empty());
    }
    // No content too, but that is told as a length.
    let answer = client.get("/205");
    assert_eq!(answer.field("content-length"), Some("0"));
    assert_eq!(client.get("/200").text(), "content");
}

#[test]
fn an_informational_status_never_ends_an_exchange() {
    let server = serve(Limits::default(), |_, response| {
        response.set_status(Status::CONTINUE);
    });
    assert_eq!(server.client().get("/").status, 500);
}

#[test]
fn a_status_without_a_name_is_sent() {
    let server = serve(Limits::default(), |_, response| {
        response.set_status(Status::from_code(599).unwrap());
    });
    assert_eq!(server.client().get("/").status, 599);
}

#[test]
fn a_panic_is_a_bare_500_and_the_connection_lives() {
    let server = serve(Limits::default(), |request, response| {
        response.buffer().extend_from_slice(b"secret");
        assert!(request.target != "/panic", "secret");
    });
    let mut client = server.client();
    client.send("POST /panic HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
    let answer = client.answer();
    assert_eq!((answer.status, answer.body), (500, Vec::new()));
    assert_eq!(client.get("/").status, 200);
    server.until(|snapshot| snapshot.panics == 1 && snapshot.requests == 2);
}

#[test]
fn the_peer_is_known() {
    let server = serve(Limits::default(), |request, response| {
        let peer = request.peer.unwrap().to_string();
        response.buffer().extend_from_slice(peer.as_bytes());
    });
    let mut client = server.client();
    let own = client.stream().local_addr().unwrap().to_string();
    assert_eq!(client.get("/").text(), own);
}

#[test]
fn the_absolute_form_becomes_a_path_and_a_host() {
    let server = serve(Limits::default(), |request, response| {
        let host = request.field("host").unwrap();
        response.buffer().extend_from_slice(host);
        response.buffer().push(b' ');
        mirror(request, response);
    });
    let mut client = server.client();
    for (target, expected) in [
        ("http://b:8080/x?y", "b:8080 GET /x?y "),
        ("http://b?y", "b GET /?y "),
        ("http://b", "b GET / "),
    ] {
        assert_eq!(client.get(target).text(), expected);
    }
}

#[test]
fn a_service_may_wait_for_other_threads() {
    // Who is woken by another thread goes on on any worker, and has to come home to its socket.
    let server = serve(Limits::default(), |request, response| {
        for _ in 0..3 {
            let (sender, receiver) = may::sync::mpsc::channel();
            std::thread::spawn(move || sender.send(()));
            receiver.recv().unwrap();
            request.body.fill().unwrap();
        }
        mirror(request, response);
    });
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for round in 0..25 {
                    let mut client = server.client();
                    let head =
                        format!("POST /{round} HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n");
                    client.send(format!("{head}\r\nbo")).send("dy");
                    assert_eq!(client.answer().text(), format!("POST /{round} body"));
                    client
                        .send(format!("{head}Connection: close\r\n\r\n"))
                        .send("body");
                    assert_eq!(client.answer().text(), format!("POST /{round} body"));
                    client.assert_closed();
                }
            });
        }
    });
    assert!(server.shutdown().is_clean());
}
