//! Request line and header fields (RFC 9112 §3, §5).
//!
//! `httparse` reads the grammar. It is more lenient than we are in one thing, line ends without CR,
//! and knows nothing of targets, hosts, framing and limits. Heads of the usual form do not need it:
//! see [`plain`](super::plain).

use std::mem::MaybeUninit;

use brrtrouter_transport::{Field, Status, Version};
use httparse::Header;

use super::framing::{Fields, Terms};
use super::memory::Memory;
use super::target::{self, Path};
use super::{Rejection, framing, minor};
use crate::limits::{Limits, MOST_HEADERS};

/// Most requests have fewer fields than this; those with more are parsed once again, which keeps
/// the stack of all others short.
const FEW_HEADERS: usize = 16;

/// Longer methods than this do not exist.
pub(super) const MAX_METHOD: usize = 32;

/// One head that may be answered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Head<'b> {
    pub(crate) method: &'b str,
    pub(crate) path: Path<'b>,
    pub(crate) version: Version,
    pub(crate) terms: Terms,
    /// How many bytes it took, the empty line included.
    pub(crate) length: usize,
}

/// Reads a head as a connection does.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn parse<'b>(
    bytes: &'b [u8],
    limits: &Limits,
    fields: &mut Vec<Field<'b>>,
    memory: &mut Memory,
) -> Result<Option<Head<'b>>, Rejection> {
    if let Some(head) = super::plain::parse(bytes, limits, fields, memory) {
        return Ok(Some(head));
    }
    fields.clear();
    parse_any(bytes, limits, fields, memory)
}

/// As `plain`, for heads of any form: reads a head from the start of `bytes` and puts its fields into
/// `fields`; `None` if it is not whole yet.
///
/// The outcome depends on the bytes alone and not on how they arrived, as long as the head stays within
/// the limits.
#[inline(never)]
pub(crate) fn parse_any<'b>(
    bytes: &'b [u8],
    limits: &Limits,
    fields: &mut Vec<Field<'b>>,
    memory: &mut Memory,
) -> Result<Option<Head<'b>>, Rejection> {
    let outcome = parse_up_to::<FEW_HEADERS>(bytes, limits, fields, memory);
    if limits.max_headers > FEW_HEADERS && outcome == Err(TOO_MANY_HEADERS) {
        fields.clear();
        return parse_many(bytes, limits, fields, memory);
    }
    outcome
}

// Not inlined: what it needs of the stack is needed by those only who come here.
#[cold]
#[inline(never)]
fn parse_many<'b>(
    bytes: &'b [u8],
    limits: &Limits,
    fields: &mut Vec<Field<'b>>,
    memory: &mut Memory,
) -> Result<Option<Head<'b>>, Rejection> {
    parse_up_to::<MOST_HEADERS>(bytes, limits, fields, memory)
}

/// Reads a head of at most `MOST` fields.
#[inline(always)]
fn parse_up_to<'b, const MOST: usize>(
    bytes: &'b [u8],
    limits: &Limits,
    fields: &mut Vec<Field<'b>>,
    memory: &mut Memory,
) -> Result<Option<Head<'b>>, Rejection> {
    let mut storage = [const { MaybeUninit::<Header<'b>>::uninit() }; MOST];
    let room = limits.max_headers.min(MOST);
    let mut request = httparse::Request::new(&mut []);
    match request.parse_with_uninit_headers(bytes, storage.get_mut(..room).unwrap_or_default()) {
        Ok(httparse::Status::Complete(length)) => {
            let headers = &*request.headers;
            check(&request, headers, length, bytes, limits, fields, memory).map(Some)
        }
        Ok(httparse::Status::Partial) => check_partial(bytes, limits).map(|()| None),
        // What is wrong with a version can only be said once all of it is here.
        Err(httparse::Error::Version) if !bytes.contains(&b'\n') => {
            check_partial(bytes, limits).map(|()| None)
        }
        Err(error) => {
            if error == httparse::Error::Version
                && let Some(outcome) = minor::parse(bytes, limits, fields, memory)
            {
                return outcome;
            }
            Err(explain(error, bytes, limits))
        }
    }
}

const TOO_MANY_HEADERS: Rejection = Rejection::new(
    Status::REQUEST_HEADER_FIELDS_TOO_LARGE,
    "there are too many header fields",
);
const HEAD_TOO_LONG: Rejection = Rejection::new(
    Status::REQUEST_HEADER_FIELDS_TOO_LARGE,
    "the header section is too long",
);
const LINE_TOO_LONG: Rejection = Rejection::new(
    Status::REQUEST_HEADER_FIELDS_TOO_LARGE,
    "a header field is too long",
);
const TARGET_TOO_LONG: Rejection =
    Rejection::new(Status::URI_TOO_LONG, "the request target is too long");
const METHOD_TOO_LONG: Rejection =
    Rejection::new(Status::NOT_IMPLEMENTED, "there is no such method");
const BARE_LINE_FEED: Rejection = Rejection::bad("a line ends without CR");

/// Adds to the grammar what is not grammar.
pub(super) fn check<'b>(
    request: &httparse::Request<'_, 'b>,
    headers: &[Header<'b>],
    length: usize,
    bytes: &'b [u8],
    limits: &Limits,
    fields: &mut Vec<Field<'b>>,
    memory: &mut Memory,
) -> Result<Head<'b>, Rejection> {
    let (Some(method), Some(target), Some(version)) =
        (request.method, request.path, request.version)
    else {
        return Err(Rejection::bad("the request line is malformed"));
    };
    if method.len() > MAX_METHOD {
        return Err(METHOD_TOO_LONG);
    }
    if target.len() > limits.max_target {
        return Err(TARGET_TOO_LONG);
    }
    if length > limits.max_head {
        return Err(HEAD_TOO_LONG);
    }
    let version = if version == 0 {
        Version::Http10
    } else {
        Version::Http11
    };
    let target = target::parse(method, target)?;
    if !bytes[..length].ends_with(b"\r\n\r\n") {
        return Err(BARE_LINE_FEED);
    }
    let mut seen = Fields::default();
    for (index, header) in headers.iter().enumerate() {
        let start = header.name.as_ptr().addr() - bytes.as_ptr().addr();
        if bytes.get(start.wrapping_sub(2)) != Some(&b'\r') {
            return Err(BARE_LINE_FEED);
        }
        // A name, a colon, a value and a line end, whatever white space is between them.
        if header.name.len() + header.value.len() + 3 > limits.max_header_line {
            return Err(LINE_TOO_LONG);
        }
        seen.see(index, header.name, header.value, &mut memory.host)?;
        fields.push(Field {
            name: header.name,
            value: header.value,
        });
    }
    let terms = seen.conclude(version)?;
    if let (Some(authority), Some(index)) = (target.authority, seen.host_index())
        && let Some(host) = fields.get_mut(index)
    {
        // RFC 9112 §3.2.2: the target's host takes the place of the field's.
        host.value = authority.as_bytes();
    }
    Ok(Head {
        method,
        path: target.path,
        version,
        terms,
        length,
    })
}

/// Finds out whether a head that is not whole can still stay within the limits.
#[cold]
pub(super) fn check_partial(bytes: &[u8], limits: &Limits) -> Result<(), Rejection> {
    let Some(line) = bytes.iter().position(|&byte| byte == b'\n') else {
        return check_request_line(bytes, limits);
    };
    check_request_line(&bytes[..line], limits)?;
    if bytes[..line].last() != Some(&b'\r') {
        return Err(BARE_LINE_FEED);
    }
    if bytes.len() >= limits.max_head {
        return Err(HEAD_TOO_LONG);
    }
    let last = bytes
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(bytes.len(), |end| bytes.len() - end - 1);
    if last > limits.max_header_line {
        return Err(LINE_TOO_LONG);
    }
    Ok(())
}

/// The same for a request line whose end is not there yet.
fn check_request_line(bytes: &[u8], limits: &Limits) -> Result<(), Rejection> {
    let mut parts = bytes.splitn(3, |&byte| byte == b' ');
    let method = parts.next().unwrap_or_default();
    let target = parts.next().unwrap_or_default();
    if method.len() > MAX_METHOD {
        return Err(METHOD_TOO_LONG);
    }
    if target.len() > limits.max_target {
        return Err(TARGET_TOO_LONG);
    }
    if bytes.len() >= limits.max_head {
        return Err(HEAD_TOO_LONG);
    }
    Ok(())
}

/// Turns what `httparse` found into an answer.
#[cold]
pub(super) fn explain(error: httparse::Error, bytes: &[u8], limits: &Limits) -> Rejection {
    let line = bytes
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    if let Err(rejection) = check_request_line(line.get(..limits.max_head).unwrap_or(line), limits)
        && rejection != HEAD_TOO_LONG
    {
        return rejection;
    }
    match error {
        httparse::Error::Version => {
            // A version that is known is not at fault, but what stands before it.
            match line
                .strip_suffix(b"\r")
                .unwrap_or(line)
                .splitn(3, |&byte| byte == b' ')
                .last()
            {
                Some([b'H', b'T', b'T', b'P', b'/', b'1', b'.', minor])
                    if minor.is_ascii_digit() =>
                {
                    Rejection::bad("the request line is malformed")
                }
                Some([b'H', b'T', b'T', b'P', b'/', major, b'.', minor])
                    if major.is_ascii_digit() && minor.is_ascii_digit() =>
                {
                    Rejection::new(
                        Status::HTTP_VERSION_NOT_SUPPORTED,
                        "this server speaks HTTP/1.1 and HTTP/1.0",
                    )
                }
                _ => Rejection::bad("the protocol version is malformed"),
            }
        }
        httparse::Error::HeaderName => Rejection::bad("a header field's name is malformed"),
        httparse::Error::HeaderValue => {
            Rejection::bad("a header field's value holds a control character")
        }
        httparse::Error::NewLine => Rejection::bad("a line is not ended by CR and LF"),
        httparse::Error::TooManyHeaders => TOO_MANY_HEADERS,
        _ => Rejection::bad("the request line is malformed"),
    }
}

/// How many bytes of empty lines `bytes` start with (RFC 9112 §2.2).
pub(crate) fn empty_lines(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some(tail) = rest.strip_prefix(b"\r\n") {
        rest = tail;
    }
    bytes.len() - rest.len()
}

/// Whether what was received so far is a request for a head only, as far as can be told of a head
/// that was refused.
pub(crate) fn asks_for_head(bytes: &[u8]) -> bool {
    bytes.starts_with(b"HEAD ")
}

/// Whether the first byte is a letter that methods start with, as nearly always.
#[inline]
pub(crate) fn starts_well(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(u8::is_ascii_uppercase)
}

/// Whether a byte that is no part of a head's first token stands at the start: `httparse` passes
/// over line feeds there.
#[cold]
pub(crate) fn starts_badly(bytes: &[u8]) -> bool {
    match bytes {
        [b'\r', b'\n', ..] | [b'\r'] | [] => false,
        [first, ..] => !framing::is_token_byte(*first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(bytes: &[u8], limits: &Limits) -> Result<bool, u16> {
        let mut fields = Vec::new();
        parse(bytes, limits, &mut fields, &mut Memory::new())
            .map(|head| head.is_some())
            .map_err(|rejection| rejection.status.code())
    }

    #[test]
    fn a_head_is_whole_at_its_empty_line() {
        let limits = Limits::default();
        let bytes = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
        for end in 0..bytes.len() {
            assert_eq!(status(&bytes[..end], &limits), Ok(false), "{end}");
        }
        assert_eq!(status(bytes, &limits), Ok(true));
    }

    #[test]
    fn bare_line_feeds_are_refused_wherever_they_stand() {
        let limits = Limits::default();
        let bytes = b"GET /a HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";
        for at in (0..bytes.len()).filter(|&at| bytes[at] == b'\r') {
            let mut bad = bytes.to_vec();
            bad.remove(at);
            bad.extend(b"\r\n");
            assert_eq!(status(&bad, &limits), Err(400), "{at}");
        }
    }

    #[test]
    fn each_limit_has_its_status() {
        let limits = Limits::default()
            .max_target(20)
            .max_header_line(40)
            .max_head(300)
            .max_headers(3)
            .clamped();
        let head = |target: &str, fields: &str| {
            format!("GET {target} HTTP/1.1\r\nHost: a\r\n{fields}\r\n").into_bytes()
        };
        let long = "x".repeat(400);
        assert_eq!(status(&head("/", ""), &limits), Ok(true));
        assert_eq!(status(&head(&format!("/{long}"), ""), &limits), Err(414));
        assert_eq!(status(format!("GET /{long}").as_bytes(), &limits), Err(414));
        assert_eq!(
            status(&head("/", &format!("X: {long}\r\n")), &limits),
            Err(431)
        );
        assert_eq!(
            status(
                format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(50)).as_bytes(),
                &limits
            ),
            Err(431)
        );
        assert_eq!(
            status(&head("/", "X: y\r\nX: y\r\nX: y\r\n"), &limits),
            Err(431)
        );
        assert_eq!(
            status(format!("{long} / HTTP/1.1\r\n").as_bytes(), &limits),
            Err(501)
        );
    }

    #[test]
    fn more_fields_than_most_requests_have() {
        let limits = Limits::default();
        let mut bytes = b"GET / HTTP/1.1\r\nHost: a\r\n".to_vec();
        for _ in 0..99 {
            bytes.extend(b"X: y\r\n");
        }
        let mut more = bytes.clone();
        bytes.extend(b"\r\n");
        let mut fields = Vec::new();
        assert!(matches!(
            parse(&bytes, &limits, &mut fields, &mut Memory::new()),
            Ok(Some(_))
        ));
        assert_eq!(fields.len(), 100);
        more.extend(b"X: y\r\n\r\n");
        assert_eq!(status(&more, &limits), Err(431));
    }

    #[test]
    fn other_versions_are_told_from_nonsense() {
        let limits = Limits::default();
        for (version, code) in [
            ("HTTP/2.0", 505),
            ("HTTP/0.9", 505),
            ("HTTP/1.10", 400),
            ("http/1.1", 400),
            ("HTTP/11", 400),
        ] {
            let bytes = format!("GET / {version}\r\nHost: a\r\n\r\n");
            assert_eq!(status(bytes.as_bytes(), &limits), Err(code), "{version}");
        }
    }

    #[test]
    fn the_absolute_form_overrides_the_host() {
        let limits = Limits::default();
        let mut fields = Vec::new();
        let bytes = b"GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n";
        let head = parse(bytes, &limits, &mut fields, &mut Memory::new());
        assert!(matches!(
            head,
            Ok(Some(Head {
                path: Path::Sent("/"),
                ..
            }))
        ));
        assert_eq!(fields[0].value, b"b");
    }
}
