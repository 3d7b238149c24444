//! After a signal, `join` reports the connections that the drain had to close, even when the last of
//! them is gone before the drain itself has come to an end. In a process of its own: it raises a
//! signal.

#![allow(clippy::unwrap_used)]

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use brrtrouter_transport::{ServerControl, ServerHandle};
use signal_hook::consts::SIGTERM;
use signal_hook::low_level::raise;

/// A server with seven connections that end only when they are aborted, and whose `abort` returns
/// only after all who wait for the end of the server know of it.
#[derive(Default)]
struct Slow {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    aborted: bool,
    waiter_has_left: bool,
}

impl ServerControl for Slow {
    fn start_drain(&self) {}

    fn wait(&self, limit: Option<Duration>) -> bool {
        if limit.is_some() {
            return false;
        }
        // The one that waits without limit is `join`; by now it catches signals.
        raise(SIGTERM).unwrap();
        let state = self.state.lock().unwrap();
        let mut state = self
            .changed
            .wait_while(state, |state| !state.aborted)
            .unwrap();
        state.waiter_has_left = true;
        self.changed.notify_all();
        true
    }

    fn abort(&self) -> usize {
        let mut state = self.state.lock().unwrap();
        state.aborted = true;
        self.changed.notify_all();
        let left = self
            .changed
            .wait_while(state, |state| !state.waiter_has_left);
        drop(left.unwrap());
        7
    }
}

#[test]
fn join_tells_how_many_connections_the_drain_closed() {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
    let handle = ServerHandle::new(address, Arc::new(Slow::default()));
    let drained = handle.join_within(Duration::ZERO).unwrap();
    assert_eq!(drained.aborted, 7);
    assert!(!drained.is_clean());
}
