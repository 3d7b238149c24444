//! Content of unknown length.

use std::io;
use std::sync::mpsc;
use std::time::Duration;

use brrtrouter_raw::Limits;
use brrtrouter_transport::{Payload, Response};

use crate::{mirror, serve};

fn stream(
    response: &mut Response,
    write: impl FnOnce(&mut dyn io::Write) -> io::Result<()> + Send + 'static,
) {
    response.set_payload(Payload::Stream(Box::new(write)));
}

#[test]
fn every_write_is_a_chunk_and_the_connection_lives() {
    let server = serve(Limits::default(), |request, response| {
        if request.target != "/stream" {
            return mirror(request, response);
        }
        stream(response, |out| {
            out.write_all(b"one")?;
            out.write_all(b"")?;
            out.write_all(b"three")?;
            out.flush()
        });
    });
    let mut client = server.client();
    client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n");
    let head = client.head();
    assert_eq!(head.field("transfer-encoding"), Some("chunked"));
    assert_eq!(head.field("content-length"), None);
    assert_eq!(client.chunk(), b"one");
    assert_eq!(client.chunk(), b"three");
    assert_eq!(client.chunk(), b"");
    assert_eq!(client.answer().text(), "GET /next ");
    assert_eq!(client.get("/later").text(), "GET /later ");
}

#[test]
fn http_1_0_gets_bare_bytes_up_to_the_close() {
    let server = serve(Limits::default(), |_, response| {
        stream(response, |out| {
            out.write_all(b"one")?;
            out.write_all(b"two")
        });
    });
    let mut client = server.client();
    client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    let answer = client.answer();
    assert_eq!(answer.field("transfer-encoding"), None);
    assert_eq!(answer.field("connection"), Some("close"));
    assert_eq!(answer.text(), "onetwo");
}

#[test]
fn head_of_a_stream_has_no_content() {
    let server = serve(Limits::default(), |_, response| {
        stream(response, |out| out.write_all(b"one"));
    });
    let mut client = server.client();
    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(client.head().status, 200);
    assert_eq!(client.get("/").text(), "one");
}

#[test]
fn a_stream_that_fails_has_no_proper_end() {
    let server = serve(Limits::default(), |request, response| {
        let panics = request.target == "/panic";
        stream(response, move |out| {
            out.write_all(b"one")?;
            assert!(!panics);
            Err(io::Error::other("no more"))
        });
    });
    for target in ["/panic", "/error"] {
        let mut client = server.client();
        client.send(format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert_eq!(client.head().status, 200);
        assert_eq!(client.rest(), b"3\r\none\r\n");
    }
    server.until(|snapshot| snapshot.panics == 1 && snapshot.open == 0);
}

#[test]
fn a_stream_is_told_that_its_reader_is_gone() {
    let (send, told) = std::sync::mpsc::channel();
    let server = serve(Limits::default(), move |_, response| {
        let send = send.clone();
        stream(response, move |out| {
            loop {
                if let Err(error) = out.write_all(&[b'x'; 10_000]) {
                    let _ = send.send(error.kind());
                    return Err(error);
                }
            }
        });
    });
    let mut client = server.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    client.head();
    drop(client);
    let kind = told.recv().unwrap();
    assert!(
        matches!(
            kind,
            io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset
        ),
        "{kind}"
    );
}

#[test]
fn a_body_that_was_not_read_does_not_hold_up_a_stream() {
    let server = serve(Limits::default(), |_, response| {
        stream(response, |out| out.write_all(b"one"));
    });
    let mut client = server.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n");
    let answer = client.answer();
    assert_eq!(answer.text(), "one");
    assert_eq!(answer.field("connection"), Some("close"));
}

#[test]
fn a_stream_that_is_killed_is_told_and_has_no_proper_end() {
    let (sender, failure) = mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let server = serve(Limits::default(), move |_, response| {
        let sender = sender.lock().unwrap().clone();
        stream(response, move |out| {
            loop {
                if let Err(error) = out.write_all(&[b'x'; 10_000]) {
                    sender.send(error.kind()).unwrap();
                    return Err(error);
                }
            }
        });
    });
    let mut clients: Vec<_> = (0..4).map(|_| server.client()).collect();
    for client in &mut clients {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(client.head().status, 200);
        assert_eq!(client.chunk().len(), 10_000);
    }
    // A stream without end outlasts any drain.
    let drained = server.handle.shutdown(Duration::from_millis(50));
    assert_eq!(drained.aborted, 4);
    for client in &mut clients {
        failure.recv_timeout(Duration::from_secs(20)).unwrap();
        assert!(!client.rest().ends_with(b"\r\n0\r\n\r\n"));
    }
    server.until(|snapshot| snapshot.open == 0);
}
