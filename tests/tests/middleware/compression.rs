use std::io::Read as _;

use brrtrouter::middleware::CompressionMiddleware;
use brrtrouter::operations::DocumentPage;
use brrtrouter::testing::TestAnswer;
use flate2::read::MultiGzDecoder;
use whole_server_tests::{On, Served, on_both};

use crate::api::{api, long_text};

on_both!(
    a_long_text_is_compressed_for_who_takes_it,
    a_short_text_is_left_as_it_is,
    a_tag_becomes_weak_and_still_saves_the_content,
    brotli_goes_before_gzip_among_equals,
    content_as_it_is_goes_to_who_would_rather_have_it,
);

fn client(on: On) -> Served {
    let service = api()
        .middleware(CompressionMiddleware::new().least(100))
        .mount("/openapi.json", DocumentPage::json());
    on.client(service.build().unwrap())
}

fn unzipped(answer: &TestAnswer) -> String {
    assert_eq!(answer.field("content-encoding"), "gzip");
    let mut text = String::new();
    MultiGzDecoder::new(answer.bytes())
        .read_to_string(&mut text)
        .unwrap();
    text
}

fn a_long_text_is_compressed_for_who_takes_it(on: On) {
    let client = client(on);
    for _ in 0..3 {
        let answer = client.get("/text").field("accept-encoding", "gzip").send();
        assert!(answer.bytes().len() < long_text().len() / 10);
        assert_eq!(unzipped(&answer), long_text());
        assert_eq!(answer.field("vary"), "Accept-Encoding");
    }
    let plain = client.get("/text").send();
    assert_eq!(
        (plain.text(), plain.field("content-encoding")),
        (long_text().as_str(), "")
    );
    assert_eq!(plain.field("vary"), "Accept-Encoding");
}

fn a_short_text_is_left_as_it_is(on: On) {
    let answer = client(on)
        .get("/things/7")
        .field("accept-encoding", "gzip")
        .send();
    assert_eq!(
        (answer.text(), answer.field("content-encoding")),
        ("thing 7", "")
    );
}

fn a_tag_becomes_weak_and_still_saves_the_content(on: On) {
    let client = client(on);
    let answer = client
        .get("/openapi.json")
        .field("accept-encoding", "gzip")
        .send();
    let tag = answer.field("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    assert!(unzipped(&answer).contains("getThing"));
    let again = client
        .get("/openapi.json")
        .field("if-none-match", tag.as_str())
        .send();
    assert_eq!((again.status(), again.bytes()), (304, &b""[..]));
    // It says what the answer with content would have said (RFC 9110 §15.4.5).
    assert_eq!(again.field("vary"), "Accept-Encoding");
    let again = client
        .get("/openapi.json")
        .field("if-none-match", tag.as_str())
        .field("accept-encoding", "gzip")
        .send();
    assert_eq!((again.status(), again.field("etag")), (304, tag.as_str()));
}

fn content_as_it_is_goes_to_who_would_rather_have_it(on: On) {
    let client = client(on);
    for (accepted, coding) in [
        ("identity, gzip;q=0.5", ""),
        ("identity;q=0.5, gzip", "gzip"),
        ("identity;q=0, gzip;q=0.1", "gzip"),
        ("gzip;q=0, br;q=0", ""),
    ] {
        let request = client.get("/text").field("accept-encoding", accepted);
        assert_eq!(
            request.send().field("content-encoding"),
            coding,
            "{accepted}"
        );
    }
}

fn brotli_goes_before_gzip_among_equals(on: On) {
    let answer = client(on)
        .get("/text")
        .field("accept-encoding", "gzip, br")
        .send();
    assert_eq!(answer.field("content-encoding"), "br");
    let mut text = String::new();
    brotli::Decompressor::new(answer.bytes(), 4096)
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text, long_text());
}
