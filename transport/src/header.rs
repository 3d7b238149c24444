//! Response fields that are valid by construction.
//!
//! [`Headers`] is kept as it goes on the wire, so a transport writes it with one copy. What would
//! break the framing cannot get in: names are tokens, values hold no CR, LF or NUL, and the fields
//! that the transport owns are refused.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

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
// There are few of them, and they are written more often than looked for; so no index is kept.
#[derive(Clone, Default)]
pub struct Headers {
    /// Lines of `name: value` and a line end, which stands nowhere else.
    wire: String,
    /// A bit for each name that was added since the last clearing, so that most of those that are not
    /// there need not be looked for. Several names may have the same one.
    seen: u64,
}

/// The bit of a name, in any case.
#[inline]
fn bit(name: &str) -> u64 {
    let name = name.as_bytes();
    let [first, last] = [name.first(), name.last()].map(|byte| byte.map_or(0, |byte| byte | 0x20));
    let mixed = usize::from(first) * 7 + usize::from(last) * 3 + name.len();
    1 << (mixed % 64)
}

impl Headers {
    /// No fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes all fields out, keeping the capacity.
    pub fn clear(&mut self) {
        self.wire.clear();
        self.seen = 0;
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.wire.is_empty()
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// All fields as they go on the wire, each with its line end.
    pub fn wire(&self) -> &str {
        &self.wire
    }

    /// Appends a field that is known to be valid.
    #[inline]
    pub fn push_line(&mut self, line: &HeaderLine) {
        self.seen |= bit(line.name());
        self.wire.push_str(&line.wire);
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
        self.push(name, value);
        Ok(())
    }

    fn push(&mut self, name: &str, value: &str) {
        self.seen |= bit(name);
        for part in [name, ": ", value, "\r\n"] {
            self.wire.push_str(part);
        }
    }

    /// Puts a field in the place of all of that name.
    ///
    /// # Errors
    ///
    /// [`InvalidHeader`]; the fields are then as they were.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), InvalidHeader> {
        check(name, value)?;
        self.remove(name);
        self.push(name, value);
        Ok(())
    }

    /// Puts a field of the name of `line`, which is known to be valid, in the place of all of that name,
    /// with another value.
    ///
    /// # Errors
    ///
    /// [`InvalidHeader`] for the value; the fields are then as they were.
    pub fn set_value(&mut self, line: &HeaderLine, value: &str) -> Result<(), InvalidHeader> {
        let name = line.name();
        check_value(name, value)?;
        self.remove(name);
        self.push(name, value);
        Ok(())
    }

    /// Takes all fields of that name out; whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.wire.len();
        let mut at = 0;
        while let Some(place) = self.find(name, at) {
            at = place.start;
            self.wire.replace_range(place, "");
        }
        before != self.wire.len()
    }

    /// The value of the first field of that name, in any case.
    pub fn get(&self, name: &str) -> Option<&str> {
        let place = self.find(name, 0)?;
        let value = place.start + name.len() + ": ".len()..place.end - "\r\n".len();
        self.wire.get(value)
    }

    /// Whether there is a field of that name, in any case.
    #[inline]
    pub fn contains(&self, name: &str) -> bool {
        self.find(name, 0).is_some()
    }

    /// The first line of that name that starts at `at` or later, where a line starts.
    #[inline]
    fn find(&self, name: &str, at: usize) -> Option<Range<usize>> {
        match self.seen & bit(name) {
            0 => None,
            _ => self.look_for(name, at),
        }
    }

    fn look_for(&self, name: &str, mut at: usize) -> Option<Range<usize>> {
        let wire = self.wire.as_bytes();
        while let Some(rest) = wire.get(at..)
            && let Some(length) = memchr::memchr(b'\n', rest)
        {
            let end = at + length + 1;
            let is_named = rest.get(name.len()) == Some(&b':')
                && rest
                    .get(..name.len())
                    .is_some_and(|own| own.eq_ignore_ascii_case(name.as_bytes()))
                // Else it would reach into the value.
                && !name.contains(':');
            if is_named {
                return Some(at..end);
            }
            at = end;
        }
        None
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        Lines(&self.wire)
    }
}

/// The names and values of lines in wire form.
struct Lines<'w>(&'w str);

impl<'w> Iterator for Lines<'w> {
    type Item = (&'w str, &'w str);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.0.as_bytes();
        let name = bytes.iter().position(|&byte| byte == b':')?;
        let end = bytes.iter().position(|&byte| byte == b'\r')?;
        let field = (self.0.get(..name)?, self.0.get(name + 2..end)?);
        self.0 = self.0.get(end + 2..)?;
        Some(field)
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
    check_value(name, value)
}

/// Accepts a value for a name that may stand in a message.
fn check_value(name: &str, value: &str) -> Result<(), InvalidHeader> {
    if name.len() + value.len() > LONGEST {
        return Err(InvalidHeader::TooLong(name.to_owned()));
    }
    if !is_plain(value.as_bytes()) && !value.bytes().all(is_value) {
        return Err(InvalidHeader::Value {
            name: name.to_owned(),
            value: value.to_owned(),
        });
    }
    Ok(())
}

/// Whether a value holds nothing but printable ASCII and what lies beyond ASCII, eight bytes at a time;
/// `false` for a short rest too, if it holds anything else.
fn is_plain(value: &[u8]) -> bool {
    const ONES: u64 = u64::MAX / 255;

    let (words, rest) = value.as_chunks::<8>();
    let is_plain = |word: &[u8; 8]| {
        let word = u64::from_le_bytes(*word);
        // The highest bit of each byte tells: of one below a space, and of one that is DEL.
        let low = word.wrapping_sub(ONES * 0x20) & !word;
        let other = word ^ (ONES * 0x7f);
        let del = other.wrapping_sub(ONES) & !other;
        (low | del) & (ONES * 0x80) == 0
    };
    words.iter().all(is_plain) && rest.iter().all(|byte| is_value(*byte))
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
