//! What a request over a real socket costs in allocations, counted in the whole process.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::alloc::System;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use brrtrouter::{Transport as _, load_spec};
use brrtrouter_raw::{Limits, RawServer};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const ORDER: &str = include_str!("../../order.json");

fn allocations() -> usize {
    let stats = ALLOCATOR.stats();
    stats.allocations + stats.reallocations
}

/// What one of these requests costs on a warm connection. Other threads of the process allocate now and
/// then, so the least of some tries counts.
fn cost(request: &[u8], end: &[u8]) -> usize {
    const ROUNDS: usize = 200;
    let spec = load_spec(bench_server::DOCUMENT).expect("the document loads");
    let service = bench_server::builder(spec).build();
    let server = RawServer::bind("127.0.0.1:0")
        .expect("an address")
        .workers(1)
        .limits(Limits::default().max_requests(u32::MAX))
        .serve(service.expect("the service builds"))
        .expect("it listens");
    let mut stream = TcpStream::connect(server.local_addr()).expect("it listens");
    let patience = Some(Duration::from_secs(20));
    stream.set_read_timeout(patience).expect("an option");
    let mut buffer = vec![0; 16 * 1024];
    let mut ask = || {
        stream.write_all(request).expect("it is sent");
        let mut filled = 0;
        while !buffer[..filled].ends_with(end) {
            let count = stream.read(&mut buffer[filled..]).expect("an answer");
            assert!(count > 0, "{}", String::from_utf8_lossy(&buffer[..filled]));
            filled += count;
        }
    };
    (0..100).for_each(|_| ask());
    let tries = (0..20).map(|_| {
        let before = allocations();
        (0..ROUNDS).for_each(|_| ask());
        (allocations() - before).div_ceil(ROUNDS)
    });
    tries.min().expect("there are tries")
}

/// One test, since the count is that of the whole process.
#[test]
fn a_request_costs_what_its_handler_asks_for() {
    let get = b"GET /users/42/posts/7 HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n";
    assert_eq!(cost(get, br#"{"id":42,"post_id":7}"#), 0);

    let before = allocations();
    let order: bench_server::Order = serde_json::from_str(ORDER).expect("it fits");
    let alone = allocations() - before;
    std::hint::black_box(order);
    assert!(alone > 5, "they are counted");
    let length = ORDER.len();
    let post = format!(
        "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{ORDER}"
    );
    let whole = cost(post.as_bytes(), br#""lines":5,"total":16889}"#);
    assert!(2 * whole <= 3 * alone, "{whole} allocations beside {alone}");
}
