//! Short waits, and the way back from long ones.
//!
//! When a coroutine goes to sleep, May first puts it where whoever wakes it finds it, and looks once
//! more at what belongs to the coroutine after that. If another thread has run the coroutine to its
//! end by then, that is freed memory. So it is with `coroutine::sleep`, whose timers wake from a
//! thread of their own, and with a wait for a socket of another worker. `coroutine::park` is safe: its
//! memory waits for the one who is late.
//!
//! Hence no coroutine sleeps here, and each waits for its socket on its home, the worker that owns the
//! socket and on which it was started.

use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use may::coroutine::{self, Coroutine};

use crate::foreign;

/// How long a pause is, at most twice.
const PAUSE: Duration = Duration::from_millis(2);

/// Lets others run for a moment.
pub(crate) fn pause() {
    static SLEEPERS: OnceLock<Option<Sender<Coroutine>>> = OnceLock::new();
    let sleepers = SLEEPERS.get_or_init(|| {
        let (sender, receiver) = mpsc::channel();
        thread::Builder::new()
            .name("minihttp-pause".to_owned())
            .spawn(move || wake(&receiver))
            .is_ok()
            .then_some(sender)
    });
    match sleepers {
        Some(sleepers) if sleepers.send(coroutine::current()).is_ok() => coroutine::park(),
        _ => coroutine::yield_now(),
    }
}

/// Wakes those who pause, some time after they began to.
fn wake(sleepers: &Receiver<Coroutine>) {
    while let Ok(first) = sleepers.recv() {
        thread::sleep(PAUSE);
        first.unpark();
        while let Ok(sleeper) = sleepers.try_recv() {
            sleeper.unpark();
        }
    }
}

/// A thread, by where its thread-local storage lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Home(usize);

thread_local! {
    static PLACE: u8 = const { 0 };
}

/// The thread that this runs on.
// Not inlined: the address of thread-local storage must not outlive a yield of the caller. Nor may the
// compiler know what it is: a function that it takes for pure it calls once before a loop, and the loop
// in `go_home` would never learn that its coroutine has arrived.
#[inline(never)]
pub(crate) fn here() -> Home {
    Home(PLACE.with(|place| std::hint::black_box(std::ptr::from_ref(place)).addr()))
}

/// Takes the running coroutine to `home`, where the coroutine of the connection `id` was started. A
/// service that waits for something of its own wakes up anywhere.
pub(crate) fn go_home(home: Home, id: usize) {
    while here() != home {
        let traveller = coroutine::current();
        if foreign::start_at(id, move || traveller.unpark()).is_err() {
            // No memory for a stack: to wait in the wrong place is unlikely to do harm.
            return;
        }
        coroutine::park();
    }
}
