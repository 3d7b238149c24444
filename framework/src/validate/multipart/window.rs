use brrtrouter_transport::{Body, BodyError};
use memchr::memmem;

/// How many bytes are looked at at once.
///
/// At least as many as a part's head may have, with a boundary.
const SIZE: usize = 16 * 1024;

/// The longest head that a part can have: with its boundary, it fits the window.
pub(super) const LONGEST_HEAD: usize = SIZE - 256;

/// A piece of a body that is being taken apart: nothing before it is kept, and nothing after it is
/// read.
pub(super) struct Window<'b, 'c> {
    body: &'b mut Body<'c>,
    bytes: Vec<u8>,
    /// How many of the bytes are done with.
    start: usize,
    /// A line end and `--boundary`: what ends a part.
    delimiter: Vec<u8>,
}

/// Why a body cannot be taken apart.
pub(super) enum Fault {
    Body(BodyError),
    Malformed(&'static str),
}

impl<'b, 'c> Window<'b, 'c> {
    pub(super) fn new(body: &'b mut Body<'c>, boundary: &str) -> Self {
        let mut bytes = Vec::with_capacity(SIZE);
        // The first boundary may stand at the very start, without a line end before it.
        bytes.extend_from_slice(b"\r\n");
        Self {
            body,
            bytes,
            start: 0,
            delimiter: format!("\r\n--{boundary}").into_bytes(),
        }
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    /// Lets that many bytes go.
    pub(super) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.bytes.len());
    }

    /// Reads on, keeping what is not consumed; `false` at the end of the body or if there is no
    /// room.
    fn fill(&mut self) -> Result<bool, Fault> {
        self.bytes.drain(..self.start);
        self.start = 0;
        let room = SIZE.saturating_sub(self.bytes.len());
        if room == 0 || !self.body.fill().map_err(Fault::Body)? {
            return Ok(false);
        }
        let arrived = self.body.buffered();
        let arrived = arrived.get(..room).unwrap_or(arrived);
        self.bytes.extend_from_slice(arrived);
        let count = arrived.len();
        self.body.consume(count);
        Ok(true)
    }

    /// Passes over what stands before the first boundary.
    pub(super) fn skip_preamble(&mut self) -> Result<(), Fault> {
        while let Some(piece) = self.piece()? {
            let count = piece.len();
            self.consume(count);
        }
        Ok(())
    }

    /// The next bytes before the boundary, at least one; `None` at the boundary, which is then
    /// passed.
    pub(super) fn piece(&mut self) -> Result<Option<&[u8]>, Fault> {
        let safe = loop {
            let rest = self.rest();
            match memmem::find(rest, &self.delimiter) {
                Some(0) => {
                    self.consume(self.delimiter.len());
                    return Ok(None);
                }
                Some(at) => break at,
                // The last bytes may be the start of a boundary.
                None if rest.len() >= self.delimiter.len() => {
                    break rest.len() - (self.delimiter.len() - 1);
                }
                None => {}
            }
            if !self.fill()? {
                return Err(Fault::Malformed("it ends within a part"));
            }
        };
        Ok(self.rest().get(..safe))
    }

    /// Passes the end of a boundary's line; `false` if it was the last boundary.
    pub(super) fn enters_part(&mut self) -> Result<bool, Fault> {
        loop {
            let rest = self.rest();
            if rest.starts_with(b"--") {
                return Ok(false);
            }
            let padding = rest
                .iter()
                .take_while(|byte| matches!(byte, b' ' | b'\t'))
                .count();
            match rest.get(padding..).unwrap_or_default() {
                [b'\r', b'\n', ..] => {
                    self.consume(padding + 2);
                    return Ok(true);
                }
                [] | [b'\r'] | [b'-'] => {}
                _ => return Err(Fault::Malformed("a boundary is not alone on its line")),
            }
            if !self.fill()? {
                return Err(Fault::Malformed("it ends at a boundary"));
            }
        }
    }

    /// The fields of a part, their empty line included, which are then passed.
    pub(super) fn head(&mut self, most: usize) -> Result<Vec<u8>, Fault> {
        loop {
            let rest = self.rest();
            let end = match rest.starts_with(b"\r\n") {
                true => Some(2),
                false => memmem::find(rest, b"\r\n\r\n").map(|at| at + 4),
            };
            if end.unwrap_or(rest.len()) > most.min(LONGEST_HEAD) {
                return Err(Fault::Malformed("the head of a part is too long"));
            }
            if let Some(head) = end.and_then(|end| rest.get(..end)) {
                let head = head.to_vec();
                self.consume(head.len());
                return Ok(head);
            }
            if !self.fill()? {
                return Err(Fault::Malformed("it ends within the head of a part"));
            }
        }
    }

    /// Passes over what stands after the last boundary.
    pub(super) fn skip_epilogue(&mut self) -> Result<(), Fault> {
        loop {
            self.start = self.bytes.len();
            if !self.fill()? {
                return Ok(());
            }
        }
    }
}
