//! Draining and stopping.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use brrtrouter_transport::ServerControl;
use may::coroutine::JoinHandle;

use crate::foreign;
use crate::registry::Registry;
use crate::reservation::Reservation;

/// The handle's hold on a running server.
pub(crate) struct Control {
    registry: Arc<Registry>,
    listening: Mutex<Option<Listening>>,
}

/// What keeps the address taken and the connections coming.
pub(crate) struct Listening {
    pub(crate) reservation: Reservation,
    pub(crate) acceptor: JoinHandle<()>,
}

/// How long the accept loop has to notice that it was cancelled.
const CLOSING: Duration = Duration::from_secs(1);

impl Control {
    pub(crate) fn new(registry: Arc<Registry>, listening: Listening) -> Self {
        Self {
            registry,
            listening: Mutex::new(Some(listening)),
        }
    }
}

impl ServerControl for Control {
    fn start_drain(&self) {
        let listening = self
            .listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(Listening {
            reservation,
            acceptor,
        }) = listening
        else {
            return;
        };
        self.registry.start_drain();
        foreign::cancel(&acceptor);
        let end = Instant::now() + CLOSING;
        while !acceptor.is_done() && Instant::now() < end {
            thread::sleep(Duration::from_millis(1));
        }
        if !acceptor.is_done() {
            log::error!("the listener did not close");
        }
        drop(reservation);
        self.registry.close();
    }

    fn wait(&self, limit: Option<Duration>) -> bool {
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        self.registry.wait_drained(deadline)
    }

    fn abort(&self) -> usize {
        self.start_drain();
        let mut open = Vec::new();
        self.registry.snapshot(&mut open);
        for (_, link) in &open {
            link.hang_up();
        }
        open.len()
    }
}
