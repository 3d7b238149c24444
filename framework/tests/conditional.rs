//! Conditional requests and ranges: files, and whatever else has a validator.

#![allow(clippy::expect_used)]

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use brrtrouter::conditional::{ETag, Preconditions};
use brrtrouter::prelude::*;
use brrtrouter::service::ResponseCheck;
use brrtrouter::testing::{TestAnswer, TestClient};
use brrtrouter_spec::Loader;

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /file:
    get: {operationId: file, responses: {'200': {description: ok, content: {text/plain: {}}}}}
  /memory:
    get: {operationId: memory, responses: {'200': {description: ok, content: {'*/*': {}}}}}
    put: {operationId: replace, responses: {'204': {description: done}}}
  /json:
    get: {operationId: json, responses: {'200': {description: ok, content: {application/json: {}}}}}
";

/// 2024-03-01T12:00:00Z, and a half second that no date on the wire says.
const MODIFIED: Duration = Duration::from_millis(1_709_294_400_500);
const DATE: &str = "Fri, 01 Mar 2024 12:00:00 GMT";
const BEFORE: &str = "Fri, 01 Mar 2024 11:59:59 GMT";
const AFTER: &str = "Fri, 01 Mar 2024 12:00:01 GMT";

const TEXT: &str = "0123456789abcdefghijklmnopqrstuvwxyz";

/// A file with [`TEXT`] in it, changed last at [`MODIFIED`].
fn file() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("text.txt");
    let mut file = File::create(&path).expect("a file");
    file.write_all(TEXT.as_bytes()).expect("it is written");
    file.set_modified(UNIX_EPOCH + MODIFIED).expect("a time");
    (folder, path)
}

fn client() -> TestClient {
    let (folder, path) = file();
    let spec = Loader::new().load_str(DOCUMENT, "files.yaml");
    let service = AppService::builder(spec.expect("the document loads"))
        .check_responses(ResponseCheck::Enforce)
        .handler("file", move || {
            let _ = &folder;
            NamedFile::open(&path).map_err(Problem::internal)
        })
        .handler("memory", || {
            Binary::new(TEXT)
                .with_etag(ETag::strong("m").expect("a tag"))
                .and_last_modified(UNIX_EPOCH + MODIFIED)
                .in_parts()
        })
        .handler("replace", |wanted: Preconditions| {
            let tag = ETag::strong("m").expect("a tag");
            wanted.check(Some(&tag), Some(UNIX_EPOCH + MODIFIED))?;
            Ok::<_, Problem>(NoContent)
        })
        .handler("json", || {
            Json([1, 2]).with_etag(ETag::weak("j").expect("a tag"))
        })
        .build()
        .expect("the service builds");
    TestClient::new(service)
}

fn ask(method: &str, target: &str, fields: &[(&str, &str)]) -> TestAnswer {
    let client = client();
    let request = client.request(method, target);
    fields
        .iter()
        .fold(request, |request, (name, value)| {
            request.field(*name, *value)
        })
        .send()
}

fn tag_of_the_file() -> String {
    ask("GET", "/file", &[]).field("etag").to_owned()
}

#[test]
fn a_file_is_sent_with_its_validators() {
    let answer = ask("GET", "/file", &[]);
    assert_eq!((answer.status(), answer.text()), (200, TEXT));
    assert_eq!(answer.field("content-type"), "text/plain; charset=utf-8");
    assert_eq!(answer.field("last-modified"), DATE);
    assert_eq!(answer.field("accept-ranges"), "bytes");
    let tag = format!("\"24-{:x}\"", MODIFIED.as_nanos());
    assert_eq!(answer.field("etag"), tag);
    let head = ask("HEAD", "/file", &[]);
    assert_eq!((head.status(), head.text()), (200, ""));
    assert_eq!(head.field("etag"), answer.field("etag"));
}

#[test]
fn a_file_changed_just_now_has_a_weak_tag() {
    let (_folder, path) = file();
    File::open(&path)
        .and_then(|file| file.set_modified(SystemTime::now()))
        .expect("a time");
    let named = NamedFile::open(&path).expect("it is there");
    let tag = named.tag().expect("a tag").as_str();
    assert!(tag.starts_with("W/"), "{tag}");
}

#[test]
fn a_folder_is_no_file() {
    let error = NamedFile::open(std::env::temp_dir()).expect_err("a folder");
    assert_eq!(error.kind(), std::io::ErrorKind::IsADirectory);
}

#[test]
fn an_attachment_has_its_name_for_old_and_new_clients() {
    let (_folder, path) = file();
    for (name, field) in [
        ("a b.txt", "attachment; filename=\"a b.txt\""),
        (
            "né\"\r\n.txt",
            "attachment; filename=\"n____.txt\"; filename*=UTF-8''n%C3%A9%22%0D%0A.txt",
        ),
    ] {
        let mut response = brrtrouter::Response::new();
        let named = NamedFile::open(&path).expect("it is there");
        let answer = named.as_attachment(name);
        answer.into_response(&mut response).expect("an answer");
        assert_eq!(response.headers().get("content-disposition"), Some(field));
    }
}

#[test]
fn preconditions_are_judged_in_the_order_of_the_standard() {
    let tag = tag_of_the_file();
    let tag = tag.as_str();
    let weak = format!("W/{tag}");
    let weak = weak.as_str();
    let listed = format!("\"x\", {weak}");
    let listed = listed.as_str();
    for (fields, status) in [
        // If-None-Match compares weakly.
        (&[("If-None-Match", tag)][..], 304),
        (&[("If-None-Match", listed)][..], 304),
        (
            &[("If-None-Match", "\"x\""), ("if-none-match", weak)][..],
            304,
        ),
        (&[("If-None-Match", "*")][..], 304),
        (&[("If-None-Match", "\"x\"")][..], 200),
        (&[("If-None-Match", "nonsense")][..], 200),
        // If-Modified-Since holds only without it, and only if it is a date.
        (&[("If-Modified-Since", DATE)][..], 304),
        (&[("If-Modified-Since", AFTER)][..], 304),
        (&[("If-Modified-Since", BEFORE)][..], 200),
        (&[("If-Modified-Since", "yesterday")][..], 200),
        (
            &[("If-None-Match", "\"x\""), ("If-Modified-Since", DATE)][..],
            200,
        ),
        // If-Match compares strongly.
        (&[("If-Match", tag)][..], 200),
        (&[("If-Match", "*")][..], 200),
        (&[("If-Match", weak)][..], 412),
        (&[("If-Match", "\"x\"")][..], 412),
        (&[("If-Match", "nonsense")][..], 412),
        // If-Unmodified-Since holds only without it.
        (&[("If-Unmodified-Since", DATE)][..], 200),
        (&[("If-Unmodified-Since", BEFORE)][..], 412),
        (&[("If-Unmodified-Since", "yesterday")][..], 200),
        (
            &[("If-Match", tag), ("If-Unmodified-Since", BEFORE)][..],
            200,
        ),
        // What must be so comes before what need not be sent.
        (&[("If-Match", "\"x\""), ("If-None-Match", tag)][..], 412),
        (&[("If-Match", tag), ("If-None-Match", tag)][..], 304),
        // Both come before ranges.
        (&[("If-None-Match", tag), ("Range", "bytes=0-1")][..], 304),
        (&[("If-Match", "\"x\""), ("Range", "bytes=99-")][..], 412),
    ] {
        for method in ["GET", "HEAD"] {
            let answer = ask(method, "/file", fields);
            assert_eq!(answer.status(), status, "{method} {fields:?}");
            if status == 304 {
                assert_eq!(answer.field("etag"), tag);
                assert_eq!(answer.field("last-modified"), DATE);
                assert_eq!(
                    (answer.field("content-type"), answer.bytes()),
                    ("", &b""[..])
                );
            }
        }
    }
}

#[test]
fn ranges_are_of_files_and_of_memory_alike() {
    for target in ["/file", "/memory"] {
        for (range, part, stands) in [
            ("bytes=0-0", "0", "bytes 0-0/36"),
            ("bytes=10-12", "abc", "bytes 10-12/36"),
            ("bytes=34-", "yz", "bytes 34-35/36"),
            ("bytes=34-99", "yz", "bytes 34-35/36"),
            ("bytes=-2", "yz", "bytes 34-35/36"),
            ("bytes=-99", TEXT, "bytes 0-35/36"),
            ("bytes=10-12,99-", "abc", "bytes 10-12/36"),
        ] {
            let answer = ask("GET", target, &[("Range", range)]);
            assert_eq!((answer.status(), answer.text()), (206, part), "{range}");
            assert_eq!(answer.field("content-range"), stands);
            assert_ne!(answer.field("etag"), "");
            // HEAD has no parts (RFC 9110 §14.2).
            assert_eq!(ask("HEAD", target, &[("Range", range)]).status(), 200);
        }
        for range in ["bytes=36-", "bytes=-0", "bytes=40-50,99-"] {
            let answer = ask("GET", target, &[("Range", range)]);
            assert_eq!(answer.status(), 416, "{range}");
            assert_eq!(answer.field("content-range"), "bytes */36");
            assert_eq!(answer.field("content-type"), "application/problem+json");
        }
        for range in ["bytes=5-2", "lines=1-2", "bytes=0-20,10-30", "bytes=x"] {
            let answer = ask("GET", target, &[("Range", range)]);
            assert_eq!((answer.status(), answer.text()), (200, TEXT), "{range}");
        }
        let twice = ask(
            "GET",
            target,
            &[("Range", "bytes=0-1"), ("Range", "bytes=3-4")],
        );
        assert_eq!(twice.status(), 200);
    }
}

#[test]
fn several_ranges_are_parts_of_one_answer() {
    for target in ["/file", "/memory"] {
        let answer = ask("GET", target, &[("Range", "bytes=-2, 0-1")]);
        assert_eq!(answer.status(), 206);
        assert_eq!(answer.field("content-range"), "");
        let kind = answer.field("content-type").to_owned();
        let boundary = kind.strip_prefix("multipart/byteranges; boundary=");
        let boundary = boundary.expect("a boundary");
        let inner = match target {
            "/file" => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        };
        let expected = format!(
            "--{boundary}\r\nContent-Type: {inner}\r\nContent-Range: bytes 34-35/36\r\n\r\nyz\r\n\
             --{boundary}\r\nContent-Type: {inner}\r\nContent-Range: bytes 0-1/36\r\n\r\n01\r\n\
             --{boundary}--\r\n"
        );
        assert_eq!(answer.text(), expected);
    }
}

#[test]
fn if_range_gives_the_whole_to_those_who_have_something_else() {
    let tag = tag_of_the_file();
    let weak = format!("W/{tag}");
    for (value, status) in [
        (tag.as_str(), 206),
        (weak.as_str(), 200),
        ("\"x\"", 200),
        (DATE, 206),
        (BEFORE, 200),
        // Unlike If-Unmodified-Since, it compares exactly (RFC 9110 §13.1.5).
        (AFTER, 200),
        ("nonsense", 200),
    ] {
        let fields = [("Range", "bytes=0-1"), ("If-Range", value)];
        assert_eq!(ask("GET", "/file", &fields).status(), status, "{value}");
    }
}

#[test]
fn any_answer_can_have_a_validator() {
    let answer = ask("GET", "/json", &[]);
    assert_eq!((answer.status(), answer.text()), (200, "[1,2]"));
    assert_eq!(answer.field("etag"), "W/\"j\"");
    assert_eq!(
        ask("GET", "/json", &[("If-None-Match", "\"j\"")]).status(),
        304
    );
    // It has no parts unless it says so.
    assert_eq!(ask("GET", "/json", &[("Range", "bytes=0-0")]).status(), 200);
}

#[test]
fn a_change_is_made_only_to_the_state_that_the_client_knows() {
    for (fields, status) in [
        (&[][..], 204),
        (&[("If-Match", "\"m\"")][..], 204),
        (&[("If-Match", "\"x\"")][..], 412),
        (&[("If-None-Match", "*")][..], 412),
        (&[("If-None-Match", "\"x\"")][..], 204),
        (&[("If-Unmodified-Since", BEFORE)][..], 412),
        // It has no meaning for methods that change something (RFC 9110 §13.1.3).
        (&[("If-Modified-Since", AFTER)][..], 204),
    ] {
        let answer = ask("PUT", "/memory", fields);
        assert_eq!(answer.status(), status, "{fields:?}");
    }
}
