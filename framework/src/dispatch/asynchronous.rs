use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use crate::handler::HandlerFunction;
use crate::waiting::Sleeper;

/// Makes a handler of an `async fn`. Its future is polled on the connection's coroutine, which waits
/// between polls without blocking a thread.
///
/// A future that needs a runtime's reactor, as those of `tokio` do, has to run there: spawn it on the
/// runtime's handle and await the join handle, which can be polled anywhere.
///
/// ```
/// use brrtrouter::dispatch::asynchronous;
/// use brrtrouter::prelude::*;
///
/// async fn greet(Path(name): Path<String>) -> String {
///     std::future::ready(format!("hello, {name}")).await
/// }
///
/// # fn register(dispatcher: &mut brrtrouter::Dispatcher) {
/// dispatcher.register("greet", asynchronous(greet));
/// # }
/// ```
pub fn asynchronous<F>(function: F) -> Asynchronous<F> {
    Asynchronous(function)
}

/// An `async fn` as a handler function.
#[derive(Debug, Clone, Copy)]
pub struct Asynchronous<F>(F);

macro_rules! asynchronous_functions {
    ($($argument:ident),*) => {
        impl<F, R, $($argument),*> HandlerFunction<($($argument,)*)> for Asynchronous<F>
        where
            F: Fn($($argument),*) -> R + Send + Sync + 'static,
            R: Future + 'static,
        {
            type Answer = R::Output;

            #[allow(non_snake_case)]
            fn invoke(&self, ($($argument,)*): ($($argument,)*)) -> R::Output {
                wait_for((self.0)($($argument),*))
            }
        }
    };
}

asynchronous_functions!();
asynchronous_functions!(A);
asynchronous_functions!(A, B);
asynchronous_functions!(A, B, C);
asynchronous_functions!(A, B, C, D);
asynchronous_functions!(A, B, C, D, E);
asynchronous_functions!(A, B, C, D, E, G);
asynchronous_functions!(A, B, C, D, E, G, H);
asynchronous_functions!(A, B, C, D, E, G, H, I);

/// Polls a future to its end. Waits as a coroutine where it runs on one, and as a thread elsewhere.
fn wait_for<F: Future>(future: F) -> F::Output {
    let woken = Arc::new(Woken {
        is_woken: AtomicBool::new(false),
        sleeper: Sleeper::current(),
    });
    let waker = Waker::from(Arc::clone(&woken));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        while !woken.is_woken.swap(false, Ordering::Acquire) {
            woken.sleeper.sleep();
        }
    }
}

/// Who polls, and whether there is a reason to.
struct Woken {
    is_woken: AtomicBool,
    sleeper: Sleeper,
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.is_woken.swap(true, Ordering::Release) {
            self.sleeper.wake();
        }
    }
}
