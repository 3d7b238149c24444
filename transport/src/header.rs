//! Response fields that are valid by construction.
//!
//! [`Headers`] is kept as it goes on the wire, so a transport writes it with one copy. What would
//! break the framing cannot get in: names are tokens, values hold no CR, LF or NUL, and the fields
//! that the transport owns are refused.

use std::borrow::Cow;
use std::fmt;

use smallvec::SmallVec;

/// Names that only a transport writes: they say where a message ends and whether the connection goes
/// on (RFC 9110 §6.4, §7.6, RFC 9112 §6).
pub const TRANSPORT_OWNED: [&str; 7] = [
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
];

/// One field in wire form, `name: value` and a line end.
///
/// Made once, at compile time or at start-up, it costs one copy for each answer.
///
/// ```
/// use brrtrouter_transport::{HeaderLine, Response};
///
/// const NO_STORE: HeaderLine = HeaderLine::from_static("cache-control: no-store\r\n");
/// let mut response = Response::new();
/// response.headers_mut().push_line(&NO_STORE);
/// assert_eq!(response.headers().get("Cache-Control"), Some("no-store"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HeaderLine {
    wire: Cow<'static, str>,
    name: u16,
}

/// Why a field cannot be part of an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidHeader {
    /// The name is not a token (RFC 9110 §5.6.2).
    #[error("{0:?} is not a field name")]
    Name(String),
    /// The value holds CR, LF, NUL or another control character (RFC 9110 §5.5).
    #[error("the value of {name:?} holds a control character: {value:?}")]
    Value {
        /// The field's name.
        name: String,
        /// The refused value.
        value: String,
    },
    /// The field is the transport's to write.
    #[error("{0:?} is written by the transport")]
    TransportOwned(String),
    /// Name or value is longer than 32 KiB.
    #[error("the field {0:?} is too long")]
    TooLong(String),
}

const LONGEST: usize = 32 * 1024;

impl HeaderLine {
    /// A line that stands in the program, with its line end.
    ///
    /// # Panics
    ///
    /// At compile time, where it is used in a constant, if it is not `name: value\r\n` with a valid
    /// name and value, or the transport owns the field.
    pub const fn from_static(wire: &'static str) -> Self {
        let bytes = wire.as_bytes();
        let mut colon = 0;
        while colon < bytes.len() && is_token(bytes[colon]) {
            colon += 1;
        }
        assert!(colon > 0, "a field name comes first");
        assert!(
            bytes.len() > colon + 3 && bytes[colon] == b':' && bytes[colon + 1] == b' ',
            "a colon and a space follow the name"
        );
        assert!(
            bytes[bytes.len() - 2] == b'\r' && bytes[bytes.len() - 1] == b'\n',
            "a line end comes last"
        );
        assert!(bytes.len() < LONGEST, "a field is at most 32 KiB long");
        let mut at = colon + 2;
        while at < bytes.len() - 2 {
            assert!(is_value(bytes[at]), "a value has no control characters");
            at += 1;
        }
        let mut owned = 0;
        while owned < TRANSPORT_OWNED.len() {
            assert!(
                !starts_with_name(bytes, colon, TRANSPORT_OWNED[owned].as_bytes()),
                "the transport writes this field"
            );
            owned += 1;
        }
        Self {
            wire: Cow::Borrowed(wire),
            name: colon as u16,
        }
    }

    /// A line of that name and value.
    ///
    /// # Errors
    ///
    /// [`InvalidHeader`] where it could not stand in a message, or is the transport's.
    pub fn new(name: &str, value: &str) -> Result<Self, InvalidHeader> {
        check(name, value)?;
        Ok(Self {
            wire: Cow::Owned(format!("{name}: {value}\r\n")),
            name: name.len() as u16,
        })
    }

    /// The field's name.
    pub fn name(&self) -> &str {
        &self.wire[..usize::from(self.name)]
    }

    /// The field's value.
    pub fn value(&self) -> &str {
        &self.wire[usize::from(self.name) + 2..self.wire.len() - 2]
    }

    /// The line as it goes on the wire.
    pub fn wire(&self) -> &str {
        &self.wire
    }
}

/// The fields of an answer, in order, in wire form.
#[derive(Clone, Default)]
pub struct Headers {
    wire: String,
    lines: SmallVec<[Line; 8]>,
}

/// Where a field stands in the wire form.
#[derive(Debug, Clone, Copy)]
struct Line {
    start: u32,
    end: u32,
    name: u16,
}

impl Headers {
    /// No fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes all fields out, keeping the capacity.
    pub fn clear(&mut self) {
        self.wire.clear();
        self.lines.clear();
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// All fields as they go on the wire, each with its line end.
    pub fn wire(&self) -> &str {
        &self.wire
    }

    /// Appends a field that is known to be valid.
    pub fn push_line(&mut self, line: &HeaderLine) {
        let start = self.wire.len() as u32;
        self.wire.push_str(&line.wire);
        self.lines.push(Line {
            start,
            end: self.wire.len() as u32,
            name: line.name,
        });
    }

    /// Puts a field that is known to be valid in the place of all of that name.
    pub fn set_line(&mut self, line: &HeaderLine) {
        self.remove(line.name());
        self.push_line(line);
    }

    /// Appends a field; fields of that name that are there stay.
    ///
    /// # Errors
    ///
    /// [`InvalidHeader`]; the fields are then as they were.
    pub fn append(&mut self, name: &str, value: &str) -> Result<(), InvalidHeader> {
        check(name, value)?;
        let start = self.wire.len() as u32;
        self.wire.push_str(name);
        self.wire.push_str(": ");
        self.wire.push_str(value);
        self.wire.push_str("\r\n");
        self.lines.push(Line {
            start,
            end: self.wire.len() as u32,
            name: name.len() as u16,
        });
        Ok(())
    }

    /// Puts a field in the place of all of that name.
    ///
    /// # Errors
    ///
    /// [`InvalidHeader`]; the fields are then as they were.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), InvalidHeader> {
        check(name, value)?;
        self.remove(name);
        self.append(name, value)
    }

    /// Takes all fields of that name out; whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.lines.len();
        let mut at = 0;
        while at < self.lines.len() {
            let line = self.lines[at];
            if !self.name(line).eq_ignore_ascii_case(name) {
                at += 1;
                continue;
            }
            self.wire
                .replace_range(line.start as usize..line.end as usize, "");
            self.lines.remove(at);
            for later in &mut self.lines[at..] {
                later.start -= line.end - line.start;
                later.end -= line.end - line.start;
            }
        }
        before != self.lines.len()
    }

    /// The value of the first field of that name, in any case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Whether there is a field of that name, in any case.
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.lines
            .iter()
            .map(|&line| (self.name(line), self.value(line)))
    }

    fn name(&self, line: Line) -> &str {
        &self.wire[line.start as usize..line.start as usize + usize::from(line.name)]
    }

    fn value(&self, line: Line) -> &str {
        &self.wire[line.start as usize + usize::from(line.name) + 2..line.end as usize - 2]
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// Accepts a name and a value that may stand in a message.
fn check(name: &str, value: &str) -> Result<(), InvalidHeader> {
    if name.len() + value.len() > LONGEST {
        let start = name.chars().take(64).collect();
        return Err(InvalidHeader::TooLong(start));
    }
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(InvalidHeader::Name(name.to_owned()));
    }
    if TRANSPORT_OWNED
        .iter()
        .any(|owned| owned.eq_ignore_ascii_case(name))
    {
        return Err(InvalidHeader::TransportOwned(name.to_owned()));
    }
    if !value.bytes().all(is_value) {
        return Err(InvalidHeader::Value {
            name: name.to_owned(),
            value: value.to_owned(),
        });
    }
    Ok(())
}

/// `tchar` of RFC 9110 §5.6.2.
const fn is_token(byte: u8) -> bool {
    matches!(byte,
        b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`'
        | b'|' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z')
}

/// `field-vchar`, space and tab of RFC 9110 §5.5.
const fn is_value(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7f)
}

const fn starts_with_name(wire: &[u8], colon: usize, name: &[u8]) -> bool {
    if colon != name.len() {
        return false;
    }
    let mut at = 0;
    while at < colon {
        if !wire[at].eq_ignore_ascii_case(&name[at]) {
            return false;
        }
        at += 1;
    }
    true
}
