//! What a request costs in memory, counted over a real socket.
#![allow(clippy::unwrap_used)]

use std::alloc::System;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use brrtrouter_minihttp::MiniHttpServer;
use brrtrouter_transport::{Request, Response, Service, Transport};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Echoes the body and tells a field that differs with each request, without allocating itself.
struct Echo;

impl Service for Echo {
    fn call(&self, request: &mut Request<'_>, response: &mut Response) {
        response
            .headers_mut()
            .set("location", request.target)
            .unwrap();
        request.body.read_to_vec(response.buffer()).unwrap();
    }
}

/// Sends the request and reads `room.len()` bytes of answer.
fn ask(client: &mut TcpStream, request: &[u8], room: &mut [u8]) {
    client.write_all(request).unwrap();
    client.read_exact(room).unwrap();
}

#[test]
fn requests_allocate_nothing_of_ours_once_warm_and_leave_nothing_behind() {
    const ROUNDS: usize = 5_000;
    let server = MiniHttpServer::bind("127.0.0.1:0")
        .unwrap()
        .serve(Echo)
        .unwrap();
    let mut client = TcpStream::connect(server.local_addr()).unwrap();
    client
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let get = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(1000));
    let post = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    for request in [get.as_bytes(), post.as_bytes()] {
        // The first answer tells how long each is.
        client.write_all(request).unwrap();
        let mut room = vec![0; 4096];
        let mut length = 0;
        while !room[..length].ends_with(b"\r\n\r\n") && !room[..length].ends_with(b"hello") {
            length += client.read(&mut room[length..]).unwrap();
        }
        room.truncate(length);
        for _ in 0..1000 {
            ask(&mut client, request, &mut room);
        }
        let before = ALLOCATOR.stats();
        for _ in 0..ROUNDS {
            ask(&mut client, request, &mut room);
        }
        let since = ALLOCATOR.stats() - before;
        let count = since.allocations + since.reallocations;
        let left = since
            .bytes_allocated
            .saturating_sub(since.bytes_deallocated);
        // May's run queue takes a new block for every 32 coroutines that it wakes, and the watch
        // looks around now and then; a request as such allocates nothing.
        let blocks = ROUNDS / 32;
        assert!(count < blocks + 100, "{count} allocations");
        assert!(left < 64 * 1024, "{left} bytes left");
    }
    server.shutdown(Duration::from_secs(10));
}
