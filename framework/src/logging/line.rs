use std::fmt;
use std::io::Write as _;
use std::net::IpAddr;
use std::time::SystemTime;

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

/// The name of a field that needs no escapes, with all that stands before its value.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    pub(crate) json: &'static str,
    pub(crate) text: &'static str,
}

/// The [`Key`] of a name.
macro_rules! key {
    ($name:literal) => {
        $crate::logging::Key {
            json: concat!(",\"", $name, "\":"),
            text: concat!(" ", $name, "="),
        }
    };
}
pub(crate) use key;

/// A line in the making.
pub(crate) struct Line<'o> {
    out: &'o mut Vec<u8>,
    is_json: bool,
}

impl<'o> Line<'o> {
    /// A line that begins with the moment.
    pub(crate) fn open(format: LogFormat, now: SystemTime, out: &'o mut Vec<u8>) -> Self {
        let is_json = format == LogFormat::Json;
        let start: &[u8] = if is_json { b"{\"time\":\"" } else { b"time=" };
        out.extend_from_slice(start);
        moment::push(now, out);
        let mut line = Self { out, is_json };
        line.quote();
        line
    }

    pub(crate) fn close(self) {
        if self.is_json {
            self.out.push(b'}');
        }
    }

    /// Starts a field.
    fn key(&mut self, key: Key) {
        let start = if self.is_json { key.json } else { key.text };
        self.out.extend_from_slice(start.as_bytes());
    }

    /// The quote around a value that needs no escapes, where there has to be one.
    fn quote(&mut self) {
        if self.is_json {
            self.out.push(b'"');
        }
    }

    pub(crate) fn text(&mut self, key: Key, value: &str) {
        self.key(key);
        self.value(value);
    }

    /// A text of letters, digits and what else needs no escapes.
    pub(crate) fn word(&mut self, key: Key, word: &str) {
        self.key(key);
        self.quote();
        self.out.extend_from_slice(word.as_bytes());
        self.quote();
    }

    fn value(&mut self, value: &str) {
        let is_word = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b'=');
        if value.bytes().all(is_word) && !value.is_empty() {
            self.quote();
            self.out.extend_from_slice(value.as_bytes());
            self.quote();
        } else {
            push_escaped(value, self.out);
        }
    }

    pub(crate) fn number(&mut self, key: Key, value: u64) {
        self.key(key);
        push_number(value, 1, self.out);
    }

    /// A time in seconds, with six digits after the point.
    pub(crate) fn seconds(&mut self, key: Key, micros: u128) {
        let micros = u64::try_from(micros).unwrap_or(u64::MAX);
        self.key(key);
        push_number(micros / 1_000_000, 1, self.out);
        self.out.push(b'.');
        push_number(micros % 1_000_000, 6, self.out);
    }

    pub(crate) fn address(&mut self, key: Key, address: IpAddr) {
        self.key(key);
        self.quote();
        match address {
            IpAddr::V4(address) => {
                for (place, byte) in address.octets().into_iter().enumerate() {
                    if place > 0 {
                        self.out.push(b'.');
                    }
                    push_number(u64::from(byte), 1, self.out);
                }
            }
            IpAddr::V6(address) => self.write(format_args!("{address}")),
        }
        self.quote();
    }

    /// Digits and the like, which need no escapes.
    pub(crate) fn plain(&mut self, key: Key, value: fmt::Arguments<'_>) {
        self.key(key);
        self.quote();
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
impl Line<'_> {
    /// Starts an object of such fields; a text has them beside the others.
    pub(super) fn open_fields(&mut self) {
        if self.is_json {
            self.out.extend_from_slice(b",\"fields\":{");
        }
    }

    pub(super) fn close_fields(&mut self) {
        if self.is_json {
            self.out.push(b'}');
        }
    }

    pub(super) fn named_text(&mut self, name: &str, is_first: bool, value: &str) {
        self.name(name, is_first);
        self.value(value);
    }

    /// A number or a truth, as JSON writes them.
    pub(super) fn named_literal(&mut self, name: &str, is_first: bool, value: fmt::Arguments<'_>) {
        self.name(name, is_first);
        self.write(value);
    }

    fn name(&mut self, name: &str, is_first: bool) {
        if self.is_json {
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

/// Appends a number in at least so many digits, at most 20.
fn push_number(mut number: u64, least: usize, out: &mut Vec<u8>) {
    let mut digits = [b'0'; 20];
    let mut count = 0;
    for digit in digits.iter_mut().rev() {
        if number == 0 && count >= least {
            break;
        }
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        count += 1;
    }
    out.extend_from_slice(digits.get(digits.len() - count..).unwrap_or_default());
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
