//! Event streams.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use brrtrouter::ServeError;
use serde_json::{Value, json};
use whole_server_tests::client::connect;
use whole_server_tests::server::pet_store_builder;
use whole_server_tests::{On, pet_store};

/// A client that follows the pet store's events.
struct Follower {
    stream: BufReader<TcpStream>,
}

/// One event as a client sees it.
#[derive(Debug, PartialEq)]
struct Seen {
    name: String,
    id: String,
    data: Value,
}

impl Follower {
    fn connect(address: SocketAddr, fields: &str) -> Self {
        let mut stream = connect(address);
        let request = format!("GET /events HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut follower = Self {
            stream: BufReader::new(stream),
        };
        let head = follower.lines_to_empty().to_lowercase();
        assert!(head.starts_with("http/1.1 200 "), "{head}");
        assert!(head.contains("content-type: text/event-stream"), "{head}");
        assert!(head.contains("transfer-encoding: chunked"), "{head}");
        follower
    }

    fn lines_to_empty(&mut self) -> String {
        let mut text = String::new();
        loop {
            let mut line = String::new();
            assert!(
                self.stream.read_line(&mut line).unwrap() > 0,
                "the end after {text}"
            );
            if line == "\r\n" {
                return text;
            }
            text.push_str(&line);
        }
    }

    /// One chunk; empty at the proper end of the stream.
    fn chunk(&mut self) -> String {
        let mut size = String::new();
        self.stream.read_line(&mut size).unwrap();
        let size = usize::from_str_radix(size.trim(), 16).unwrap();
        let mut bytes = vec![0; size + 2];
        self.stream.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes[size..], b"\r\n");
        bytes.truncate(size);
        String::from_utf8(bytes).unwrap()
    }

    /// The next event, heartbeats passed over.
    fn event(&mut self) -> Seen {
        loop {
            let chunk = self.chunk();
            assert!(!chunk.is_empty(), "the stream ended");
            if chunk.starts_with(':') {
                continue;
            }
            assert!(chunk.ends_with("\n\n"), "one event in one chunk: {chunk:?}");
            let field = |name: &str| {
                let line = chunk.lines().find_map(|line| line.strip_prefix(name));
                line.unwrap_or_default().to_owned()
            };
            return Seen {
                name: field("event: "),
                id: field("id: "),
                data: serde_json::from_str(&field("data: ")).unwrap(),
            };
        }
    }
}

#[test]
fn every_follower_sees_every_change_in_order() {
    let server = pet_store(On::Raw);
    let mut followers: Vec<Follower> = (0..5)
        .map(|_| Follower::connect(server.address(), ""))
        .collect();
    let client = server.client();
    for number in 0..20 {
        let new = json!({"name": format!("Pet {number}"), "species": "bird"});
        assert_eq!(client.json("POST", "/pets", &new).status, 201);
    }
    for follower in &mut followers {
        for number in 0..20 {
            let seen = follower.event();
            assert_eq!(seen.name, "created");
            assert_eq!(seen.id, (number + 1).to_string());
            assert_eq!(seen.data["name"], format!("Pet {number}"));
        }
    }
}

#[test]
fn a_returning_follower_is_given_what_it_missed() {
    let server = pet_store(On::Raw);
    let client = server.client();
    for name in ["A", "B", "C"] {
        client.json("POST", "/pets", &json!({"name": name, "species": "fish"}));
    }
    let mut follower = Follower::connect(server.address(), "Last-Event-ID: 1\r\n");
    assert_eq!(follower.event().data["name"], "B");
    assert_eq!(follower.event().data["name"], "C");
}

#[test]
fn a_shutdown_ends_streams_properly() {
    let server = pet_store(On::Raw);
    let mut follower = Follower::connect(server.address(), "");
    server
        .client()
        .json("POST", "/pets", &json!({"name": "A", "species": "fish"}));
    follower.event();
    let drained = server.handle().shutdown(Duration::from_secs(20));
    assert!(drained.is_clean(), "{drained:?}");
    assert_eq!(follower.chunk(), "");
    let mut rest = Vec::new();
    follower.stream.read_to_end(&mut rest).unwrap();
    assert!(rest.is_empty());
}

#[test]
fn minihttp_refuses_streams_and_names_them() {
    let service = pet_store_builder().build().unwrap();
    match On::MiniHttp.try_serve(service) {
        Err(ServeError::CannotStream { operations, .. }) => assert_eq!(operations, ["watchPets"]),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_stream_that_was_left_out_is_501_on_minihttp() {
    let server = pet_store(On::MiniHttp);
    server.client().get("/events").problem(501);
}
