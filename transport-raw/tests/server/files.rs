//! Parts of files as content.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::Arc;

use brrtrouter_raw::Limits;
use brrtrouter_transport::{FileRange, Payload, Request, Response, Status};

use crate::{Running, mirror, serve};

/// A file of so many bytes, none like its neighbours, that is gone with its last handle.
fn file(length: usize) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&content(length)).unwrap();
    file
}

fn content(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8).collect()
}

/// How a file is sent: read by the server, or by the system, which is for those that are said to lie in
/// memory.
const WAYS: [fn(FileRange) -> FileRange; 2] = [|read| read, FileRange::in_memory];

/// Answers `/from/length` with that part of the file, and other paths like [`mirror`].
fn serve_file(file: File, way: fn(FileRange) -> FileRange) -> Running {
    let file = Arc::new(file);
    serve(
        Limits::default(),
        move |request: &mut Request<'_>, response: &mut Response| {
            let range = request.target[1..]
                .split_once('/')
                .and_then(|(from, length)| Some((from.parse().ok()?, length.parse().ok()?)));
            match range {
                Some((from, length)) => {
                    let range = FileRange::new(Arc::clone(&file), from, length);
                    response.set_payload(Payload::File(way(range)));
                }
                None => mirror(request, response),
            }
        },
    )
}

#[test]
fn any_part_of_a_file_can_be_sent() {
    for way in WAYS {
        let length = 300_000;
        let server = serve_file(file(length), way);
        let mut client = server.client();
        let whole = content(length);
        for (from, count) in [
            (0, 0),
            (0, 1),
            (7, 1_000),
            (0, 16_384),
            (1, 16_385),
            (0, 65_536),
            (100_000, 200_000),
            (299_999, 1),
            (0, 300_000),
            (300_000, 0),
        ] {
            let answer = client.get(&format!("/{from}/{count}"));
            assert_eq!(answer.status, 200);
            assert_eq!(answer.field("content-length"), Some(&*count.to_string()));
            assert!(answer.body == whole[from..from + count], "{from} {count}");
        }
        server.until(|snapshot| snapshot.requests == 10 && snapshot.accepted == 1);
    }
}

#[test]
fn files_take_their_place_in_a_batch() {
    for way in WAYS {
        let server = serve_file(file(200_000), way);
        let mut client = server.client();
        let targets = ["/1/10", "/a", "/0/200000", "/b", "/9/100000", "/5/5", "/c"];
        let mut batch = String::new();
        for target in targets {
            batch += &format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        // A half-closed client gets all of them.
        client.send(batch).finish_sending();
        let whole = content(200_000);
        assert!(client.answer().body == whole[1..11]);
        assert_eq!(client.answer().text(), "GET /a ");
        assert!(client.answer().body == whole);
        assert_eq!(client.answer().text(), "GET /b ");
        assert!(client.answer().body == whole[9..100_009]);
        assert!(client.answer().body == whole[5..10]);
        assert_eq!(client.answer().text(), "GET /c ");
        client.assert_closed();
    }
}

#[test]
fn head_tells_the_length_and_sends_nothing() {
    for way in WAYS {
        let server = serve_file(file(100_000), way);
        let mut client = server.client();
        for length in ["0", "10", "100000"] {
            client.send(format!("HEAD /0/{length} HTTP/1.1\r\nHost: a\r\n\r\n"));
            assert_eq!(client.head().field("content-length"), Some(length));
        }
        assert_eq!(client.get("/next").text(), "GET /next ");
    }
}

#[test]
fn statuses_without_content_send_no_file() {
    let file = Arc::new(file(100_000));
    let server = serve(Limits::default(), move |request, response| {
        let status = request.target[1..].parse().unwrap();
        response.set_status(Status::from_code(status).unwrap());
        let range = FileRange::new(Arc::clone(&file), 0, 100_000);
        response.set_payload(Payload::File(range));
    });
    let mut client = server.client();
    for status in [304, 204] {
        let answer = client.get(&format!("/{status}"));
        assert_eq!(answer.status, status);
        assert_eq!(answer.field("content-length"), None);
    }
    assert_eq!(client.get("/206").body.len(), 100_000);
}

#[test]
fn http_1_0_goes_on_after_a_file() {
    for way in WAYS {
        let server = serve_file(file(100_000), way);
        let mut client = server.client();
        client.send("GET /0/100000 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        let answer = client.answer();
        assert_eq!(answer.field("connection"), Some("keep-alive"));
        assert!(answer.body == content(100_000));
        client.send("GET /x HTTP/1.0\r\n\r\n");
        assert_eq!(client.answer().text(), "GET /x ");
    }
}

#[test]
fn a_reader_that_takes_its_time_gets_all_of_it() {
    for way in WAYS {
        let length = 12_000_000;
        let server = serve_file(file(length), way);
        let mut client = server.client();
        client.send(format!("GET /0/{length} HTTP/1.1\r\nHost: a\r\n\r\n"));
        let mut answer = client.head();
        // So much is under way at most; whoever has sent it waits for the reader and holds up nobody.
        server.until(|snapshot| snapshot.bytes_out > 100_000);
        assert_eq!(server.client().get("/other").text(), "GET /other ");
        client.content(&mut answer);
        assert!(answer.body == content(length));
        assert_eq!(client.get("/last").text(), "GET /last ");
    }
}

#[test]
fn a_file_that_the_system_does_not_hold_is_read_from_the_disk() {
    let length = 1_000_000;
    let file = file(length);
    file.sync_all().unwrap();
    let forgetful = Arc::new(file);
    let server = serve(Limits::default(), move |_, response| {
        forget(&forgetful);
        let range = FileRange::new(Arc::clone(&forgetful), 3, 999_997);
        response.set_payload(Payload::File(range));
    });
    let mut client = server.client();
    for _ in 0..3 {
        assert!(client.get("/").body == content(length)[3..]);
    }
}

/// Asks the system to drop what it holds of a file.
fn forget(file: &File) {
    rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed).unwrap();
}

#[test]
fn a_file_that_is_too_short_from_the_start_is_an_error() {
    for way in WAYS {
        let server = serve_file(file(100), way);
        let mut client = server.client();
        for target in ["/100/1", "/5000/10"] {
            let answer = client.get(target);
            assert_eq!(answer.status, 500);
            assert!(answer.body.is_empty());
        }
        assert_eq!(client.get("/0/100").body.len(), 100);
    }
}

#[test]
fn a_file_in_memory_that_is_shorter_than_it_was_said_to_be_ends_the_connection() {
    let server = serve_file(file(50_000), FileRange::in_memory);
    let mut client = server.client();
    client.send("GET /0/60000 HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(client.head().field("content-length"), Some("60000"));
    assert!(client.rest() == content(50_000));
    server.until(|snapshot| snapshot.open == 0);
}

#[test]
fn a_file_that_shrinks_ends_the_connection_early() {
    let length = 20_000_000;
    let file = file(length);
    let handle = file.try_clone().unwrap();
    let server = serve_file(file, |read| read);
    let mut client = server.client();
    client.send(format!(
        "GET /0/{length} HTTP/1.1\r\nHost: a\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n"
    ));
    assert_eq!(client.head().field("content-length"), Some("20000000"));
    handle.set_len(20_000).unwrap();
    let rest = client.rest();
    assert!(rest.len() < length);
    assert!(content(rest.len()) == rest, "nothing but the file");
    server.until(|snapshot| snapshot.open == 0);
}

#[test]
fn the_cursor_of_the_file_is_nobodys_concern() {
    for way in WAYS {
        let mut file = file(1_000);
        file.seek(SeekFrom::Start(500)).unwrap();
        let mut handle = file.try_clone().unwrap();
        let server = serve_file(file, way);
        assert!(server.client().get("/0/1000").body == content(1_000));
        let mut rest = Vec::new();
        handle.read_to_end(&mut rest).unwrap();
        assert_eq!(rest.len(), 500);
    }
}
