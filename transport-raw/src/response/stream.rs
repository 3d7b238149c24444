//! Content of unknown length: chunks on HTTP/1.1, bare bytes up to the close on HTTP/1.0
//! (RFC 9112 §7.1, §6.3).

use std::io::{self, IoSlice, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use brrtrouter_transport::StreamBody;

use crate::wire::{Interrupt, Wire};

/// What ends a chunked body that has no trailers.
const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

/// Writes content in pieces, each of which leaves at once.
pub(crate) struct PieceWriter<'w> {
    wire: &'w mut Wire,
    chunked: bool,
}

impl<'w> PieceWriter<'w> {
    pub(crate) fn new(wire: &'w mut Wire, chunked: bool) -> Self {
        Self { wire, chunked }
    }

    pub(crate) fn wire(&mut self) -> &mut Wire {
        self.wire
    }

    /// Sends one piece as one chunk in one write.
    pub(crate) fn send(&mut self, piece: &[u8]) -> Result<(), Interrupt> {
        if piece.is_empty() {
            // A chunk of no bytes would end the content.
            return Ok(());
        }
        let mut buffer = [0; SIZE_LINE];
        let size = size_line(piece.len(), &mut buffer);
        let mut pieces = [
            IoSlice::new(if self.chunked { size } else { b"" }),
            IoSlice::new(piece),
            IoSlice::new(if self.chunked { b"\r\n" } else { b"" }),
        ];
        let count: usize = pieces.iter().map(|piece| piece.len()).sum();
        self.wire.write_pieces(&mut pieces)?;
        self.wire.hub.counters.bytes_out.add(count as u64);
        Ok(())
    }

    /// Ends the content properly.
    pub(crate) fn finish(self) -> Result<(), Interrupt> {
        if self.chunked {
            self.wire.write_all(LAST_CHUNK)?;
            self.wire
                .hub
                .counters
                .bytes_out
                .add(LAST_CHUNK.len() as u64);
        }
        Ok(())
    }
}

/// The longest line that [`size_line`] makes.
const SIZE_LINE: usize = 2 * size_of::<usize>() + 2;

/// `length` in hexadecimal digits, with a line end, at the end of `buffer`.
fn size_line(length: usize, buffer: &mut [u8; SIZE_LINE]) -> &[u8] {
    let mut rest = length;
    let mut at = SIZE_LINE - 2;
    buffer[at..].copy_from_slice(b"\r\n");
    loop {
        at -= 1;
        buffer[at] = b"0123456789abcdef"[rest & 15];
        rest >>= 4;
        if rest == 0 {
            return &buffer[at..];
        }
    }
}

impl Write for PieceWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.send(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl From<Interrupt> for io::Error {
    fn from(interrupt: Interrupt) -> Self {
        match interrupt {
            Interrupt::TimedOut => io::ErrorKind::TimedOut.into(),
            Interrupt::Aborted => io::ErrorKind::ConnectionAborted.into(),
            Interrupt::Failed(error) => error,
        }
    }
}

/// Lets `body` write itself; an error of its own cuts the content short, without a proper end.
pub(crate) fn run(
    wire: &mut Wire,
    body: Box<dyn StreamBody>,
    chunked: bool,
) -> Result<(), Interrupt> {
    let mut writer = PieceWriter::new(wire, chunked);
    match catch_unwind(AssertUnwindSafe(|| body.write_to(&mut writer))) {
        Ok(Ok(())) => writer.finish(),
        Ok(Err(error)) => Err(Interrupt::Failed(error)),
        Err(payload) if payload.is::<generator::Error>() => resume_unwind(payload),
        Err(_) => {
            writer.wire().hub.counters.panics.add(1);
            log::error!("a response stream panicked");
            Err(Interrupt::Failed(io::Error::other("the stream panicked")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_hexadecimal() {
        for (length, line) in [
            (1, "1\r\n"),
            (15, "f\r\n"),
            (16, "10\r\n"),
            (usize::MAX, "ffffffffffffffff\r\n"),
        ] {
            assert_eq!(size_line(length, &mut [0; SIZE_LINE]), line.as_bytes());
        }
    }
}
