//! What a server makes of some bytes does not depend on how they arrive.

use brrtrouter_raw::{Limits, Snapshot};

use crate::{Running, mirror, serve};

/// Each ends its connection.
const SCRIPTS: [&str; 12] = [
    "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "\r\nPOST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello\r\nGET /2 HTTP/1.0\r\n\r\n",
    "POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=\"y\"\r\nhello\r\n0\r\nA: b\r\n\r\nGET /2 HTTP/1.0\r\n\r\n",
    "GET http://b:1/x HTTP/1.1\r\nHost: a\r\nX:  y \t\r\nConnection: x, close\r\n\r\n",
    "HEAD /1 HTTP/1.1\r\nHost: a\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGARBAGE\r\n\r\n",
    "GET /1 HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
    "GET /1 HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n",
    "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n",
    "GET /1 HTTP/2.0\r\nHost: a\r\n\r\n",
    "GET /1#2 HTTP/1.1\r\nHost: a\r\n\r\n",
];

/// How many requests were refused so far.
fn refused(snapshot: Snapshot) -> u64 {
    snapshot.malformed_heads
        + snapshot.malformed_bodies
        + snapshot.oversized_heads
        + snapshot.unsupported_heads
}

/// Everything that the server answers, without the dates. The next piece is sent once the server
/// has read the one before, unless it has refused the request by then.
fn reaction(server: &Running, script: &str, ends: &[usize]) -> String {
    let mut client = server.client();
    let before = server.counters.snapshot();
    let mut start = 0;
    for &end in ends.iter().chain([&script.len()]) {
        client.send(&script[start..end]);
        server.until(|now| {
            now.bytes_in == before.bytes_in + end as u64 || refused(now) > refused(before)
        });
        if refused(server.counters.snapshot()) > refused(before) {
            break;
        }
        start = end;
    }
    let text = String::from_utf8(client.finish_sending().rest()).unwrap();
    server.until(|now| now.open == 0);
    let lines = text.split_inclusive("\r\n");
    lines.filter(|line| !line.starts_with("Date:")).collect()
}

#[test]
fn a_split_anywhere_changes_nothing() {
    let server = serve(Limits::default(), mirror);
    for script in SCRIPTS {
        let whole = reaction(&server, script, &[]);
        assert!(whole.starts_with("HTTP/1.1 "), "{whole:?}");
        for at in 1..script.len() {
            assert_eq!(
                reaction(&server, script, &[at]),
                whole,
                "{script:?} at {at}"
            );
        }
    }
}

#[test]
fn many_splits_change_nothing() {
    let server = serve(Limits::default(), mirror);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for script in SCRIPTS {
        let whole = reaction(&server, script, &[]);
        for _ in 0..10 {
            let ends: Vec<_> = (1..script.len())
                .filter(|_| {
                    // A linear congruential generator (Knuth, MMIX) is as random as this needs.
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    state >> 61 == 0
                })
                .collect();
            assert_eq!(
                reaction(&server, script, &ends),
                whole,
                "{script:?} at {ends:?}"
            );
        }
    }
}
