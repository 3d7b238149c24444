//! A text of a request, for those who have no allocator.

use core::fmt::{self, Write};

use super::Text;

/// A text of a request that stands there encoded, and is decoded as it is read.
///
/// It shows itself decoded, and compares so. Its encoding is known to be sound.
#[derive(Clone, Copy)]
pub struct Encoded<'r> {
    text: Text<'r>,
}

impl<'r> Encoded<'r> {
    /// The text, whose encoding was [checked](Text::check).
    pub(crate) fn new(text: Text<'r>) -> Self {
        Self { text }
    }

    /// The text as it stands in the request.
    pub fn raw(self) -> &'r [u8] {
        self.text.raw
    }

    /// The text, where nothing of it is encoded.
    pub fn as_plain(self) -> Option<&'r str> {
        match self.text.is_plain() {
            true => core::str::from_utf8(self.text.raw).ok(),
            false => None,
        }
    }

    /// The decoded bytes, which are UTF-8.
    pub fn bytes(self) -> impl Iterator<Item = u8> + 'r {
        self.text.bytes()
    }

    /// The decoded text, in the beginning of `buffer`; `None` where that is too small.
    pub fn decode_into(self, buffer: &mut [u8]) -> Option<&str> {
        let mut len = 0;
        for byte in self.bytes() {
            *buffer.get_mut(len)? = byte;
            len += 1;
        }
        core::str::from_utf8(buffer.get(..len)?).ok()
    }
}

impl PartialEq<str> for Encoded<'_> {
    fn eq(&self, text: &str) -> bool {
        self.text.is(text.as_bytes())
    }
}

impl PartialEq<&str> for Encoded<'_> {
    fn eq(&self, text: &&str) -> bool {
        *self == **text
    }
}

impl fmt::Debug for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encoded({self})")
    }
}

/// Decoded.
impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One character at a time.
        let mut character = [0; 4];
        let mut len = 0;
        for byte in self.bytes() {
            if let Some(slot) = character.get_mut(len) {
                *slot = byte;
                len += 1;
            }
            if let Ok(text) = core::str::from_utf8(character.get(..len).unwrap_or_default()) {
                f.write_str(text)?;
                len = 0;
            }
        }
        match len {
            0 => Ok(()),
            _ => f.write_char(char::REPLACEMENT_CHARACTER),
        }
    }
}
