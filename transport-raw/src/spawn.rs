//! The one place where coroutines are made.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use may::coroutine::Builder;

/// Starts `work` on a coroutine of its own with a stack of `stack` bytes, on the worker that owns
/// descriptor `descriptor`.
///
/// # Errors
///
/// If the system has no memory mapping left for a stack. `work` is dropped then.
pub(crate) fn spawn(
    descriptor: i32,
    stack: usize,
    work: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    let builder = Builder::new()
        .id(descriptor.unsigned_abs() as usize)
        .stack_size(unpooled(stack));
    // SAFETY: (spawn) a coroutine must not hold a reference into thread-local storage across a
    // yield, and must not outgrow its stack. This crate touches thread-local storage in `buffer` and
    // `bell` only, inside functions that are never inlined and cannot yield. The stack has the size that
    // `Limits::stack_size` documents for the service, all recursion of this crate is bounded, and an
    // overflow hits the guard page that May puts below every stack.
    let spawned = catch_unwind(AssertUnwindSafe(|| unsafe { builder.spawn(work) }));
    match spawned {
        Ok(Ok(_handle)) => Ok(()),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(io::Error::other("no memory for a coroutine's stack")),
    }
}

/// A stack of `bytes` in May's unit, and even: an odd number would make May paint and print every
/// stack.
pub(crate) fn words(bytes: usize) -> usize {
    (bytes / size_of::<usize>()).next_multiple_of(512)
}

/// As [`words`], but never May's default size, for which it would take a stack from a pool whose
/// stacks may be of another size.
fn unpooled(bytes: usize) -> usize {
    let words = words(bytes);
    if words == may::config().get_stack_size() {
        words + 512
    } else {
        words
    }
}
