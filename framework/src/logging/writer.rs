use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;

use crate::clock::Moment;
use crate::logging::moment::MomentText;
use crate::logging::sink::Sink;
use crate::logging::tray::{Batch, Entry, Trays};

/// How long the thread gathers lines before it writes them together.
const NAP: Duration = Duration::from_millis(5);

/// How long it stays up after the last line, in naps.
const PATIENCE: u32 = 100;

/// A thread that writes lines, and bounded room where they wait for it.
///
/// Whoever logs never waits: a line for which there is no room is dropped and counted. Lines that wait
/// are written in the order of their moments, whichever threads they come from.
pub struct LogWriter {
    shared: Arc<Shared>,
    thread: Thread,
}

struct Shared {
    trays: Trays,
    dropped: AtomicU64,
    is_asleep: AtomicBool,
    is_over: AtomicBool,
    /// How often somebody has asked for all to be written, and up to which time of asking it has been.
    asked: AtomicU64,
    served: AtomicU64,
}

/// A line that was made before.
struct Made(Vec<u8>);

impl Entry for Made {
    fn write(&self, _: &MomentText, out: &mut impl Sink) {
        out.put(&self.0);
    }
}

impl LogWriter {
    /// Starts a thread that writes to `out`. It ends, once all is written, with the last handle.
    ///
    /// # Errors
    ///
    /// The system's, if it refuses a thread.
    pub fn start(out: impl io::Write + Send + 'static) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            trays: Trays::new(),
            dropped: AtomicU64::new(0),
            is_asleep: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
            asked: AtomicU64::new(0),
            served: AtomicU64::new(0),
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

    /// Queues a line, which `write` makes without its end.
    pub fn line(&self, write: impl FnOnce(&mut Vec<u8>)) {
        // Made before, since whoever makes it may wait or log meanwhile.
        let mut line = Vec::new();
        write(&mut line);
        self.entry(Moment::now(), &Made(line));
    }

    /// Queues a line of that moment.
    #[inline]
    pub(crate) fn entry(&self, now: Moment, entry: &impl Entry) {
        if !self.shared.trays.put(now, entry) {
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
        }
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
        let asked = self.shared.asked.fetch_add(1, Ordering::SeqCst) + 1;
        while self.shared.served.load(Ordering::SeqCst) < asked {
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
        self.flush();
        self.shared.is_over.store(true, Ordering::SeqCst);
        self.wake();
    }
}

impl Shared {
    fn write_all(&self, mut out: impl io::Write) {
        let mut batch = Batch::new(&self.trays);
        let mut idle = 0;
        let mut is_failing = false;
        loop {
            let asked = self.asked.load(Ordering::SeqCst);
            let (lines, count) = batch.gather(&self.trays);
            if count > 0 {
                idle = 0;
                let write = || out.write_all(lines).and_then(|()| out.flush());
                // Whoever waits for the lines to be written must not wait for ever.
                let written = catch_unwind(AssertUnwindSafe(write))
                    .unwrap_or_else(|_| Err(io::Error::other("what writes them panicked")));
                let was_failing = std::mem::replace(&mut is_failing, written.is_err());
                if let Err(error) = written {
                    self.dropped.fetch_add(count, Ordering::Relaxed);
                    // Once for as long as it lasts: this may be the very log that is written here.
                    if !was_failing {
                        log::warn!("{count} lines of a log could not be written: {error}");
                    }
                }
            } else if self.is_over.load(Ordering::SeqCst) {
                return;
            } else {
                idle += 1;
            }
            self.served.store(asked, Ordering::SeqCst);
            if idle < PATIENCE {
                thread::sleep(NAP);
                continue;
            }
            self.is_asleep.store(true, Ordering::SeqCst);
            // A line that came before that was said would not wake anybody.
            let is_wanted = self.is_over.load(Ordering::SeqCst)
                || self.asked.load(Ordering::SeqCst) != asked
                || !self.trays.are_empty();
            if !is_wanted {
                thread::park();
            }
            self.is_asleep.store(false, Ordering::SeqCst);
            idle = 0;
        }
    }
}

impl fmt::Debug for LogWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogWriter")
            .field("dropped", &self.dropped())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// What was written.
    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Page {
        fn lines(&self) -> Vec<String> {
            let bytes = self.0.lock().expect("nobody panics").clone();
            let text = String::from_utf8(bytes).expect("it is text");
            text.lines().map(str::to_owned).collect()
        }
    }

    impl io::Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0
                .lock()
                .expect("nobody panics")
                .extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_of_many_threads_are_whole_and_in_the_order_in_which_each_made_them() {
        const THREADS: usize = 8;
        const LINES: usize = 3_000;
        let page = Page::default();
        let writer = LogWriter::start(page.clone()).expect("a thread");
        thread::scope(|scope| {
            for own in 0..THREADS {
                let writer = &writer;
                scope.spawn(move || {
                    for line in 0..LINES {
                        // Some are longer than what is kept for a line.
                        let filling = "x".repeat(if line % 50 == 7 { 3_000 } else { line % 90 });
                        writer.line(|out| {
                            out.extend_from_slice(format!("{own} {line} {filling}.").as_bytes());
                        });
                    }
                });
            }
        });
        writer.flush();
        let lines = page.lines();
        let dropped = usize::try_from(writer.dropped()).expect("few");
        assert_eq!(lines.len() + dropped, THREADS * LINES);
        let mut next = [0; THREADS];
        for line in lines {
            let mut parts = line.split(' ');
            let mut number = || parts.next()?.parse::<usize>().ok();
            let (own, place) = number().zip(number()).expect(&line);
            let length = if place % 50 == 7 { 3_000 } else { place % 90 };
            let filling = parts.next().expect(&line);
            assert_eq!(filling.trim_matches('x'), ".", "{line}");
            assert_eq!(filling.len(), length + 1, "{line}");
            assert!(place >= next[own], "{own}: {place} after {}", next[own]);
            next[own] = place + 1;
        }
    }

    #[test]
    fn lines_that_have_to_wait_too_long_are_counted() {
        use std::sync::mpsc::{Receiver, Sender, channel};

        /// Says that it is about to write, and waits until it is let go.
        struct Stuck(Sender<()>, Receiver<()>);

        impl io::Write for Stuck {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                let _ = self.0.send(());
                let _ = self.1.recv();
                Ok(bytes.len())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }

        let ((told, is_told), (go, wait)) = (channel(), channel());
        let writer = LogWriter::start(Stuck(told, wait)).expect("a thread");
        // Goes before the writer, so that nobody waits for it for ever.
        let go = go;
        writer.line(|out| out.extend_from_slice(b"first"));
        is_told.recv().expect("it writes");
        for _ in 0..30_000 {
            writer.line(|out| out.extend_from_slice(b"a line"));
        }
        let dropped = writer.dropped();
        assert!((20_000..25_000).contains(&dropped), "{dropped}");
        let before = writer.dropped();
        for _ in 0..10 {
            writer.line(|out| out.extend_from_slice(&[b'x'; 100_000]));
        }
        assert_eq!(writer.dropped(), before + 10);
        drop(go);
        writer.flush();
        writer.line(|out| out.extend_from_slice(b"there is room again"));
        assert_eq!(writer.dropped(), before + 10);
    }

    #[test]
    fn a_writer_that_panics_loses_lines_and_nobody_waits_for_them() {
        struct Broken;

        impl io::Write for Broken {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                panic!("on purpose")
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }

        let writer = LogWriter::start(Broken).expect("a thread");
        writer.line(|out| out.extend_from_slice(b"lost"));
        writer.flush();
        assert_eq!(writer.dropped(), 1);
    }
}
