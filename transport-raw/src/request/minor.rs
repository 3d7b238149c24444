//! Heads of a later minor version, which are read as those of HTTP/1.1 (RFC 9110 §2.5).
//!
//! `httparse` refuses the version, so the request line is read here and only the fields there.

use brrtrouter_transport::Field;
use httparse::EMPTY_HEADER;

use super::Rejection;
use super::framing::is_token_byte;
use super::head::{self, Head};
use super::memory::Memory;
use crate::limits::{Limits, MOST_HEADERS};

/// The method and the target of a request line, without its line end, that is sound but for a version
/// between `HTTP/1.2` and `HTTP/1.9`.
fn request_line(line: &[u8]) -> Option<(&str, &str)> {
    let (start, minor) = line.split_at_checked(line.len().checked_sub(1)?)?;
    let [b'2'..=b'9'] = minor else {
        return None;
    };
    let text = std::str::from_utf8(start.strip_suffix(b" HTTP/1.")?).ok()?;
    let (method, target) = text.split_once(' ')?;
    let is_sound = !method.is_empty()
        && method.bytes().all(is_token_byte)
        && !target.is_empty()
        && target.bytes().all(|byte| byte.is_ascii_graphic());
    is_sound.then_some((method, target))
}

/// As [`head::parse_any`], for such a head; `None` if it is none.
#[cold]
#[inline(never)]
pub(super) fn parse<'b>(
    bytes: &'b [u8],
    limits: &Limits,
    fields: &mut Vec<Field<'b>>,
    memory: &mut Memory,
) -> Option<Result<Option<Head<'b>>, Rejection>> {
    let end = bytes.iter().position(|&byte| byte == b'\n')?;
    let line = bytes.get(..end)?.strip_suffix(b"\r")?;
    let (method, target) = request_line(line)?;
    let mut storage = [EMPTY_HEADER; MOST_HEADERS];
    let storage = storage.get_mut(..limits.max_headers)?;
    Some(
        match httparse::parse_headers(bytes.get(end + 1..)?, storage) {
            Ok(httparse::Status::Complete((length, headers))) => {
                let mut request = httparse::Request::new(&mut []);
                request.method = Some(method);
                request.path = Some(target);
                request.version = Some(1);
                let length = end + 1 + length;
                head::check(&request, headers, length, bytes, limits, fields, memory).map(Some)
            }
            Ok(httparse::Status::Partial) => head::check_partial(bytes, limits).map(|()| None),
            Err(error) => Err(head::explain(error, bytes, limits)),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a head: its method and path, that it is not whole, or a status.
    fn outcome(bytes: &str) -> Result<Option<(String, usize)>, u16> {
        let mut fields = Vec::new();
        let limits = Limits::default();
        head::parse(bytes.as_bytes(), &limits, &mut fields, &mut Memory::new())
            .map(|head| head.map(|head| (format!("{} {:?}", head.method, head.path), fields.len())))
            .map_err(|rejection| rejection.status.code())
    }

    #[test]
    fn a_later_minor_version_is_read_as_1_1() {
        for bytes in [
            "GET /a?b HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n",
            "GET http://b/a HTTP/1.1\r\nHost: a\r\n\r\n",
            "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n X: y\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
            "GET / HTTP/1.1\nHost: a\r\n\r\n",
            "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / / HTTP/1.1\r\nHost: a\r\n\r\n",
            "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /# HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
        ] {
            let later = bytes.replace("HTTP/1.1", "HTTP/1.2");
            for end in 0..=bytes.len() {
                let (Some(part), Some(later)) = (bytes.get(..end), later.get(..end)) else {
                    continue;
                };
                let (found, expected) = (outcome(later), outcome(part));
                // What is wrong with a request line may be found sooner or later.
                if (found != Ok(None) && expected != Ok(None)) || part == bytes {
                    assert_eq!(found, expected, "{later:?}");
                }
            }
        }
        let many = format!(
            "GET / HTTP/1.9\r\nHost: a\r\n{}\r\n",
            "X: y\r\n".repeat(100)
        );
        assert_eq!(outcome(&many), Err(431));
    }
}
