//! The one place of this crate where coroutines are made and cancelled.

#![allow(unsafe_code)]

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use may::coroutine::{Builder, Coroutine};

/// Ends a coroutine early.
pub(super) struct Cancel(Coroutine);

impl Cancel {
    /// Unwinds the coroutine the next time it waits, or now if it does.
    pub(super) fn cancel(self) {
        // SAFETY: (cancel) May marks this unsafe since a coroutine could hold what must not be
        // unwound. What runs there is `FnOnce() + Send + 'static` inside `catch_unwind`, so it owns all
        // that it holds, and unwinding drops it as a panic of the handler would.
        unsafe { self.0.cancel() }
    }
}

/// Starts `work` on a coroutine with a stack of `stack` bytes.
///
/// # Errors
///
/// If the system has no memory mapping left for a stack.
pub(super) fn spawn(stack: usize, work: impl FnOnce() + Send + 'static) -> io::Result<Cancel> {
    // An odd number of words would make May paint and print every stack.
    let words = (stack / size_of::<usize>()).next_multiple_of(512);
    let builder = Builder::new().stack_size(words);
    // SAFETY: (spawn) a coroutine must not hold a reference into thread-local storage across a yield,
    // and must not outgrow its stack. This crate holds no such reference at all; of handlers the
    // documentation asks the same. The stack is as large as the operation was given, and an overflow
    // hits the guard page that May puts below every stack.
    let spawned = catch_unwind(AssertUnwindSafe(|| unsafe { builder.spawn(work) }));
    match spawned {
        Ok(Ok(handle)) => Ok(Cancel(handle.coroutine().clone())),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(io::Error::other("no memory for a coroutine's stack")),
    }
}
