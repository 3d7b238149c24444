//! Where a server listens.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use brrtrouter_raw::{Limits, RawServer};
use brrtrouter_transport::{ListenAddress, Request, Response, ServeError, Transport as _};

use crate::{Client, Function, mirror, serve};

#[test]
fn an_occupied_port_is_an_error() {
    let server = serve(Limits::default(), mirror);
    let refused = RawServer::bind(server.address()).unwrap_err();
    assert!(
        matches!(&refused, ServeError::AddressInUse { address }
            if *address == server.address().to_string()),
        "{refused}"
    );
}

#[test]
fn an_address_that_is_not_here_is_an_error() {
    let refused = RawServer::bind("192.0.2.1:80").unwrap_err();
    assert!(matches!(refused, ServeError::Listen { .. }), "{refused}");
    assert!(RawServer::bind("no port").is_err());
}

#[test]
fn ipv6_is_served() {
    let Ok(server) = RawServer::bind("[::1]:0") else {
        // A machine without IPv6.
        return;
    };
    let handle = server.serve(Function(mirror)).unwrap();
    let mut client = Client::connect(handle.local_addr());
    assert_eq!(client.get("/").text(), "GET / ");
    assert!(handle.shutdown(Duration::from_secs(10)).is_clean());
}

#[test]
fn several_addresses_are_served_and_drained_together() {
    let second = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let server = RawServer::bind("127.0.0.1:0")
        .unwrap()
        .and_bind(second)
        .unwrap();
    let handle = server.serve(Function(mirror)).unwrap();
    for address in [handle.local_addr(), second] {
        assert_eq!(Client::connect(address).get("/").text(), "GET / ");
    }
    assert!(handle.shutdown(Duration::from_secs(10)).is_clean());
    assert!(std::net::TcpStream::connect(second).is_err());
}

#[test]
fn a_socket_that_listens_already_is_served() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = RawServer::from_listener(listener).unwrap();
    assert_eq!(server.local_addr(), address);
    let handle = server.serve(Function(mirror)).unwrap();
    assert_eq!(Client::connect(address).get("/").text(), "GET / ");
    assert!(handle.shutdown(Duration::from_secs(10)).is_clean());
}

#[test]
fn a_path_is_served_and_taken_away() {
    let path = std::env::temp_dir().join(format!("brrtrouter-{}.sock", std::process::id()));
    // What a dead process leaves behind is no obstacle.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let bind = || RawServer::bind("127.0.0.1:0").unwrap().and_bind_path(&path);
    let handle = bind().unwrap().serve(Function(nameless_mirror)).unwrap();
    assert!(matches!(bind(), Err(ServeError::AddressInUse { .. })));
    let mut stream = UnixStream::connect(&path).unwrap();
    stream
        .write_all(b"GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("\r\n\r\nGET /x "), "{answer}");
    assert!(handle.shutdown(Duration::from_secs(10)).is_clean());
    assert!(!path.exists());
}

#[test]
fn a_server_may_listen_on_a_path_alone() {
    let path = std::env::temp_dir().join(format!("brrtrouter-{}-alone.sock", std::process::id()));
    let server = RawServer::bind_path(&path).unwrap();
    assert_eq!(server.addresses(), [ListenAddress::Path(path.clone())]);
    let handle = server.serve(Function(nameless_mirror)).unwrap();
    assert_eq!(handle.addresses(), [ListenAddress::Path(path.clone())]);
    assert_eq!(handle.addresses()[0].to_string(), path.to_str().unwrap());
    assert_eq!(handle.local_addr().to_string(), "0.0.0.0:0");
    let mut stream = UnixStream::connect(&path).unwrap();
    stream.write_all(b"GET /x HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("\r\n\r\nGET /x "), "{answer}");
    assert!(handle.shutdown(Duration::from_secs(10)).is_clean());
    assert!(!path.exists());
}

#[test]
fn a_path_that_listens_already_is_served_and_left() {
    let path = std::env::temp_dir().join(format!("brrtrouter-{}-given.sock", std::process::id()));
    let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let server = RawServer::from_unix_listener(listener).unwrap();
    assert_eq!(server.addresses(), [ListenAddress::Path(path.clone())]);
    let handle = server.serve(Function(nameless_mirror)).unwrap();
    let mut stream = UnixStream::connect(&path).unwrap();
    stream.write_all(b"GET /x HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("\r\n\r\nGET /x "), "{answer}");
    assert!(handle.shutdown(Duration::from_secs(10)).is_clean());
    // Whoever made it may hand it to the next process.
    assert!(path.exists());
    std::fs::remove_file(path).unwrap();
}

fn nameless_mirror(request: &mut Request<'_>, response: &mut Response) {
    assert_eq!(request.peer, None);
    mirror(request, response);
}
