use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ahash::RandomState;

use crate::clock::Moment;
use crate::middleware::rate_limit::{Quota, RateKey, RateStore};

/// How many slots a key may stand in.
const WAYS: usize = 8;

/// The buckets of one process, in memory of a fixed size, without a lock.
///
/// A slot holds the time at which its bucket will be full again (the generic cell rate algorithm), so
/// one whose time has passed is free for another key. Where all slots that a key may have are taken by
/// others, it shares the one that is free soonest: there may be too little for the two, never too
/// much.
pub struct LocalBuckets {
    slots: Box<[Slot]>,
    hasher: RandomState,
}

#[derive(Default)]
struct Slot {
    /// The hash of the key; 0 is nobody.
    owner: AtomicU64,
    /// When the bucket is full, in nanoseconds of the clock.
    full_at: AtomicU64,
}

impl LocalBuckets {
    /// Room for 65,536 clients that ask at the same time, in 1 MiB.
    pub fn new() -> Self {
        Self::with_room(65_536)
    }

    /// Room for so many clients, rounded up to a power of two; 16 bytes for each.
    pub fn with_room(clients: usize) -> Self {
        let room = clients.clamp(WAYS, 1 << 28).next_power_of_two();
        Self {
            slots: (0..room).map(|_| Slot::default()).collect(),
            hasher: RandomState::new(),
        }
    }

    /// Takes a token at a moment that is known.
    pub(super) fn take_by(&self, key: RateKey, quota: &Quota, now: Moment) -> Result<(), Duration> {
        self.take_at(key, quota, now.nanoseconds())
    }

    fn take_at(&self, key: RateKey, quota: &Quota, now: u64) -> Result<(), Duration> {
        // Both halves of a key that is a hash are random, and of one that is an address only one is used.
        let half = (key.number() >> 64) as u64 ^ key.number() as u64;
        let hash = self.hasher.hash_one(half).max(1);
        let Some(slot) = self.slot(hash, now) else {
            return Ok(());
        };
        let (interval, capacity) = (quota.interval, quota.capacity);
        let taken = slot
            .full_at
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |full_at| {
                let full_at = full_at.max(now).saturating_add(interval);
                (full_at - now <= capacity).then_some(full_at)
            });
        match taken {
            Ok(_) => Ok(()),
            Err(full_at) => {
                let full_at = full_at.max(now).saturating_add(interval);
                Err(Duration::from_nanos(full_at - now - capacity))
            }
        }
    }

    /// The slot of a key: its own, or a free one, or the one that is free soonest.
    fn slot(&self, hash: u64, now: u64) -> Option<&Slot> {
        // There is a power of two of slots.
        let first = hash as usize & (self.slots.len() - WAYS);
        let set = self.slots.get(first..first + WAYS)?;
        if let Some(own) = set.iter().find(|slot| slot.owner() == hash) {
            return Some(own);
        }
        let soonest = set.iter().min_by_key(|slot| slot.full_at())?;
        if soonest.full_at() <= now {
            // Should another key be faster, the two share the slot for once.
            soonest.owner.store(hash, Ordering::Relaxed);
        }
        Some(soonest)
    }
}

impl Slot {
    fn owner(&self) -> u64 {
        self.owner.load(Ordering::Relaxed)
    }

    fn full_at(&self) -> u64 {
        self.full_at.load(Ordering::Relaxed)
    }
}

impl RateStore for LocalBuckets {
    fn take(&self, key: RateKey, quota: &Quota) -> Result<(), Duration> {
        self.take_by(key, quota, Moment::now())
    }
}

pub(super) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

impl Default for LocalBuckets {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for LocalBuckets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalBuckets")
            .field("room", &self.slots.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn quota(interval: Duration, burst: u32) -> Quota {
        Quota::new(interval, burst)
    }

    #[test]
    fn a_bucket_empties_and_fills_one_by_one() {
        let buckets = LocalBuckets::with_room(64);
        let quota = quota(Duration::from_secs(1), 3);
        let take = |at| buckets.take_at(RateKey(7), &quota, at);
        assert_eq!([take(0), take(0), take(0)], [Ok(()); 3]);
        assert_eq!(take(0), Err(Duration::from_secs(1)));
        assert_eq!(take(SECOND / 4), Err(Duration::from_millis(750)));
        assert_eq!(take(SECOND), Ok(()));
        assert_eq!(take(SECOND), Err(Duration::from_secs(1)));
        assert_eq!([take(9 * SECOND), take(9 * SECOND)], [Ok(()); 2]);
    }

    #[test]
    fn keys_have_buckets_of_their_own() {
        let buckets = LocalBuckets::with_room(1 << 16);
        let quota = quota(Duration::from_secs(1), 1);
        for key in 0..1000 {
            assert_eq!(buckets.take_at(RateKey(key), &quota, 0), Ok(()), "{key}");
        }
        for key in 0..1000 {
            assert!(buckets.take_at(RateKey(key), &quota, 0).is_err(), "{key}");
        }
    }

    #[test]
    fn more_clients_than_room_never_get_more_than_their_share() {
        let buckets = LocalBuckets::with_room(8);
        let quota = quota(Duration::from_secs(1), 1);
        let granted = (0..1000)
            .filter(|key| buckets.take_at(RateKey(*key), &quota, 0).is_ok())
            .count();
        assert_eq!(granted, 8);
        assert_eq!(buckets.take_at(RateKey(5000), &quota, 2 * SECOND), Ok(()));
    }
}
