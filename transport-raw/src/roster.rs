//! Who waits: every connection and listener has a place here, through which the ticker, a drain, an
//! abort and event sources reach the coroutine that sleeps on its socket.
//!
//! A coroutine is woken on its [`home`](crate::home) only. Whoever calls from another thread leaves
//! the call in that thread's bag, and sends an errand there that empties the bag.

use std::os::fd::{AsRawFd as _, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Wake, Waker};

use may::io::WaitIoWaker;
use rustix::net::Shutdown;

use crate::clock::Moment;
use crate::home::{Home, here};
use crate::spawn::{self, spawn};

const CHUNK: usize = 1024;

/// Places in chunks that are made as they are needed and never go away.
pub(crate) struct Roster {
    chunks: Box<[OnceLock<Box<[Place]>>]>,
    /// Places below this were taken at some time.
    reached: AtomicUsize,
    vacant: Mutex<Vec<u32>>,
    /// One for each thread that waiters live on.
    bags: Mutex<Vec<Bag>>,
}

/// One waiter's place.
#[derive(Default)]
struct Place {
    /// When to wake the waiter, in [`Moment`]s; that of an earlier holder wakes nobody, since the
    /// door is shut.
    deadline: AtomicU64,
    /// The waiter's call is in a bag.
    called: AtomicBool,
    door: Mutex<Option<Door>>,
}

/// What reaches a waiter.
struct Door {
    bell: Bell,
    socket: Arc<OwnedFd>,
    /// Where the waiter lives; nowhere before its coroutine runs, and so it sleeps nowhere.
    home: Option<Home>,
}

/// How a waiter is woken.
enum Bell {
    /// It has not slept yet; what was called until then it is told when it does.
    Missing {
        rung: bool,
    },
    There(WaitIoWaker),
}

impl Bell {
    fn ring(&mut self) {
        match self {
            Bell::Missing { rung } => *rung = true,
            Bell::There(waker) => waker.wakeup(),
        }
    }
}

/// Calls for those who live on one thread.
struct Bag {
    home: Home,
    places: Vec<u32>,
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
            bags: Mutex::new(Vec::new()),
        }
    }

    fn place(&self, index: usize) -> Option<&Place> {
        self.chunks
            .get(index / CHUNK)?
            .get_or_init(|| (0..CHUNK).map(|_| Place::default()).collect())
            .get(index % CHUNK)
    }

    /// Takes a place for a coroutine that reads from `socket`; `None` if all are taken.
    pub(crate) fn sit(self: &Arc<Self>, socket: Arc<OwnedFd>) -> Option<Seat> {
        let index = lock(&self.vacant)
            .pop()
            .unwrap_or_else(|| self.reached.fetch_add(1, Ordering::Relaxed) as u32);
        let Some(place) = self.place(index as usize) else {
            self.reached.fetch_sub(1, Ordering::Relaxed);
            return None;
        };
        place.deadline.store(Moment::NEVER.0, Ordering::Relaxed);
        *lock(&place.door) = Some(Door {
            bell: Bell::Missing { rung: false },
            socket,
            home: None,
        });
        Some(Seat {
            roster: Arc::clone(self),
            index,
        })
    }

    fn places(&self) -> impl Iterator<Item = (u32, &Place)> {
        let reached = self.reached.load(Ordering::Relaxed);
        (0..reached).map_while(|index| Some((index as u32, self.place(index)?)))
    }

    /// Wakes whoever sits at `index`, on their home. Calls before they are awake are one call.
    fn call(self: &Arc<Self>, index: u32) {
        let Some(place) = self.place(index as usize) else {
            return;
        };
        if place.called.swap(true, Ordering::AcqRel) {
            return;
        }
        let (home, descriptor) = match &mut *lock(&place.door) {
            Some(Door {
                home: Some(home),
                socket,
                ..
            }) if *home != here() => (*home, socket.as_raw_fd()),
            door => {
                place.called.swap(false, Ordering::AcqRel);
                if let Some(door) = door {
                    door.bell.ring();
                }
                return;
            }
        };
        if self.put_in_bag(home, index) {
            let roster = Arc::clone(self);
            let sent = spawn(descriptor, spawn::ERRAND, move || roster.empty_bag(home));
            if let Err(error) = sent {
                // Whoever is not called sleeps on for good, which is worse than what may happen to
                // one who is called from elsewhere; see `home`.
                log::error!("no memory to wake connections properly: {error}");
                self.empty_bag(home);
            }
        }
    }

    /// Puts a call into the bag of `home`; whether it is the first there.
    fn put_in_bag(&self, home: Home, index: u32) -> bool {
        let mut bags = lock(&self.bags);
        match bags.iter_mut().find(|bag| bag.home == home) {
            Some(bag) => {
                bag.places.push(index);
                bag.places.len() == 1
            }
            None => {
                bags.push(Bag {
                    home,
                    places: vec![index],
                });
                true
            }
        }
    }

    /// Wakes those who are called by what the bag of `home` holds.
    fn empty_bag(self: &Arc<Self>, home: Home) {
        let places = lock(&self.bags)
            .iter_mut()
            .find(|bag| bag.home == home)
            .map(|bag| std::mem::take(&mut bag.places))
            .unwrap_or_default();
        for index in places {
            let Some(place) = self.place(index as usize) else {
                continue;
            };
            // Whoever calls from now on is not heard by this call.
            place.called.swap(false, Ordering::AcqRel);
            let mut door = lock(&place.door);
            match &mut *door {
                Some(other) if other.home.is_some_and(|other| other != home) => {
                    // The place has changed hands in the meantime.
                    drop(door);
                    self.call(index);
                }
                Some(door) => door.bell.ring(),
                None => {}
            }
        }
    }

    /// Wakes those whose deadline has come. One that is overdue is woken at every call, until it
    /// moves its deadline, so a wake-up that came at a bad moment is made good.
    pub(crate) fn wake_overdue(self: &Arc<Self>, now: Moment) {
        for (index, place) in self.places() {
            if place.deadline.load(Ordering::Relaxed) <= now.0 {
                self.call(index);
            }
        }
    }

    /// Wakes everybody.
    pub(crate) fn wake_all(self: &Arc<Self>) {
        for (index, _) in self.places() {
            self.call(index);
        }
    }

    /// Ends every socket and wakes everybody, so that even a waiter that does not look up soon
    /// holds no peer.
    pub(crate) fn disconnect_all(self: &Arc<Self>) {
        for (index, place) in self.places() {
            if let Some(door) = lock(&place.door).as_ref() {
                // A listener or a socket whose peer is gone refuses, which is as good.
                let _ = rustix::net::shutdown(&door.socket, Shutdown::Both);
            }
            self.call(index);
        }
    }
}

impl Seat {
    /// Says that the waiter lives on the thread that this runs on.
    pub(crate) fn settle(&self) {
        if let Some(place) = self.roster.place(self.index as usize)
            && let Some(door) = lock(&place.door).as_mut()
        {
            door.home = Some(here());
        }
    }

    /// Has the waiter woken by `waker` from now on, and at once if somebody has called already.
    pub(crate) fn connect(&self, waker: WaitIoWaker) {
        if let Some(place) = self.roster.place(self.index as usize)
            && let Some(door) = lock(&place.door).as_mut()
        {
            if let Bell::Missing { rung: true } = door.bell {
                waker.wakeup();
            }
            door.bell = Bell::There(waker);
        }
    }

    /// Has the waiter woken at `moment`.
    pub(crate) fn wake_at(&self, moment: Moment) {
        if let Some(place) = self.roster.place(self.index as usize) {
            place.deadline.store(moment.0, Ordering::Relaxed);
        }
    }

    /// What calls the waiter. Kept for longer than the seat, it may call the next who sits there.
    pub(crate) fn caller(&self) -> Waker {
        Waker::from(Arc::new(Caller {
            roster: Arc::clone(&self.roster),
            index: self.index,
        }))
    }

    /// Calls the waiter once its worker has asked the system for events.
    pub(crate) fn call_later(&self, descriptor: i32) -> std::io::Result<()> {
        let (roster, index) = (Arc::clone(&self.roster), self.index);
        spawn(descriptor, spawn::ERRAND, move || roster.call(index))
    }
}

/// Calls one waiter.
struct Caller {
    roster: Arc<Roster>,
    index: u32,
}

impl Wake for Caller {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.roster.call(self.index);
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
