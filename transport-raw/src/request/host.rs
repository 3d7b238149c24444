//! `Host` and the authority of a request target (RFC 9110 §7.2, RFC 3986 §3.2).

use std::net::Ipv6Addr;

/// The longest authority that is remembered, in bytes.
const REMEMBERED: usize = 64;

/// The authority that was last found sound: most requests name the one that the last one named.
#[derive(Debug)]
pub(crate) struct KnownHost {
    bytes: [u8; REMEMBERED],
    length: usize,
}

impl KnownHost {
    pub(crate) const fn new() -> Self {
        Self {
            bytes: [0; REMEMBERED],
            length: 0,
        }
    }

    /// As [`is_authority`].
    #[inline]
    pub(crate) fn is_authority(&mut self, bytes: &[u8]) -> bool {
        if !bytes.is_empty() && self.bytes.get(..self.length) == Some(bytes) {
            return true;
        }
        self.learn(bytes)
    }

    #[inline(never)]
    fn learn(&mut self, bytes: &[u8]) -> bool {
        let is_sound = is_authority(bytes);
        if is_sound && let Some(known) = self.bytes.get_mut(..bytes.len()) {
            known.copy_from_slice(bytes);
            self.length = bytes.len();
        }
        is_sound
    }
}

/// Whether `bytes` are `uri-host [ ":" port ]` with a host that is not empty.
pub(crate) fn is_authority(bytes: &[u8]) -> bool {
    // Nearly all hosts consist of nothing but these, with a port of digits or none. Names and digits
    // overlap, so it starts with what may be a port.
    let mut rest = bytes;
    while let [start @ .., b'0'..=b'9'] = rest {
        rest = start;
    }
    let name = match rest {
        [name @ .., b':'] => name,
        _ => bytes,
    };
    let strange = name.iter().fold(false, |strange, &byte| {
        strange | !IN_NAME[usize::from(byte)]
    });
    if strange {
        return is_unusual_authority(bytes);
    }
    !name.is_empty()
}

/// The same, for an address in brackets or a name with escapes.
#[cold]
fn is_unusual_authority(bytes: &[u8]) -> bool {
    let (host, port) = match bytes.strip_prefix(b"[") {
        Some(rest) => {
            let Some(end) = rest.iter().position(|&byte| byte == b']') else {
                return false;
            };
            let (literal, port) = rest.split_at(end);
            return is_ip_literal(literal) && is_port(&port[1..]);
        }
        None => match bytes.iter().position(|&byte| byte == b':') {
            Some(colon) => bytes.split_at(colon),
            None => (bytes, &[][..]),
        },
    };
    !host.is_empty() && is_registered_name(host) && is_port(port)
}

/// Nothing, or a colon and digits: `port = *DIGIT`.
fn is_port(bytes: &[u8]) -> bool {
    match bytes {
        [] => true,
        [b':', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// `reg-name`; an IPv4 address is one too.
fn is_registered_name(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        if IN_NAME[usize::from(*byte)] {
            continue;
        }
        match (byte, tail) {
            (b'%', [high, low, after @ ..])
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                rest = after;
            }
            _ => return false,
        }
    }
    true
}

/// What stands between the brackets: `IPv6address / IPvFuture`.
fn is_ip_literal(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    if let Some(future) = text.strip_prefix(['v', 'V']) {
        return future.split_once('.').is_some_and(|(version, address)| {
            !version.is_empty()
                && version.bytes().all(|byte| byte.is_ascii_hexdigit())
                && !address.is_empty()
                && address
                    .bytes()
                    .all(|byte| byte == b':' || IN_NAME[usize::from(byte)])
        });
    }
    text.parse::<Ipv6Addr>().is_ok()
}

/// `unreserved / sub-delims` of RFC 3986 §2.
static IN_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = matches!(
            byte as u8,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9'
                | b'-' | b'.' | b'_' | b'~'
                | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'='
        );
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::{KnownHost, is_authority};

    #[test]
    fn a_known_host_vouches_for_itself_alone() {
        let mut known = KnownHost::new();
        let long = "a".repeat(100);
        let hosts = [
            "", "a", "", "a:80", "a", "a b", "a", &long, "b", &long, "[::1]", "[::1",
        ];
        for host in hosts {
            let bytes = host.as_bytes();
            for _ in 0..2 {
                assert_eq!(known.is_authority(bytes), is_authority(bytes), "{host}");
            }
        }
    }

    #[test]
    fn hosts_with_and_without_a_port() {
        for good in [
            "a",
            "a.example",
            "127.0.0.1",
            "127.0.0.1:8080",
            "a:",
            "a:80",
            "[::1]",
            "[::1]:80",
            "[v1.a:b]",
            "a%41b",
            "a,b",
            "xn--bcher-kva.example",
        ] {
            assert!(is_authority(good.as_bytes()), "{good}");
        }
    }

    #[test]
    fn what_is_no_host() {
        for bad in [
            "",
            ":80",
            "a b",
            "u@a",
            "a:b",
            "a:8:0",
            "a/b",
            "a?b",
            "a#b",
            "[::1",
            "[::1]x",
            "::1",
            "[]",
            "[1.2.3.4]",
            "[fe80::1%25eth0]",
            "[v.a]",
            "a%4",
            "a%zz",
            "a\\b",
            "\u{e9}",
        ] {
            assert!(!is_authority(bad.as_bytes()), "{bad}");
        }
    }
}
