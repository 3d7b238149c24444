use std::fmt::{self, Write as _};
use std::net::IpAddr;

use arrayvec::ArrayString;
use brrtrouter_transport::Status;

use crate::logging::moment::{self, MomentText};
use crate::logging::plain::{escaped, is_plain, plain_path};
use crate::logging::sink::Sink;
use crate::middleware::path_of;

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
pub(crate) struct Line<'o, S, const JSON: bool> {
    out: &'o mut S,
}

impl<'o, S: Sink, const JSON: bool> Line<'o, S, JSON> {
    /// A line that begins with the moment.
    #[inline(always)]
    pub(crate) fn open(time: &MomentText, out: &'o mut S) -> Self {
        if JSON {
            let mut start = *b"{\"time\":\"0000-00-00T00:00:00.000Z\"";
            start[9..33].copy_from_slice(time);
            out.put_all(&start);
        } else {
            out.put_all(b"time=");
            out.put_all(time);
        }
        Self::within(out)
    }

    /// Some fields of a line, to be [put](Self::fragment) into one.
    #[inline(always)]
    pub(crate) fn within(out: &'o mut S) -> Self {
        Self { out }
    }

    #[inline(always)]
    pub(crate) fn close(self) {
        if JSON {
            self.out.put_all(b"}");
        }
    }

    /// Fields that were made before.
    #[inline(always)]
    pub(crate) fn fragment(&mut self, fields: &[u8]) {
        self.out.put(fields);
    }

    /// Starts a field with a value that needs no quotes.
    #[inline(always)]
    fn bare(&mut self, key: Key) {
        let start = if JSON { key.json } else { key.text };
        self.out.put(start.as_bytes());
    }

    /// Starts a field with a value in quotes, where there have to be some.
    #[inline(always)]
    fn quoted(&mut self, key: Key) {
        let start = if JSON { key.quoted } else { key.text };
        self.out.put(start.as_bytes());
    }

    /// The quote after a value that needs no escapes.
    #[inline(always)]
    fn quote(&mut self) {
        if JSON {
            self.out.put_all(b"\"");
        }
    }

    #[inline(always)]
    pub(crate) fn text(&mut self, key: Key, value: &str) {
        self.bytes(key, value.as_bytes());
    }

    /// A text of whatever bytes; those that are none of UTF-8 are replaced.
    #[inline(always)]
    pub(crate) fn bytes(&mut self, key: Key, value: &[u8]) {
        if is_plain::<JSON>(value) {
            self.quoted(key);
            self.out.put(value);
            self.quote();
        } else {
            self.bare(key);
            self.out.put(&escaped(&String::from_utf8_lossy(value)));
        }
    }

    /// A text of letters, digits and what else needs no escapes and no quotes.
    #[inline(always)]
    pub(crate) fn word(&mut self, key: Key, word: &str) {
        self.quoted(key);
        self.out.put(word.as_bytes());
        self.quote();
    }

    /// The same with the first bytes of some.
    #[inline(always)]
    pub(crate) fn first<const N: usize>(&mut self, key: Key, bytes: &[u8; N], used: usize) {
        self.quoted(key);
        self.out.put_first(bytes, used);
        self.quote();
    }

    /// The path of a target, which ends where a query begins.
    #[inline(always)]
    pub(crate) fn path(&mut self, key: Key, target: &str) {
        let (plain, end) = plain_path::<JSON>(target.as_bytes());
        if plain {
            self.quoted(key);
            self.out
                .put(target.as_bytes().get(..end).unwrap_or_default());
            self.quote();
        } else {
            self.text(key, path_of(target));
        }
    }

    /// The method of a request, which is a token (RFC 9110 §9.1).
    #[inline(always)]
    pub(crate) fn method(&mut self, method: &str) {
        const KEY: Key = key!("method");
        if method != "GET" {
            self.word(KEY, method);
        } else if JSON {
            self.out.put_all(b",\"method\":\"GET\"");
        } else {
            self.out.put_all(b" method=GET");
        }
    }

    #[inline(always)]
    pub(crate) fn number(&mut self, key: Key, value: u64) {
        self.bare(key);
        self.put_number(value);
    }

    #[inline(always)]
    fn put_number(&mut self, value: u64) {
        if value > 9_999 {
            return self.out.put(long_number(value).as_bytes());
        }
        let [a, b] = moment::pair((value / 100) as u32);
        let [c, d] = moment::pair(value as u32);
        let leading = u32::from(value < 10) + u32::from(value < 100) + u32::from(value < 1000);
        let digits = u32::from_le_bytes([a, b, c, d]) >> (8 * leading);
        self.out
            .put_first(&digits.to_le_bytes(), 4 - leading as usize);
    }

    /// The status of an answer, of three digits.
    #[inline(always)]
    pub(crate) fn status(&mut self, key: Key, status: Status) {
        self.bare(key);
        let code = u32::from(status.code());
        let [tens, ones] = moment::pair(code);
        self.out
            .put_all(&[b'0' + (code / 100 % 10) as u8, tens, ones]);
    }

    /// A time in seconds, with six digits after the point.
    #[inline(always)]
    pub(crate) fn seconds(&mut self, key: Key, nanoseconds: u64) {
        self.bare(key);
        let (mut seconds, mut rest) = (0, nanoseconds);
        if nanoseconds >= SECOND {
            (seconds, rest) = (nanoseconds / SECOND, nanoseconds % SECOND);
        }
        if seconds > 9 {
            self.out.put(long_number(seconds / 10).as_bytes());
        }
        // Less than a second, which fits.
        let micros = rest as u32 / 1000;
        let [a, b] = moment::pair(micros / 10_000);
        let [c, d] = moment::pair(micros / 100);
        let [e, f] = moment::pair(micros);
        let ones = b'0' + (seconds % 10) as u8;
        self.out.put_all(&[ones, b'.', a, b, c, d, e, f]);
    }

    #[inline(always)]
    pub(crate) fn address(&mut self, key: Key, address: IpAddr) {
        self.quoted(key);
        match address {
            IpAddr::V4(address) => {
                // As long as the longest with a point behind it.
                let mut text = [0; 16];
                let mut length = 0;
                for octet in address.octets() {
                    let (digits, count) = OCTETS[usize::from(octet)];
                    if let Some(place) = text.get_mut(length..length + 4) {
                        place.copy_from_slice(&digits);
                    }
                    length += usize::from(count);
                }
                self.out.put_first(&text, length - 1);
            }
            IpAddr::V6(address) => self.out.put(written(format_args!("{address}")).as_bytes()),
        }
        self.quote();
    }

    /// Digits and the like, of at most 64 bytes, which need no escapes.
    #[inline(always)]
    pub(crate) fn plain(&mut self, key: Key, value: fmt::Arguments<'_>) {
        self.quoted(key);
        self.out.put(written(value).as_bytes());
        self.quote();
    }
}

// What is rare is made apart and handed back, so that a line itself can stay in registers.

#[cold]
#[inline(never)]
fn long_number(value: u64) -> ArrayString<20> {
    let mut text = ArrayString::new();
    // It is as long as the longest.
    let _ = write!(text, "{value}");
    text
}

#[cold]
#[inline(never)]
fn written(value: fmt::Arguments<'_>) -> ArrayString<64> {
    let mut text = ArrayString::new();
    // What is longer is cut off.
    let _ = text.write_fmt(value);
    text
}

/// In nanoseconds.
const SECOND: u64 = 1_000_000_000;

/// The numbers of an address with a point behind each, and how long that is.
static OCTETS: [([u8; 4], u8); 256] = {
    let mut octets = [([b'.'; 4], 0); 256];
    let mut number = 0;
    while number < 256 {
        let digits = [number / 100, number / 10 % 10, number % 10];
        let mut place = if number < 10 {
            2
        } else if number < 100 {
            1
        } else {
            0
        };
        let (text, length) = &mut octets[number];
        while place < 3 {
            text[*length as usize] = b'0' + digits[place] as u8;
            *length += 1;
            place += 1;
        }
        *length += 1;
        number += 1;
    }
    octets
};

/// Fields whose names come from elsewhere.
#[cfg(feature = "logging")]
impl<const JSON: bool> Line<'_, Vec<u8>, JSON> {
    /// Starts an object of such fields; a text has them beside the others.
    pub(super) fn open_fields(&mut self) {
        if JSON {
            self.out.put_all(b",\"fields\":{");
        }
    }

    pub(super) fn close_fields(&mut self) {
        if JSON {
            self.out.push(b'}');
        }
    }

    pub(super) fn named_text(&mut self, name: &str, is_first: bool, value: &str) {
        self.name(name, is_first);
        if is_plain::<JSON>(value.as_bytes()) {
            self.quote();
            self.out.put(value.as_bytes());
            self.quote();
        } else {
            self.out.put(&escaped(value));
        }
    }

    /// A number or a truth, as JSON writes them.
    pub(super) fn named_literal(&mut self, name: &str, is_first: bool, value: fmt::Arguments<'_>) {
        self.name(name, is_first);
        self.out.put(value.to_string().as_bytes());
    }

    fn name(&mut self, name: &str, is_first: bool) {
        if JSON {
            if !is_first {
                self.out.push(b',');
            }
            self.out.put(&escaped(name));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_ends_where_its_query_begins() {
        for length in 0..80 {
            for query in 0..=length {
                let mut target = "x".repeat(length);
                if query < length {
                    target.replace_range(query.., &"?\"".repeat(length)[..length - query]);
                }
                let mut out = Vec::new();
                Line::<_, true>::within(&mut out).path(key!("p"), &target);
                let path = "x".repeat(query);
                assert_eq!(String::from_utf8_lossy(&out), format!(",\"p\":\"{path}\""));
            }
        }
        let mut out = Vec::new();
        Line::<_, true>::within(&mut out).path(key!("p"), "/a\"bcdefghijklmnopq?x");
        assert_eq!(
            String::from_utf8_lossy(&out),
            r#","p":"/a\"bcdefghijklmnopq""#
        );
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
            Line::<_, false>::within(&mut out).address(key!("a"), address.into());
            assert_eq!(String::from_utf8_lossy(&out), format!(" a={address}"));
        }
        let mut out = Vec::new();
        Line::<_, true>::within(&mut out).seconds(key!("s"), 12_000_345_678);
        assert_eq!(String::from_utf8_lossy(&out), ",\"s\":12.000345");
        for number in (0..12_000).chain([u64::MAX]) {
            let mut out = Vec::new();
            Line::<_, false>::within(&mut out).number(key!("n"), number);
            assert_eq!(String::from_utf8_lossy(&out), format!(" n={number}"));
        }
    }
}
