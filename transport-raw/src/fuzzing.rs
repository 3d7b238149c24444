//! What fuzzers look at; there is no such module without the feature `fuzzing`.

use brrtrouter_transport::Field;

use crate::limits::Limits;
use crate::request::chunked::Decoder;
use crate::request::memory::Memory;
use crate::request::{head, host, target};

/// Reads a head in both ways, and in every prefix of it, and holds the outcomes against each other.
pub fn head(bytes: &[u8]) {
    // What a connection sees to before.
    let bytes = &bytes[head::empty_lines(bytes)..];
    if head::starts_badly(bytes) {
        return;
    }
    let limits = Limits::default();
    let mut fields: Vec<Field<'_>> = Vec::new();
    let known = &mut Memory::new();
    let whole = head::parse(bytes, &limits, &mut fields, known);
    let mut others = Vec::new();
    let other = head::parse_any(bytes, &limits, &mut others, known);
    assert_eq!(whole, other, "the two ways differ");
    let mut again = Vec::new();
    let repeated = head::parse(bytes, &limits, &mut again, known);
    assert_eq!(whole, repeated, "the second time differs");
    if let Ok(Some(head)) = &whole {
        assert_eq!(fields, others);
        assert_eq!(fields, again);
        assert!(head.length <= bytes.len() && head.length <= limits.max_head);
        assert!(bytes[..head.length].ends_with(b"\r\n\r\n"));
        // Less of it is not whole, and no reason to refuse it.
        for end in (1..head.length).rev().take(64) {
            let mut fields = Vec::new();
            let part = head::parse(&bytes[..end], &limits, &mut fields, known);
            assert_eq!(part, Ok(None));
        }
    }
}

/// Decodes a chunked body whole and in pieces, and holds the outcomes against each other.
pub fn chunked(bytes: &[u8]) {
    let Some((&size, bytes)) = bytes.split_first() else {
        return;
    };
    let whole = decode(bytes, bytes.len().max(1));
    assert_eq!(whole, decode(bytes, usize::from(size).max(1)));
    assert_eq!(whole, decode(bytes, 1));
}

/// The content, and how many bytes it took with its framing; nothing if it is not whole, an error
/// if it is malformed.
fn decode(bytes: &[u8], piece: usize) -> Result<Option<(Vec<u8>, usize)>, &'static str> {
    let mut decoder = Decoder::new(&Limits::default());
    let mut content = Vec::new();
    let mut passed = 0;
    for mut piece in bytes.chunks(piece) {
        loop {
            let count = decoder.advance(piece)?;
            let data = usize::try_from(decoder.data()).unwrap_or(usize::MAX);
            let data = data.min(piece.len() - count);
            content.extend_from_slice(&piece[count..count + data]);
            decoder.consume(data as u64);
            passed += count + data;
            piece = &piece[count + data..];
            if data == 0 {
                break;
            }
        }
        if decoder.is_finished() {
            return Ok(Some((content, passed)));
        }
    }
    Ok(None)
}

/// Reads a target and an authority.
pub fn target(bytes: &[u8]) {
    if host::is_authority(bytes) {
        assert!(bytes.is_ascii() && !bytes.is_empty());
        assert!(!bytes.iter().any(|byte| b"/?#@\\ ".contains(byte)));
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    // The head's parser lets neither of these pass.
    if !bytes.iter().all(|&byte| byte > b' ' && byte != 0x7f) {
        return;
    }
    for method in ["GET", "OPTIONS", "CONNECT"] {
        if let Ok(target) = target::parse(method, text) {
            let path = match target.path {
                target::Path::Sent(path) => path,
                target::Path::QueryOnly(query) => {
                    assert!(query.starts_with('?'));
                    continue;
                }
            };
            assert!(path.starts_with('/') || path == "*", "{path}");
            assert!(!path.contains('#') && path.is_ascii());
        }
    }
}
