use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};

/// How many handlers may run on threads of their own, and how many may wait for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolLimits {
    /// The threads; 16 unless said otherwise, at least 1.
    pub threads: usize,
    /// How many requests may wait for a thread; the next is answered 503. 256 unless said otherwise.
    pub queue: usize,
}

impl PoolLimits {
    /// So many threads, and so many requests that wait for one.
    pub const fn new(threads: usize, queue: usize) -> Self {
        Self { threads, queue }
    }
}

impl Default for PoolLimits {
    fn default() -> Self {
        Self::new(16, 256)
    }
}

type Job = Box<dyn FnOnce() + Send>;

/// Threads on which handlers may block. They end when the pool is dropped and its queue is empty.
pub(crate) struct Pool {
    jobs: Sender<Job>,
}

impl Pool {
    pub(crate) fn start(limits: PoolLimits) -> io::Result<Self> {
        let (jobs, queue) = bounded(limits.queue.max(1));
        for number in 1..=limits.threads.max(1) {
            let queue: Receiver<Job> = queue.clone();
            thread::Builder::new()
                .name(format!("blocking-{number}"))
                .spawn(move || work(&queue))?;
        }
        Ok(Self { jobs })
    }

    /// Queues a job; `false` if there is no room for it.
    pub(crate) fn submit(&self, job: Job) -> bool {
        self.jobs.try_send(job).is_ok()
    }
}

fn work(queue: &Receiver<Job>) {
    while let Ok(job) = queue.recv() {
        // Jobs catch the panics of handlers; what is left are those of dropping what a late handler
        // answered, and the thread is worth more.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}
