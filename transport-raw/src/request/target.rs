//! The four forms of a request target (RFC 9112 §3.2).

use super::{Rejection, host};
use brrtrouter_transport::Status;

/// What a target says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target<'b> {
    /// Path and query, or `*`.
    pub(crate) path: Path<'b>,
    /// The authority of an absolute form, which takes the place of `Host`.
    pub(crate) authority: Option<&'b str>,
}

/// The target in origin form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Path<'b> {
    /// As it was sent.
    Sent(&'b str),
    /// An absolute form with a query and an empty path: the query, which belongs behind a slash.
    QueryOnly(&'b str),
}

/// Takes apart the target of a request with that method.
#[inline]
pub(crate) fn parse<'b>(method: &str, target: &'b str) -> Result<Target<'b>, Rejection> {
    if !is_uri_text(target.as_bytes()) {
        return Err(Rejection::bad(
            "the request target holds a character that no URI has",
        ));
    }
    if method == "CONNECT" {
        return Err(if is_connect_target(target) {
            Rejection::new(Status::NOT_IMPLEMENTED, "this server is no proxy")
        } else {
            Rejection::bad("the target of CONNECT is a host and a port")
        });
    }
    if target.starts_with('/') {
        return Ok(Target {
            path: Path::Sent(target),
            authority: None,
        });
    }
    if target == "*" {
        return if method == "OPTIONS" {
            Ok(Target {
                path: Path::Sent(target),
                authority: None,
            })
        } else {
            Err(Rejection::bad("the target * goes with OPTIONS only"))
        };
    }
    absolute(method, target)
}

fn absolute<'b>(method: &str, target: &'b str) -> Result<Target<'b>, Rejection> {
    let (rest, is_secured) = match strip_prefix(target, "http://") {
        Some(rest) => (rest, false),
        None => match strip_prefix(target, "https://") {
            Some(rest) => (rest, true),
            None => {
                return Err(Rejection::bad(
                    "the request target is neither a path nor an http URI",
                ));
            }
        },
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if !host::is_authority(authority.as_bytes()) {
        return Err(Rejection::bad(
            "the request target's authority is malformed",
        ));
    }
    if is_secured {
        // RFC 9110 §7.4: what is asked for over TLS is not to be had without.
        return Err(Rejection::new(
            Status::MISDIRECTED_REQUEST,
            "an https resource is not served on a connection without TLS",
        ));
    }
    let path = match path.as_bytes().first() {
        Some(b'/') => Path::Sent(path),
        Some(_) => Path::QueryOnly(path),
        None if method == "OPTIONS" => Path::Sent("*"),
        None => Path::Sent("/"),
    };
    Ok(Target {
        path,
        authority: Some(authority),
    })
}

/// As `str::strip_prefix`, in any case.
fn strip_prefix<'b>(text: &'b str, prefix: &str) -> Option<&'b str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// `uri-host ":" port`, with a port.
fn is_connect_target(target: &str) -> bool {
    host::is_authority(target.as_bytes())
        && target
            .rsplit_once(':')
            .is_some_and(|(_, port)| port.parse::<u16>().is_ok_and(|port| port != 0))
}

/// Whether there is no `#`, since a fragment is never sent, and nothing beyond ASCII. The head's
/// parser has let pass neither white space nor control characters.
#[inline]
fn is_uri_text(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<8>();
    let words = words.iter().fold(0, |bad, word| {
        let word = u64::from_ne_bytes(*word);
        // The high bit of a byte is set by one beyond ASCII, and by the lowest `#` of the word.
        let hash = word ^ (ONES * b'#' as u64);
        bad | word | (hash.wrapping_sub(ONES) & !hash)
    });
    let rest = rest
        .iter()
        .fold(false, |bad, &byte| bad | !byte.is_ascii() | (byte == b'#'));
    words & (ONES * 0x80) == 0 && !rest
}

/// The lowest bit of each byte.
const ONES: u64 = 0x0101_0101_0101_0101;

#[cfg(test)]
mod tests {
    use super::*;

    fn path(method: &str, target: &'static str) -> Result<Path<'static>, u16> {
        parse(method, target)
            .map(|target| target.path)
            .map_err(|rejection| rejection.status.code())
    }

    #[test]
    fn origin_form_stays_as_it_is() {
        assert_eq!(path("GET", "/a?b=c"), Ok(Path::Sent("/a?b=c")));
    }

    #[test]
    fn absolute_form_loses_scheme_and_authority() {
        assert_eq!(path("GET", "http://a/b?c"), Ok(Path::Sent("/b?c")));
        assert_eq!(path("GET", "HTTP://a:8/"), Ok(Path::Sent("/")));
        assert_eq!(path("GET", "HTTPS://a:8/"), Err(421));
        assert_eq!(path("GET", "https://a b/"), Err(400));
        assert_eq!(path("GET", "http://a"), Ok(Path::Sent("/")));
        assert_eq!(path("GET", "http://a?b"), Ok(Path::QueryOnly("?b")));
        assert_eq!(path("OPTIONS", "http://a"), Ok(Path::Sent("*")));
    }

    #[test]
    fn asterisk_goes_with_options() {
        assert_eq!(path("OPTIONS", "*"), Ok(Path::Sent("*")));
        assert_eq!(path("GET", "*"), Err(400));
    }

    #[test]
    fn authority_form_is_for_proxies() {
        assert_eq!(path("CONNECT", "a:80"), Err(501));
        for bad in ["a:", "a", "a:0", "a:0x50", "a:99999", "/"] {
            assert_eq!(path("CONNECT", bad), Err(400), "{bad}");
        }
        assert_eq!(path("GET", "a:80"), Err(400));
    }

    #[test]
    fn what_is_no_target() {
        for bad in [
            "",
            "a",
            "/0123456#",
            "/01234567#89",
            "/0123456\u{e9}",
            "http:/a",
            "http:///a",
            "http://u@a/",
            "ftp://a/",
            "/a#b",
            "/caf\u{e9}",
            "?a",
        ] {
            assert_eq!(path("GET", bad), Err(400), "{bad}");
        }
    }
}
