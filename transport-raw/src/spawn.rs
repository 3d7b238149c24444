//! The one place where coroutines are made.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use may::coroutine::{Builder, JoinHandle};

use crate::home::{Home, here};

/// The stack of an errand: of a coroutine that does something short on another thread.
pub(crate) const ERRAND: usize = 32 * 1024;

/// How large the stacks in May's pool are, in words; 0 if they cannot be used.
static POOLED: OnceLock<usize> = OnceLock::new();

/// How many workers May has; 0 if that cannot be told.
static WORKERS: OnceLock<u32> = OnceLock::new();

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
    let builder = builder(stack).id(descriptor.unsigned_abs() as usize);
    // SAFETY: (spawn) a coroutine must not hold a reference into thread-local storage across a
    // yield, and must not outgrow its stack. This crate touches thread-local storage in `buffer` and
    // `home` only, inside functions that are never inlined and cannot yield. The stack has at least
    // the size that `Limits::stack_size` documents for the service, all recursion of this crate is
    // bounded, and an overflow hits the guard page that May puts below every stack.
    attempt(|| unsafe { builder.spawn(work) })
}

/// Starts `work` on a coroutine of its own with a stack of `stack` bytes, on this thread, and comes
/// back when it waits for the first time or has ended. No other thread has to be told, and what is
/// done without waiting costs no turn of a worker.
///
/// # Errors
///
/// If the system has no memory mapping left for a stack. `work` is dropped then.
pub(crate) fn spawn_here(stack: usize, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let builder = builder(stack);
    // SAFETY: (spawn) as above. The coroutine that calls this may be any that is on its home; what
    // May does of its own on that one's stack, when the new one waits or ends, is a few frames.
    attempt(|| unsafe { builder.spawn_local(work) })
}

fn builder(stack: usize) -> Builder {
    Builder::new().stack_size(fitting(words(stack)))
}

/// May panics where there is no memory for a stack.
fn attempt(spawn: impl FnOnce() -> io::Result<JoinHandle<()>>) -> io::Result<()> {
    match catch_unwind(AssertUnwindSafe(spawn)) {
        Ok(Ok(_handle)) => Ok(()),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(io::Error::other("no memory for a coroutine's stack")),
    }
}

/// Whether May tells the same worker of what happens to two descriptors, as far as is known.
pub(crate) fn is_same_worker(one: i32, other: i32) -> bool {
    let worker = |descriptor: i32| descriptor.unsigned_abs().checked_rem(*WORKERS.get()?);
    worker(one).is_some_and(|worker_of_one| worker(other) == Some(worker_of_one))
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
        config.set_pool_capacity(STACKS * config.get_workers());
        let size = config.get_stack_size();
        match pooled_room() {
            Some(room) if room + SLACK >= size * size_of::<usize>() => size,
            _ => {
                log::warn!("May has run coroutines with smaller stacks; its pool is not used");
                0
            }
        }
    });
    WORKERS.get_or_init(|| workers_in_turn(may::config().get_workers()).unwrap_or(0));
}

/// `count`, if May has so many workers and gives descriptors to them in turn. Its setting alone says
/// nothing where the program has run coroutines before.
fn workers_in_turn(count: usize) -> Option<u32> {
    let (sender, receiver) = may::sync::mpsc::channel();
    let mut homes = Vec::with_capacity(count);
    for descriptor in 0..=count {
        let sender = sender.clone();
        let tell = move || {
            let _ = sender.send(here());
        };
        spawn(i32::try_from(descriptor).ok()?, ERRAND, tell).ok()?;
        homes.push(receiver.recv().ok()?);
    }
    let (last, others) = homes.split_last()?;
    let is_new = |(at, home): (usize, &Home)| others.iter().take(at).all(|other| other != home);
    let is_in_turn = others.first() == Some(last) && others.iter().enumerate().all(is_new);
    is_in_turn.then_some(u32::try_from(count).ok()?)
}

/// How many stacks the pool keeps for each worker. It hands out the one that has been there longest, so
/// what is in it has to fit into a core's cache: with May's own thousand a connection of one request
/// took a tenth more time. What is missing in a rush is mapped, and what is too much is unmapped.
const STACKS: usize = 64;

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
