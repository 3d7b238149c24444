//! Moments of the system's monotonic clock.

use std::time::{Duration, Instant};

use nix::time::ClockId;

/// A moment, in nanoseconds since one that is the same for the whole process: cheaper to take apart than
/// an [`Instant`], as whatever happens around every request wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

impl Moment {
    #[inline]
    pub(crate) fn now() -> Self {
        // No system that this runs on is without this clock.
        let time = ClockId::CLOCK_MONOTONIC.now();
        Self(time.map_or(0, |time| {
            (time.tv_sec() as u64)
                .wrapping_mul(1_000_000_000)
                .wrapping_add(time.tv_nsec() as u64)
        }))
    }

    pub(crate) const fn from_nanoseconds(count: u64) -> Self {
        Self(count)
    }

    pub(crate) const fn nanoseconds(self) -> u64 {
        self.0
    }

    /// How much later it is than `earlier`; nothing, if it is not.
    #[inline]
    pub(crate) const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The same moment as the standard library has it.
    pub(crate) fn to_instant(self) -> Instant {
        let ago = Duration::from_nanos(Self::now().since(self));
        let now = Instant::now();
        now.checked_sub(ago).unwrap_or(now)
    }
}
