//! Bodies: what a service sees of them, and where their limits bite.

use std::io::{self, Read};

use brrtrouter_transport::body::BufferedBody;
use brrtrouter_transport::{Body, BodyError, BodySource};

/// A source that hands out one piece at each fill, as a chunked body does, or one of a declared
/// length that arrives piece by piece.
struct Pieces {
    pieces: Vec<&'static [u8]>,
    at: usize,
    declared: bool,
    fills: usize,
    fails: Option<BodyError>,
}

impl Pieces {
    fn chunked(pieces: &[&'static [u8]]) -> Self {
        Self {
            pieces: pieces.to_vec(),
            at: 0,
            declared: false,
            fills: 0,
            fails: None,
        }
    }

    fn declared(pieces: &[&'static [u8]]) -> Self {
        Self {
            declared: true,
            ..Self::chunked(pieces)
        }
    }

    fn failing(mut self, error: BodyError) -> Self {
        self.fails = Some(error);
        self
    }
}

impl BodySource for Pieces {
    fn fill(&mut self) -> Result<bool, BodyError> {
        self.fills += 1;
        if self.pieces.is_empty() {
            return match self.fails.take() {
                Some(error) => Err(error),
                None => Ok(false),
            };
        }
        Ok(true)
    }

    fn buffered(&self) -> &[u8] {
        match self.pieces.first() {
            Some(piece) if self.fills > 0 => &piece[self.at..],
            _ => b"",
        }
    }

    fn consume(&mut self, count: usize) {
        self.at += count;
        if self
            .pieces
            .first()
            .is_some_and(|piece| self.at == piece.len())
        {
            self.pieces.remove(0);
            self.at = 0;
            self.fills = 0;
        }
    }

    fn remaining(&self) -> Option<u64> {
        let all: usize = self.pieces.iter().map(|piece| piece.len()).sum();
        self.declared.then_some((all - self.at) as u64)
    }

    fn is_finished(&self) -> bool {
        self.pieces.is_empty() && self.fails.is_none()
    }
}

fn read(mut source: impl BodySource, limit: u64) -> (Result<(), BodyError>, Vec<u8>) {
    let mut out = Vec::new();
    let result = Body::new(&mut source, limit).read_to_vec(&mut out);
    (result, out)
}

#[test]
fn read_to_vec_collects_all_pieces_behind_what_is_there() {
    let mut source = Pieces::chunked(&[b"one", b"two", b"three"]);
    let mut out = b"> ".to_vec();
    let mut body = Body::new(&mut source, 11);
    body.read_to_vec(&mut out).unwrap();
    assert_eq!(out, b"> onetwothree");
    assert!(body.is_finished());
    assert!(!body.fill().unwrap());
}

#[test]
fn a_declared_length_over_the_limit_is_refused_before_anything_is_read() {
    let mut source = Pieces::declared(&[b"12345", b"6"]);
    let mut body = Body::new(&mut source, 5);
    assert_eq!(body.remaining(), Some(6));
    assert!(matches!(body.fill(), Err(BodyError::TooLarge { limit: 5 })));
    assert_eq!(source.fills, 0);
}

#[test]
fn a_chunked_body_is_refused_when_it_passes_the_limit() {
    let (result, out) = read(Pieces::chunked(&[b"123", b"45", b"6"]), 5);
    assert!(matches!(result, Err(BodyError::TooLarge { limit: 5 })));
    assert_eq!(out, b"12345");
}

#[test]
fn a_body_of_just_the_limit_is_read() {
    assert!(read(Pieces::chunked(&[b"123", b"45"]), 5).0.is_ok());
    assert!(read(Pieces::declared(&[b"123", b"45"]), 5).0.is_ok());
    assert!(read(BufferedBody::new(b"12345"), 5).0.is_ok());
    assert!(read(BufferedBody::new(b""), 0).0.is_ok());
}

#[test]
fn bytes_already_consumed_count_against_a_new_limit() {
    let mut source = Pieces::chunked(&[b"1234", b"5678"]);
    let mut body = Body::new(&mut source, 4);
    assert!(body.fill().unwrap());
    body.consume(4);
    assert!(body.fill().is_err());
    body.set_limit(8);
    assert_eq!(body.limit(), 8);
    assert!(body.fill().unwrap());
    assert_eq!(body.buffered(), b"5678");
    body.set_limit(7);
    assert!(matches!(body.fill(), Err(BodyError::TooLarge { limit: 7 })));
}

#[test]
fn consume_lets_go_of_no_more_than_there_is() {
    let mut source = BufferedBody::new(b"abc");
    let mut body = Body::new(&mut source, 3);
    body.consume(1);
    assert_eq!(body.buffered(), b"bc");
    body.consume(100);
    assert!(body.is_finished());
    assert!(!body.fill().unwrap());
}

#[test]
fn fill_whole_says_whether_the_content_is_in_one_piece() {
    let mut source = BufferedBody::new(b"abc");
    let mut body = Body::new(&mut source, 3);
    assert!(body.fill_whole().unwrap());
    assert_eq!(body.buffered(), b"abc");

    let mut source = Pieces::declared(&[b"ab", b"c"]);
    assert!(!Body::new(&mut source, 3).fill_whole().unwrap());

    let mut source = Pieces::chunked(&[b"abc"]);
    assert!(!Body::new(&mut source, 3).fill_whole().unwrap());

    let mut source = BufferedBody::default();
    assert!(Body::new(&mut source, 0).fill_whole().unwrap());

    let mut source = BufferedBody::new(b"abc");
    assert!(Body::new(&mut source, 2).fill_whole().is_err());
}

#[test]
fn read_fills_what_it_is_given_piece_by_piece() {
    let mut source = Pieces::chunked(&[b"abc", b"d"]);
    let mut body = Body::new(&mut source, 10);
    let mut two = [0; 2];
    assert_eq!(body.read(&mut []).unwrap(), 0);
    assert_eq!(body.read(&mut two).unwrap(), 2);
    assert_eq!(&two, b"ab");
    assert_eq!(body.read(&mut two).unwrap(), 1);
    let mut rest = Vec::new();
    body.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, b"d");
}

#[test]
fn errors_of_the_source_come_through_with_what_came_before() {
    let (result, out) = read(Pieces::chunked(&[b"abc"]).failing(BodyError::Timeout), 10);
    assert!(matches!(result, Err(BodyError::Timeout)));
    assert_eq!(out, b"abc");
}

#[test]
fn every_error_has_its_kind_of_io_error() {
    let kind = |error: BodyError| io::Error::from(error).kind();
    assert_eq!(
        kind(BodyError::TooLarge { limit: 1 }),
        io::ErrorKind::FileTooLarge
    );
    assert_eq!(kind(BodyError::Malformed("x")), io::ErrorKind::InvalidData);
    assert_eq!(kind(BodyError::Timeout), io::ErrorKind::TimedOut);
    assert_eq!(kind(BodyError::Disconnected), io::ErrorKind::UnexpectedEof);
    let inner = io::Error::from(io::ErrorKind::ConnectionReset);
    assert_eq!(kind(BodyError::Io(inner)), io::ErrorKind::ConnectionReset);
}

#[test]
fn a_body_lent_on_reads_the_same_content_within_the_same_limit() {
    let mut source = Pieces::chunked(&[b"12", b"34", b"5"]);
    let mut body = Body::new(&mut source, 4);
    assert!(body.fill().unwrap());
    body.consume(2);
    let mut out = Vec::new();
    let result = body.reborrow().read_to_vec(&mut out);
    assert!(matches!(result, Err(BodyError::TooLarge { limit: 4 })));
    assert_eq!(out, b"34");
    assert!(matches!(body.fill(), Err(BodyError::TooLarge { limit: 4 })));
}
