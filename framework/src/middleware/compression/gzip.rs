use std::fmt;
use std::thread;

use crossbeam_queue::ArrayQueue;
use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// How much is compressed at a time.
const PIECE: usize = 64 * 1024;

/// The head of a gzip member without name and time (RFC 1952 §2.3).
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// Compressors, made once: each is some hundred KiB that must not be put together on a small stack.
pub(super) struct Compressors {
    idle: ArrayQueue<Compress>,
}

impl Compressors {
    /// Twice as many as there are workers, for the threads that compress what is long.
    pub(super) fn new(level: u32) -> Self {
        let threads = thread::available_parallelism().map_or(4, usize::from);
        let idle = ArrayQueue::new(threads * 2);
        while !idle.is_full() {
            let _ = idle.push(Compress::new(Compression::new(level), false));
        }
        Self { idle }
    }

    /// `content` as one gzip member; `None` while all are busy.
    pub(super) fn compress(&self, content: &[u8]) -> Option<Vec<u8>> {
        let lent = Lent {
            compress: self.idle.pop(),
            home: &self.idle,
        };
        lent.compress(content)
    }
}

/// A compressor that goes back when it is dropped, be it by a coroutine that is told to end.
struct Lent<'c> {
    compress: Option<Compress>,
    home: &'c ArrayQueue<Compress>,
}

impl Lent<'_> {
    fn compress(mut self, content: &[u8]) -> Option<Vec<u8>> {
        let compress = self.compress.as_mut()?;
        let mut out = Vec::with_capacity(content.len() / 4 + 64);
        out.extend_from_slice(&HEAD);
        let mut crc = Crc::new();
        for piece in content.chunks(PIECE) {
            crc.update(piece);
            let mut rest = piece;
            while !rest.is_empty() {
                out.reserve(PIECE / 4);
                let before = compress.total_in();
                compress
                    .compress_vec(rest, &mut out, FlushCompress::None)
                    .ok()?;
                let taken = usize::try_from(compress.total_in() - before).ok()?;
                rest = rest.get(taken..)?;
            }
        }
        loop {
            out.reserve(PIECE / 4);
            let status = compress.compress_vec(&[], &mut out, FlushCompress::Finish);
            if status.ok()? == Status::StreamEnd {
                break;
            }
        }
        out.extend_from_slice(&crc.sum().to_le_bytes());
        out.extend_from_slice(&crc.amount().to_le_bytes());
        Some(out)
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(mut compress) = self.compress.take() {
            compress.reset();
            let _ = self.home.push(compress);
        }
    }
}

impl fmt::Debug for Compressors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compressors")
            .field("idle", &self.idle.len())
            .finish()
    }
}
