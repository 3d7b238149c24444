//! The chunked transfer coding (RFC 9112 §7.1), read strictly.
//!
//! ```text
//! chunked-body   = *chunk last-chunk trailer-section CRLF
//! chunk          = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
//! chunk-size     = 1*HEXDIG
//! last-chunk     = 1*("0") [ chunk-ext ] CRLF
//! chunk-ext      = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
//! chunk-ext-val  = token / quoted-string
//! ```
//!
//! Every byte is looked at once and none is kept, so the outcome does not depend on how the bytes
//! arrive. Extensions and trailers are checked and dropped.

use super::framing::is_token_byte;
use crate::limits::Limits;

/// Where in a chunked body the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// In front of the first digit of a size.
    SizeStart,
    /// Behind a digit of a size.
    Size,
    /// Behind white space, in front of `;`.
    ExtensionSpace,
    /// Behind `;`.
    ExtensionNameStart,
    /// In an extension's name.
    ExtensionName,
    /// Behind white space that follows a name, in front of `=` or `;`.
    ExtensionNameSpace,
    /// Behind `=`.
    ExtensionValueStart,
    /// In a value that is a token.
    ExtensionToken,
    /// In a quoted string.
    ExtensionQuoted,
    /// Behind a backslash in a quoted string.
    ExtensionEscape,
    /// Behind the closing quote.
    ExtensionQuotedEnd,
    /// Behind the CR of a size's line.
    SizeLineFeed,
    /// In the data.
    Data,
    /// Behind the data.
    DataReturn,
    /// Behind the CR that follows data.
    DataLineFeed,
    /// At the start of a line of the trailer section.
    TrailerStart,
    /// In a trailer field's name.
    TrailerName,
    /// In a trailer field's value.
    TrailerValue,
    /// Behind the CR of a trailer field.
    TrailerLineFeed,
    /// Behind the CR of the empty line.
    LastLineFeed,
    /// Behind the end.
    End,
}

/// Decodes one body.
#[derive(Debug)]
pub(crate) struct Decoder {
    state: State,
    /// The size that is being read, or what is left of the data.
    left: u64,
    /// How many more bytes of extensions may come.
    extensions: usize,
    /// How many more bytes of trailers may come.
    trailers: usize,
}

/// What is wrong with a body.
pub(crate) type Malformed = &'static str;

impl Decoder {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            state: State::SizeStart,
            left: 0,
            extensions: limits.max_chunk_extensions,
            trailers: limits.max_trailers,
        }
    }

    /// Whether the whole body, trailers included, has been passed.
    pub(crate) fn is_finished(&self) -> bool {
        self.state == State::End
    }

    /// How many bytes of data come next; not zero only behind a call of
    /// [`advance`](Self::advance) that stopped in front of them.
    pub(crate) fn data(&self) -> u64 {
        if self.state == State::Data {
            self.left
        } else {
            0
        }
    }

    /// Passes over `count` bytes of data, at most as many as there are.
    pub(crate) fn consume(&mut self, count: u64) {
        if self.state == State::Data {
            self.left = self.left.saturating_sub(count);
            if self.left == 0 {
                self.state = State::DataReturn;
            }
        }
    }

    /// Passes over what is not data at the start of `bytes`; how much that was. Stops in front of
    /// data, behind the end of the body, or where `bytes` end.
    pub(crate) fn advance(&mut self, bytes: &[u8]) -> Result<usize, Malformed> {
        for (at, &byte) in bytes.iter().enumerate() {
            if matches!(self.state, State::Data | State::End) {
                return Ok(at);
            }
            self.step(byte)?;
        }
        Ok(bytes.len())
    }

    fn step(&mut self, byte: u8) -> Result<(), Malformed> {
        self.state = match self.state {
            State::SizeStart => match digit(byte) {
                Some(value) => {
                    self.left = value;
                    State::Size
                }
                None => return Err("a chunk's size is not a number"),
            },
            State::Size => match (digit(byte), byte) {
                (Some(value), _) => {
                    if self.left == 0 {
                        // Leading zeros have no end of their own.
                        self.spend_extension()?;
                    }
                    self.left = self
                        .left
                        .checked_mul(16)
                        .ok_or("a chunk's size is too large")?
                        | value;
                    State::Size
                }
                (None, b'\r') => State::SizeLineFeed,
                _ => self.extension(byte)?,
            },
            State::SizeLineFeed if byte == b'\n' => match self.left {
                0 => State::TrailerStart,
                _ => State::Data,
            },
            State::SizeLineFeed => return Err("a chunk's size is followed by a bare CR"),
            State::Data | State::End => self.state,
            State::DataReturn if byte == b'\r' => State::DataLineFeed,
            State::DataLineFeed if byte == b'\n' => State::SizeStart,
            State::DataReturn | State::DataLineFeed => {
                return Err("a chunk is longer than its size");
            }
            State::TrailerStart
            | State::TrailerName
            | State::TrailerValue
            | State::TrailerLineFeed
            | State::LastLineFeed => self.trailer(byte)?,
            _ => self.extension(byte)?,
        };
        Ok(())
    }

    fn spend_extension(&mut self) -> Result<(), Malformed> {
        self.extensions = self
            .extensions
            .checked_sub(1)
            .ok_or("the chunk extensions are too long")?;
        Ok(())
    }

    #[cold]
    fn extension(&mut self, byte: u8) -> Result<State, Malformed> {
        self.spend_extension()?;
        let is_space = matches!(byte, b' ' | b'\t');
        let next = match (self.state, byte) {
            (State::Size | State::ExtensionSpace | State::ExtensionQuotedEnd, b';') => {
                State::ExtensionNameStart
            }
            (State::Size | State::ExtensionSpace | State::ExtensionQuotedEnd, _) if is_space => {
                State::ExtensionSpace
            }
            (State::ExtensionQuotedEnd, b'\r') => State::SizeLineFeed,
            (State::ExtensionNameStart, _) if is_space => State::ExtensionNameStart,
            (State::ExtensionNameStart | State::ExtensionName, _) if is_token_byte(byte) => {
                State::ExtensionName
            }
            (State::ExtensionName, b'\r') => State::SizeLineFeed,
            (State::ExtensionName | State::ExtensionNameSpace, b';') => State::ExtensionNameStart,
            (State::ExtensionName | State::ExtensionNameSpace, b'=') => State::ExtensionValueStart,
            (State::ExtensionName | State::ExtensionNameSpace, _) if is_space => {
                State::ExtensionNameSpace
            }
            (State::ExtensionValueStart, _) if is_space => State::ExtensionValueStart,
            (State::ExtensionValueStart, b'"') => State::ExtensionQuoted,
            (State::ExtensionValueStart | State::ExtensionToken, _) if is_token_byte(byte) => {
                State::ExtensionToken
            }
            (State::ExtensionToken, b'\r') => State::SizeLineFeed,
            (State::ExtensionToken, b';') => State::ExtensionNameStart,
            (State::ExtensionToken, _) if is_space => State::ExtensionSpace,
            (State::ExtensionQuoted, b'"') => State::ExtensionQuotedEnd,
            (State::ExtensionQuoted, b'\\') => State::ExtensionEscape,
            (State::ExtensionQuoted | State::ExtensionEscape, _) if is_text(byte) => {
                State::ExtensionQuoted
            }
            _ => return Err("a chunk extension is malformed"),
        };
        Ok(next)
    }

    #[cold]
    fn trailer(&mut self, byte: u8) -> Result<State, Malformed> {
        self.trailers = self
            .trailers
            .checked_sub(1)
            .ok_or("the trailer section is too long")?;
        let next = match (self.state, byte) {
            (State::TrailerStart, b'\r') => State::LastLineFeed,
            (State::LastLineFeed, b'\n') => State::End,
            (State::TrailerStart | State::TrailerName, _) if is_token_byte(byte) => {
                State::TrailerName
            }
            (State::TrailerName, b':') => State::TrailerValue,
            (State::TrailerValue, b'\r') => State::TrailerLineFeed,
            (State::TrailerValue, _) if is_text(byte) => State::TrailerValue,
            (State::TrailerLineFeed, b'\n') => State::TrailerStart,
            _ => return Err("a trailer field is malformed"),
        };
        Ok(next)
    }
}

fn digit(byte: u8) -> Option<u64> {
    match byte {
        b'0'..=b'9' => Some(u64::from(byte - b'0')),
        b'a'..=b'f' => Some(u64::from(byte - b'a' + 10)),
        b'A'..=b'F' => Some(u64::from(byte - b'A' + 10)),
        _ => None,
    }
}

/// What may stand in a field value or a quoted string.
fn is_text(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7f)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The decoded body and what was left, with the bytes given in pieces of `piece`.
    fn decode(bytes: &[u8], piece: usize) -> Result<Option<(Vec<u8>, usize)>, Malformed> {
        let mut decoder = Decoder::new(&Limits::default());
        let mut body = Vec::new();
        let mut passed = 0;
        for piece in bytes.chunks(piece) {
            let mut rest = piece;
            loop {
                let count = decoder.advance(rest)?;
                rest = &rest[count..];
                passed += count;
                let data = usize::try_from(decoder.data()).unwrap_or(usize::MAX);
                let data = data.min(rest.len());
                if data == 0 {
                    break;
                }
                body.extend_from_slice(&rest[..data]);
                decoder.consume(data as u64);
                rest = &rest[data..];
                passed += data;
            }
            if decoder.is_finished() {
                return Ok(Some((body, bytes.len() - passed)));
            }
        }
        Ok(None)
    }

    fn all_splits(bytes: &[u8]) -> Result<Option<(Vec<u8>, usize)>, Malformed> {
        let whole = decode(bytes, bytes.len().max(1));
        for piece in 1..bytes.len() {
            assert_eq!(decode(bytes, piece), whole, "in pieces of {piece}");
        }
        whole
    }

    #[test]
    fn chunks_are_joined() {
        let body = all_splits(b"5\r\nhello\r\n00a\r\n, my world\r\n0\r\n\r\nGET");
        assert_eq!(body, Ok(Some((b"hello, my world".to_vec(), 3))));
    }

    #[test]
    fn extensions_and_trailers_are_dropped() {
        for good in [
            &b"1;a\r\nx\r\n0\r\n\r\n"[..],
            b"1;a=b;c\r\nx\r\n0;d\r\n\r\n",
            b"1 ; a = b ; c\r\nx\r\n0\r\n\r\n",
            b"1;a=\"b;\\\"c \xff\"\r\nx\r\n0\r\n\r\n",
            b"1;a=\"\" ;b\r\nx\r\n0\r\n\r\n",
            b"1\r\nx\r\n0\r\nA: b\r\nContent-Length: 9\r\nC:\r\n\r\n",
            b"1\r\nx\r\n000\r\n\r\n",
        ] {
            assert_eq!(all_splits(good), Ok(Some((b"x".to_vec(), 0))), "{good:?}");
        }
    }

    #[test]
    fn what_is_not_grammar_is_refused() {
        for bad in [
            &b"0x5\r\n"[..],
            b"+5\r\n",
            b"-5\r\n",
            b"0_5\r\n",
            b" 5\r\n",
            b"\r\n",
            b";a\r\n",
            b"5 \r\n",
            b"5\n",
            b"5\rh",
            b"5;\r\n",
            b"5;a=\r\n",
            b"5;a b\r\n",
            b"5;a\n",
            b"5;a\0\r\n",
            b"5;=b\r\n",
            b"5;a=\"b\r\n",
            b"5;a=\"b\"c\r\n",
            b"5g\r\n",
            b"10000000000000005\r\n",
            b"3\r\nhello\r\n",
            b"5\r\nhello\n",
            b"5\r\nhello\rx",
            b"0\r\nbad line\r\n",
            b"0\r\nX : v\r\n",
            b"0\r\n: v\r\n",
            b"0\r\n X: v\r\n",
            b"0\r\nX: a\nb",
            b"0\r\nX: a\rb",
            b"0\r\n\n",
            b"0\r\n\rx",
            b"0\n",
        ] {
            assert!(all_splits(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_body_without_its_end_is_not_whole() {
        for partial in [
            &b"5\r\nhel"[..],
            b"5\r\nhello\r\n",
            b"0\r\n",
            b"0\r\nX: y\r\n",
            b"ffffffffffffffff\r\n",
        ] {
            assert_eq!(all_splits(partial), Ok(None), "{partial:?}");
        }
    }

    #[test]
    fn extensions_and_trailers_are_bounded() {
        let limits = Limits::default();
        let mut long = b"1;".to_vec();
        long.resize(limits.max_chunk_extensions + 3, b'a');
        assert!(all_splits(&long[..20]).is_ok());
        assert!(decode(&long, long.len()).is_err());
        let long = vec![b'0'; limits.max_chunk_extensions + 3];
        assert!(decode(&long, long.len()).is_err());
        let mut long = b"0\r\nX:".to_vec();
        long.resize(limits.max_trailers + 4, b'a');
        assert!(decode(&long, long.len()).is_err());
    }
}
