//! Where what stands among the words.
//!
//! ```text
//! magic | version 32, slash policy 32 | byte order | words 32, methods 32 | checksum | hashing |
//! for each table: first word 32, entries 32 | the tables, each from a whole word on
//! ```

use bytemuck::AnyBitPattern;

use super::FrozenError;
use crate::method::MethodSet;
use crate::router::TrailingSlash;
use crate::trie::concrete::Hashing;
use crate::trie::tables::{Tables, only};

pub(super) const MAGIC: u64 = u64::from_be_bytes(*b"brrtable");
pub(super) const VERSION: u32 = 5;
/// Read as a number it tells the byte order.
pub(super) const ORDER: u64 = u64::from_ne_bytes([1, 2, 3, 4, 5, 6, 7, 8]);
/// The word that holds the checksum.
pub(super) const CHECKSUM: usize = 4;
/// The words before those of the sections.
pub(super) const HEAD: usize = 6;
pub(super) const SECTIONS: usize = 22;

/// A sum over all words but its own. To change one word always changes it, since each step can be
/// undone.
pub(super) fn checksum(words: &[u64]) -> u64 {
    words
        .iter()
        .enumerate()
        .filter(|&(at, _)| at != CHECKSUM)
        .fold(MAGIC, |sum, (_, &word)| {
            (sum ^ word)
                .wrapping_mul(0x9E37_79B9_7F4A_7C15)
                .rotate_left(29)
        })
}

/// The policies by their numbers.
pub(super) const POLICIES: [TrailingSlash; 3] = [
    TrailingSlash::Strict,
    TrailingSlash::Redirect,
    TrailingSlash::Ignore,
];

/// The sections in their order.
struct Reader<'a> {
    words: &'a [u64],
    section: usize,
    /// Where the next one must begin.
    next: usize,
}

impl<'a> Reader<'a> {
    fn read<T: AnyBitPattern>(&mut self) -> Result<&'a [T], FrozenError> {
        let fault = FrozenError::Entry {
            table: "sections",
            entry: self.section,
        };
        let place = self.words.get(HEAD + self.section).copied();
        let place = place.unwrap_or_default();
        let (start, count) = (place as u32 as usize, (place >> 32) as usize);
        let bytes = count.checked_mul(size_of::<T>());
        let found = bytes.and_then(|bytes| {
            let end = start.checked_add(bytes.div_ceil(8))?;
            let words = self.words.get(start..end)?;
            let entries = bytemuck::cast_slice::<u64, u8>(words).get(..bytes)?;
            Some((end, bytemuck::try_cast_slice(entries).ok()?))
        });
        match found {
            Some((end, entries)) if start == self.next => {
                self.section += 1;
                self.next = end;
                Ok(entries)
            }
            _ => Err(fault),
        }
    }
}

/// The tables in some words, whose entries are still unknown.
pub(super) fn read(words: &[u64]) -> Result<Tables<'_>, FrozenError> {
    let Some(&[magic, version, order, size, stated, hashing]) = words.first_chunk::<HEAD>() else {
        return Err(FrozenError::NotTables);
    };
    if magic != MAGIC {
        return Err(FrozenError::NotTables);
    }
    if version as u32 != VERSION {
        return Err(FrozenError::Version(version as u32));
    }
    if order != ORDER {
        return Err(FrozenError::ByteOrder);
    }
    if words.len() != size as u32 as usize {
        return Err(FrozenError::Length {
            found: words.len(),
            stated: size as u32 as usize,
        });
    }
    let found = checksum(words);
    if found != stated {
        return Err(FrozenError::Checksum { found, stated });
    }
    let Some(&trailing_slash) = POLICIES.get((version >> 32) as usize) else {
        return Err(FrozenError::Entry {
            table: "head",
            entry: 1,
        });
    };
    let used = MethodSet::from_bits((size >> 32) as u32);
    let mut reader = Reader {
        words,
        section: 0,
        next: HEAD + SECTIONS,
    };
    let tables = Tables {
        methods: {
            let methods = reader.read::<[u64; 2]>()?;
            methods.try_into().map_err(|_| FrozenError::Entry {
                table: "methods",
                entry: methods.len(),
            })?
        },
        steps: reader.read()?,
        leaves: reader.read()?,
        chunks: reader.read()?,
        others: reader.read()?,
        checks: reader.read()?,
        specials: reader.read()?,
        affixes: reader.read()?,
        literals: reader.read()?,
        nodes: reader.read()?,
        edges: reader.read()?,
        fits: reader.read()?,
        goals: reader.read()?,
        displacements: reader.read()?,
        concrete: reader.read()?,
        text: reader.read()?,
        allow: reader.read()?,
        customs: reader.read()?,
        routes: reader.read()?,
        route_names: reader.read()?,
        parameters: reader.read()?,
        names: {
            let entry = reader.section;
            core::str::from_utf8(reader.read()?).map_err(|_| FrozenError::Entry {
                table: "sections",
                entry,
            })?
        },
        hashing: Hashing(hashing),
        used,
        only: only(used, trailing_slash),
        trailing_slash,
    };
    if reader.next != words.len() {
        return Err(FrozenError::Length {
            found: words.len(),
            stated: reader.next,
        });
    }
    Ok(tables)
}
