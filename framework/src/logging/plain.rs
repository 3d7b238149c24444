use wide::u8x16;

use crate::logging::sink::Sink as _;

/// Which of the bytes need escapes or, where it is not JSON, quotes.
#[inline(always)]
fn special<const JSON: bool>(bytes: u8x16) -> u8x16 {
    let is = |byte| bytes.simd_eq(u8x16::splat(byte));
    let low = u8x16::splat(if JSON { 0x1f } else { b' ' });
    let controls = bytes.min(low).simd_eq(bytes) | is(0x7f);
    let marks = is(b'"') | is(b'\\');
    let marks = if JSON { marks } else { marks | is(b'=') };
    // The highest bit of a byte tells that it is none of ASCII.
    controls | marks | bytes
}

/// Whether a text needs no escapes, and where it is not JSON no quotes either; sixteen bytes at a time.
#[inline(always)]
pub(super) fn is_plain<const JSON: bool>(text: &[u8]) -> bool {
    // The last bytes reach back into those before them.
    if let Some(last) = text.last_chunk() {
        let (blocks, _) = text.as_chunks();
        let found = blocks
            .iter()
            .fold(special::<JSON>(u8x16::new(*last)), |found, block| {
                found | special::<JSON>(u8x16::new(*block))
            });
        return found.to_bitmask() == 0;
    }
    (JSON || !text.is_empty()) && special::<JSON>(small(text)).to_bitmask() == 0
}

/// Whether a target of 16 to 63 bytes needs no escapes before its query, and where that begins, or the
/// target ends.
#[inline(always)]
pub(super) fn plain_path<const JSON: bool>(target: &[u8]) -> (bool, usize) {
    let Some(last) = target.last_chunk::<16>() else {
        return (false, 0);
    };
    let end = target.len();
    if end > 63 {
        return (false, 0);
    }
    let mut masks = (0_u64, 0_u64);
    let mut look = |block: &[u8; 16], at: usize| {
        let bytes = u8x16::new(*block);
        masks.0 |= u64::from(special::<JSON>(bytes).to_bitmask()) << at;
        masks.1 |= u64::from(bytes.simd_eq(u8x16::splat(b'?')).to_bitmask()) << at;
    };
    let (blocks, _) = target.as_chunks();
    for (block, at) in blocks.iter().zip([0, 16, 32]) {
        look(block, at);
    }
    look(last, end - 16);
    let end = end.min(masks.1.trailing_zeros() as usize);
    (masks.0 & ((1 << end) - 1) == 0, end)
}

/// Fewer than sixteen bytes, with some behind them that need no escapes. Some may stand there twice.
fn small(text: &[u8]) -> u8x16 {
    let mut block = [b'_'; 16];
    let (low, high) = block.split_at_mut(8);
    if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        low.copy_from_slice(first);
        high.copy_from_slice(last);
    } else if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        low[..4].copy_from_slice(first);
        high[..4].copy_from_slice(last);
    } else {
        for (place, byte) in low.iter_mut().zip(text) {
            *place = *byte;
        }
    }
    u8x16::new(block)
}

/// A JSON string, which also is what a text puts in quotes. Whatever could end a line or drive a terminal
/// is escaped.
#[cold]
#[inline(never)]
pub(super) fn escaped(value: &str) -> Vec<u8> {
    let mut out = vec![b'"'];
    let mut rest = value;
    // Beyond ASCII, the C1 controls and the separators that end lines elsewhere.
    let is_special =
        |one: char| matches!(one, '"' | '\\' | '\u{2028}' | '\u{2029}') || one.is_control();
    while let Some(place) = rest.find(is_special)
        && let (plain, special) = rest.split_at(place)
        && let Some(one) = special.chars().next()
    {
        out.put(plain.as_bytes());
        match one {
            '"' => out.put_all(b"\\\""),
            '\\' => out.put_all(b"\\\\"),
            // None of these takes more than four digits.
            one => out.put(format!("\\u{:04x}", u32::from(one)).as_bytes()),
        }
        rest = special.get(one.len_utf8()..).unwrap_or_default();
    }
    out.put(rest.as_bytes());
    out.put_all(b"\"");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_no_escapes_is_told_by_sixteen_bytes_as_by_one() {
        assert!(is_plain::<true>(b"") && !is_plain::<false>(b""));
        for byte in 0..=u8::MAX {
            let in_json = matches!(byte, b' '..=b'~') && !b"\"\\".contains(&byte);
            let in_text = in_json && !b" =".contains(&byte);
            for length in 1..=40 {
                for place in 0..length {
                    let mut text = vec![b'~'; length];
                    text[place] = byte;
                    let found = (is_plain::<true>(&text), is_plain::<false>(&text));
                    assert_eq!(found, (in_json, in_text), "{byte} at {place} of {length}");
                }
            }
        }
    }

    #[test]
    fn what_needs_escapes_gets_them_and_nothing_else_does() {
        let escaped = |value| String::from_utf8_lossy(&escaped(value)).into_owned();
        assert_eq!(escaped("a\"b\\"), r#""a\"b\\""#);
        assert_eq!(
            escaped("\0\n\u{7f}\u{9b}é\u{2028}"),
            "\"\\u0000\\u000a\\u007f\\u009bé\\u2028\""
        );
        for value in ["", "a", "ä\u{1f600}", "\u{2029}", "\"", "x\ty"] {
            let back: String = serde_json::from_str(&escaped(value)).expect(value);
            assert_eq!(back, value);
        }
    }
}
