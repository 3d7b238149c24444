//! The one place where coroutines are made.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use may::coroutine::Builder;

/// The stack of an errand: of a coroutine that does something short on another thread.
pub(crate) const ERRAND: usize = 32 * 1024;

/// How large the stacks in May's pool are, in words; 0 if they cannot be used.
static POOLED: OnceLock<usize> = OnceLock::new();

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
        .stack_size(fitting(words(stack)));
    // SAFETY: (spawn) a coroutine must not hold a reference into thread-local storage across a
    // yield, and must not outgrow its stack. This crate touches thread-local storage in `buffer` and
    // `home` only, inside functions that are never inlined and cannot yield. The stack has at least
    // the size that `Limits::stack_size` documents for the service, all recursion of this crate is
    // bounded, and an overflow hits the guard page that May puts below every stack.
    let spawned = catch_unwind(AssertUnwindSafe(|| unsafe { builder.spawn(work) }));
    match spawned {
        Ok(Ok(_handle)) => Ok(()),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(io::Error::other("no memory for a coroutine's stack")),
    }
}

/// Configures May for coroutines with stacks of `stack` bytes. Only the first call of a process
/// counts, and of May's settings only those made before the first coroutine.
///
/// May keeps stacks of its default size in a pool, which saves four system calls and some page
/// faults for each connection. It fills the pool when the first coroutine starts, and hands out
/// whatever is there to whoever asks for the default size; so if the program has run coroutines
/// before, with smaller stacks, the pool is of no use here.
pub(crate) fn configure(workers: Option<usize>, stack: usize) {
    POOLED.get_or_init(|| {
        let config = may::config();
        if let Some(workers) = workers {
            config.set_workers(workers);
        }
        if config.get_stack_size() < words(stack) {
            config.set_stack_size(words(stack));
        }
        let size = config.get_stack_size();
        match pooled_room() {
            Some(room) if room + SLACK >= size * size_of::<usize>() => size,
            _ => {
                log::warn!("May has run coroutines with smaller stacks; its pool is not used");
                0
            }
        }
    });
}

/// What May itself uses of a stack before a coroutine's own code runs, at most.
const SLACK: usize = 16 * 1024;

/// How many bytes of its stack a coroutine from the pool has below it; `None` where the system does
/// not say.
fn pooled_room() -> Option<usize> {
    let (sender, receiver) = may::sync::mpsc::channel();
    let measure = move || {
        let here = 0_u8;
        let address = std::hint::black_box(&raw const here).addr();
        let _ = sender.send(address);
    };
    // SAFETY: (spawn) it touches no thread-local storage and hardly any stack.
    unsafe { Builder::new().spawn(measure) }.ok()?;
    let address = receiver.recv().ok()?;
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    // The guard page ends the mapping that the stack is in.
    maps.lines().find_map(|line| {
        let (start, rest) = line.split_once('-')?;
        let (end, _) = rest.split_once(' ')?;
        let start = usize::from_str_radix(start, 16).ok()?;
        let end = usize::from_str_radix(end, 16).ok()?;
        (start..end).contains(&address).then(|| address - start)
    })
}

/// A stack of `bytes` in May's unit, and even: an odd number would make May paint and print every
/// stack.
fn words(bytes: usize) -> usize {
    (bytes / size_of::<usize>()).next_multiple_of(512)
}

/// The size to ask May for, of at least `words`: that of the pool if its stacks suffice, else never
/// May's default size, for which it would use the pool.
fn fitting(words: usize) -> usize {
    match POOLED.get() {
        Some(&pooled) if pooled >= words => pooled,
        _ if words == may::config().get_stack_size() => words + 512,
        _ => words,
    }
}
