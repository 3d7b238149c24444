use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;

use crossbeam_queue::ArrayQueue;

/// How many lines may wait to be written.
const ROOM: usize = 8_192;

/// How long the thread gathers lines before it writes them together.
const NAP: Duration = Duration::from_millis(5);

/// How long it stays up after the last line.
const PATIENCE: u32 = 100;

/// How long a line is expected to be, at most.
const USUAL: usize = 512;

/// A line that is longer is not kept for the next one.
const LONGEST_KEPT: usize = 4 * 1024;

/// A thread that writes lines, and a bounded queue to it without a lock.
///
/// Whoever logs never waits: a line for which there is no room is dropped and counted.
pub struct LogWriter {
    shared: Arc<Shared>,
    thread: Thread,
}

struct Shared {
    lines: ArrayQueue<Vec<u8>>,
    /// Buffers to be used again.
    spare: ArrayQueue<Vec<u8>>,
    dropped: AtomicU64,
    is_asleep: AtomicBool,
    is_over: AtomicBool,
    /// How many lines were taken in and how many have been written or have failed to be.
    taken: AtomicU64,
    done: AtomicU64,
}

impl LogWriter {
    /// Starts a thread that writes to `out`. It ends, once all is written, with the last handle.
    ///
    /// # Errors
    ///
    /// The system's, if it refuses a thread.
    pub fn start(out: impl io::Write + Send + 'static) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            lines: ArrayQueue::new(ROOM),
            spare: ArrayQueue::new(ROOM),
            dropped: AtomicU64::new(0),
            is_asleep: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
            taken: AtomicU64::new(0),
            done: AtomicU64::new(0),
        });
        let thread = thread::Builder::new().name("log".to_owned()).spawn({
            let shared = Arc::clone(&shared);
            move || shared.write_all(out)
        })?;
        Ok(Self {
            shared,
            thread: thread.thread().clone(),
        })
    }

    /// Queues a line, which `write` appends without its end.
    pub fn line(&self, write: impl FnOnce(&mut Vec<u8>)) {
        let spare = self.shared.spare.pop();
        let mut line = spare.unwrap_or_else(|| Vec::with_capacity(USUAL));
        line.clear();
        write(&mut line);
        line.push(b'\n');
        if self.shared.lines.push(line).is_err() {
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.shared.taken.fetch_add(1, Ordering::Relaxed);
        if self.shared.is_asleep.load(Ordering::SeqCst) {
            self.wake();
        }
    }

    /// How many lines found no room.
    pub fn dropped(&self) -> u64 {
        self.shared.dropped.load(Ordering::Relaxed)
    }

    /// Waits until what was queued before is written. Blocks: not to be called on a coroutine.
    pub fn flush(&self) {
        let until = self.shared.taken.load(Ordering::SeqCst);
        while self.shared.done.load(Ordering::SeqCst) < until {
            self.wake();
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[cold]
    fn wake(&self) {
        if self.shared.is_asleep.swap(false, Ordering::SeqCst) {
            self.thread.unpark();
        }
    }
}

impl Drop for LogWriter {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        self.flush();
        self.wake();
    }
}

impl Shared {
    fn write_all(&self, mut out: impl io::Write) {
        let mut batch = Vec::new();
        let mut idle = 0;
        let mut is_failing = false;
        loop {
            let count = self.gather(&mut batch);
            if count > 0 {
                idle = 0;
                let written = out.write_all(&batch).and_then(|()| out.flush());
                let was_failing = std::mem::replace(&mut is_failing, written.is_err());
                if let Err(error) = written {
                    self.dropped.fetch_add(count, Ordering::Relaxed);
                    // Once for as long as it lasts: this may be the very log that is written here.
                    if !was_failing {
                        log::warn!("{count} lines of a log could not be written: {error}");
                    }
                }
                self.done.fetch_add(count, Ordering::SeqCst);
                batch.clear();
            } else if self.is_over.load(Ordering::SeqCst) {
                return;
            } else {
                idle += 1;
            }
            if idle < PATIENCE {
                thread::sleep(NAP);
                continue;
            }
            self.is_asleep.store(true, Ordering::SeqCst);
            // A line that came before that was said would not wake anybody.
            if self.lines.is_empty() && !self.is_over.load(Ordering::SeqCst) {
                thread::park();
            }
            self.is_asleep.store(false, Ordering::SeqCst);
            idle = 0;
        }
    }

    /// Moves the lines that are here into `batch`, at most as many as there is room for.
    fn gather(&self, batch: &mut Vec<u8>) -> u64 {
        let mut count = 0;
        while count < ROOM as u64
            && let Some(line) = self.lines.pop()
        {
            batch.extend_from_slice(&line);
            count += 1;
            if line.capacity() <= LONGEST_KEPT {
                let _ = self.spare.push(line);
            }
        }
        count
    }
}

impl fmt::Debug for LogWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogWriter")
            .field("dropped", &self.dropped())
            .finish_non_exhaustive()
    }
}
