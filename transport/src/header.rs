//! Response fields that are valid by construction.
//!
//! [`Headers`] is kept as it goes on the wire, so a transport writes it with one copy. What would
//! break the framing cannot get in: names are tokens, values hold no CR, LF or NUL, and the fields
//! that the transport owns are refused.

mod bytes;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use bytes::{is_plain, is_printable, is_token, is_value};

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
    /// Which [`bit`] the name has.
    bit: u8,
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
            bit: bit(bytes, colon),
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
            bit: bit(name.as_bytes(), name.len()),
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
    /// Lines of `name: value` and a line end, which stands nowhere else, in UTF-8. Not a text, since what
    /// is added is known to be one, and need not be found to be one again.
    wire: Vec<u8>,
    /// A bit for each name that was added since the last clearing, so that most of those that are not
    /// there need not be looked for. Several names may have the same one.
    seen: u64,
}

/// Which bit the name in the first `length` bytes has, in any case.
#[inline]
const fn bit(name: &[u8], length: usize) -> u8 {
    if length == 0 || length > name.len() {
        return 0;
    }
    let (first, last) = (name[0] | 0x20, name[length - 1] | 0x20);
    // With these factors those that most answers have, or are looked through for, differ.
    let mixed = first as usize * 5 + last as usize * 26 + length * 9;
    (mixed % 64) as u8
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
        std::str::from_utf8(&self.wire).unwrap_or_default()
    }

    /// The same as bytes, which costs nothing.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.wire
    }

    /// Appends a field that is known to be valid.
    #[inline]
    pub fn push_line(&mut self, line: &HeaderLine) {
        self.seen |= 1 << line.bit;
        self.wire.extend_from_slice(line.wire.as_bytes());
    }

    /// Puts a field that is known to be valid in the place of all of that name.
    pub fn set_line(&mut self, line: &HeaderLine) {
        if self.seen & 1 << line.bit != 0 {
            self.remove(line.name());
        }
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
        self.seen |= 1 << bit(name.as_bytes(), name.len());
        for part in [name, ": ", value, "\r\n"] {
            self.wire.extend_from_slice(part.as_bytes());
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
        check_value(line.name(), value)?;
        self.set_checked(line, value.as_bytes());
        Ok(())
    }

    /// The same with a value of printable ASCII, which need not be known to be text.
    ///
    /// # Errors
    ///
    /// [`InvalidHeader`] for the value, if it holds anything else; the fields are then as they were.
    #[inline]
    pub fn set_ascii(&mut self, line: &HeaderLine, value: &[u8]) -> Result<(), InvalidHeader> {
        if value.len() > LONGEST || !is_printable(value) {
            return Err(InvalidHeader::Value {
                name: line.name().to_owned(),
                value: String::from_utf8_lossy(value).into_owned(),
            });
        }
        self.set_checked(line, value);
        Ok(())
    }

    fn set_checked(&mut self, line: &HeaderLine, value: &[u8]) {
        if self.seen & 1 << line.bit != 0 {
            self.remove_all(line.name());
        }
        self.seen |= 1 << line.bit;
        // With the colon and the space behind it.
        let start = line.wire.as_bytes().get(..usize::from(line.name) + 2);
        let start = start.unwrap_or_default();
        self.wire.reserve(start.len() + value.len() + 2);
        self.wire.extend_from_slice(start);
        self.wire.extend_from_slice(value);
        self.wire.extend_from_slice(b"\r\n");
    }

    /// Takes all fields of that name out; whether there was one.
    #[inline]
    pub fn remove(&mut self, name: &str) -> bool {
        self.may_have(name) && self.remove_all(name)
    }

    fn remove_all(&mut self, name: &str) -> bool {
        let before = self.wire.len();
        let mut at = 0;
        while let Some(place) = self.look_for(name, at) {
            at = place.start;
            self.wire.drain(place);
        }
        before != self.wire.len()
    }

    /// The value of the first field of that name, in any case.
    pub fn get(&self, name: &str) -> Option<&str> {
        let place = self.find(name)?;
        let value = place.start + name.len() + ": ".len()..place.end - "\r\n".len();
        std::str::from_utf8(self.wire.get(value)?).ok()
    }

    /// Whether there is a field of that name, in any case.
    #[inline]
    pub fn contains(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Whether a field of that name was ever added, or of another one that has the same bit.
    #[inline]
    fn may_have(&self, name: &str) -> bool {
        self.seen & 1 << bit(name.as_bytes(), name.len()) != 0
    }

    /// The first line of that name.
    #[inline]
    fn find(&self, name: &str) -> Option<Range<usize>> {
        match self.may_have(name) {
            true => self.look_for(name, 0),
            false => None,
        }
    }

    /// The first line of that name that starts at `at` or later, where a line starts.
    fn look_for(&self, name: &str, mut at: usize) -> Option<Range<usize>> {
        let wire = &self.wire;
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
struct Lines<'w>(&'w [u8]);

impl<'w> Iterator for Lines<'w> {
    type Item = (&'w str, &'w str);

    fn next(&mut self) -> Option<Self::Item> {
        let name = self.0.iter().position(|&byte| byte == b':')?;
        let end = self.0.iter().position(|&byte| byte == b'\r')?;
        let text = |place: Range<usize>| std::str::from_utf8(self.0.get(place)?).ok();
        let field = (text(0..name)?, text(name + 2..end)?);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_common_have_bits_of_their_own() {
        let names = [
            "content-type",
            "vary",
            "x-request-id",
            "upgrade",
            "access-control-allow-origin",
            "access-control-allow-credentials",
            "access-control-expose-headers",
            "traceparent",
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
            "cross-origin-opener-policy",
            "content-security-policy",
            "etag",
            "cache-control",
            "location",
            "content-encoding",
            "content-range",
            "retry-after",
            "set-cookie",
            "last-modified",
            "allow",
        ];
        let bits = names.map(|name| bit(name.as_bytes(), name.len()));
        let different: std::collections::BTreeSet<_> = bits.into_iter().collect();
        assert_eq!(different.len(), names.len());
        assert_eq!(bit(b"Vary", 4), bit(b"vary", 4));
    }
}
