//! A large upload costs memory for a piece of it, over a real socket.

#![allow(clippy::expect_used)]

use std::alloc::System;
use std::io::{Read as _, Write as _};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use brrtrouter::prelude::*;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use whole_server_tests::client::connect;
use whole_server_tests::{On, Running, service_of};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Shared with the test of the same over a socket, or in process.
const DOCUMENT: &str = include_str!("../documents/files.yaml");

const SIZE: usize = 20 * 1024 * 1024;

/// The most that is held beyond the file on disk.
const MOST: usize = 256 * 1024;

fn held() -> usize {
    let stats = ALLOCATOR.stats();
    stats
        .bytes_allocated
        .saturating_sub(stats.bytes_deallocated)
}

/// Uploads 20 MB and says how many bytes more than before were held at most, as far as looking all the
/// time can tell.
fn upload(server: &Running) -> usize {
    const PIECE: &[u8] = &[b'\r'; 16 * 1024];
    let start = b"--b\r\nContent-Disposition: form-data; name=file; filename=f\r\n\r\n";
    let end = b"\r\n--b--\r\n";
    let length = start.len() + SIZE + end.len();
    let head = format!(
        "POST /files HTTP/1.1\r\nhost: a\r\ncontent-type: multipart/form-data; boundary=b\r\n\
         content-length: {length}\r\n\r\n"
    );
    let mut stream = connect(server.address());
    let (is_over, most, before) = (AtomicBool::new(false), AtomicUsize::new(0), held());
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                most.fetch_max(held().saturating_sub(before), Ordering::Relaxed);
                thread::yield_now();
            }
        });
        stream.write_all(head.as_bytes()).expect("it is sent");
        stream.write_all(start).expect("it is sent");
        for _ in 0..SIZE / PIECE.len() {
            stream.write_all(PIECE).expect("it is sent");
        }
        stream.write_all(end).expect("it is sent");
        let mut answer = [0; 1024];
        let mut filled = 0;
        while !answer[..filled].ends_with(b"20971520 true") {
            let count = stream.read(&mut answer[filled..]).expect("an answer");
            let text = String::from_utf8_lossy(&answer[..filled]);
            assert!(count > 0, "{text}");
            filled += count;
        }
        is_over.store(true, Ordering::Relaxed);
    });
    most.into_inner()
}

/// One test, since what is held is that of the whole process.
#[test]
fn an_upload_of_20_megabytes_is_held_on_disk() {
    for on in [On::Raw, On::MiniHttp] {
        let service = service_of(DOCUMENT)
            .body_limit("upload", SIZE as u64 + 1_000)
            .handler("upload", |parts: Multipart| {
                let file = parts.file("file").expect("the document demands it");
                format!("{} {}", file.len(), file.is_on_disk())
            })
            .build();
        let server = on.serve(service.expect("the service builds"));
        // The first makes what is made once.
        upload(&server);
        let most = upload(&server);
        assert!(most <= MOST, "{on:?}: {most} bytes");
        // There is a window at least, so it was counted.
        assert!(most >= 8 * 1024, "{on:?}: {most} bytes");
    }
}
