//! A warm connection allocates nothing, counted over a real socket.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test needs and does not get fails the test"
)]

use std::alloc::System;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use brrtrouter_raw::{Limits, RawServer};
use brrtrouter_transport::{HeaderLine, Request, Response, Service, Transport};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

/// Counts what the process allocates; the client below allocates nothing while it counts.
#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn allocated() -> usize {
    let stats = ALLOCATOR.stats();
    stats.allocations + stats.reallocations
}

const PLAIN: HeaderLine = HeaderLine::from_static("content-type: text/plain\r\n");

struct Mirror;

impl Service for Mirror {
    fn call(&self, request: &mut Request<'_>, response: &mut Response) {
        response.headers_mut().push_line(&PLAIN);
        let out = response.buffer();
        out.extend_from_slice(request.target.as_bytes());
        request.body.read_to_vec(out).unwrap();
    }
}

/// Sends `request` and reads an answer that ends with `end`.
fn exchange(stream: &mut TcpStream, request: &[u8], end: &[u8], buffer: &mut [u8]) {
    stream.write_all(request).unwrap();
    let mut filled = 0;
    while !buffer[..filled].ends_with(end) {
        let count = stream.read(&mut buffer[filled..]).unwrap();
        assert!(count > 0, "closed");
        filled += count;
    }
}

/// How many allocations `rounds` exchanges cost once the connection is warm. Other threads of the
/// process allocate now and then, the clock's above all; so the least of some tries counts.
fn allocations(request: &[u8], end: &[u8]) -> usize {
    let server = RawServer::bind("127.0.0.1:0")
        .unwrap()
        .workers(1)
        .limits(
            Limits::default()
                .max_requests(u32::MAX)
                // Nothing here times out, and the clock ticks seldom.
                .keep_alive(Duration::from_secs(600)),
        )
        .serve(Mirror)
        .unwrap();
    let mut stream = TcpStream::connect(server.local_addr()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut buffer = vec![0; 256 * 1024];
    for _ in 0..100 {
        exchange(&mut stream, request, end, &mut buffer);
    }
    let least = (0..20)
        .map(|_| {
            let before = allocated();
            for _ in 0..200 {
                exchange(&mut stream, request, end, &mut buffer);
            }
            allocated() - before
        })
        .min()
        .unwrap();
    drop(stream);
    assert!(server.shutdown(Duration::from_secs(5)).is_clean());
    least
}

/// One test, since the count is that of the whole process.
#[test]
fn a_warm_connection_allocates_nothing() {
    let get = b"GET /plain HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_eq!(allocations(get, b"\r\n\r\n/plain"), 0);

    // A head that is not of the usual form.
    let unusual = b"GET http://a/plain HTTP/1.1\r\nHost:  a\r\nX:\ty\r\n\r\n";
    assert_eq!(allocations(unusual, b"\r\n\r\n/plain"), 0);

    let sixteen = get.repeat(16);
    let request = [&sixteen[..], b"GET /last HTTP/1.1\r\nHost: a\r\n\r\n"].concat();
    assert_eq!(allocations(&request, b"\r\n\r\n/last"), 0);

    let post = b"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    assert_eq!(allocations(post, b"\r\n\r\n/phello"), 0);

    let chunked = concat!(
        "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        "5\r\nhello\r\n0\r\n\r\n"
    );
    assert_eq!(allocations(chunked.as_bytes(), b"\r\n\r\n/phello"), 0);

    // Longer than what is copied behind its head, and than one read brings.
    let mut large = b"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 100001\r\n\r\n".to_vec();
    large.resize(large.len() + 100_000, b'x');
    large.push(b'!');
    assert_eq!(allocations(&large, b"x!"), 0);
}
