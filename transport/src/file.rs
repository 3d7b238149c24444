//! A part of a file as the content of an answer.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

/// `length` bytes of an open file from `offset` on.
///
/// The file is read where the range says and not where its cursor stands, so one open file can be
/// the content of many answers at once.
///
/// ```
/// use brrtrouter_transport::{FileRange, Payload, Response};
///
/// # let path = std::env::current_exe()?;
/// let file = std::fs::File::open(path)?;
/// let mut response = Response::new();
/// response.set_payload(Payload::File(FileRange::new(file, 100, 50)));
/// assert_eq!(response.content_length(), Some(50));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct FileRange {
    file: Arc<File>,
    offset: u64,
    length: u64,
    is_in_memory: bool,
}

impl FileRange {
    /// The `length` bytes from `offset` on; all of them have to be there when the answer is sent.
    pub fn new(file: impl Into<Arc<File>>, offset: u64, length: u64) -> Self {
        Self {
            file: file.into(),
            offset,
            length,
            is_in_memory: false,
        }
    }

    /// All that is in the file now.
    ///
    /// # Errors
    ///
    /// If the system does not tell how long it is.
    pub fn whole(file: impl Into<Arc<File>>) -> io::Result<Self> {
        let file = file.into();
        let length = file.metadata()?.len();
        Ok(Self::new(file, 0, length))
    }

    /// The same of a file that lies in memory, such as one of `memfd_create(2)`, and does not change any
    /// more: no disk is ever asked for it, so a transport may have the system send it at once.
    pub fn in_memory(mut self) -> Self {
        self.is_in_memory = true;
        self
    }

    /// Whether the file was said to lie in memory.
    pub fn is_in_memory(&self) -> bool {
        self.is_in_memory
    }

    /// The file.
    pub fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// Where in the file the content starts, in bytes.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// How long the content is, in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// `length` bytes of this content from `from` on, as far as it has them.
    pub fn part(&self, from: u64, length: u64) -> Self {
        let mut part = self.clone();
        part.advance(from);
        part.length = part.length.min(length);
        part
    }

    /// Leaves the first `count` bytes out; more than there are counts as all.
    pub fn advance(&mut self, count: u64) {
        let count = count.min(self.length);
        self.offset += count;
        self.length -= count;
    }

    /// Appends up to `most` bytes of the content to `out`; fewer where the range or the file ends.
    /// Blocks the thread if the disk has to be asked.
    ///
    /// # Errors
    ///
    /// What the system says; `out` is then as it was.
    pub fn read_to(&self, out: &mut Vec<u8>, most: usize) -> io::Result<usize> {
        let before = out.len();
        let most = usize::try_from(self.length).map_or(most, |length| length.min(most));
        out.resize(before + most, 0);
        let mut count = 0;
        let outcome = loop {
            let room = out.get_mut(before + count..).unwrap_or_default();
            if room.is_empty() {
                break Ok(count);
            }
            match self.file.read_at(room, self.offset + count as u64) {
                Ok(0) => break Ok(count),
                Ok(more) => count += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Err(error),
            }
        };
        out.truncate(before + *outcome.as_ref().unwrap_or(&0));
        outcome
    }
}

/// Threads that read files for coroutines, which must not wait for a disk; for authors of
/// transports.
///
/// The threads start with the first read and end when this is dropped. What waits to be read is
/// bounded by whoever asks: a connection asks for one piece at a time.
#[derive(Default)]
pub struct FileReaders {
    jobs: OnceLock<Option<Sender<Job>>>,
}

type Job = Box<dyn FnOnce() + Send>;

/// How many files are read at a time.
const READERS: usize = 4;

impl FileReaders {
    /// Readers that are not started.
    pub const fn new() -> Self {
        Self {
            jobs: OnceLock::new(),
        }
    }

    /// Reads up to `most` bytes of `range` to the end of `out`, which comes back with the outcome
    /// of [`FileRange::read_to`] in a call of `done` on another thread.
    pub fn read(
        &self,
        range: FileRange,
        mut out: Vec<u8>,
        most: usize,
        done: impl FnOnce(Vec<u8>, io::Result<usize>) + Send + 'static,
    ) {
        let job: Job = Box::new(move || {
            let outcome = range.read_to(&mut out, most);
            done(out, outcome);
        });
        match self.jobs.get_or_init(start) {
            Some(jobs) => {
                // Its threads end with the sender only, so somebody takes it.
                let _ = jobs.send(job);
            }
            // A slow answer is better than none.
            None => job(),
        }
    }
}

impl std::fmt::Debug for FileReaders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileReaders").finish_non_exhaustive()
    }
}

/// Starts the readers; `None` if the system has no thread for even one.
fn start() -> Option<Sender<Job>> {
    let (sender, receiver) = mpsc::channel();
    let receiver = Arc::new(Mutex::new(receiver));
    let started = (0..READERS)
        .filter(|_| {
            let receiver = Arc::clone(&receiver);
            thread::Builder::new()
                .name("file-reader".to_owned())
                .spawn(move || work(&receiver))
                .is_ok()
        })
        .count();
    (started > 0).then_some(sender)
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}
