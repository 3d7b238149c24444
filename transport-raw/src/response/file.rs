//! Parts of files.
//!
//! A read of a file blocks the thread if the disk has to be asked, and a worker's thread serves
//! many connections. So the worker only takes what the system holds in memory (`RWF_NOWAIT`), and
//! leaves the rest to [`FileReaders`](brrtrouter_transport::FileReaders). `sendfile` saves the copies,
//! but has no such way to ask, and would block; it is for files that were said to lie in memory.
//!
//! What the socket does not take is read again later, so a slow reader holds no buffer.

use std::io::{self, IoSliceMut};
use std::os::unix::fs::FileExt as _;
use std::sync::{Arc, Mutex, PoisonError};

use brrtrouter_transport::{FileRange, Payload, Response, Status};
use rustix::io::{Errno, ReadWriteFlags};

use super::encode::{self, Connection, Content};
use super::{COPIED, Exchange, Streamed};
use crate::buffer;
use crate::clock::Moment;
use crate::wire::{Interrupt, Wire};

/// The most bytes that are read at a time.
const PIECE: usize = 64 * 1024;

/// The most bytes that the system sends by itself at a time; others have their turn then.
const STRETCH: usize = 512 * 1024;

/// Writes the head of an answer that holds a file, with as much of the file as leaves well in one
/// write. Returns what has to follow.
#[cold]
pub(super) fn write_head(
    wire: &Wire,
    output: &mut Vec<u8>,
    response: &mut Response,
    exchange: &Exchange,
    has_content: bool,
) -> Option<Streamed> {
    let before = output.len();
    let clock = &wire.hub.clock;
    let connection = Connection::of(exchange);
    let Payload::File(mut range) = response.take_payload() else {
        return None;
    };
    let outcome = usize::try_from(range.length())
        .map_err(|_| "it is longer than this machine can say")
        .and_then(|length| {
            let content = match response.status().forbids_content() {
                true => Content::None,
                false => Content::Length(length),
            };
            encode::head(output, response, clock, content, connection);
            if !has_content || length == 0 {
                return Ok(None);
            }
            match append_at_hand(&range, output, COPIED) {
                AtHand::Bytes(count) => range.advance(count as u64),
                AtHand::End => return Err("it is shorter than its answer"),
                AtHand::Nothing => {}
            }
            Ok((range.length() > 0).then_some(range))
        });
    match outcome {
        Ok(rest) => rest.map(|range| Streamed {
            payload: Payload::File(range),
            chunked: false,
        }),
        Err(reason) => {
            // The head has not left, so the truth can still be told.
            log::error!("a file cannot be sent: {reason}");
            output.truncate(before);
            response.reset();
            response.set_status(Status::INTERNAL_SERVER_ERROR);
            encode::head(output, response, clock, Content::Length(0), connection);
            None
        }
    }
}

/// Sends all of `range`. A file that ends before is an error, after which the connection has to
/// close: the peer was told how long it is.
pub(crate) fn run(wire: &mut Wire, mut range: FileRange) -> Result<(), Interrupt> {
    let mut deadline = None;
    let mut is_sent_by_system = range.is_in_memory();
    while range.length() > 0 {
        let sent = if is_sent_by_system {
            match wire.write_file(range.file(), range.offset(), stretch(&range)) {
                // It is shorter than it was said to be, or the system cannot.
                Ok(None) => {
                    is_sent_by_system = false;
                    continue;
                }
                sent => sent?.unwrap_or_default(),
            }
        } else {
            let mut desk = buffer::take();
            let sent = send_piece(wire, &range, &mut desk.file);
            buffer::give(desk);
            sent?
        };
        match sent {
            0 => wire.wait_to_write(&mut deadline)?,
            count => {
                deadline = None;
                range.advance(count as u64);
                wire.hub.counters.bytes_out.add(count as u64);
            }
        }
    }
    Ok(())
}

fn stretch(range: &FileRange) -> usize {
    usize::try_from(range.length()).map_or(STRETCH, |length| length.min(STRETCH))
}

/// Sends some of `range`; how much.
fn send_piece(wire: &mut Wire, range: &FileRange, space: &mut Vec<u8>) -> Result<usize, Interrupt> {
    // What was there is overwritten: to clear it first would cost as much as to read it.
    space.resize(PIECE, 0);
    let most = usize::try_from(range.length()).map_or(PIECE, |length| length.min(PIECE));
    let space = space.get_mut(..most).unwrap_or_default();
    match read_at_hand(range, space) {
        AtHand::Bytes(count) => wire.write_some(space.get(..count).unwrap_or_default()),
        AtHand::End => Err(cut_short()),
        AtHand::Nothing => {
            let bytes = read_elsewhere(wire, range)?;
            if bytes.is_empty() {
                return Err(cut_short());
            }
            wire.write_some(&bytes)
        }
    }
}

#[cold]
fn cut_short() -> Interrupt {
    log::error!("a file has become shorter while it was sent");
    Interrupt::Failed(io::ErrorKind::UnexpectedEof.into())
}

/// What the system holds in memory of a file.
enum AtHand {
    Bytes(usize),
    /// The file ends here.
    End,
    /// Nothing, or it does not say.
    Nothing,
}

/// Appends up to `most` bytes of `range` to `out`, without waiting for a disk.
fn append_at_hand(range: &FileRange, out: &mut Vec<u8>, most: usize) -> AtHand {
    let before = out.len();
    let most = usize::try_from(range.length()).map_or(most, |length| length.min(most));
    out.resize(before + most, 0);
    let read = read_at_hand(range, out.get_mut(before..).unwrap_or_default());
    let count = match &read {
        AtHand::Bytes(count) => *count,
        AtHand::End | AtHand::Nothing => 0,
    };
    out.truncate(before + count);
    read
}

/// Reads the beginning of `range` into `space`, without waiting for a disk.
fn read_at_hand(range: &FileRange, space: &mut [u8]) -> AtHand {
    let read = match range.is_in_memory() {
        true => range.file().read_at(space, range.offset()),
        false => read_now(range, space).map_err(io::Error::from),
    };
    match read {
        Ok(0) => AtHand::End,
        Ok(count) => AtHand::Bytes(count),
        // Whatever is wrong will be told by a read that may wait.
        Err(_) => AtHand::Nothing,
    }
}

#[cfg(target_os = "linux")]
fn read_now(range: &FileRange, space: &mut [u8]) -> Result<usize, Errno> {
    rustix::io::preadv2(
        range.file(),
        &mut [IoSliceMut::new(space)],
        range.offset(),
        ReadWriteFlags::NOWAIT,
    )
}

#[cfg(not(target_os = "linux"))]
fn read_now(_: &FileRange, _: &mut [u8]) -> Result<usize, Errno> {
    Err(Errno::OPNOTSUPP)
}

/// Has another thread read a piece of `range`, and sleeps until it is there.
#[cold]
fn read_elsewhere(wire: &mut Wire, range: &FileRange) -> Result<Vec<u8>, Interrupt> {
    let outcome = Arc::new(Mutex::new(None));
    let (place, waker) = (Arc::clone(&outcome), wire.caller());
    wire.hub
        .readers
        .read(range.clone(), Vec::new(), PIECE, move |bytes, read| {
            *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(read.map(|_| bytes));
            waker.wake();
        });
    loop {
        let read = outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match read {
            Some(read) => return read.map_err(Interrupt::Failed),
            None => wire.wait(Moment::NEVER)?,
        };
    }
}
