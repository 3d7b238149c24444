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

/// A linear congruential generator (Knuth, MMIX), which is as random as this needs.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn one_of<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices[self.below(choices.len())]
    }

    /// Places in `script`, one in eight.
    fn splits(&mut self, script: &str) -> Vec<usize> {
        (1..script.len()).filter(|_| self.below(8) == 0).collect()
    }

    /// Requests of any kind, sound or nearly so; only the last may ask for the connection's end.
    fn pipeline(&mut self) -> String {
        let before = self.below(5);
        let requests: String = (0..before).map(|_| self.request(false)).collect();
        requests + &self.request(true)
    }

    /// Mostly one of `sound`, now and then one of `strange`.
    fn mostly<'t>(&mut self, sound: &[&'t str], strange: &[&'t str]) -> &'t str {
        match self.below(12) {
            0 => self.one_of(strange),
            _ => self.one_of(sound),
        }
    }

    fn request(&mut self, is_last: bool) -> String {
        const TARGETS: [&str; 5] = ["/", "/a?b=c", "/%41/..", "http://b:1/c?d", "http://b"];
        let mut text = self.mostly(&[""], &["\r\n"]).to_owned();
        text += self.one_of(&["GET ", "POST ", "PUT ", "HEAD ", "x-own "]);
        text += self.mostly(&TARGETS, &["/a b", "*"]);
        text += match is_last {
            true => self.mostly(&[" HTTP/1.1\r\n"], &[" HTTP/1.0\r\n", " HTTP/1.2\r\n"]),
            false => " HTTP/1.1\r\n",
        };
        text += self.mostly(&["Host: a\r\n", "hOST:a:80\r\n"], &["Host: \r\n", ""]);
        for _ in 0..self.below(4) {
            text += self.mostly(
                &[
                    "X: y\r\n",
                    "Accept:\t*/* \r\n",
                    "Connection: keep-alive\r\n",
                    "X-Long: 0123456789abcdef0123456789abcdef\r\n",
                ],
                &["X : y\r\n", "X: y\n", "X: \r\n z\r\n"],
            );
        }
        if is_last {
            text += self.one_of(&["", "Connection: close\r\n"]);
        }
        text + &self.body()
    }

    /// The framing fields, the empty line and a body, which fit together or nearly so.
    fn body(&mut self) -> String {
        const CONTENT: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n0123456789";
        let length = self.below(CONTENT.len() + 1);
        let body = CONTENT[..length].to_owned();
        match self.below(16) {
            0..8 => "\r\n".to_owned(),
            8..12 => format!("Content-Length: {length}\r\n\r\n{body}"),
            12 => format!("Content-Length: {length}\r\nContent-Length: 1\r\n\r\n{body}"),
            _ => {
                let mut text = "Transfer-Encoding: chunked\r\n\r\n".to_owned();
                let mut rest = &body[..];
                while !rest.is_empty() {
                    let (chunk, tail) = rest.split_at(1 + self.below(rest.len()));
                    let extension = self.mostly(&["", ";a", ";a=\"b;\\\"\""], &[";"]);
                    text += &format!("{:x}{extension}\r\n{chunk}\r\n", chunk.len());
                    rest = tail;
                }
                text + self.one_of(&["0\r\n\r\n", "00;x\r\nA: b\r\n\r\n", "0\r\nA b\r\n\r\n"])
            }
        }
    }
}

#[test]
fn many_splits_change_nothing() {
    let server = serve(Limits::default(), mirror);
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for script in SCRIPTS {
        let whole = reaction(&server, script, &[]);
        for _ in 0..10 {
            let ends = random.splits(script);
            assert_eq!(
                reaction(&server, script, &ends),
                whole,
                "{script:?} at {ends:?}"
            );
        }
    }
}

#[test]
fn pipelines_of_any_requests_are_answered_alike_in_any_pieces() {
    let server = serve(Limits::default(), mirror);
    let mut random = Random(7);
    let mut answered = 0;
    for _ in 0..150 {
        let script = random.pipeline();
        let whole = reaction(&server, &script, &[]);
        answered += whole.matches("HTTP/1.1 200").count();
        for _ in 0..2 {
            let ends = random.splits(&script);
            assert_eq!(
                reaction(&server, &script, &ends),
                whole,
                "{script:?} at {ends:?}"
            );
        }
    }
    assert!(answered > 50, "{answered}");
}
