//! Bodies at the edges of the grammar (RFC 9112 §6, §7): where one ends, and that nothing else is taken
//! for the next request.

use brrtrouter_raw::Limits;

use crate::grammar::{check, get, post};
use crate::{mirror, serve};

#[test]
fn lengths() {
    let server = serve(Limits::default(), mirror);
    for (fields, status) in [
        ("Content-Length: 5", 200),
        ("content-length:5", 200),
        ("Content-Length: 0005", 200),
        ("Content-Length: \t5 ", 200),
        ("Content-Length: 5, 5", 400),
        ("Content-Length: 5,", 400),
        ("Content-Length: ,5", 400),
        ("Content-Length: 5;", 400),
        ("Content-Length: +5", 400),
        ("Content-Length: -5", 400),
        ("Content-Length: 5.0", 400),
        ("Content-Length: 5e0", 400),
        ("Content-Length: 0x5", 400),
        ("Content-Length: 5 5", 400),
        ("Content-Length: \"5\"", 400),
        ("Content-Length: five", 400),
        ("Content-Length:", 400),
        ("Content-Length: \u{665}", 400),
        ("Content-Length: 5\r\nContent-Length: 5", 400),
        ("Content-Length: 5\r\nContent-Length: 6", 400),
        ("Content-Length: 5\r\ncontent-length: 0", 400),
        ("Content-Length: 18446744073709551616", 400),
        ("Content-Length: 99999999999999999999999999999999", 400),
        ("Content-Length : 5", 400),
        ("Content-Length\0: 5", 400),
    ] {
        check(&server, post(fields, "hello"), &[status]);
    }
    check(
        &server,
        post("Content-Length: 18446744073709551615", "hello"),
        &[413],
    );
    check(&server, post("Content-Length: 1048577", "hello"), &[413]);
    // A length that is short leaves the rest to be the next request.
    let mut client = server.client();
    client.send(post("Content-Length: 4", "hello"));
    assert_eq!(client.answer().text(), "POST / hell");
    assert_eq!(client.get("/").text(), "oGET / ");
    check(&server, post("Content-Length: 4", "hell\0"), &[200, 400]);
}

#[test]
fn transfer_codings() {
    let server = serve(Limits::default(), mirror);
    const BODY: &str = "5\r\nhello\r\n0\r\n\r\n";
    for (fields, status) in [
        ("Transfer-Encoding: chunked", 200),
        ("TRANSFER-ENCODING:CHUNKED", 200),
        ("Transfer-Encoding: \tchunked ", 200),
        ("Transfer-Encoding: chunked, chunked", 400),
        ("Transfer-Encoding: chunked,", 400),
        ("Transfer-Encoding: ,chunked", 400),
        ("Transfer-Encoding: chunked;q=1", 400),
        ("Transfer-Encoding: chunked\x0b", 400),
        ("Transfer-Encoding: xchunked", 400),
        ("Transfer-Encoding: chunkedx", 400),
        ("Transfer-Encoding: \"chunked\"", 400),
        ("Transfer-Encoding: identity", 400),
        ("Transfer-Encoding: identity, chunked", 501),
        ("Transfer-Encoding: gzip", 400),
        ("Transfer-Encoding: gzip, chunked", 501),
        ("Transfer-Encoding: chunked, gzip", 400),
        ("Transfer-Encoding: chunked, identity", 400),
        ("Transfer-Encoding:", 400),
        ("Transfer-Encoding: ", 400),
        (
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            400,
        ),
        ("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", 400),
        (
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
            400,
        ),
        ("Transfer-Encoding: chunked\r\nContent-Length: 15", 400),
        ("Content-Length: 15\r\nTransfer-Encoding: chunked", 400),
        ("Content-Length: 0\r\nTransfer-Encoding: chunked", 400),
        ("Transfer-Encoding : chunked", 400),
        ("Transfer-Encoding:\r\n chunked", 400),
        ("X: y\rTransfer-Encoding: chunked", 400),
    ] {
        check(&server, post(fields, BODY), &[status]);
    }
    let old = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n";
    check(&server, format!("{old}{BODY}"), &[400]);
}

#[test]
fn chunks() {
    let server = serve(Limits::default(), mirror);
    let tail = "\r\n0\r\n\r\n";
    for (body, status) in [
        (format!("5\r\nhello{tail}"), 200),
        (format!("00000005\r\nhello{tail}"), 200),
        (format!("5;a\r\nhello{tail}"), 200),
        (format!("5;a=b;c=\"d\\\"e\"\r\nhello{tail}"), 200),
        (format!("5 ;a\r\nhello{tail}"), 200),
        ("0\r\n\r\n".to_owned(), 200),
        ("0000\r\n\r\n".to_owned(), 200),
        ("0;a=b\r\nX: y\r\nZ:\r\n\r\n".to_owned(), 200),
        (format!("5\nhello{tail}"), 400),
        ("5\r\nhello\n0\r\n\r\n".to_owned(), 400),
        (format!("5\rhello{tail}"), 400),
        (format!("5 \r\nhello{tail}"), 400),
        (format!(" 5\r\nhello{tail}"), 400),
        (format!("+5\r\nhello{tail}"), 400),
        (format!("-5\r\nhello{tail}"), 400),
        (format!("0x5\r\nhello{tail}"), 400),
        (format!("5_\r\nhello{tail}"), 400),
        (format!("g\r\nhello{tail}"), 400),
        (format!("\r\nhello{tail}"), 400),
        (format!(";a\r\nhello{tail}"), 400),
        (format!("5;\r\nhello{tail}"), 400),
        (format!("5;a\0\r\nhello{tail}"), 400),
        (format!("5;a\nb\r\nhello{tail}"), 400),
        (format!("5;a=\"\r\n\"\r\nhello{tail}"), 400),
        (format!("4\r\nhello{tail}"), 400),
        (format!("6\r\nhello{tail}"), 400),
        (format!("ffffffffffffffff0\r\nhello{tail}"), 400),
        (format!("10000000000000005\r\nhello{tail}"), 400),
        // Longer than any body may be, so nothing of it is waited for.
        (format!("ffffffffffffffff\r\nhello{tail}"), 413),
        (format!("8000000000000000\r\nhello{tail}"), 413),
        (format!("100001\r\nhello{tail}"), 413),
        (format!("5\r\nhello\r\n100000\r\nhello{tail}"), 413),
        ("5\r\nhello\r\n0\r\nX : y\r\n\r\n".to_owned(), 400),
        ("5\r\nhello\r\n0\r\n X: y\r\n\r\n".to_owned(), 400),
        ("5\r\nhello\r\n0\r\nX: y\n\r\n".to_owned(), 400),
        ("5\r\nhello\r\n0\r\nnot a field\r\n\r\n".to_owned(), 400),
        ("5\r\nhello\r\n0\r\n\n".to_owned(), 400),
    ] {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        check(&server, format!("{head}{body}"), &[status]);
    }
    let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    // Trailers change nothing of the request before or behind them.
    let trailer = "0\r\nContent-Length: 99\r\nTransfer-Encoding: x\r\nHost: b\r\n\r\n";
    check(&server, format!("{head}{trailer}"), &[200]);
}

#[test]
fn nothing_behind_an_error_is_served() {
    let server = serve(Limits::default(), mirror);
    let good = get("");
    for bad in [
        "GET / HTTP/1.1\r\n\r\n",
        "\0",
        "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
    ] {
        let mut client = server.client();
        client.send(format!("{good}{good}{bad}{good}{good}"));
        assert_eq!(client.answer().status, 200);
        assert_eq!(client.answer().status, 200);
        assert!(client.answer().status >= 400);
        client.assert_closed();
    }
    // What a body without its end hides.
    let mut client = server.client();
    client
        .send(post("Transfer-Encoding: chunked", "z\r\n"))
        .send(&good);
    assert_eq!(client.answer().status, 400);
    client.assert_closed();
}
