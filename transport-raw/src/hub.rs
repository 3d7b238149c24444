//! What all coroutines of one server share, the service apart.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use brrtrouter_transport::FileReaders;

use crate::clock::{Clock, Wait};
use crate::counters::Totals;
use crate::guests::{Guest, Guests};
use crate::limits::Limits;
use crate::roster::Roster;

/// Places in the roster beyond those for connections: listeners, and peers that are being turned
/// away.
const SPARE_PLACES: usize = 256;

/// The shared part of a server.
pub(crate) struct Hub {
    pub(crate) limits: Limits,
    pub(crate) clock: Clock,
    pub(crate) waits: Waits,
    pub(crate) roster: Arc<Roster>,
    pub(crate) counters: Arc<Totals>,
    pub(crate) guests: Guests,
    pub(crate) readers: FileReaders,
    phase: AtomicU8,
    /// Connections that are open, those being turned away included, and listeners.
    present: AtomicUsize,
    turned_away: AtomicUsize,
    absent: Condvar,
    gate: Mutex<()>,
}

/// The times of [`Limits`] as the clock counts them.
pub(crate) struct Waits {
    pub(crate) head: Wait,
    pub(crate) body: Wait,
    pub(crate) keep_alive: Wait,
    pub(crate) write: Wait,
    pub(crate) heartbeat: Wait,
    pub(crate) linger: Wait,
}

/// How far a server is from its end; only ever grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Phase {
    Running,
    Draining,
    Aborted,
}

/// Counts as present until it is dropped.
pub(crate) struct Presence {
    hub: Arc<Hub>,
    kind: Kind,
    guest: Option<Guest>,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Listener,
    Connection,
    TurnedAway,
}

impl Hub {
    pub(crate) fn new(limits: Limits, counters: Arc<Totals>) -> Self {
        let clock = Clock::new(limits.tick());
        Self {
            waits: Waits {
                head: clock.wait(limits.head_timeout),
                body: clock.wait(limits.body_timeout),
                keep_alive: clock.wait(limits.keep_alive),
                write: clock.wait(limits.write_timeout),
                heartbeat: clock.wait(limits.heartbeat),
                linger: clock.wait(limits.linger),
            },
            clock,
            roster: Arc::new(Roster::new(limits.max_connections + SPARE_PLACES)),
            counters,
            guests: Guests::default(),
            readers: FileReaders::new(),
            phase: AtomicU8::new(Phase::Running as u8),
            present: AtomicUsize::new(0),
            turned_away: AtomicUsize::new(0),
            absent: Condvar::new(),
            gate: Mutex::new(()),
            limits,
        }
    }

    pub(crate) fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Relaxed) {
            0 => Phase::Running,
            1 => Phase::Draining,
            _ => Phase::Aborted,
        }
    }

    /// Whether the server wants connections to end.
    pub(crate) fn is_draining(&self) -> bool {
        self.phase() != Phase::Running
    }

    fn enter(&self, phase: Phase) {
        // Sequentially consistent: whoever is woken after this sees it.
        self.phase.fetch_max(phase as u8, Ordering::SeqCst);
    }

    fn count(&self, kind: Kind) -> Option<&AtomicUsize> {
        match kind {
            Kind::Listener => None,
            Kind::Connection => Some(&self.counters.open),
            Kind::TurnedAway => Some(&self.turned_away),
        }
    }

    fn enter_as(self: &Arc<Self>, kind: Kind) -> Presence {
        self.present.fetch_add(1, Ordering::AcqRel);
        if let Some(count) = self.count(kind) {
            count.fetch_add(1, Ordering::AcqRel);
        }
        Presence {
            hub: Arc::clone(self),
            kind,
            guest: None,
        }
    }

    /// Counts a listener in.
    pub(crate) fn enter_listener(self: &Arc<Self>) -> Presence {
        self.enter_as(Kind::Listener)
    }

    /// Counts a connection in.
    pub(crate) fn enter_connection(self: &Arc<Self>, guest: Option<Guest>) -> Presence {
        let mut presence = self.enter_as(Kind::Connection);
        presence.guest = guest;
        presence
    }

    /// Counts in a peer that is being turned away, if there are fewer than `most`.
    pub(crate) fn enter_turned_away(self: &Arc<Self>, most: usize) -> Option<Presence> {
        let now = self.turned_away.load(Ordering::Acquire);
        (now < most).then(|| self.enter_as(Kind::TurnedAway))
    }

    /// How many connections are open.
    pub(crate) fn open(&self) -> usize {
        self.counters.open.load(Ordering::Acquire)
    }

    /// Tells everybody to come to an end.
    pub(crate) fn start_drain(&self) {
        self.enter(Phase::Draining);
        self.roster.wake_all();
        self.announce();
    }

    /// Ends everybody at once; how many connections that were.
    pub(crate) fn abort(&self) -> usize {
        let open = self.open();
        self.enter(Phase::Aborted);
        self.roster.disconnect_all();
        self.announce();
        open
    }

    /// Whether nobody is waited for any more.
    pub(crate) fn is_over(&self) -> bool {
        match self.phase() {
            Phase::Running => false,
            Phase::Draining => self.present.load(Ordering::Acquire) == 0,
            Phase::Aborted => true,
        }
    }

    /// Waits until [`is_over`](Self::is_over), at most for `limit`; whether it is.
    pub(crate) fn wait(&self, limit: Option<Duration>) -> bool {
        let until = limit.and_then(|limit| Instant::now().checked_add(limit));
        let mut gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
        while !self.is_over() {
            gate = match until {
                None => self
                    .absent
                    .wait(gate)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return false;
                    }
                    self.absent
                        .wait_timeout(gate, left)
                        .unwrap_or_else(PoisonError::into_inner)
                        .0
                }
            };
        }
        true
    }

    fn announce(&self) {
        drop(self.gate.lock().unwrap_or_else(PoisonError::into_inner));
        self.absent.notify_all();
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        // The address first, so that whoever sees the connection gone can have its place.
        drop(self.guest.take());
        if let Some(count) = self.hub.count(self.kind) {
            count.fetch_sub(1, Ordering::AcqRel);
        }
        let before = self.hub.present.fetch_sub(1, Ordering::AcqRel);
        if before == 1 && self.hub.is_draining() {
            self.hub.announce();
        }
    }
}
