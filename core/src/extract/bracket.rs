//! Names with brackets: `filter[name]`, `expand[]`.

use crate::source::{Coding, Text};

/// What stands between the brackets of `base[…]`, brackets being encoded or not; still encoded.
pub(crate) fn bracket<'r>(name: Text<'r>, base: &[u8]) -> Option<Text<'r>> {
    // An encoded name is no shorter than what it stands for.
    if name.raw.len() < base.len() + 2 {
        return None;
    }
    let mut rest = name.raw;
    for &byte in base {
        rest = take(rest, name.coding, byte)?;
    }
    rest = take(rest, name.coding, b'[')?;
    let inner = match rest {
        [inner @ .., b']'] => inner,
        [inner @ .., b'%', b'5', b'D' | b'd'] if name.coding != Coding::Plain => inner,
        _ => return None,
    };
    Some(Text {
        raw: inner,
        coding: name.coding,
    })
}

/// The rest of an encoded text after that byte.
fn take(text: &[u8], coding: Coding, byte: u8) -> Option<&[u8]> {
    match coding {
        Coding::Plain => text.strip_prefix(&[byte]),
        Coding::Percent(plus) => {
            let mut decoded = crate::percent::Decoded::new(text, plus);
            (decoded.next() == Some(byte)).then(|| decoded.rest())
        }
    }
}
