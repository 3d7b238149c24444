//! A server without a descriptor left pauses, and goes on once there is one.
//!
//! In a process of its own, since all of it feels the want.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test needs and does not get fails the test"
)]

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use brrtrouter_raw::RawServer;
use brrtrouter_transport::{Request, Response, Service, Transport};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

struct Hello;

impl Service for Hello {
    fn call(&self, _: &mut Request<'_>, response: &mut Response) {
        response.buffer().extend_from_slice(b"hello");
    }
}

fn get(stream: &mut TcpStream) -> String {
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_server_recovers_from_a_want_of_descriptors() {
    let limits = getrlimit(Resource::Nofile);
    setrlimit(
        Resource::Nofile,
        Rlimit {
            current: Some(256),
            maximum: limits.maximum,
        },
    )
    .unwrap();
    let server = RawServer::bind("127.0.0.1:0").unwrap();
    let counters = server.counters();
    let server = server.serve(Hello).unwrap();
    assert!(get(&mut TcpStream::connect(server.local_addr()).unwrap()).ends_with("hello"));

    let mut fillers: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    assert!(fillers.len() > 100);
    // One for the client, and none for the server.
    fillers.pop();
    let mut client = TcpStream::connect(server.local_addr()).unwrap();
    while counters.snapshot().accept_pauses < 2 {
        std::thread::sleep(Duration::from_millis(1));
    }
    fillers.clear();
    // The connection that was waiting all the while is served, and others are.
    assert!(get(&mut client).ends_with("hello"));
    assert!(get(&mut TcpStream::connect(server.local_addr()).unwrap()).ends_with("hello"));
    assert!(server.shutdown(Duration::from_secs(10)).is_clean());
}
