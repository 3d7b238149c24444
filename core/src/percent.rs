//! Percent-encoding (RFC 3986 §2.1): walked byte by byte, so that nothing has to be copied.

#[cfg(feature = "alloc")]
use alloc::{borrow::Cow, string::String, vec::Vec};
use core::fmt;

use crate::path::BadPath;

/// The byte that the escape at the head of `bytes` stands for.
pub(crate) fn escape(bytes: &[u8]) -> Option<u8> {
    match bytes {
        [b'%', high, low, ..] => Some(hex(*high)? << 4 | hex(*low)?),
        _ => None,
    }
}

pub(crate) const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// What `+` stands for: itself in a path, a space in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plus {
    Plus,
    Space,
}

/// The bytes that an encoded text stands for.
///
/// An escape that is none comes out as it stands; callers that must know have checked before.
#[derive(Debug, Clone)]
pub(crate) struct Decoded<'t> {
    rest: &'t [u8],
    plus: Plus,
}

impl<'t> Decoded<'t> {
    pub(crate) fn new(text: &'t [u8], plus: Plus) -> Self {
        Self { rest: text, plus }
    }

    /// The encoded text that is still to come.
    pub(crate) fn rest(&self) -> &'t [u8] {
        self.rest
    }
}

impl Iterator for Decoded<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let (&first, tail) = self.rest.split_first()?;
        if first == b'%'
            && let Some(byte) = escape(self.rest)
        {
            self.rest = self.rest.get(3..).unwrap_or_default();
            return Some(byte);
        }
        self.rest = tail;
        Some(match (first, self.plus) {
            (b'+', Plus::Space) => b' ',
            _ => first,
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.rest.len().div_ceil(3), Some(self.rest.len()))
    }
}

/// Checks UTF-8 one byte at a time, so that a decoded text needs no buffer (RFC 3629 §4).
#[derive(Debug)]
pub(crate) struct Utf8 {
    /// How many continuation bytes are due.
    due: u8,
    /// What the next of them may be.
    low: u8,
    high: u8,
}

impl Utf8 {
    pub(crate) const START: Self = Self {
        due: 0,
        low: 0,
        high: 0,
    };

    /// Whether `byte` may stand here.
    pub(crate) const fn takes(&mut self, byte: u8) -> bool {
        if self.due > 0 {
            let fits = self.low <= byte && byte <= self.high;
            self.due -= 1;
            (self.low, self.high) = (0x80, 0xBF);
            return fits;
        }
        (self.due, self.low, self.high) = match byte {
            0x00..=0x7F => (0, 0, 0),
            0xC2..=0xDF => (1, 0x80, 0xBF),
            0xE0 => (2, 0xA0, 0xBF),
            0xE1..=0xEC | 0xEE..=0xEF => (2, 0x80, 0xBF),
            0xED => (2, 0x80, 0x9F),
            0xF0 => (3, 0x90, 0xBF),
            0xF1..=0xF3 => (3, 0x80, 0xBF),
            0xF4 => (3, 0x80, 0x8F),
            _ => return false,
        };
        true
    }

    pub(crate) const fn is_whole(&self) -> bool {
        self.due == 0
    }
}

/// Why an encoded text does not stand for a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Escape,
    Utf8,
    Nul,
}

/// Checks that every escape is one and that what they stand for is UTF-8 without NUL.
pub(crate) fn check(text: &[u8]) -> Result<(), Fault> {
    let mut utf8 = Utf8::START;
    let mut decoded = Decoded::new(text, Plus::Plus);
    loop {
        let rest = decoded.rest();
        if rest.first() == Some(&b'%') && escape(rest).is_none() {
            return Err(Fault::Escape);
        }
        match decoded.next() {
            None => break,
            Some(0) => return Err(Fault::Nul),
            Some(byte) if !utf8.takes(byte) => return Err(Fault::Utf8),
            Some(_) => {}
        }
    }
    if utf8.is_whole() {
        Ok(())
    } else {
        Err(Fault::Utf8)
    }
}

/// Checks one raw segment of a path: its escapes, and that it is not `.` or `..` in any spelling.
pub(crate) fn check_segment(segment: &[u8]) -> Result<(), BadPath> {
    check(segment).map_err(|fault| match fault {
        Fault::Escape => BadPath::Escape,
        Fault::Utf8 => BadPath::Utf8,
        Fault::Nul => BadPath::Nul,
    })?;
    if is_dots(segment) {
        return Err(BadPath::DotSegment);
    }
    Ok(())
}

/// Whether a raw segment is `.` or `..` once it is decoded.
pub(crate) fn is_dots(segment: &[u8]) -> bool {
    segment.len() <= 6
        && !segment.is_empty()
        && Decoded::new(segment, Plus::Plus).all(|byte| byte == b'.')
        && Decoded::new(segment, Plus::Plus).count() <= 2
}

/// The text that an encoded text stands for; borrowed where it holds no escape.
#[cfg(feature = "alloc")]
pub(crate) fn decode(text: &[u8], plus: Plus) -> Result<Cow<'_, str>, Fault> {
    let is_plain = !text
        .iter()
        .any(|&byte| matches!(byte, b'%' | 0) || (byte == b'+' && plus == Plus::Space));
    if is_plain {
        return match core::str::from_utf8(text) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(_) => Err(Fault::Utf8),
        };
    }
    check(text)?;
    let bytes: Vec<u8> = Decoded::new(text, plus).collect();
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Owned(text)),
        Err(_) => Err(Fault::Utf8),
    }
}

/// What stands as it is in a segment of a path: a `pchar` (RFC 3986 §3.3).
pub(crate) const PATH: &[u8] = b"-._~!$&'()*+,;=:@";

/// What stands as it is everywhere (RFC 3986 §2.3), so that no reader of a query, whatever it takes
/// `+` and `,` for, reads it otherwise.
pub(crate) const UNRESERVED: &[u8] = b"-._~";

/// Encodes all but letters, digits and what is `plain`.
pub(crate) fn encode(bytes: &[u8], plain: &[u8], out: &mut dyn fmt::Write) -> fmt::Result {
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || plain.contains(&byte) {
            out.write_char(char::from(byte))?;
        } else {
            write!(out, "%{byte:02X}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_that_are_none_are_told_from_bad_utf8() {
        assert_eq!(check(b"a%2"), Err(Fault::Escape));
        assert_eq!(check(b"%zz"), Err(Fault::Escape));
        assert_eq!(check(b"%C3%28"), Err(Fault::Utf8));
        assert_eq!(check(b"%C3"), Err(Fault::Utf8));
        assert_eq!(check(b"%ED%A0%80"), Err(Fault::Utf8));
        assert_eq!(check(b"a%00"), Err(Fault::Nul));
        assert_eq!(check("é%C3%A9%F0%9F%A6%80".as_bytes()), Ok(()));
    }

    #[test]
    fn utf8_is_judged_as_the_standard_library_judges_it() {
        for first in 0..=255u8 {
            for second in [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF] {
                for third in [0x41, 0x80, 0xBF, 0xC2] {
                    for bytes in [
                        &[first, second][..],
                        &[first, second, third],
                        &[first, second, third, 0x80],
                    ] {
                        let mut utf8 = Utf8::START;
                        let fits = bytes.iter().all(|&byte| utf8.takes(byte)) && utf8.is_whole();
                        assert_eq!(fits, core::str::from_utf8(bytes).is_ok(), "{bytes:x?}");
                    }
                }
            }
        }
    }

    #[test]
    fn dot_segments_are_seen_in_every_spelling() {
        for dots in [".", "..", "%2e", "%2E.", ".%2e", "%2e%2E"] {
            assert!(is_dots(dots.as_bytes()), "{dots}");
        }
        for other in ["", "...", ".a", "%2e%2e%2e", "a"] {
            assert!(!is_dots(other.as_bytes()), "{other}");
        }
    }
}
