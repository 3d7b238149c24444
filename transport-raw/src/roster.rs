//! Who waits: every connection and listener has a place here, through which the ticker, a drain and
//! an abort reach the coroutine that sleeps on its socket.

use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use may::io::WaitIoWaker;
use rustix::net::Shutdown;

use crate::clock::Moment;

const CHUNK: usize = 1024;

/// Places in chunks that are made as they are needed and never go away.
pub(crate) struct Roster {
    chunks: Box<[OnceLock<Box<[Place]>>]>,
    /// Places below this were taken at some time.
    reached: AtomicUsize,
    vacant: Mutex<Vec<u32>>,
}

/// One waiter's place.
#[derive(Default)]
struct Place {
    /// When to wake the waiter, in [`Moment`]s; that of an earlier holder wakes nobody, since the
    /// door is shut.
    deadline: AtomicU64,
    door: Mutex<Option<Door>>,
}

/// What reaches a waiter.
struct Door {
    waker: WaitIoWaker,
    socket: Arc<OwnedFd>,
}

/// Holds a place until it is dropped.
pub(crate) struct Seat {
    roster: Arc<Roster>,
    index: u32,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Roster {
    /// A roster of at most `capacity` places.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            chunks: (0..capacity.div_ceil(CHUNK))
                .map(|_| OnceLock::new())
                .collect(),
            reached: AtomicUsize::new(0),
            vacant: Mutex::new(Vec::new()),
        }
    }

    fn place(&self, index: usize) -> Option<&Place> {
        self.chunks
            .get(index / CHUNK)?
            .get_or_init(|| (0..CHUNK).map(|_| Place::default()).collect())
            .get(index % CHUNK)
    }

    /// Takes a place for the coroutine that `waker` wakes and that reads from `socket`; `None` if
    /// all are taken.
    pub(crate) fn sit(self: &Arc<Self>, waker: WaitIoWaker, socket: Arc<OwnedFd>) -> Option<Seat> {
        let index = lock(&self.vacant)
            .pop()
            .unwrap_or_else(|| self.reached.fetch_add(1, Ordering::Relaxed) as u32);
        let Some(place) = self.place(index as usize) else {
            self.reached.fetch_sub(1, Ordering::Relaxed);
            return None;
        };
        place.deadline.store(Moment::NEVER.0, Ordering::Relaxed);
        *lock(&place.door) = Some(Door { waker, socket });
        Some(Seat {
            roster: Arc::clone(self),
            index,
        })
    }

    fn places(&self) -> impl Iterator<Item = &Place> {
        let reached = self.reached.load(Ordering::Relaxed);
        (0..reached).map_while(|index| self.place(index))
    }

    /// Wakes those whose deadline has come. One that is overdue is woken at every call, until it
    /// moves its deadline, so a wake-up that came at a bad moment is made good.
    pub(crate) fn wake_overdue(&self, now: Moment) {
        for place in self.places() {
            if place.deadline.load(Ordering::Relaxed) <= now.0
                && let Some(door) = lock(&place.door).as_ref()
            {
                door.waker.wakeup();
            }
        }
    }

    /// Wakes everybody.
    pub(crate) fn wake_all(&self) {
        for place in self.places() {
            if let Some(door) = lock(&place.door).as_ref() {
                door.waker.wakeup();
            }
        }
    }

    /// Ends every socket and wakes everybody, so that even a waiter that does not look up soon
    /// holds no peer.
    pub(crate) fn disconnect_all(&self) {
        for place in self.places() {
            if let Some(door) = lock(&place.door).as_ref() {
                // A listener or a socket whose peer is gone refuses, which is as good.
                let _ = rustix::net::shutdown(&door.socket, Shutdown::Both);
                door.waker.wakeup();
            }
        }
    }
}

impl Seat {
    /// Has the waiter woken at `moment`.
    pub(crate) fn wake_at(&self, moment: Moment) {
        if let Some(place) = self.roster.place(self.index as usize) {
            place.deadline.store(moment.0, Ordering::Relaxed);
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(place) = self.roster.place(self.index as usize) {
            place.deadline.store(Moment::NEVER.0, Ordering::Relaxed);
            *lock(&place.door) = None;
        }
        lock(&self.roster.vacant).push(self.index);
    }
}
