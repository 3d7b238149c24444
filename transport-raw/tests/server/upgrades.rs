//! Connections handed over to another protocol.

use std::io;
use std::sync::mpsc::{self, Sender};
use std::task::Waker;
use std::time::Duration;

use brrtrouter_raw::Limits;
use brrtrouter_transport::{Duplex, Payload, Ready, Request, Response, Status};

use crate::{Running, mirror, serve};

const ASK: &str = "GET /up HTTP/1.1\r\nHost: a\r\nConnection: x, Upgrade\r\nUpgrade: echo\r\n\r\n";

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);

/// Hands connections that ask for it over to `speak`.
fn serve_upgrades(
    speak: impl Fn(&mut dyn Duplex) -> io::Result<()> + Clone + Send + Sync + 'static,
) -> Running {
    serve(
        Limits::default(),
        move |request: &mut Request<'_>, response: &mut Response| {
            if request.asks_to_upgrade_to("echo") {
                response.upgrade("echo", speak.clone()).unwrap();
            } else {
                mirror(request, response);
            }
        },
    )
}

/// Sends back what comes, in capital letters; says goodbye when the server stops.
fn shout(stream: &mut dyn Duplex) -> io::Result<()> {
    let mut bytes = [0; 7];
    loop {
        match stream.wait(LONG)? {
            Ready::Readable => match stream.read(&mut bytes)? {
                0 => return stream.write_all(b"<end>"),
                count => stream.write_all(&bytes[..count].to_ascii_uppercase())?,
            },
            Ready::Draining => return stream.write_all(b"<bye>"),
            Ready::TimedOut => return Err(io::ErrorKind::TimedOut.into()),
            _ => {}
        }
    }
}

#[test]
fn an_upgrade_that_is_offered_is_named_by_connection() {
    let server = serve(Limits::default(), |request, response| {
        if request.target == "/426" {
            response.set_status(Status::UPGRADE_REQUIRED);
        }
        response.headers_mut().set("Upgrade", "echo/2").unwrap();
    });
    for (head, connection) in [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "upgrade"),
        ("GET /426 HTTP/1.1\r\nHost: a\r\n\r\n", "upgrade"),
        (
            "GET /426 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            "close, upgrade",
        ),
        (
            "GET /426 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            "keep-alive, upgrade",
        ),
    ] {
        let mut client = server.client();
        client.send(head);
        let answer = client.answer();
        assert_eq!(answer.field("connection"), Some(connection), "{head}");
        assert_eq!(answer.field("upgrade"), Some("echo/2"));
    }
}

#[test]
fn a_connection_goes_on_in_the_other_protocol() {
    let server = serve_upgrades(shout);
    let mut client = server.client();
    // What comes with the request belongs to the other protocol, even if it looks like a request.
    client.send(format!(
        "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n{ASK}get / http/1.1\r\n\r\n"
    ));
    assert_eq!(client.answer().text(), "GET /1 ");
    let head = client.head();
    assert_eq!(head.status, 101);
    assert_eq!(head.field("upgrade"), Some("echo"));
    assert_eq!(head.field("connection"), Some("upgrade"));
    assert_eq!(head.field("content-length"), None);
    assert_eq!(client.until("\r\n\r\n"), b"GET / HTTP/1.1\r\n\r\n");
    for round in 0..20 {
        let text = format!("message {round};");
        client.send(&text);
        assert_eq!(client.until(";"), text.to_uppercase().as_bytes());
    }
    client.finish_sending();
    assert_eq!(client.rest(), b"<end>");
    server.until(|snapshot| snapshot.open == 0 && snapshot.upgrades == 1);
}

#[test]
fn who_does_not_ask_is_not_upgraded() {
    let server = serve_upgrades(shout);
    for head in [
        "GET /x HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c, websocket\r\n\r\n",
        "GET /x HTTP/1.0\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n",
    ] {
        assert_eq!(
            server.client().send(head).answer().text(),
            "GET /x ",
            "{head}"
        );
    }
    let head = ASK.replace("echo", "h2c, ECHO/");
    assert_eq!(server.client().send(head).answer().status, 200);
    let head = ASK.replace("echo", "h2c , ECHO");
    assert_eq!(server.client().send(head).head().status, 101);
}

#[test]
fn a_drain_is_told_to_whoever_has_the_connection() {
    let server = serve_upgrades(shout);
    let mut client = server.client();
    client.send(ASK).head();
    client.send("a");
    assert_eq!(client.until("A"), b"A");
    assert!(server.shutdown().is_clean());
    assert_eq!(client.rest(), b"<bye>");
}

#[test]
fn an_abort_ends_a_read_that_waits() {
    let server = serve_upgrades(|stream| {
        stream.write_all(b"<here>")?;
        stream.read(&mut [0]).map(|_| ())
    });
    let mut client = server.client();
    client.send(ASK).until("<here>");
    let drained = server.handle.shutdown(Duration::from_millis(10));
    assert_eq!(drained.aborted, 1);
    client.assert_closed();
}

#[test]
fn a_waker_ends_a_wait_from_any_thread() {
    let (sender, wakers) = mpsc::channel::<(Waker, Sender<&'static [u8]>)>();
    let sender = std::sync::Mutex::new(sender);
    let sender: &'static std::sync::Mutex<_> = Box::leak(Box::new(sender));
    let server = serve_upgrades(|stream| {
        let (queue, waiting) = mpsc::channel();
        sender
            .lock()
            .unwrap()
            .send((stream.waker(), queue))
            .unwrap();
        loop {
            match waiting.try_recv() {
                Ok(message) => stream.write_all(message)?,
                Err(mpsc::TryRecvError::Disconnected) => return Ok(()),
                Err(mpsc::TryRecvError::Empty) => {
                    assert_ne!(stream.wait(LONG)?, Ready::TimedOut);
                }
            }
        }
    });
    let mut client = server.client();
    client.send(ASK).head();
    let (waker, queue) = wakers.recv().unwrap();
    for _ in 0..100 {
        queue.send(b"one;").unwrap();
        waker.wake_by_ref();
        assert_eq!(client.until(";"), b"one;");
    }
    drop(queue);
    waker.wake();
    client.assert_closed();
}

#[test]
fn a_wait_has_an_end() {
    let server = serve_upgrades(|stream| {
        while stream.wait(Duration::from_millis(20))? != Ready::TimedOut {}
        stream.write_all(b"late")
    });
    let mut client = server.client();
    client.send(ASK).head();
    assert_eq!(client.rest(), b"late");
}

#[test]
fn the_body_of_the_request_is_no_part_of_the_other_protocol() {
    let server = serve_upgrades(shout);
    let post =
        |length: usize| ASK.replace("\r\n\r\n", &format!("\r\nContent-Length: {length}\r\n\r\n"));
    let mut client = server.client();
    client.send(post(5)).send("hello").send("world;");
    assert_eq!(client.head().status, 101);
    assert_eq!(client.until(";"), b"WORLD;");
    // More than is dropped for a service that does not read it.
    let mut client = server.client();
    client.send(post(1_000_000));
    assert_eq!(client.answer().status, 500);
}

#[test]
fn switching_protocols_needs_a_protocol_and_a_client_that_can() {
    let server = serve(
        Limits::default(),
        |request: &mut Request<'_>, response: &mut Response| match request.target {
            "/status" => {
                response.set_status(Status::SWITCHING_PROTOCOLS);
            }
            "/payload" => {
                response.upgrade("echo", shout).unwrap();
                response.set_status(Status::OK);
            }
            "/field" => {
                assert!(response.upgrade("a\r\nb", shout).is_err());
                assert!(matches!(response.payload(), Payload::Buffer));
            }
            _ => {
                response.upgrade("echo", shout).unwrap();
            }
        },
    );
    let mut client = server.client();
    for target in ["/status", "/payload"] {
        assert_eq!(client.get(target).status, 500, "{target}");
    }
    assert_eq!(client.get("/field").status, 200);
    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(client.head().status, 500);
    let mut client = server.client();
    assert_eq!(client.send("GET / HTTP/1.0\r\n\r\n").answer().status, 500);
}

#[test]
fn a_panic_ends_the_connection_and_nothing_else() {
    let server = serve_upgrades(|_| panic!("on request"));
    let mut client = server.client();
    assert_eq!(client.send(ASK).head().status, 101);
    client.assert_closed();
    server.until(|snapshot| snapshot.panics == 1 && snapshot.open == 0);
    assert_eq!(server.client().get("/").text(), "GET / ");
}
