//! A router → words, and words → Rust.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use bytemuck::NoUninit;

use super::layout::{CHECKSUM, HEAD, MAGIC, ORDER, POLICIES, SECTIONS, VERSION, checksum};
use crate::router::Router;

/// The tables of a router as words, by [`Router::freeze`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenTables {
    words: Vec<u64>,
}

impl FrozenTables {
    /// The words, which [`Frozen::load`](super::Frozen::load) takes.
    pub fn as_words(&self) -> &[u64] {
        &self.words
    }

    /// The same as bytes, which [`Frozen::from_bytes`](super::Frozen::from_bytes) takes from a place
    /// that is a multiple of eight.
    pub fn as_bytes(&self) -> &[u8] {
        bytemuck::cast_slice(&self.words)
    }

    /// A Rust item: `pub static NAME: [u64; …] = […];`
    ///
    /// Of the two forms this is the one for programs: the compiler sees to it that words stand where
    /// words must, which `include_bytes!` does not. The program must be for a machine of the byte
    /// order of the one that writes it.
    pub fn to_rust<'w>(&'w self, name: &'w str) -> impl fmt::Display + 'w {
        Rust {
            words: &self.words,
            name,
        }
    }
}

struct Rust<'w> {
    words: &'w [u64],
    name: &'w str,
}

impl fmt::Display for Rust<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { words, name } = self;
        writeln!(f, "/// Route tables of version {VERSION}.")?;
        writeln!(f, "pub static {name}: [u64; {}] = [", words.len())?;
        for row in words.chunks(6) {
            for word in row {
                write!(f, "{word:#x},")?;
            }
            writeln!(f)?;
        }
        writeln!(f, "];")
    }
}

struct Writer {
    words: Vec<u64>,
    section: usize,
}

impl Writer {
    fn write<T: NoUninit>(&mut self, entries: &[T]) {
        let start = self.words.len() as u64;
        if let Some(place) = self.words.get_mut(HEAD + self.section) {
            *place = start | (entries.len() as u64) << 32;
        }
        self.section += 1;
        for bytes in bytemuck::cast_slice::<T, u8>(entries).chunks(8) {
            let mut word = [0; 8];
            for (slot, byte) in word.iter_mut().zip(bytes) {
                *slot = *byte;
            }
            self.words.push(u64::from_ne_bytes(word));
        }
    }
}

impl Router {
    /// The tables as words, for a [`Frozen`](super::Frozen) router.
    pub fn freeze(&self) -> FrozenTables {
        let tables = self.tables();
        let mut writer = Writer {
            words: vec![0; HEAD + SECTIONS],
            section: 0,
        };
        writer.write(tables.methods);
        writer.write(tables.steps);
        writer.write(tables.leaves);
        writer.write(tables.chunks);
        writer.write(tables.others);
        writer.write(tables.checks);
        writer.write(tables.specials);
        writer.write(tables.affixes);
        writer.write(tables.literals);
        writer.write(tables.nodes);
        writer.write(tables.edges);
        writer.write(tables.fits);
        writer.write(tables.goals);
        writer.write(tables.displacements);
        writer.write(tables.concrete);
        writer.write(tables.text);
        writer.write(tables.allow);
        writer.write(tables.customs);
        writer.write(tables.routes);
        writer.write(tables.route_names);
        writer.write(tables.parameters);
        writer.write(tables.names.as_bytes());
        let mut words = writer.words;
        let mut policies = POLICIES.iter();
        let policy = policies.position(|&policy| policy == tables.trailing_slash);
        let policy = policy.unwrap_or_default() as u64;
        let size = words.len() as u64 | u64::from(tables.used.bits()) << 32;
        let head = [
            MAGIC,
            u64::from(VERSION) | policy << 32,
            ORDER,
            size,
            0,
            tables.hashing.0,
        ];
        for (word, own) in words.iter_mut().zip(head) {
            *word = own;
        }
        let sum = checksum(&words);
        if let Some(word) = words.get_mut(CHECKSUM) {
            *word = sum;
        }
        FrozenTables { words }
    }
}
