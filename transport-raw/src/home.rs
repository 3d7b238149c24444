//! Which thread a coroutine waits on.
//!
//! When a coroutine goes to sleep, May first puts it where whoever wakes it finds it, and looks at
//! the coroutine's own memory once more after that. Another thread may have run the coroutine to its
//! end by then. So a coroutine of this crate has a *home*, the worker that is told what happens to
//! its descriptor: it goes to sleep there only, and only that thread wakes it.

use may::coroutine;

use crate::spawn::{self, spawn};

/// A thread, by where its thread-local storage lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Home(usize);

thread_local! {
    static PLACE: u8 = const { 0 };
}

/// The thread that this runs on.
// Not inlined: the address of thread-local storage must not outlive a yield of the caller. Nor may the
// compiler know what it is: a function that it takes for pure it calls once before a loop, and the loop
// in `go` would never learn that its coroutine has arrived.
#[inline(never)]
pub(crate) fn here() -> Home {
    Home(PLACE.with(|place| std::hint::black_box(std::ptr::from_ref(place)).addr()))
}

/// Takes the running coroutine to `home`, the worker that owns `descriptor`. A service may have
/// waited for something of its own, and who does so wakes up anywhere.
#[cold]
#[inline(never)]
pub(crate) fn go(home: Home, descriptor: i32) {
    while here() != home {
        let traveller = coroutine::current();
        // Parking is safe to be woken from anywhere: its memory waits for the one who is late.
        if spawn(descriptor, spawn::ERRAND, move || traveller.unpark()).is_err() {
            // No memory for a stack. To sleep in the wrong place is unlikely to do harm, to fail
            // here is certain to.
            return;
        }
        coroutine::park();
    }
}
