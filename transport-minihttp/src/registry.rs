//! The open connections of one server, and whether it drains.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::link::Link;

/// All connections that are open.
///
/// The lock is held for a few instructions, when a connection comes or goes and when the watch takes
/// a copy; never across a point where a coroutine could yield.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    links: Mutex<Links>,
    changed: Condvar,
    draining: AtomicBool,
}

#[derive(Debug, Default)]
struct Links {
    open: HashMap<u64, Arc<Link>>,
    next: u64,
    /// Whether the listener is closed.
    closed: bool,
}

impl Registry {
    fn lock(&self) -> MutexGuard<'_, Links> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a connection in, unless there are `most`.
    pub(crate) fn insert(&self, link: &Arc<Link>, most: usize) -> Option<u64> {
        let mut links = self.lock();
        if links.open.len() >= most {
            return None;
        }
        let id = links.next;
        links.next += 1;
        links.open.insert(id, Arc::clone(link));
        Some(id)
    }

    pub(crate) fn remove(&self, id: u64) {
        let removed = self.lock().open.remove(&id);
        drop(removed);
        if self.is_draining() {
            self.changed.notify_all();
        }
    }

    /// A copy of what is open now.
    pub(crate) fn snapshot(&self, into: &mut Vec<(u64, Arc<Link>)>) {
        into.clear();
        let links = self.lock();
        into.extend(links.open.iter().map(|(&id, link)| (id, Arc::clone(link))));
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// Starts the drain; whether it was not started before.
    pub(crate) fn start_drain(&self) -> bool {
        let first = !self.draining.swap(true, Ordering::AcqRel);
        drop(self.lock());
        self.changed.notify_all();
        first
    }

    /// Notes that nothing is accepted any more.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// Waits until the drain is over, at most until `deadline`; whether it is.
    pub(crate) fn wait_drained(&self, deadline: Option<Instant>) -> bool {
        let mut links = self.lock();
        loop {
            if links.closed && links.open.is_empty() {
                return true;
            }
            links = match deadline {
                None => self
                    .changed
                    .wait(links)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return false;
                    }
                    self.changed
                        .wait_timeout(links, left)
                        .unwrap_or_else(PoisonError::into_inner)
                        .0
                }
            };
        }
    }

    /// Waits for `time`, or until a drain starts or is over.
    pub(crate) fn pause(&self, time: Duration) {
        let links = self.lock();
        let drained = links.closed && links.open.is_empty();
        let about_to_drain = self.is_draining() && time > DRAIN_TICK;
        if !drained && !about_to_drain {
            let _ = self
                .changed
                .wait_timeout(links, time)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// How often a drain looks for connections that have become idle.
pub(crate) const DRAIN_TICK: Duration = Duration::from_millis(10);
