//! After a signal, `join` returns when the drain is over, even if a call never ends. In a process of
//! its own: it raises a signal.

#![allow(clippy::unwrap_used)]

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use brrtrouter_transport::{ServerControl, ServerHandle};
use signal_hook::consts::SIGTERM;
use signal_hook::low_level::raise;

/// A server with a call that neither ends nor can be ended.
struct Stuck;

impl ServerControl for Stuck {
    fn start_drain(&self) {}

    fn wait(&self, limit: Option<Duration>) -> bool {
        if limit.is_none() {
            raise(SIGTERM).unwrap();
            loop {
                std::thread::park();
            }
        }
        false
    }

    fn abort(&self) -> usize {
        1
    }
}

#[test]
fn join_does_not_wait_for_a_call_that_never_ends() {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
    let handle = ServerHandle::new(address, Arc::new(Stuck));
    assert_eq!(handle.local_addr(), address);
    let drained = handle.join_within(Duration::ZERO).unwrap();
    assert_eq!(drained.aborted, 1);
}
