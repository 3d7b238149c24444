//! What a request's head must be before a service sees it.
//!
//! `may_minihttp` hands over what `httparse` accepts: the syntax of RFC 9112 §2 and §5, leniently in
//! places. What decides where the message ends (§6), whom it is for (§3) and whether the connection
//! goes on (§9) is checked here. The crate takes the first `Content-Length` for the truth, panics
//! where that is no number, and ignores `Transfer-Encoding`; so nothing that is odd in these passes.

use std::borrow::Cow;

use brrtrouter_transport::{Field, Refusal, Status, Version};

use crate::authority::{Bytes, is_authority};
use crate::limits::Limits;

/// A request's head as the crate hands it over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head<'a> {
    pub(crate) method: &'a str,
    pub(crate) target: &'a str,
    pub(crate) version: Version,
    pub(crate) fields: &'a [Field<'a>],
}

/// What the head of an admitted request says about its message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Admitted<'a> {
    /// The target in origin form, or `*`.
    pub(crate) target: Cow<'a, str>,
    /// How many bytes of content follow.
    pub(crate) length: u64,
    /// Whether the peer waits for `100 Continue` before it sends the content.
    pub(crate) expects_continue: bool,
    /// Whether the connection can go on after the answer.
    pub(crate) persistent: bool,
}

/// Longer than any registered method (RFC 9112 §3).
const LONGEST_METHOD: usize = 64;

const fn bad(reason: &'static str) -> Refusal {
    refusal(Status::BAD_REQUEST, reason)
}

const fn refusal(status: Status, reason: &'static str) -> Refusal {
    Refusal::new(status, reason)
}

impl<'a> Head<'a> {
    /// Admits the request or says what is wrong with it.
    ///
    /// # Errors
    ///
    /// The [`Refusal`] to answer with; where the message ends is then not known, so the connection
    /// must end.
    pub(crate) fn admit(&self, limits: &Limits) -> Result<Admitted<'a>, Refusal> {
        let survey = self.survey();
        self.check_size(survey.size, limits)?;
        let length = self.content_length(&survey)?;
        self.check_host(&survey)?;
        let target = self.origin_form()?;
        Ok(Admitted {
            target,
            length,
            expects_continue: self.expects_continue(&survey)? && length > 0,
            persistent: self.is_persistent(&survey),
        })
    }

    /// Looks at every field once, told apart by the length of its name.
    fn survey(&self) -> Survey<'a> {
        let mut survey = Survey::default();
        for field in self.fields {
            let (name, value) = (field.name, field.value);
            survey.size += name.len() + value.len() + 4;
            match name.len() {
                4 if name.eq_ignore_ascii_case("host") => survey.host.add(value),
                6 if name.eq_ignore_ascii_case("expect") => {
                    survey.expects = true;
                    survey.expects_else |= !value.eq_ignore_ascii_case(b"100-continue");
                }
                10 if name.eq_ignore_ascii_case("connection") => {
                    for option in value.split(|&byte| byte == b',') {
                        let option = option.trim_ascii();
                        survey.close |= option.eq_ignore_ascii_case(b"close");
                        survey.keep_alive |= option.eq_ignore_ascii_case(b"keep-alive");
                    }
                }
                14 if name.eq_ignore_ascii_case("content-length") => survey.length.add(value),
                17 if name.eq_ignore_ascii_case("transfer-encoding") => survey.coding.add(value),
                _ => {}
            }
        }
        survey
    }

    fn check_size(&self, fields: usize, limits: &Limits) -> Result<(), Refusal> {
        if self.method.len() > LONGEST_METHOD {
            return Err(refusal(
                Status::NOT_IMPLEMENTED,
                "there is no method with so long a name",
            ));
        }
        if self.target.len() > limits.max_target {
            return Err(refusal(
                Status::URI_TOO_LONG,
                "the target is longer than the limit",
            ));
        }
        if self.method.len() + self.target.len() + fields > limits.max_head {
            return Err(refusal(
                Status::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "the head is longer than the limit",
            ));
        }
        Ok(())
    }

    /// RFC 9112 §6: one way to frame the content, stated once.
    fn content_length(&self, survey: &Survey<'_>) -> Result<u64, Refusal> {
        if survey.length.several {
            return Err(bad("there is more than one Content-Length"));
        }
        if let Some(coding) = survey.coding.first {
            let conflicts = survey.coding.several || survey.length.first.is_some();
            return Err(self.refuse_coding(coding, conflicts));
        }
        match survey.length.first {
            None => Ok(0),
            Some(digits) => parse_length(digits)
                .ok_or_else(|| bad("Content-Length is not a decimal number that fits")),
        }
    }

    /// `Transfer-Encoding` is never decoded here: `may_minihttp` would take the chunks for requests.
    fn refuse_coding(&self, coding: &[u8], conflicts: bool) -> Refusal {
        if conflicts || self.version == Version::Http10 {
            return bad("Transfer-Encoding conflicts with another field or with HTTP/1.0");
        }
        if coding.eq_ignore_ascii_case(b"chunked") {
            return refusal(
                Status::LENGTH_REQUIRED,
                "this server takes no chunked content; send Content-Length",
            );
        }
        bad("Transfer-Encoding is not supported")
    }

    /// RFC 9112 §3.2: exactly one valid `Host`; HTTP/1.0 may leave it out.
    fn check_host(&self, survey: &Survey<'_>) -> Result<(), Refusal> {
        if survey.host.several {
            return Err(bad("there is more than one Host"));
        }
        match survey.host.first {
            Some(host) if is_authority(host) => Ok(()),
            Some(_) => Err(bad("Host is not a host with an optional port")),
            None if self.version == Version::Http10 => Ok(()),
            None => Err(bad("there is no Host")),
        }
    }

    /// RFC 9112 §3.2: brings the target into origin form.
    fn origin_form(&self) -> Result<Cow<'a, str>, Refusal> {
        let target = self.target;
        if self.method == "CONNECT" {
            return Err(refusal(
                Status::NOT_IMPLEMENTED,
                "this server is not a proxy",
            ));
        }
        if !target.bytes().all(|byte| TARGET.has(byte)) {
            return Err(bad("the target holds a character that must be escaped"));
        }
        if target.starts_with('/') || (target == "*" && self.method == "OPTIONS") {
            return Ok(Cow::Borrowed(target));
        }
        let path = self
            .strip_authority()
            .ok_or_else(|| bad("the target is neither a path nor an http URI"))?;
        // RFC 9110 §7.4: what is asked for over TLS is not to be had without.
        match target.get(..8) {
            Some(scheme) if scheme.eq_ignore_ascii_case("https://") => Err(refusal(
                Status::MISDIRECTED_REQUEST,
                "an https resource is not served on a connection without TLS",
            )),
            _ => Ok(path),
        }
    }

    /// RFC 9112 §3.2.2 and §3.2.4: what follows scheme and authority.
    fn strip_authority(&self) -> Option<Cow<'a, str>> {
        let (scheme, rest) = self.target.split_once("://")?;
        if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
            return None;
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if !is_authority(authority.as_bytes()) {
            return None;
        }
        Some(match path.as_bytes().first() {
            Some(b'/') => Cow::Borrowed(path),
            None if self.method == "OPTIONS" => Cow::Borrowed("*"),
            None => Cow::Borrowed("/"),
            Some(_) => Cow::Owned(format!("/{path}")),
        })
    }

    /// RFC 9110 §10.1.1; HTTP/1.0 has no expectations.
    fn expects_continue(&self, survey: &Survey<'_>) -> Result<bool, Refusal> {
        if self.version == Version::Http10 {
            return Ok(false);
        }
        if survey.expects_else {
            return Err(refusal(
                Status::EXPECTATION_FAILED,
                "the expectation is not 100-continue",
            ));
        }
        Ok(survey.expects)
    }

    /// RFC 9112 §9.3.
    fn is_persistent(&self, survey: &Survey<'_>) -> bool {
        !survey.close && (survey.keep_alive || self.version != Version::Http10)
    }
}

/// What the fields say that matters here.
#[derive(Default)]
struct Survey<'a> {
    /// The length of all field lines.
    size: usize,
    host: Single<'a>,
    length: Single<'a>,
    coding: Single<'a>,
    expects: bool,
    /// Whether something else than `100-continue` is expected.
    expects_else: bool,
    close: bool,
    keep_alive: bool,
}

/// The value of a field that may be there once.
#[derive(Default)]
struct Single<'a> {
    first: Option<&'a [u8]>,
    several: bool,
}

impl<'a> Single<'a> {
    fn add(&mut self, value: &'a [u8]) {
        self.several |= self.first.is_some();
        self.first = self.first.or(Some(value));
    }
}

/// `1*DIGIT` (RFC 9110 §8.6) that fits; the crate reads the same digits as `usize`.
fn parse_length(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let length: usize = std::str::from_utf8(digits).ok()?.parse().ok()?;
    u64::try_from(length).ok()
}

/// Visible ASCII but `#`: a target has no fragment. Laxer than RFC 3986 §3.3, as clients are.
static TARGET: Bytes = Bytes::of(
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/?%[]\"\\<>^`{|}",
);

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(
        method: &str,
        target: &str,
        version: Version,
        fields: &[(&'static str, &'static str)],
    ) -> Result<(String, u64, bool, bool), Status> {
        let fields: Vec<Field<'_>> = fields
            .iter()
            .map(|(name, value)| Field {
                name,
                value: value.as_bytes(),
            })
            .collect();
        let head = Head {
            method,
            target,
            version,
            fields: &fields,
        };
        head.admit(&Limits::default())
            .map(|ok| {
                (
                    ok.target.into_owned(),
                    ok.length,
                    ok.expects_continue,
                    ok.persistent,
                )
            })
            .map_err(|refusal| refusal.status)
    }

    fn status(fields: &[(&'static str, &'static str)]) -> Option<u16> {
        let mut all = vec![("Host", "a")];
        all.extend_from_slice(fields);
        admit("POST", "/", Version::Http11, &all)
            .err()
            .map(Status::code)
    }

    #[test]
    fn only_one_plain_decimal_length_is_admitted() {
        assert_eq!(status(&[("Content-Length", "5")]), None);
        assert_eq!(status(&[("content-length", "0005")]), None);
        for odd in [
            "",
            "+5",
            "-5",
            "5 5",
            "5, 5",
            "0x5",
            "5.0",
            "1_0",
            "a",
            "5;x",
            " 5",
            "5 ",
            "18446744073709551616",
            "99999999999999999999999999",
        ] {
            assert_eq!(status(&[("Content-Length", odd)]), Some(400), "{odd:?}");
        }
        let twice = [("Content-Length", "5"), ("content-length", "5")];
        assert_eq!(status(&twice), Some(400));
    }

    #[test]
    fn a_transfer_coding_is_never_admitted() {
        assert_eq!(status(&[("Transfer-Encoding", "chunked")]), Some(411));
        assert_eq!(status(&[("transfer-encoding", "CHUNKED")]), Some(411));
        for odd in [
            "",
            "gzip",
            "gzip, chunked",
            "xchunked",
            "chunked;a=b",
            "identity",
        ] {
            assert_eq!(status(&[("Transfer-Encoding", odd)]), Some(400), "{odd:?}");
        }
        let both = [("Content-Length", "5"), ("Transfer-Encoding", "chunked")];
        assert_eq!(status(&both), Some(400));
        let twice = [
            ("Transfer-Encoding", "chunked"),
            ("Transfer-Encoding", "identity"),
        ];
        assert_eq!(status(&twice), Some(400));
        let old = admit(
            "POST",
            "/",
            Version::Http10,
            &[("Transfer-Encoding", "chunked")],
        );
        assert_eq!(old.err(), Some(Status::BAD_REQUEST));
    }

    #[test]
    fn host_is_one_valid_authority() {
        let host = |host: &'static str| {
            admit("GET", "/", Version::Http11, &[("Host", host)])
                .err()
                .map(Status::code)
        };
        for good in [
            "a",
            "a:80",
            "a:",
            "127.0.0.1:8080",
            "[::1]",
            "[::1]:80",
            "a-b.c_d",
            "%41",
            "a%2Fb:8",
            "%c3%a9",
        ] {
            assert_eq!(host(good), None, "{good:?}");
        }
        for odd in [
            "", ":80", "a b", "a, b", "u@a", "a:b", "a:65536", "a:+1", "[::1", "[a]", "[::1]x",
            "a/b", "%4", "%zz", "a%2Fb:x", "%41 ", "a:80 ", "[::1]:x", "a\u{e9}", "a?b", "a:1:2",
        ] {
            assert_eq!(host(odd), Some(400), "{odd:?}");
        }
        assert!(admit("GET", "/", Version::Http11, &[]).is_err());
        assert!(admit("GET", "/", Version::Http10, &[]).is_ok());
        let twice = [("Host", "a"), ("Host", "a")];
        assert!(admit("GET", "/", Version::Http11, &twice).is_err());
    }

    #[test]
    fn the_target_becomes_origin_form() {
        let target = |method, target| {
            admit(method, target, Version::Http11, &[("Host", "a")])
                .map(|admitted| admitted.0)
                .map_err(Status::code)
        };
        assert_eq!(target("GET", "/a?b").as_deref(), Ok("/a?b"));
        assert_eq!(target("GET", "http://a/b?c").as_deref(), Ok("/b?c"));
        assert_eq!(target("GET", "HTTP://a").as_deref(), Ok("/"));
        assert_eq!(target("GET", "http://a?b").as_deref(), Ok("/?b"));
        assert_eq!(target("OPTIONS", "*").as_deref(), Ok("*"));
        assert_eq!(target("OPTIONS", "http://a:80").as_deref(), Ok("*"));
        for odd in [
            "*",
            "a",
            "a:80",
            "ftp://a/",
            "http://",
            "http:///b",
            "http://u@a/",
            "/a#b",
            "/caf\u{e9}",
            "//\u{7f}",
        ] {
            assert_eq!(target("GET", odd), Err(400), "{odd:?}");
        }
        assert_eq!(target("CONNECT", "a:80"), Err(501));
        assert_eq!(target("GET", "https://a/b"), Err(421));
        assert_eq!(target("GET", "HTTPS://a"), Err(421));
        assert_eq!(target("GET", "https://u@a/"), Err(400));
        for byte in 0..=u8::MAX {
            let allowed = byte.is_ascii_graphic() && byte != b'#';
            assert_eq!(TARGET.has(byte), allowed, "{byte:#x}");
        }
    }

    #[test]
    fn limits_of_target_and_head() {
        let long = format!("/{}", "a".repeat(Limits::default().max_target));
        let host = [("Host", "a")];
        let refused = admit("GET", &long, Version::Http11, &host).err();
        assert_eq!(refused, Some(Status::URI_TOO_LONG));
        let value: &'static str = "a".repeat(Limits::default().max_head).leak();
        assert_eq!(status(&[("X", value)]), Some(431));
        let refused = admit(&"A".repeat(65), "/", Version::Http11, &host).err();
        assert_eq!(refused, Some(Status::NOT_IMPLEMENTED));
    }

    #[test]
    fn expectations() {
        let of = |version, value: &'static str| {
            let fields = [("Host", "a"), ("Content-Length", "1"), ("Expect", value)];
            admit("POST", "/", version, &fields).map(|admitted| admitted.2)
        };
        assert_eq!(of(Version::Http11, "100-Continue"), Ok(true));
        assert_eq!(of(Version::Http10, "100-continue"), Ok(false));
        let refused = of(Version::Http11, "cake");
        assert_eq!(refused, Err(Status::EXPECTATION_FAILED));
    }

    #[test]
    fn persistence_follows_the_version() {
        let of = |version, fields: &[(&'static str, &'static str)]| {
            let mut all = vec![("Host", "a")];
            all.extend_from_slice(fields);
            admit("GET", "/", version, &all).map(|admitted| admitted.3)
        };
        assert_eq!(of(Version::Http11, &[]), Ok(true));
        let close = [("Connection", "x-foo, Close")];
        assert_eq!(of(Version::Http11, &close), Ok(false));
        assert_eq!(of(Version::Http10, &[]), Ok(false));
        let keep = [("Connection", "Keep-Alive")];
        assert_eq!(of(Version::Http10, &keep), Ok(true));
        let both = [("Connection", "keep-alive"), ("Connection", "close")];
        assert_eq!(of(Version::Http10, &both), Ok(false));
    }
}
