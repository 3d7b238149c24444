//! What a connection works with while it has something to do, lent by its worker.
//!
//! A connection that waits for its peer holds no buffers: it takes a desk when its socket has
//! become readable and gives it back before it sleeps. So ten thousand idle connections share the
//! few desks of those that are busy, and a desk that comes back is warm: nothing in it has to be
//! allocated again.

use std::cell::RefCell;

use brrtrouter_transport::{Field, Payload, Response};

use crate::request::memory::Memory;

/// What one read may bring; most requests, and most batches of pipelined ones, are shorter.
pub(crate) const INPUT: usize = 16 * 1024;

/// Room for an answer of usual size. More grows, and is not kept.
const OUTPUT: usize = 16 * 1024;

/// Buffers beyond this are not kept for the next user.
const KEPT: usize = 256 * 1024;

/// Desks that a worker keeps.
const SPARE: usize = 16;

/// Buffers for reading, answering and writing.
pub(crate) struct Desk {
    pub(crate) input: Input,
    pub(crate) output: Vec<u8>,
    pub(crate) response: Response,
    /// The response has been used.
    used: bool,
    pub(crate) fields: FieldStore,
    pub(crate) memory: Memory,
    /// A piece of a file on its way. It keeps its length, so that it need not be cleared.
    pub(crate) file: Vec<u8>,
    /// A target that had to be written anew.
    pub(crate) target: String,
}

/// Bytes received and not yet used: `bytes[start..end]`.
pub(crate) struct Input {
    bytes: Box<[u8]>,
    start: usize,
    end: usize,
}

thread_local! {
    #[expect(clippy::vec_box, reason = "a desk is handed around and stays where it is")]
    static DESKS: RefCell<Vec<Box<Desk>>> = const { RefCell::new(Vec::new()) };
}

/// Takes a desk of this worker's, or a new one.
// Not inlined: the address of thread-local storage must not outlive a yield of the caller.
#[inline(never)]
pub(crate) fn take() -> Box<Desk> {
    DESKS
        .with(|desks| {
            desks
                .try_borrow_mut()
                .ok()
                .and_then(|mut desks| desks.pop())
        })
        .unwrap_or_else(Desk::new)
}

/// Gives a desk to this worker, whichever it was taken from.
#[inline(never)]
pub(crate) fn give(mut desk: Box<Desk>) {
    desk.tidy();
    DESKS.with(|desks| {
        if let Ok(mut desks) = desks.try_borrow_mut()
            && desks.len() < SPARE
        {
            desks.push(desk);
        }
    });
}

impl Desk {
    #[cold]
    #[inline(never)]
    fn new() -> Box<Self> {
        Box::new(Self {
            input: Input::new(INPUT),
            output: Vec::with_capacity(OUTPUT),
            response: Response::new(),
            used: false,
            fields: FieldStore(Vec::with_capacity(32)),
            memory: Memory::new(),
            file: Vec::new(),
            target: String::new(),
        })
    }

    /// Makes the response fit for the next request.
    pub(crate) fn renew(&mut self) {
        if self.used {
            self.response.reset();
        }
        self.used = true;
    }

    /// Makes the desk fit for the next user.
    fn tidy(&mut self) {
        self.input.clear();
        self.output.clear();
        if self.used
            && !matches!(
                self.response.payload(),
                Payload::Buffer | Payload::Static(_)
            )
        {
            // What it holds may be large; whatever else is in it can wait for the next user.
            self.used = false;
            self.response.reset();
        }
        if self.input.bytes.len() > INPUT {
            self.input = Input::new(INPUT);
        }
        if self.output.capacity() > KEPT {
            self.output = Vec::with_capacity(OUTPUT);
        }
        if self.response.capacity() > KEPT {
            self.used = false;
            self.response = Response::new();
        }
    }
}

/// Storage for the fields of one request, which borrow from the input.
pub(crate) struct FieldStore(Vec<Field<'static>>);

impl FieldStore {
    /// Lends the storage, empty.
    pub(crate) fn lend<'b>(&mut self) -> Vec<Field<'b>> {
        recycle(std::mem::take(&mut self.0))
    }

    /// Takes it back.
    pub(crate) fn give_back(&mut self, fields: Vec<Field<'_>>) {
        self.0 = recycle(fields);
    }
}

/// The same storage, emptied, for fields of another lifetime. Collecting in place keeps the
/// allocation, since both element types are the same but for the lifetime.
fn recycle<'b>(mut fields: Vec<Field<'_>>) -> Vec<Field<'b>> {
    fields.clear();
    fields
        .into_iter()
        .map(|_| Field {
            name: "",
            value: &[],
        })
        .collect()
}

impl Input {
    fn new(size: usize) -> Self {
        Self {
            bytes: vec![0; size].into_boxed_slice(),
            start: 0,
            end: 0,
        }
    }

    pub(crate) fn clear(&mut self) {
        self.start = 0;
        self.end = 0;
    }

    /// The bytes that are here.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Drops the first `count` bytes.
    pub(crate) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
        if self.start == self.end {
            self.clear();
        }
    }

    /// Room behind the bytes.
    pub(crate) fn space(&mut self) -> &mut [u8] {
        &mut self.bytes[self.end..]
    }

    /// The first `count` bytes of [`space`](Self::space) have been filled.
    pub(crate) fn filled(&mut self, count: usize) {
        self.end = (self.end + count).min(self.bytes.len());
    }

    /// Makes room for at least `room` more bytes behind those that are here, by moving them to the
    /// front and then by growing.
    pub(crate) fn reserve(&mut self, room: usize) {
        if self.bytes.len() - self.end >= room {
            return;
        }
        let length = self.end - self.start;
        if self.bytes.len() - length >= room {
            self.bytes.copy_within(self.start..self.end, 0);
        } else {
            let mut larger = vec![0; (length + room).next_power_of_two()].into_boxed_slice();
            larger[..length].copy_from_slice(self.bytes());
            self.bytes = larger;
        }
        self.start = 0;
        self.end = length;
    }

    /// Puts `bytes` back that were taken out before the desk was given away.
    pub(crate) fn restore(&mut self, bytes: &[u8]) {
        self.clear();
        self.reserve(bytes.len() + 1);
        self.bytes[..bytes.len()].copy_from_slice(bytes);
        self.end = bytes.len();
    }

    /// Splits off what comes behind the first `count` bytes: those bytes, the space from there to
    /// the end of the buffer, and how much of that space is filled.
    pub(crate) fn split(&mut self, count: usize) -> (&[u8], &mut [u8], usize) {
        let (start, end) = (self.start, self.end);
        let at = (start + count).min(end);
        let (head, rest) = self.bytes.split_at_mut(at);
        (&head[start..], rest, end - at)
    }

    /// After a [`split`](Self::split) at `count`: of the rest, only `from..to` is still to be used.
    pub(crate) fn join(&mut self, count: usize, from: usize, to: usize) {
        let at = self.start + count;
        self.start = (at + from).min(self.bytes.len());
        self.end = (at + to).min(self.bytes.len()).max(self.start);
        if self.start == self.end {
            self.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn storage_for_fields_is_kept() {
        let mut desk = Desk::new();
        let mut fields = desk.fields.lend();
        let name = String::from("a");
        fields.push(Field {
            name: &name,
            value: b"",
        });
        let storage = fields.as_ptr();
        desk.fields.give_back(fields);
        let fields = desk.fields.lend();
        assert_eq!(fields.as_ptr().addr(), storage.addr());
        assert!(fields.is_empty());
    }

    #[test]
    fn room_is_made_without_losing_bytes() {
        let mut input = Input::new(8);
        input.space()[..6].copy_from_slice(b"abcdef");
        input.filled(6);
        input.consume(4);
        input.reserve(6);
        assert_eq!(input.bytes(), b"ef");
        assert_eq!(input.space().len(), 6);
        input.reserve(20);
        assert_eq!(input.bytes(), b"ef");
        assert!(input.space().len() >= 20);
    }

    #[test]
    fn a_split_is_joined_behind_what_was_used() {
        let mut input = Input::new(16);
        input.space()[..10].copy_from_slice(b"0123456789");
        input.filled(10);
        let (head, rest, filled) = input.split(4);
        assert_eq!((head, filled), (&b"0123"[..], 6));
        assert_eq!(&rest[..filled], b"456789");
        input.join(4, 2, 6);
        assert_eq!(input.bytes(), b"6789");
    }
}
