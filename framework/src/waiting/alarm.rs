use std::collections::BTreeMap;
use std::io;
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Instant;

use crate::waiting::Sleeper;

/// Wakes sleepers when it is time, from one thread.
///
/// What is set is found by its time and taken away as soon as its sleeper is up, so there is never more
/// of it than there are sleepers.
#[derive(Default)]
pub(crate) struct Alarm {
    set: Mutex<Set>,
    changed: Condvar,
}

#[derive(Default)]
struct Set {
    sleepers: BTreeMap<Key, Sleeper>,
    next: u64,
}

/// A time, and a number that tells those of one time apart.
type Key = (Instant, u64);

/// An alarm that is set; dropping it takes it back.
pub(super) struct Ringing<'a> {
    alarm: &'a Alarm,
    key: Key,
}

impl Alarm {
    /// The one of this process, whose thread starts with the first call.
    ///
    /// # Errors
    ///
    /// The system's, if it refuses the thread.
    pub(crate) fn started() -> io::Result<&'static Self> {
        static ALARM: OnceLock<Alarm> = OnceLock::new();
        static STARTED: Mutex<bool> = Mutex::new(false);
        let alarm = ALARM.get_or_init(Alarm::default);
        let mut is_started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
        if !*is_started {
            thread::Builder::new()
                .name("alarm".to_owned())
                .spawn(|| alarm.ring())?;
            *is_started = true;
        }
        Ok(alarm)
    }

    /// Wakes `sleeper` at `time`, unless what this returns is dropped before.
    pub(super) fn set(&self, time: Instant, sleeper: Sleeper) -> Ringing<'_> {
        let mut set = self.lock();
        let key = (time, set.next);
        set.next = set.next.wrapping_add(1);
        set.sleepers.insert(key, sleeper);
        let is_first = set.sleepers.first_key_value().map(|(first, _)| *first) == Some(key);
        drop(set);
        if is_first {
            self.changed.notify_one();
        }
        Ringing { alarm: self, key }
    }

    fn lock(&self) -> MutexGuard<'_, Set> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring(&self) {
        let mut set = self.lock();
        loop {
            let now = Instant::now();
            let Some(first) = set.sleepers.first_entry() else {
                set = self
                    .changed
                    .wait(set)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let (time, _) = *first.key();
            if time <= now {
                // Under the lock: whoever has taken an alarm back is not woken by it any more.
                first.remove().wake();
                continue;
            }
            set = self
                .changed
                .wait_timeout(set, time - now)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

impl Drop for Ringing<'_> {
    fn drop(&mut self) {
        self.alarm.lock().sleepers.remove(&self.key);
    }
}
