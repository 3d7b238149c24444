use std::sync::atomic::{AtomicU64, Ordering};

use crate::middleware::request_id::random_number;

/// Numbers that look random, none of them 0, without a lock: a count from a random start, stirred
/// (SplitMix64).
pub(super) struct Numbers {
    state: AtomicU64,
}

impl Numbers {
    pub(super) fn new() -> Self {
        Self {
            state: AtomicU64::new(random_number()),
        }
    }

    pub(super) fn next(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

        let mut number = self.state.fetch_add(STEP, Ordering::Relaxed);
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (number ^ (number >> 31)).max(1)
    }
}
