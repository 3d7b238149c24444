//! Status codes, and what an answer starts with.

use brrtrouter_transport::{Payload, Response, Status};

#[test]
fn final_codes_are_accepted_and_no_others() {
    for code in 200..=599 {
        assert_eq!(Status::from_code(code).map(Status::code), Some(code));
    }
    for code in [0, 99, 100, 101, 199, 600, 999, u16::MAX] {
        assert_eq!(Status::from_code(code), None, "{code}");
    }
}

#[test]
fn registered_codes_have_a_reason_and_a_status_line() {
    assert_eq!(Status::NOT_FOUND.reason(), "Not Found");
    assert_eq!(Status::OK.line(), Some("HTTP/1.1 200 OK\r\n"));
    assert_eq!(Status::NOT_FOUND.to_string(), "404 Not Found");
    for code in 100..=599 {
        let Some(status) = Status::from_code(code) else {
            continue;
        };
        let line = format!("HTTP/1.1 {code} {}\r\n", status.reason());
        match status.line() {
            Some(known) => assert_eq!(known, line),
            None => assert_eq!(status.reason(), ""),
        }
    }
    let unknown = Status::from_code(299).unwrap();
    assert_eq!((unknown.reason(), unknown.line()), ("", None));
}

#[test]
fn informational_204_and_304_have_no_content() {
    let forbidding: Vec<u16> = (200..=599)
        .filter_map(Status::from_code)
        .filter(|status| status.forbids_content())
        .map(Status::code)
        .collect();
    assert_eq!(forbidding, [204, 304]);
    assert!(Status::CONTINUE.forbids_content());
    assert!(Status::SWITCHING_PROTOCOLS.forbids_content());
}

#[test]
fn an_answer_starts_empty_and_is_so_again_after_a_reset() {
    let mut response = Response::new();
    response.set_status(Status::CREATED).close_connection();
    response.headers_mut().append("location", "/1").unwrap();
    response.buffer().extend_from_slice(b"made");
    assert_eq!(response.content(), Some(b"made".as_slice()));
    assert!(response.closes_connection());
    response.reset();
    assert_eq!(response.status(), Status::OK);
    assert!(response.headers().is_empty());
    assert_eq!(response.content(), Some(b"".as_slice()));
    assert!(!response.closes_connection());
}

#[test]
fn the_last_content_given_counts() {
    let mut response = Response::new();
    response.buffer().extend_from_slice(b"draft");
    response.set_payload(Payload::Static(b"final"));
    assert_eq!(response.content(), Some(b"final".as_slice()));
    response.buffer().extend_from_slice(b"after all");
    assert_eq!(response.content(), Some(b"after all".as_slice()));
    response.set_payload(Payload::Stream(Box::new(|out: &mut dyn std::io::Write| {
        out.write_all(b"x")
    })));
    assert_eq!(response.content(), None);
    assert!(matches!(response.take_payload(), Payload::Stream(_)));
    assert!(matches!(response.payload(), Payload::Buffer));
}
