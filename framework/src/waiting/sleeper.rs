use std::thread::{self, Thread};

use may::coroutine::{self, Coroutine};

/// One who waits: a coroutine or a thread.
#[derive(Clone)]
pub(crate) enum Sleeper {
    Coroutine(Coroutine),
    Thread(Thread),
}

impl Sleeper {
    /// Whoever runs this.
    pub(crate) fn current() -> Self {
        if coroutine::is_coroutine() {
            Self::Coroutine(coroutine::current())
        } else {
            Self::Thread(thread::current())
        }
    }

    /// Ends its sleep, or keeps it from falling asleep the next time.
    pub(crate) fn wake(&self) {
        match self {
            Self::Coroutine(coroutine) => coroutine.unpark(),
            Self::Thread(thread) => thread.unpark(),
        }
    }

    /// Sleeps, as the one it was made for, until woken or for no reason: whoever calls this looks again.
    pub(crate) fn sleep(&self) {
        match self {
            Self::Coroutine(_) => coroutine::park(),
            Self::Thread(_) => thread::park(),
        }
    }
}
