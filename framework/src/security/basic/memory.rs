use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use blake3::Hash;

use crate::security::Identity;
use crate::security::recent::Recent;

/// Passwords that were right a short while ago, by keyed hashes of them.
pub(super) struct Memory {
    recent: Recent<Remembered>,
    time: Duration,
    /// Counts how often everything was forgotten.
    epoch: AtomicU64,
}

struct Remembered {
    identity: Identity,
    until: Instant,
    epoch: u64,
}

impl Memory {
    pub(super) fn new(passwords: usize, time: Duration) -> Self {
        Self {
            recent: Recent::new(passwords),
            time,
            epoch: AtomicU64::new(0),
        }
    }

    /// To be asked before the users are looked at.
    pub(super) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    pub(super) fn get(&self, key: &Hash, now: Instant) -> Option<Identity> {
        let epoch = self.epoch();
        self.recent.get(key, |one| {
            (one.epoch == epoch && now < one.until).then(|| one.identity.clone())
        })
    }

    /// Remembers what was found out in that epoch.
    pub(super) fn put(&self, key: Hash, identity: Identity, epoch: u64, now: Instant) {
        let remembered = Remembered {
            identity,
            until: now + self.time,
            epoch,
        };
        self.recent.put(key, remembered, |one| one.until <= now);
    }

    pub(super) fn forget(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
    }
}
