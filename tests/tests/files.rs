//! Files over sockets: whole, in parts, and not at all.

#![allow(clippy::expect_used)]

use brrtrouter::prelude::*;
use whole_server_tests::{On, on_both, service_of};

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /file:
    get: {operationId: file, responses: {'200': {description: ok, content: {'*/*': {}}}}}
";

on_both!(a_file_is_sent_as_it_is_asked_for);

fn a_file_is_sent_as_it_is_asked_for(on: On) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("numbers");
    let numbers: Vec<String> = (100_000..200_000).map(|one| one.to_string()).collect();
    let bytes = numbers.concat().into_bytes();
    std::fs::write(&path, &bytes).expect("it is written");
    let length = bytes.len();
    let service = service_of(DOCUMENT)
        .handler("file", move || {
            NamedFile::open(&path).map_err(|_| Problem::not_found("gone"))
        })
        .build()
        .expect("the service builds");
    let server = on.serve(service);
    // Each on the connection of the one before.
    let client = server.client();
    let whole = client.get("/file");
    assert_eq!((whole.status, whole.body == bytes), (200, true));
    let head = client.send("HEAD", "/file", &[], b"");
    assert_eq!((head.status, head.body.len()), (200, 0));
    // may_minihttp writes the length of what it sends, which for HEAD is nothing.
    if on == On::Raw {
        assert_eq!(head.header("content-length"), length.to_string());
    }
    let tag = whole.header("etag").to_owned();
    let known = client.send("GET", "/file", &[("if-none-match", &tag)], b"");
    assert_eq!((known.status, known.body.len()), (304, 0));
    let other = client.send("GET", "/file", &[("if-match", "\"x\"")], b"");
    other.problem(412);
    let part = client.send("GET", "/file", &[("range", "bytes=100000-299999")], b"");
    assert_eq!(
        (part.status, part.body == bytes[100_000..300_000]),
        (206, true)
    );
    let stands = format!("bytes 100000-299999/{length}");
    assert_eq!(part.header("content-range"), stands);
    let parts = client.send("GET", "/file", &[("range", "bytes=0-9,20-29")], b"");
    assert_eq!(parts.status, 206);
    assert!(
        parts
            .header("content-type")
            .starts_with("multipart/byteranges; boundary=")
    );
    let beyond = format!("bytes={length}-");
    let beyond = client.send("GET", "/file", &[("range", &beyond)], b"");
    beyond.problem(416);
    assert_eq!(beyond.header("content-range"), format!("bytes */{length}"));
    let again = client.get("/file");
    assert_eq!((again.status, again.body == bytes), (200, true));
}
