//! What a `$ref` says: a URI reference (RFC 3986) with a JSON pointer or an anchor as its fragment.

use std::borrow::Cow;

use crate::uri;

/// A `$ref`, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reference<'r> {
    /// The file or URI, decoded; empty for the same document.
    pub(crate) file: Cow<'r, str>,
    pub(crate) fragment: Fragment<'r>,
}

/// The part of a reference after `#`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fragment<'r> {
    /// A JSON pointer, decoded; empty for the whole.
    Pointer(Cow<'r, str>),
    /// The name of an anchor.
    Anchor(Cow<'r, str>),
}

impl<'r> Reference<'r> {
    /// Takes a reference apart; `None` if it is malformed.
    pub(crate) fn parse(text: &'r str) -> Option<Self> {
        let (file, fragment) = text.split_once('#').unwrap_or((text, ""));
        let fragment = decode(fragment)?;
        let fragment = if fragment.is_empty() || fragment.starts_with('/') {
            if !is_pointer(&fragment) {
                return None;
            }
            Fragment::Pointer(fragment)
        } else {
            Fragment::Anchor(fragment)
        };
        Some(Self {
            file: decode(file)?,
            fragment,
        })
    }

    /// Whether the file is named by a URI with a scheme, or by an authority.
    pub(crate) fn is_absolute(&self) -> bool {
        uri::is_absolute(&self.file)
    }
}

/// The target of a reference within the normalised document.
pub(crate) fn local(text: &str) -> Option<Cow<'_, str>> {
    let fragment = text.strip_prefix('#')?;
    decode(fragment)
}

/// The reference to that place of the same document.
pub(crate) fn to_pointer(pointer: &str) -> String {
    let mut text = String::with_capacity(pointer.len() + 1);
    text.push('#');
    for byte in pointer.bytes() {
        // What a fragment may hold as it is (RFC 3986 §3.5).
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            for digit in [byte >> 4, byte & 15] {
                text.extend(char::from_digit(u32::from(digit), 16).map(|c| c.to_ascii_uppercase()));
            }
        }
    }
    text
}

/// Undoes percent-encoding (RFC 3986 §2.1); `None` if that leaves no text.
fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, after) = rest.split_first_chunk::<2>()?;
        let digits = std::str::from_utf8(digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

fn is_pointer(text: &str) -> bool {
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '~' && !matches!(characters.next(), Some('0' | '1')) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_decoded() {
        let reference = Reference::parse("models/a%20b.yaml#/x/~1pets~1%7Bid%7D").unwrap();
        assert_eq!(reference.file, "models/a b.yaml");
        assert_eq!(
            reference.fragment,
            Fragment::Pointer("/x/~1pets~1{id}".into())
        );
        assert!(Reference::parse("#/a~2b").is_none());
        assert!(Reference::parse("#/%zz").is_none());
        assert_eq!(
            Reference::parse("#pet").unwrap().fragment,
            Fragment::Anchor("pet".into())
        );
    }

    #[test]
    fn schemes_are_not_files() {
        for (text, is_absolute) in [
            ("https://example.com/a.yaml", true),
            ("//example.com/a.yaml", true),
            ("urn:a:b", true),
            ("a/b:c.yaml", false),
            ("../a.yaml", false),
        ] {
            let reference = Reference::parse(text).unwrap();
            assert_eq!(reference.is_absolute(), is_absolute, "{text}");
        }
    }
}
