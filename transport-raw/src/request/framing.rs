//! Where a request's content ends and whether the connection goes on after it
//! (RFC 9112 §6, §9.3, RFC 9110 §10.1.1).

use brrtrouter_transport::{Status, Version};

use super::Rejection;
use super::host::KnownHost;

/// How the content is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// No content.
    None,
    /// That many bytes; never zero.
    Length(u64),
    /// The chunked coding.
    Chunked,
}

/// What the fields of one head said about framing and connection.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    host: Option<usize>,
    length: Option<u64>,
    coding: Coding,
    close: bool,
    keep_alive: bool,
    expectation: Expectation,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Coding {
    #[default]
    None,
    Chunked,
    /// Chunked last, but not alone.
    Unsupported,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Expectation {
    #[default]
    None,
    Continue,
    Other,
}

/// What a head as a whole says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) framing: Framing,
    pub(crate) keep_alive: bool,
    pub(crate) expects_continue: bool,
}

impl Terms {
    /// What no head says.
    pub(crate) const NONE: Terms = Terms {
        framing: Framing::None,
        keep_alive: false,
        expects_continue: false,
    };
}

impl Fields {
    /// Takes note of the field at `index`. Names are told apart by their length first.
    #[inline]
    pub(crate) fn see(
        &mut self,
        index: usize,
        name: &str,
        value: &[u8],
        known: &mut KnownHost,
    ) -> Result<(), Rejection> {
        match name.len() {
            4 if is_host(name) => self.host(index, value, known),
            6 if name.eq_ignore_ascii_case("expect") => {
                self.expect(value);
                Ok(())
            }
            10 if name.eq_ignore_ascii_case("connection") => {
                self.connection(value);
                Ok(())
            }
            14 if name.eq_ignore_ascii_case("content-length") => self.content_length(value),
            17 if name.eq_ignore_ascii_case("transfer-encoding") => self.transfer_encoding(value),
            _ => Ok(()),
        }
    }

    /// Which field is `Host`.
    pub(crate) fn host_index(&self) -> Option<usize> {
        self.host
    }

    #[inline]
    fn host(&mut self, index: usize, value: &[u8], known: &mut KnownHost) -> Result<(), Rejection> {
        if self.host.replace(index).is_some() {
            return Err(Rejection::bad("there is more than one Host"));
        }
        if !known.is_authority(value) {
            return Err(Rejection::bad("the Host is malformed"));
        }
        Ok(())
    }

    #[inline(never)]
    fn expect(&mut self, value: &[u8]) {
        let members = value.split(|&byte| byte == b',').map(trim);
        for member in members.filter(|member| !member.is_empty()) {
            if !member.eq_ignore_ascii_case(b"100-continue") {
                self.expectation = Expectation::Other;
            } else if self.expectation == Expectation::None {
                self.expectation = Expectation::Continue;
            }
        }
    }

    #[inline(never)]
    fn connection(&mut self, value: &[u8]) {
        for option in value.split(|&byte| byte == b',') {
            let option = option.trim_ascii();
            match option.len() {
                5 if option.eq_ignore_ascii_case(b"close") => self.close = true,
                10 if option.eq_ignore_ascii_case(b"keep-alive") => self.keep_alive = true,
                _ => {}
            }
        }
    }

    #[inline(never)]
    fn content_length(&mut self, value: &[u8]) -> Result<(), Rejection> {
        if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
            return Err(Rejection::bad("the Content-Length is not a number"));
        }
        let length = value.iter().try_fold(0_u64, |length, digit| {
            length.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
        });
        let Some(length) = length else {
            return Err(Rejection::bad("the Content-Length is too large"));
        };
        if self.length.replace(length).is_some() {
            return Err(Rejection::bad("there is more than one Content-Length"));
        }
        Ok(())
    }

    #[inline(never)]
    fn transfer_encoding(&mut self, value: &[u8]) -> Result<(), Rejection> {
        if self.coding != Coding::None {
            return Err(Rejection::bad("there is more than one Transfer-Encoding"));
        }
        if value.eq_ignore_ascii_case(b"chunked") {
            self.coding = Coding::Chunked;
            return Ok(());
        }
        let mut codings = value.rsplit(|&byte| byte == b',').map(trim);
        let last = codings.next().unwrap_or_default();
        if !last.eq_ignore_ascii_case(b"chunked")
            || !codings.all(|coding| is_token(coding) && !coding.eq_ignore_ascii_case(b"chunked"))
        {
            return Err(Rejection::bad("the last transfer coding is not chunked"));
        }
        self.coding = Coding::Unsupported;
        Ok(())
    }

    /// The sum of all fields, for a request of `version`.
    #[inline]
    pub(crate) fn conclude(&self, version: Version) -> Result<Terms, Rejection> {
        let is_http_10 = version == Version::Http10;
        if self.host.is_none() && !is_http_10 {
            return Err(Rejection::bad("there is no Host"));
        }
        let framing = match (&self.coding, self.length) {
            (Coding::None, None | Some(0)) => Framing::None,
            (Coding::None, Some(length)) => Framing::Length(length),
            (_, Some(_)) => {
                return Err(Rejection::bad(
                    "there are both Content-Length and Transfer-Encoding",
                ));
            }
            _ if is_http_10 => {
                return Err(Rejection::bad("HTTP/1.0 has no Transfer-Encoding"));
            }
            (Coding::Chunked, None) => Framing::Chunked,
            (Coding::Unsupported, None) => {
                return Err(Rejection::new(
                    Status::NOT_IMPLEMENTED,
                    "the only transfer coding here is chunked",
                ));
            }
        };
        let expects_continue = match self.expectation {
            // An expectation of an HTTP/1.0 client is ignored (RFC 9110 §10.1.1).
            _ if is_http_10 => false,
            Expectation::None => false,
            Expectation::Continue => framing != Framing::None,
            Expectation::Other => {
                return Err(Rejection::new(
                    Status::EXPECTATION_FAILED,
                    "the only expectation here is 100-continue",
                ));
            }
        };
        Ok(Terms {
            framing,
            keep_alive: !self.close && (!is_http_10 || self.keep_alive),
            expects_continue,
        })
    }
}

/// Whether a name of four bytes is `host` in any case; of the bytes of a token, only letters become
/// these letters by setting the bit.
fn is_host(name: &str) -> bool {
    const LOWER: u32 = 0x2020_2020;
    name.as_bytes()
        .first_chunk()
        .is_some_and(|name| u32::from_ne_bytes(*name) | LOWER == u32::from_ne_bytes(*b"host"))
}

/// Takes optional white space off: space and tab only (RFC 9110 §5.6.3).
fn trim(bytes: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = bytes.iter().position(|byte| !is_space(byte));
    let end = bytes.iter().rposition(|byte| !is_space(byte));
    match (start, end) {
        (Some(start), Some(end)) => &bytes[start..=end],
        _ => &[],
    }
}

/// `token` of RFC 9110 §5.6.2.
fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().copied().all(is_token_byte)
}

/// `tchar` of RFC 9110 §5.6.2.
pub(crate) const fn is_token_byte(byte: u8) -> bool {
    matches!(byte,
        b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`'
        | b'|' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(version: Version, fields: &[(&str, &str)]) -> Result<Terms, u16> {
        let mut seen = Fields::default();
        for (index, (name, value)) in fields.iter().enumerate() {
            seen.see(index, name, value.as_bytes(), &mut KnownHost::new())
                .map_err(|rejection| rejection.status.code())?;
        }
        seen.conclude(version)
            .map_err(|rejection| rejection.status.code())
    }

    fn with_host(field: (&'static str, &'static str)) -> Result<Framing, u16> {
        terms(Version::Http11, &[("Host", "a"), field]).map(|terms| terms.framing)
    }

    #[test]
    fn a_length_is_decimal_digits_only() {
        assert_eq!(with_host(("content-length", "0")), Ok(Framing::None));
        assert_eq!(
            with_host(("Content-Length", "0010")),
            Ok(Framing::Length(10))
        );
        assert_eq!(
            with_host(("Content-Length", "18446744073709551615")),
            Ok(Framing::Length(u64::MAX))
        );
        for bad in [
            "",
            "+5",
            "-5",
            "5, 5",
            "0x5",
            "5 5",
            "1_0",
            "18446744073709551616",
        ] {
            assert_eq!(with_host(("Content-Length", bad)), Err(400), "{bad}");
        }
    }

    #[test]
    fn the_only_coding_is_chunked() {
        assert_eq!(
            with_host(("Transfer-Encoding", "ChunkeD")),
            Ok(Framing::Chunked)
        );
        assert_eq!(with_host(("Transfer-Encoding", "gzip, chunked")), Err(501));
        for bad in [
            "",
            "gzip",
            "identity",
            "chunked, identity",
            "chunked, chunked",
            "chunked;a=b",
            ",chunked",
            "\"chunked\"",
            "\u{b}chunked",
            "chun ked",
            "chunked,",
        ] {
            assert_eq!(with_host(("Transfer-Encoding", bad)), Err(400), "{bad}");
        }
    }

    #[test]
    fn two_framings_are_none() {
        let both = [
            ("Host", "a"),
            ("Content-Length", "5"),
            ("Transfer-Encoding", "chunked"),
        ];
        assert_eq!(terms(Version::Http11, &both), Err(400));
        let twice = [
            ("Host", "a"),
            ("Content-Length", "5"),
            ("Content-Length", "5"),
        ];
        assert_eq!(terms(Version::Http11, &twice), Err(400));
        let chunked_10 = [("Transfer-Encoding", "chunked")];
        assert_eq!(terms(Version::Http10, &chunked_10), Err(400));
    }

    #[test]
    fn connections_go_on_unless_told_otherwise() {
        let keep_alive = |version, value| {
            terms(version, &[("Host", "a"), ("Connection", value)]).map(|terms| terms.keep_alive)
        };
        assert_eq!(keep_alive(Version::Http11, "x"), Ok(true));
        assert_eq!(keep_alive(Version::Http11, "x , Close"), Ok(false));
        assert_eq!(keep_alive(Version::Http10, "x"), Ok(false));
        assert_eq!(keep_alive(Version::Http10, "Keep-Alive"), Ok(true));
        assert_eq!(keep_alive(Version::Http10, "keep-alive, close"), Ok(false));
    }

    #[test]
    fn unknown_expectations_fail() {
        let expects = |value| {
            terms(
                Version::Http11,
                &[("Host", "a"), ("Content-Length", "1"), ("Expect", value)],
            )
            .map(|terms| terms.expects_continue)
        };
        assert_eq!(expects("100-Continue"), Ok(true));
        assert_eq!(expects("100-continue, 100-continue,"), Ok(true));
        assert_eq!(expects(" , "), Ok(false));
        assert_eq!(expects("foo"), Err(417));
        assert_eq!(expects("100-continue, foo"), Err(417));
    }
}
