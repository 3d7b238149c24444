//! Names with brackets: `filter[name]`, `expand[]`.

use crate::source::{Coding, Pairs, Text};

/// The pairs of a query whose names are one name with brackets: what is in these, and the value.
#[derive(Clone)]
pub(crate) struct Bracketed<'r> {
    pairs: Pairs<'r>,
    name: &'r str,
    coding: Coding,
}

impl<'r> Bracketed<'r> {
    /// Those of a query, with values in that coding.
    pub(super) fn new(query: &'r [u8], name: &'r str, coding: Coding) -> Self {
        Self {
            pairs: Pairs::of_query(query),
            name,
            coding,
        }
    }
}

impl<'r> Iterator for Bracketed<'r> {
    type Item = (Text<'r>, Text<'r>);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, coding) = (self.name.as_bytes(), self.coding);
        self.pairs
            .find_map(|pair| Some((bracket(pair.name, name)?, pair.text(coding))))
    }
}

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
