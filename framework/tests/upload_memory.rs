//! A large upload costs memory for a piece of it, not for all of it.

#![allow(clippy::expect_used)]

use std::sync::Mutex;

use allocation_counter::measure;
use brrtrouter::prelude::*;
use brrtrouter::{AppService, Response};
use brrtrouter_spec::Loader;
use brrtrouter_transport::body::{BodyError, BodySource};
use brrtrouter_transport::{Body, Field, Request, Service};

/// Shared with the test of the same over a socket, or in process.
const DOCUMENT: &str = include_str!("../../tests/documents/files.yaml");

const SIZE: u64 = 20 * 1024 * 1024;

/// The most that is held beyond the file on disk.
const MOST: u64 = 256 * 1024;

const START: &[u8] =
    b"--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nlarge\r\n--b\r\n\
    Content-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n";
const END: &[u8] = b"\r\n--b--\r\n";
const PIECE: &[u8] = &[b'\r'; 16 * 1024];

/// A body that is made as it is read.
struct Made {
    piece: &'static [u8],
    left: u64,
    is_ending: bool,
}

impl BodySource for Made {
    fn fill(&mut self) -> Result<bool, BodyError> {
        if self.piece.is_empty() && self.left > 0 {
            self.piece = PIECE;
            self.left -= PIECE.len() as u64;
        } else if self.piece.is_empty() && !self.is_ending {
            self.is_ending = true;
            self.piece = END;
        }
        Ok(!self.piece.is_empty())
    }

    fn buffered(&self) -> &[u8] {
        self.piece
    }

    fn consume(&mut self, count: usize) {
        self.piece = self.piece.get(count..).unwrap_or_default();
    }

    fn remaining(&self) -> Option<u64> {
        None
    }

    fn is_finished(&self) -> bool {
        self.piece.is_empty() && self.is_ending
    }
}

#[test]
fn an_upload_of_20_megabytes_is_held_on_disk() {
    static SEEN: Mutex<Vec<(u64, bool)>> = Mutex::new(Vec::new());
    let spec = Loader::new().load_str(DOCUMENT, "files.yaml");
    let service = AppService::builder(spec.expect("the document loads"))
        .body_limit("upload", SIZE + 1_000)
        .handler("upload", |parts: Multipart| {
            let file = parts.file("file").expect("the document demands it");
            let mut seen = SEEN.lock().expect("no test panicked");
            seen.push((file.len(), file.is_on_disk()));
            NoContent
        })
        .build()
        .expect("the service builds");
    let fields = [Field {
        name: "Content-Type",
        value: b"multipart/form-data; boundary=b",
    }];
    let mut response = Response::new();
    let counted = measure(|| {
        let mut source = Made {
            piece: START,
            left: SIZE,
            is_ending: false,
        };
        let mut request = Request::new("POST", "/files", &fields, Body::new(&mut source, 0));
        service.call(&mut request, &mut response);
    });
    assert_eq!(response.status(), Status::NO_CONTENT);
    assert_eq!(*SEEN.lock().expect("no test panicked"), [(SIZE, true)]);
    assert!(counted.bytes_max <= MOST, "{} bytes", counted.bytes_max);
    // More than the window and the threshold, so it was counted.
    assert!(
        counted.bytes_max >= 64 * 1024,
        "{} bytes",
        counted.bytes_max
    );
}
