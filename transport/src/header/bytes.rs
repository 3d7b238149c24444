//! Which bytes names and values of fields may have.

use wide::u8x16;

/// Whether a value holds nothing but printable ASCII and what lies beyond ASCII, sixteen bytes at a time
/// where it is that long.
pub(super) fn is_plain(value: &[u8]) -> bool {
    let is_plain = |bytes: &[u8; 16]| controls(u8x16::new(*bytes)).to_bitmask() == 0;
    // The last bytes reach back into those before them.
    let Some(last) = value.last_chunk() else {
        return value.iter().all(|byte| is_value(*byte));
    };
    let (blocks, _) = value.as_chunks();
    blocks.iter().chain([last]).all(is_plain)
}

/// Whether a value holds nothing but printable ASCII.
#[inline]
pub(super) fn is_printable(value: &[u8]) -> bool {
    let is_printable = |bytes: &[u8; 16]| {
        let bytes = u8x16::new(*bytes);
        // The highest bit of a byte tells that it is none of ASCII.
        (controls(bytes) | bytes).to_bitmask() == 0
    };
    let Some(last) = value.last_chunk() else {
        return value.iter().all(|byte| matches!(byte, b' '..=b'~'));
    };
    let (blocks, _) = value.as_chunks();
    blocks.iter().chain([last]).all(is_printable)
}

/// Which of the bytes are controls of ASCII.
#[inline(always)]
fn controls(bytes: u8x16) -> u8x16 {
    let low = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
    low | bytes.simd_eq(u8x16::splat(0x7f))
}

/// `tchar` of RFC 9110 §5.6.2.
pub(super) const fn is_token(byte: u8) -> bool {
    matches!(byte,
        b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`'
        | b'|' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z')
}

/// `field-vchar`, space and tab of RFC 9110 §5.5.
pub(super) const fn is_value(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7f)
}
