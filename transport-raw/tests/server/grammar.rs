//! Heads at the edges of the grammar (RFC 9110, RFC 9112): what is answered, and whether the
//! connection goes on. Bodies are in `framing`.

use brrtrouter_raw::Limits;

use crate::{Running, mirror, serve};

/// Sends `bytes` and a whole request behind them; the statuses must be `expected`, of which one that
/// is 400 or more is the last.
#[track_caller]
pub(crate) fn check(server: &Running, bytes: impl AsRef<[u8]>, expected: &[u16]) {
    let mut client = server.client();
    let bytes = bytes.as_ref();
    client.send(bytes);
    client
        .send("GET /after HTTP/1.1\r\nHost: a\r\n\r\n")
        .finish_sending();
    let shown = bytes.escape_ascii().to_string();
    let shown = shown.get(..200).unwrap_or(&shown);
    for (at, &status) in expected.iter().enumerate() {
        let answer = client.answer();
        assert_eq!(answer.status, status, "answer {at} to {shown}");
        if status >= 400 {
            assert_eq!(answer.field("connection"), Some("close"), "{shown}");
            client.assert_closed();
            return;
        }
    }
    let answer = client.answer();
    assert_eq!(answer.text(), "GET /after ", "behind {shown}");
    client.assert_closed();
}

pub(crate) fn get(fields: &str) -> String {
    format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n")
}

pub(crate) fn post(fields: &str, body: &str) -> String {
    format!("POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n{body}")
}

#[test]
fn request_lines() {
    let server = serve(Limits::default(), mirror);
    for (line, status) in [
        ("GET / HTTP/1.1", 200),
        ("get / HTTP/1.1", 200),
        ("X-!#$%&'*+.^_`|~9 / HTTP/1.1", 200),
        ("GET  / HTTP/1.1", 400),
        ("GET /  HTTP/1.1", 400),
        ("GET / HTTP/1.1 ", 400),
        ("GET\t/ HTTP/1.1", 400),
        ("GET /\tHTTP/1.1", 400),
        (" GET / HTTP/1.1", 400),
        ("GET /", 400),
        ("GET", 400),
        ("GE(T / HTTP/1.1", 400),
        ("GET / HTTP/1.1\r", 400),
        ("GET / http/1.1", 400),
        // Later minor versions are as good as 1.1 (RFC 9110 §2.5).
        ("GET / HTTP/1.2", 200),
        ("GET / HTTP/1.9", 200),
        ("GET  / HTTP/1.2", 400),
        ("GET / HTTP/1.2 ", 400),
        ("GET / HTTP/1.22", 400),
        ("GET / HTTP/2.0", 505),
        ("GET / HTTP/3.0", 505),
        ("GET / HTTP/1", 400),
        ("GET / HTTP/1.", 400),
        ("GET / HTTP/+1.1", 400),
        ("GET / HTTP/01.1", 400),
        ("GET / HTTP/1.1\0", 400),
        ("GET / HTTPS/1.1", 400),
        ("GET /a b HTTP/1.1", 400),
        ("GET /\0 HTTP/1.1", 400),
        ("GET /\x7f HTTP/1.1", 400),
        ("GET /# HTTP/1.1", 400),
        ("GET a HTTP/1.1", 400),
        ("GET ?a HTTP/1.1", 400),
        ("GET * HTTP/1.1", 400),
        ("OPTIONS * HTTP/1.1", 200),
        ("OPTIONS ** HTTP/1.1", 400),
        ("CONNECT a:80 HTTP/1.1", 501),
        ("CONNECT a HTTP/1.1", 400),
        ("CONNECT /a HTTP/1.1", 400),
        ("GET a:80 HTTP/1.1", 400),
        ("GET //a HTTP/1.1", 200),
        ("GET /%zz HTTP/1.1", 200),
    ] {
        check(&server, format!("{line}\r\nHost: a\r\n\r\n"), &[status]);
    }
    check(&server, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &[505]);
    check(&server, "\x16\x03\x01\x02\0\x01\0\x01\u{fc}\x03", &[400]);
    check(&server, "\0", &[400]);
}

#[test]
fn absolute_targets_and_hosts() {
    let server = serve(Limits::default(), |request, response| {
        let host = request.field("host").unwrap_or(b"none").to_vec();
        mirror(request, response);
        response.buffer().extend_from_slice(&host);
    });
    for (target, host, seen) in [
        ("http://b/x?y", "a", "GET /x?y b"),
        ("HTTP://b:8/", "b", "GET / b:8"),
        ("http://b", "a", "GET / b"),
        ("http://b?q", "a", "GET /?q b"),
        ("http://[::1]:8/", "a", "GET / [::1]:8"),
        ("/", "A.B-c_d:1", "GET / A.B-c_d:1"),
        ("/", "[::1]", "GET / [::1]"),
        ("/", "a:", "GET / a:"),
        ("/", "127.1", "GET / 127.1"),
    ] {
        let mut client = server.client();
        client.send(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        assert_eq!(client.answer().text(), seen, "{target} {host}");
    }
    let server = serve(Limits::default(), mirror);
    for target in [
        "http:///x",
        "http://u@b/",
        "http://b:x/",
        "http:/b",
        "ftp://b/",
        "//b:x y",
        "https://u@b/",
    ] {
        let head = format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        check(&server, head, &[400]);
    }
    // Over TLS or not at all (RFC 9110 §7.4).
    for target in ["https://b/", "HTTPS://a:443/x?y", "https://a"] {
        let head = format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        check(&server, head, &[421]);
    }
    for hosts in [
        "",
        "Host:\r\n",
        "Host: \r\n",
        "Host: a\r\nHost: a\r\n",
        "Host: a\r\nhOST: b\r\n",
        "Host: a b\r\n",
        "Host: a, b\r\n",
        "Host: a/b\r\n",
        "Host: u@a\r\n",
        "Host: a:b\r\n",
        "Host: a:1:2\r\n",
        "Host: [::1\r\n",
        "Host: ::1\r\n",
        "Host: a%2\r\n",
        "Host: a\tb\r\n",
        "Host: http://a\r\n",
        "Host : a\r\n",
        "X: y\r\n",
    ] {
        check(&server, format!("GET / HTTP/1.1\r\n{hosts}\r\n"), &[400]);
        // The absolute form does not make up for it (RFC 9112 §3.2.2).
        check(
            &server,
            format!("GET http://b/ HTTP/1.1\r\n{hosts}\r\n"),
            &[400],
        );
    }
}

#[test]
fn field_lines() {
    let server = serve(Limits::default(), mirror);
    for (lines, status) in [
        ("X:\r\n", 200),
        ("X:y\r\n", 200),
        ("X: \t y \t \r\n", 200),
        ("X: \u{e9}\r\n", 200),
        ("!#$%&'*+-.^_`|~: y\r\n", 200),
        (": y\r\n", 400),
        ("X y\r\n", 400),
        ("X\r\n", 400),
        ("X : y\r\n", 400),
        ("X\t: y\r\n", 400),
        (" X: y\r\n", 400),
        ("\tX: y\r\n", 400),
        ("X: y\r\n z\r\n", 400),
        ("X: y\r\n\tz\r\n", 400),
        ("X: y\r\n \r\n", 400),
        ("X: y\n", 400),
        ("X: y\rZ: a\r\n", 400),
        ("X: y\r\r\n", 400),
        ("X: \0\r\n", 400),
        ("X: a\x01b\r\n", 400),
        ("X: \x7f\r\n", 400),
        ("X\0: y\r\n", 400),
        ("X\u{e9}: y\r\n", 400),
        ("(X): y\r\n", 400),
        ("X/Y: y\r\n", 400),
        ("\"X\": y\r\n", 400),
        ("X:: y\r\n", 200),
    ] {
        check(&server, get(lines), &[status]);
    }
    check(&server, "GET / HTTP/1.1\nHost: a\n\n", &[400]);
    check(&server, "GET / HTTP/1.1\r\nHost: a\r\n\n", &[400]);
    check(&server, "GET / HTTP/1.1\r\nHost: a\r\n\r\r\n", &[400]);
    check(&server, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", &[200]);
    check(
        &server,
        format!("{}{}", "\r\n".repeat(5_000), get("")),
        &[200],
    );
    check(&server, format!("\n{}", get("")), &[400]);
    check(&server, format!("\r\n\n{}", get("")), &[400]);
    check(&server, format!("\r{}", get("")), &[400]);
    check(&server, format!("\r\n {}", get("")), &[400]);
}

#[test]
fn expectations_connections_and_versions() {
    let server = serve(Limits::default(), mirror);
    for expectation in ["other", "100-continue, other", "100-continue=1", "100"] {
        let fields = format!("Content-Length: 5\r\nExpect: {expectation}");
        check(&server, post(&fields, "hello"), &[417]);
    }
    let continued = |expectation| {
        post(
            &format!("Content-Length: 5\r\nExpect: {expectation}"),
            "hello",
        )
    };
    // What is here already needs no leave.
    for expectation in [
        "100-continue",
        "100-Continue",
        "100-CONTINUE",
        "100-continue, 100-continue",
        ", 100-continue,",
        "",
        " ,",
    ] {
        let mut client = server.client();
        client.send(continued(expectation));
        let mut answer = client.answer();
        if answer.status == 100 {
            answer = client.answer();
        }
        assert_eq!(answer.text(), "POST / hello");
    }
    for (fields, lives) in [
        ("Connection: keep-alive\r\n", true),
        ("Connection: close\r\n", false),
        ("Connection: CLOSE\r\n", false),
        ("Connection: x, close ,y\r\n", false),
        ("Connection: x\r\nConnection: close\r\n", false),
        ("Connection: keep-alive, close\r\n", false),
        ("Connection: closed\r\n", true),
        ("Connection: clo se\r\n", true),
        ("Connection:\r\n", true),
        ("Keep-Alive: timeout=5\r\n", true),
        (
            "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AA\r\n",
            true,
        ),
        ("Upgrade: websocket\r\nConnection: Upgrade\r\n", true),
        ("TE: trailers, gzip\r\nConnection: TE\r\n", true),
    ] {
        let mut client = server.client();
        client.send(get(fields));
        let answer = client.answer();
        assert_eq!(answer.status, 200, "{fields}");
        assert_eq!(
            answer.field("connection") != Some("close"),
            lives,
            "{fields}"
        );
        if lives {
            assert_eq!(client.get("/next").text(), "GET /next ", "{fields}");
        } else {
            client.assert_closed();
        }
    }
    for (head, lives) in [
        ("GET / HTTP/1.0\r\n\r\n", false),
        ("GET / HTTP/1.0\r\nConnection: x\r\n\r\n", false),
        ("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true),
        (
            "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n",
            false,
        ),
        ("GET / HTTP/1.0\r\nKeep-Alive: timeout=5\r\n\r\n", false),
        ("GET / HTTP/1.0\r\nExpect: other\r\n\r\n", false),
    ] {
        let mut client = server.client();
        client.send(head);
        let answer = client.answer();
        assert_eq!(answer.status, 200, "{head}");
        assert_eq!(
            answer.field("connection"),
            Some(if lives { "keep-alive" } else { "close" })
        );
        if !lives {
            client.assert_closed();
        }
    }
}

#[test]
fn what_is_very_long() {
    let server = serve(Limits::default(), mirror);
    let long = |count: usize| "x".repeat(count);
    check(
        &server,
        format!("{} / HTTP/1.1\r\nHost: a\r\n\r\n", long(32)),
        &[200],
    );
    check(
        &server,
        format!("{} / HTTP/1.1\r\nHost: a\r\n\r\n", long(33)),
        &[501],
    );
    check(&server, long(100_000), &[501]);
    check(
        &server,
        format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", long(8_191)),
        &[200],
    );
    check(
        &server,
        format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", long(8_192)),
        &[414],
    );
    check(&server, format!("GET /{}", long(200_000)), &[414]);
    check(&server, get(&format!("X: {}\r\n", long(8_000))), &[200]);
    check(&server, get(&format!("X: {}\r\n", long(8_200))), &[431]);
    check(&server, get(&format!("{}: y\r\n", long(8_200))), &[431]);
    check(&server, get(&format!("X: {}", long(300_000))), &[431]);
    check(&server, get(&"X: y\r\n".repeat(99)), &[200]);
    check(&server, get(&"X: y\r\n".repeat(100)), &[431]);
    check(&server, get(&"X: y\r\n".repeat(50_000)), &[431]);
    check(
        &server,
        get(&format!("X: {}\r\n", long(8_000)).repeat(5)),
        &[431],
    );
    let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    check(
        &server,
        format!("{chunked}1;{}\r\nx\r\n0\r\n\r\n", long(5_000)),
        &[400],
    );
    check(
        &server,
        format!("{chunked}{}1\r\nx\r\n0\r\n\r\n", "0".repeat(5_000)),
        &[400],
    );
    check(
        &server,
        format!("{chunked}0\r\nX: {}\r\n\r\n", long(9_000)),
        &[400],
    );
}
