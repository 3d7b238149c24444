use std::fmt;
use std::io::Write as _;
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use crate::logging::moment;

/// How a log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Pairs of `name=value`, the values in quotes where they hold more than a word.
    Text,
}

/// The name of a field that needs no escapes, with all that stands before its value: as JSON has it, the
/// same before a value in quotes, and as a text has it.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    pub(crate) json: &'static str,
    pub(crate) quoted: &'static str,
    pub(crate) text: &'static str,
}

/// The [`Key`] of a name.
macro_rules! key {
    ($name:literal) => {
        $crate::logging::Key {
            json: concat!(",\"", $name, "\":"),
            quoted: concat!(",\"", $name, "\":\""),
            text: concat!(" ", $name, "="),
        }
    };
}
pub(crate) use key;

/// A line in the making, in JSON or as text; which one is known when the program is compiled, so that the
/// names of fields are too.
pub(crate) struct Line<'o, const JSON: bool> {
    out: &'o mut Vec<u8>,
}

impl<'o, const JSON: bool> Line<'o, JSON> {
    /// A line that begins with the moment.
    pub(crate) fn open(now: SystemTime, out: &'o mut Vec<u8>) -> Self {
        let mut line = Self::within(out);
        let start: &[u8] = if JSON { b"{\"time\":\"" } else { b"time=" };
        line.out.extend_from_slice(start);
        line.out.extend_from_slice(&moment::text(now));
        line.quote();
        line
    }

    /// Some fields of a line, to be [put](Self::fragment) into one.
    pub(crate) fn within(out: &'o mut Vec<u8>) -> Self {
        Self { out }
    }

    pub(crate) fn close(self) {
        if JSON {
            self.out.push(b'}');
        }
    }

    /// Fields that were made before.
    pub(crate) fn fragment(&mut self, fields: &[u8]) {
        self.out.extend_from_slice(fields);
    }

    /// Starts a field with a value that needs no quotes.
    #[inline]
    fn bare(&mut self, key: Key) {
        let start = if JSON { key.json } else { key.text };
        self.out.extend_from_slice(start.as_bytes());
    }

    /// Starts a field with a value in quotes, where there have to be some.
    #[inline]
    fn quoted(&mut self, key: Key) {
        let start = if JSON { key.quoted } else { key.text };
        self.out.extend_from_slice(start.as_bytes());
    }

    /// The quote after a value that needs no escapes.
    #[inline]
    fn quote(&mut self) {
        if JSON {
            self.out.push(b'"');
        }
    }

    #[inline]
    pub(crate) fn text(&mut self, key: Key, value: &str) {
        if is_word(value.as_bytes()) {
            self.word(key, value);
        } else {
            self.bare(key);
            push_escaped(value, self.out);
        }
    }

    /// A text of letters, digits and what else needs no escapes and no quotes.
    #[inline]
    pub(crate) fn word(&mut self, key: Key, word: &str) {
        self.quoted(key);
        self.out.extend_from_slice(word.as_bytes());
        self.quote();
    }

    #[inline]
    pub(crate) fn number(&mut self, key: Key, value: u64) {
        self.bare(key);
        push_number(value, self.out);
    }

    /// A time in seconds, with six digits after the point.
    #[inline]
    pub(crate) fn seconds(&mut self, key: Key, time: Duration) {
        self.bare(key);
        push_number(time.as_secs(), self.out);
        let mut micros = time.subsec_micros();
        let mut digits = *b".000000";
        for digit in digits[1..].iter_mut().rev() {
            *digit = b'0' + (micros % 10) as u8;
            micros /= 10;
        }
        self.out.extend_from_slice(&digits);
    }

    #[inline]
    pub(crate) fn address(&mut self, key: Key, address: IpAddr) {
        self.quoted(key);
        match address {
            IpAddr::V4(address) => {
                // As long as the longest, 255.255.255.255.
                let mut text = [b'.'; 15];
                let mut length = 0;
                for (place, byte) in address.octets().into_iter().enumerate() {
                    length += usize::from(place > 0);
                    let digits = [byte / 100, byte / 10 % 10, byte % 10];
                    let leading = usize::from(byte < 100) + usize::from(byte < 10);
                    for digit in digits.into_iter().skip(leading) {
                        if let Some(place) = text.get_mut(length) {
                            *place = b'0' + digit;
                        }
                        length += 1;
                    }
                }
                self.out
                    .extend_from_slice(text.get(..length).unwrap_or_default());
            }
            IpAddr::V6(address) => self.write(format_args!("{address}")),
        }
        self.quote();
    }

    /// Digits and the like, which need no escapes.
    pub(crate) fn plain(&mut self, key: Key, value: fmt::Arguments<'_>) {
        self.quoted(key);
        self.write(value);
        self.quote();
    }

    fn write(&mut self, value: fmt::Arguments<'_>) {
        // Writing to memory does not fail.
        let _ = self.out.write_fmt(value);
    }
}

/// Fields whose names come from elsewhere.
#[cfg(feature = "logging")]
impl<const JSON: bool> Line<'_, JSON> {
    /// Starts an object of such fields; a text has them beside the others.
    pub(super) fn open_fields(&mut self) {
        if JSON {
            self.out.extend_from_slice(b",\"fields\":{");
        }
    }

    pub(super) fn close_fields(&mut self) {
        if JSON {
            self.out.push(b'}');
        }
    }

    pub(super) fn named_text(&mut self, name: &str, is_first: bool, value: &str) {
        self.name(name, is_first);
        if is_word(value.as_bytes()) {
            self.quote();
            self.out.extend_from_slice(value.as_bytes());
            self.quote();
        } else {
            push_escaped(value, self.out);
        }
    }

    /// A number or a truth, as JSON writes them.
    pub(super) fn named_literal(&mut self, name: &str, is_first: bool, value: fmt::Arguments<'_>) {
        self.name(name, is_first);
        self.write(value);
    }

    fn name(&mut self, name: &str, is_first: bool) {
        if JSON {
            if !is_first {
                self.out.push(b',');
            }
            push_escaped(name, self.out);
            self.out.push(b':');
        } else {
            self.out.push(b' ');
            let is_word = |one: char| one.is_ascii_graphic() && !matches!(one, '"' | '\\' | '=');
            let plain = name.chars().map(|one| if is_word(one) { one } else { '_' });
            for one in plain {
                self.out.push(one as u8);
            }
            self.out.push(b'=');
        }
    }
}

fn push_number(number: u64, out: &mut Vec<u8>) {
    let mut digits = itoa::Buffer::new();
    out.extend_from_slice(digits.format(number).as_bytes());
}

/// Whether a text needs neither quotes nor escapes, eight bytes at a time.
fn is_word(text: &[u8]) -> bool {
    const ONES: u64 = u64::MAX / 255;

    // The highest bit of a byte tells that it is this one.
    let has = |word: u64, byte: u8| {
        let other = word ^ (ONES * u64::from(byte));
        other.wrapping_sub(ONES) & !other
    };
    let is_plain = |word: &[u8; 8]| {
        let word = u64::from_le_bytes(*word);
        let blank = word.wrapping_sub(ONES * 0x21) & !word;
        let marks = has(word, b'"') | has(word, b'\\') | has(word, b'=') | has(word, 0x7f);
        (blank | marks | word) & (ONES * 0x80) == 0
    };
    let (words, rest) = text.as_chunks::<8>();
    let is_plain_byte = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b'=');
    !text.is_empty() && words.iter().all(is_plain) && rest.iter().all(is_plain_byte)
}

/// Appends a JSON string, which also is what a text puts in quotes. Whatever could end a line or
/// drive a terminal is escaped.
fn push_escaped(value: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for one in value.chars() {
        match one {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            // Beyond ASCII, the C1 controls and the separators that end lines elsewhere.
            one if one.is_control() || matches!(one, '\u{2028}' | '\u{2029}') => {
                let _ = write!(out, "\\u{:04x}", u32::from(one));
            }
            one => out.extend_from_slice(one.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_told_by_eight_bytes_as_by_one() {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"\\=".contains(&byte);
        assert!(!is_word(b""));
        for byte in 0..=u8::MAX {
            for length in 1..=20 {
                for place in 0..length {
                    let mut text = vec![b'~'; length];
                    text[place] = byte;
                    assert_eq!(
                        is_word(&text),
                        is_plain(byte),
                        "{byte} at {place} of {length}"
                    );
                }
            }
        }
    }

    #[test]
    fn addresses_and_times_are_written_as_everywhere() {
        for octets in [
            [0, 0, 0, 0],
            [255, 255, 255, 255],
            [127, 0, 0, 1],
            [9, 10, 99, 100],
        ] {
            let mut out = Vec::new();
            let address = std::net::Ipv4Addr::from(octets);
            Line::<false>::within(&mut out).address(key!("a"), address.into());
            assert_eq!(String::from_utf8_lossy(&out), format!(" a={address}"));
        }
        let mut out = Vec::new();
        Line::<true>::within(&mut out).seconds(key!("s"), Duration::from_micros(12_000_345));
        assert_eq!(String::from_utf8_lossy(&out), ",\"s\":12.000345");
    }
}
