//! Heads of the form that nearly all have, in one pass.
//!
//! ```text
//! METHOD SP "/" target SP "HTTP/1.1" CRLF
//! *( name ":" [ SP ] value CRLF )
//! CRLF
//! ```
//!
//! with a method of capital letters and values that neither start nor end with white space nor hold a
//! tab. Whatever is not of this form, or not whole, or over a limit, is nobody's fault yet: it is left
//! to `httparse`, which is the judge of the grammar. So this module can only ever accept what the
//! other way accepts too, and a test holds the two against each other.

mod section;

use brrtrouter_transport::{Field, Version};
use wide::i8x16;

pub(super) use section::Section;

use super::framing::{self, Fields, Terms};
use super::head::{Head, MAX_METHOD};
use super::memory::Memory;
use super::target::Path;
use crate::limits::Limits;

/// Reads a head from the start of `bytes`; `None` if it is to be read the other way.
#[inline(always)]
pub(crate) fn parse<'b>(
    bytes: &'b [u8],
    limits: &Limits,
    fields: &mut Vec<Field<'b>>,
    memory: &mut Memory,
) -> Option<Head<'b>> {
    let (method, rest) = method(bytes)?;
    let (target, rest) = rest.split_at(target_end(rest)?);
    if target.first() != Some(&b'/') || target.len() > limits.max_target {
        return None;
    }
    let section = rest.strip_prefix(b" HTTP/1.1\r\n")?;
    let (terms, section_length) = match memory.section.recall(section, limits, fields) {
        Some(known) => known,
        None => read_section(section, limits, fields, memory)?,
    };
    let length = bytes.len() - section.len() + section_length;
    if length > limits.max_head || method == b"CONNECT" {
        return None;
    }
    Some(Head {
        method: ascii(method),
        path: Path::Sent(ascii(target)),
        version: Version::Http11,
        terms,
        length,
    })
}

/// Reads the fields up to the empty line; what they come to, and how long they are with it.
#[inline(never)]
fn read_section<'b>(
    section: &'b [u8],
    limits: &Limits,
    fields: &mut Vec<Field<'b>>,
    memory: &mut Memory,
) -> Option<(Terms, usize)> {
    let mut rest = section;
    let mut seen = Fields::default();
    loop {
        if let Some(after) = rest.strip_prefix(b"\r\n") {
            rest = after;
            break;
        }
        let (name, after) = name(rest)?;
        let (value, after) = after.split_at(find(after, ends_value)?);
        if name.is_empty()
            || value.first().is_none_or(|&byte| byte == b' ')
            || value.last() == Some(&b' ')
            || name.len() + value.len() + 3 > limits.max_header_line
            || fields.len() >= limits.max_headers
        {
            return None;
        }
        rest = after.strip_prefix(b"\r\n")?;
        let name = ascii(name);
        seen.see(fields.len(), name, value, &mut memory.host).ok()?;
        fields.push(Field { name, value });
    }
    let terms = seen.conclude(Version::Http11).ok()?;
    let length = section.len() - rest.len();
    memory.section.learn(section.get(..length)?, fields, terms);
    Some((terms, length))
}

/// The method, and what follows the space behind it.
#[inline(always)]
fn method(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    if let Some(rest) = bytes.strip_prefix(b"GET ") {
        return Some((b"GET", rest));
    }
    let end = bytes.iter().position(|byte| !byte.is_ascii_uppercase())?;
    let (method, rest) = bytes.split_at(end);
    if method.is_empty() || end > MAX_METHOD {
        return None;
    }
    Some((method, rest.strip_prefix(b" ")?))
}

/// The name of a field, and what follows the colon and a space.
#[inline(always)]
fn name(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    // Every request has it, and most clients write it like this.
    if let Some(rest) = bytes.strip_prefix(b"Host: ") {
        return Some((bytes.get(..4)?, rest));
    }
    let colon = bytes.iter().position(|&byte| !IN_NAME[usize::from(byte)])?;
    let (name, rest) = bytes.split_at(colon);
    let rest = rest.strip_prefix(b":")?;
    Some((name, rest.strip_prefix(b" ").unwrap_or(rest)))
}

/// Where in `bytes` the first byte stands that is none of a target: space, control characters, DEL, `#`,
/// and what is not ASCII.
#[inline(always)]
fn target_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    let (blocks, rest) = bytes.as_chunks::<16>();
    for block in blocks {
        let bytes = i8x16::new(block.map(u8::cast_signed));
        // What is not ASCII is negative.
        let ends = bytes.simd_lt(i8x16::splat(0x21))
            | bytes.simd_eq(i8x16::splat(0x7f))
            | bytes.simd_eq(i8x16::splat(b'#'.cast_signed()));
        let ends = ends.to_bitmask();
        if ends != 0 {
            return Some(at + ends.trailing_zeros() as usize);
        }
        at += 16;
    }
    find(rest, ends_target).map(|end| at + end)
}

/// Where in `bytes` the first byte stands of which `ends` sets the high bit. `ends` may set bits
/// behind that one too, but none before it.
#[inline(always)]
fn find(bytes: &[u8], ends: impl Fn(u64) -> u64) -> Option<usize> {
    let mut at = 0;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let found = ends(u64::from_le_bytes(*word)) & HIGH;
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    // Filled up with bytes that end anything, of which none counts.
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let found = (ends(u64::from_le_bytes(last)) & HIGH).trailing_zeros() as usize / 8;
    (found < rest.len()).then_some(at + found)
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The high bit of each byte below `limit`, of the first at least, and of none before it.
#[inline(always)]
const fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(ONES * limit as u64) & !word
}

/// The same for each byte that is `byte`.
#[inline(always)]
const fn is(word: u64, byte: u8) -> u64 {
    below(word ^ (ONES * byte as u64), 1)
}

/// Space, control characters, DEL, `#`, and what is not ASCII.
#[inline(always)]
const fn ends_target(word: u64) -> u64 {
    below(word, 0x21) | is(word, 0x7f) | is(word, b'#') | word
}

/// Control characters and DEL.
#[inline(always)]
const fn ends_value(word: u64) -> u64 {
    below(word, 0x20) | is(word, 0x7f)
}

/// `tchar` of RFC 9110 §5.6.2.
static IN_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = framing::is_token_byte(byte as u8);
        byte += 1;
    }
    table
};

/// Bytes of a method, a target or a name as text.
#[inline(always)]
#[allow(unsafe_code)]
fn ascii(bytes: &[u8]) -> &str {
    debug_assert!(bytes.is_ascii());
    // SAFETY: (ascii) every byte was looked at by this module's parser, or equals one that was, and is a
    // capital letter, a visible ASCII character or a `tchar`; all of them are below 0x80, and so text.
    unsafe { std::str::from_utf8_unchecked(bytes) }
}

#[cfg(test)]
mod tests {
    use super::super::head;
    use super::*;

    /// Both ways have to agree, where this one has an opinion; whether it has.
    fn agrees(bytes: &[u8]) -> bool {
        let limits = Limits::default();
        let mut fields = Vec::new();
        let Some(plain) = parse(bytes, &limits, &mut fields, &mut Memory::new()) else {
            return false;
        };
        let mut expected = Vec::new();
        let head = head::parse_any(bytes, &limits, &mut expected, &mut Memory::new());
        let head = head.expect("not refused").expect("whole");
        assert_eq!(plain, head, "{bytes:?}");
        assert_eq!(fields, expected, "{bytes:?}");
        true
    }

    #[test]
    fn plain_heads_are_read_alike() {
        for bytes in [
            &b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"[..],
            b"GET /plaintext?a=b&c[]=|d HTTP/1.1\r\nHost:a:80\r\nX-Y: z w  v\r\n\r\nGET",
            b"POST /0123456789abcdef HTTP/1.1\r\nhost: a\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n",
            b"PROPFIND /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: \xff\xfe\r\n\r\n",
        ] {
            assert!(agrees(bytes), "{bytes:?}");
        }
    }

    #[test]
    fn any_byte_anywhere_is_read_alike_or_left_alone() {
        let base =
            b"POST /some/where?x=1 HTTP/1.1\r\nHost: a.b:80\r\nContent-Length: 5\r\nX: y z\r\n\r\n";
        let mut plain = 0;
        for at in 0..base.len() {
            for byte in 0..=255 {
                let mut bytes = base.to_vec();
                bytes[at] = byte;
                plain += usize::from(agrees(&bytes));
                bytes.insert(at, base[at]);
                plain += usize::from(agrees(&bytes));
                bytes.truncate(at);
                assert!(!agrees(&bytes));
            }
        }
        assert!(plain > 1000, "{plain}");
    }

    #[test]
    fn the_end_is_found_at_any_distance() {
        for length in 0..40 {
            for tail in 0..20 {
                let mut bytes = vec![b'x'; length];
                bytes.push(b'\r');
                bytes.extend(vec![b'y'; tail]);
                assert_eq!(find(&bytes, ends_value), Some(length));
                assert_eq!(find(&bytes[..length], ends_value), None);
                for end in [b' ', b'#', 0, 0x1f, 0x7f, 0x80, 0xff] {
                    bytes[length] = end;
                    assert_eq!(target_end(&bytes), Some(length));
                }
                assert_eq!(target_end(&bytes[..length]), None);
            }
        }
    }
}
