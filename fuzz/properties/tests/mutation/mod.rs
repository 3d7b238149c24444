//! Small changes of inputs, the same in every run.

/// An input by its name.
type Saved = (String, Vec<u8>);

/// Bytes that mean something in one of the formats.
const TELLING: &[&[u8]] = &[
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"\xc3\xa9",
    b"%2F",
    b"%",
    b"/",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b": ",
    b"- ",
    b",",
    b"&a ",
    b"*a",
    b"$ref",
    b"#/",
    b"~1",
    b"..",
    b"?",
    b"&",
    b"=",
    b";",
    b"+",
    b"0",
    b"-1",
    b"9223372036854775808",
    b"null",
    b"true",
    b"<<: ",
];

/// A source of changes: xorshift from a fixed seed.
pub(crate) struct Mutation {
    state: u64,
}

impl Mutation {
    pub(crate) fn new() -> Self {
        Self {
            state: 0x9e37_79b9_7f4a_7c15,
        }
    }

    /// A number below `bound`, or 0.
    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 11) as usize % bound.max(1)
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let most = (length - start).min(64);
        start..start + self.below(most + 1)
    }

    /// One of the inputs with one to four changes.
    pub(crate) fn of(&mut self, saved: &[Saved], longest: usize) -> Vec<u8> {
        let mut input = saved[self.below(saved.len())].1.clone();
        for _ in 0..=self.below(4) {
            self.change(&mut input, saved);
        }
        input.truncate(longest);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, saved: &[Saved]) {
        let at = self.below(input.len() + 1);
        match self.below(7) {
            0 => {
                let bit = 1 << self.below(8);
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= bit;
                }
            }
            1 => {
                let byte = self.below(256) as u8;
                input.insert(at, byte);
            }
            2 => {
                let range = self.range(input.len());
                input.drain(range);
            }
            3 => {
                let range = self.range(input.len());
                let piece = input[range].to_vec();
                input.splice(at..at, piece);
            }
            4 => {
                let telling = TELLING[self.below(TELLING.len())];
                input.splice(at..at, telling.iter().copied());
            }
            5 => {
                let telling = TELLING[self.below(TELLING.len())];
                let range = self.range(input.len());
                input.splice(range, telling.iter().copied());
            }
            _ => {
                let other = &saved[self.below(saved.len())].1;
                let range = self.range(other.len());
                input.splice(at..at, other[range].iter().copied());
            }
        }
    }
}
