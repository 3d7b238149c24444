use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::waiting::{Alarm, Sleeper};

/// A queue from many to one who waits, each a coroutine or a thread.
pub(crate) fn mailbox<T>() -> (Sender<T>, Receiver<T>) {
    let shared = Arc::new(Mutex::new(Mailbox {
        values: VecDeque::new(),
        senders: 1,
        waiting: None,
    }));
    (Sender(Arc::clone(&shared)), Receiver(shared))
}

struct Mailbox<T> {
    values: VecDeque<T>,
    senders: usize,
    waiting: Option<Sleeper>,
}

/// Puts values into a mailbox.
pub(crate) struct Sender<T>(Arc<Mutex<Mailbox<T>>>);

/// Takes values out of a mailbox. What is sent after it has gone is dropped with the last sender.
pub(crate) struct Receiver<T>(Arc<Mutex<Mailbox<T>>>);

/// Why there is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Silence {
    /// None came in time.
    Late,
    /// None will come: all senders are gone.
    Gone,
}

impl<T> Sender<T> {
    /// Sends a value; whether anybody is there to take it, it does not tell.
    pub(crate) fn send(&self, value: T) {
        let mut mailbox = lock(&self.0);
        mailbox.values.push_back(value);
        mailbox.wake();
    }
}

impl<T> Mailbox<T> {
    fn wake(&mut self) {
        if let Some(sleeper) = self.waiting.take() {
            sleeper.wake();
        }
    }
}

impl<T> Receiver<T> {
    /// Waits for a value, however long that takes.
    ///
    /// # Errors
    ///
    /// [`Silence::Gone`] if there are no senders left.
    pub(crate) fn receive(&self) -> Result<T, Silence> {
        loop {
            if let Some(known) = self.look() {
                return known;
            }
            let sleeper = Sleeper::current();
            if self.announce(&sleeper) {
                sleeper.sleep();
            }
        }
    }

    /// Waits for a value, for `patience` at most.
    ///
    /// # Errors
    ///
    /// [`Silence`]
    pub(crate) fn receive_within(&self, patience: Duration, alarm: &Alarm) -> Result<T, Silence> {
        match Instant::now().checked_add(patience) {
            Some(time) => self.receive_until(time, alarm),
            None => self.receive(),
        }
    }

    fn receive_until(&self, time: Instant, alarm: &Alarm) -> Result<T, Silence> {
        if let Some(known) = self.look() {
            return known;
        }
        let sleeper = Sleeper::current();
        let _ringing = alarm.set(time, sleeper.clone());
        loop {
            if let Some(known) = self.look() {
                return known;
            }
            if Instant::now() >= time {
                return Err(Silence::Late);
            }
            if self.announce(&sleeper) {
                sleeper.sleep();
            }
        }
    }

    /// What there is, if it is known.
    fn look(&self) -> Option<Result<T, Silence>> {
        let mut mailbox = lock(&self.0);
        match mailbox.values.pop_front() {
            Some(value) => Some(Ok(value)),
            None => (mailbox.senders == 0).then_some(Err(Silence::Gone)),
        }
    }

    /// Makes `sleeper` the one to be woken; `false` if there is something to see already.
    fn announce(&self, sleeper: &Sleeper) -> bool {
        let mut mailbox = lock(&self.0);
        let is_quiet = mailbox.values.is_empty() && mailbox.senders > 0;
        if is_quiet {
            mailbox.waiting = Some(sleeper.clone());
        }
        is_quiet
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        lock(&self.0).senders += 1;
        Self(Arc::clone(&self.0))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut mailbox = lock(&self.0);
        mailbox.senders -= 1;
        if mailbox.senders == 0 {
            mailbox.wake();
        }
    }
}

fn lock<T>(mailbox: &Mutex<Mailbox<T>>) -> MutexGuard<'_, Mailbox<T>> {
    mailbox.lock().unwrap_or_else(PoisonError::into_inner)
}
