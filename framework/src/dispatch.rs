//! Where a handler runs.
//!
//! | dispatch | for | costs |
//! |---|---|---|
//! | [`Dispatch::inline`], the default | nearly everything | nothing |
//! | [`Dispatch::coroutine`] | deep recursion (its own stack size), a deadline | a coroutine for each request |
//! | [`Dispatch::blocking`] | calls that block a thread: files, databases, other clients | a hop to a thread |
//!
//! Apart from its connection a handler gets its arguments and nothing else. One that misses its
//! deadline is answered with 504 in its place; what it answers later is thrown away.
//!
//! A handler that sleeps belongs on a thread, where `std::thread::sleep` holds up nobody. On a
//! coroutine that blocks a worker, and May's own `coroutine::sleep` may touch memory of a coroutine that
//! has ended meanwhile; `coroutine::park` is safe to wait in.

mod asynchronous;
mod blocking;
mod runner;
mod spawn;

use std::time::Duration;

pub use asynchronous::{Asynchronous, asynchronous};
pub use blocking::PoolLimits;

pub(crate) use blocking::Pool;
pub(crate) use runner::{Runner, Runners};

/// Where the handler of one operation runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dispatch {
    place: DispatchPlace,
    deadline: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum DispatchPlace {
    #[default]
    Inline,
    Coroutine {
        stack: usize,
    },
    Blocking,
}

/// The stack of a coroutine, where none is given: 256 KiB, four times that in a debug build.
pub const STACK: usize = if cfg!(debug_assertions) { 1024 } else { 256 } * 1024;

impl Dispatch {
    /// On the coroutine of the connection.
    pub fn inline() -> Self {
        Self::default()
    }

    /// On a coroutine of its own, with a stack of [`STACK`] bytes.
    pub fn coroutine() -> Self {
        Self {
            place: DispatchPlace::Coroutine { stack: STACK },
            deadline: None,
        }
    }

    /// On a thread of a bounded pool, where it may block; 503 when the pool is full.
    pub fn blocking() -> Self {
        Self {
            place: DispatchPlace::Blocking,
            deadline: None,
        }
    }

    /// The same with a stack of that many bytes, for a coroutine of its own.
    pub fn with_stack(mut self, bytes: usize) -> Self {
        if let DispatchPlace::Coroutine { stack } = &mut self.place {
            *stack = bytes;
        }
        self
    }

    /// The same with a time after which the answer is 504. A handler that runs inline cannot be left
    /// behind: it then runs on a coroutine of its own.
    ///
    /// A coroutine that waits at the deadline is cancelled: it unwinds, so what it holds is dropped.
    /// One that computes, and a thread, go on to their end.
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        if self.place == DispatchPlace::Inline {
            self.place = DispatchPlace::Coroutine { stack: STACK };
        }
        self.deadline = Some(deadline);
        self
    }
}
