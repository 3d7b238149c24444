//! The syntax of `Host` and of what stands before the path in an absolute target.

use std::net::Ipv6Addr;

/// `uri-host [ ":" port ]` (RFC 9110 §7.2, RFC 3986 §3.2.2), not empty and without user information.
pub(crate) fn is_authority(authority: &[u8]) -> bool {
    let end = authority.iter().position(|&byte| !NAME.has(byte));
    match end.map(|end| authority.split_at(end)) {
        None => !authority.is_empty(),
        Some(([_, ..], port @ [b':', ..])) => is_port(port),
        Some(([], [b'[', ..])) => is_ipv6_authority(authority),
        Some((_, [b'%', ..])) => is_escaped_authority(authority),
        Some(_) => false,
    }
}

/// A name with percent-encoded bytes in it, and an optional port.
fn is_escaped_authority(authority: &[u8]) -> bool {
    let mut rest = authority;
    loop {
        rest = match rest {
            [b'%', high, low, tail @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                tail
            }
            [byte, tail @ ..] if NAME.has(*byte) => tail,
            port => return is_port(port),
        };
    }
}

/// An IPv6 address in brackets, with an optional port.
fn is_ipv6_authority(authority: &[u8]) -> bool {
    std::str::from_utf8(authority)
        .ok()
        .and_then(|text| text.strip_prefix('[')?.split_once(']'))
        .is_some_and(|(address, port)| {
            address.parse::<Ipv6Addr>().is_ok() && is_port(port.as_bytes())
        })
}

/// Nothing, or a colon and a port number, which may be empty.
fn is_port(port: &[u8]) -> bool {
    match port {
        [] | [b':'] => true,
        [b':', digits @ ..] => digits
            .iter()
            .try_fold(0u16, |number, byte| {
                let digit = u16::from(byte.wrapping_sub(b'0'));
                let number = number.checked_mul(10)?.checked_add(digit)?;
                (digit < 10).then_some(number)
            })
            .is_some(),
        _ => false,
    }
}

/// `unreserved` and `sub-delims` of RFC 3986 §2: what `reg-name` may hold as it is.
static NAME: Bytes =
    Bytes::of(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=");

/// A set of bytes.
pub(crate) struct Bytes([bool; 256]);

impl Bytes {
    pub(crate) const fn of(members: &[u8]) -> Self {
        let mut set = [false; 256];
        let mut at = 0;
        while at < members.len() {
            set[members[at] as usize] = true;
            at += 1;
        }
        Self(set)
    }

    pub(crate) fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }
}
