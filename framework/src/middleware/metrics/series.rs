use std::sync::atomic::{AtomicU64, Ordering};

use brrtrouter_transport::Status;

/// What is counted of one operation.
pub(super) struct Series {
    pub(super) method: String,
    pub(super) route: String,
    classes: [AtomicU64; 5],
    /// How many took no longer than each bound and longer than the one before; the last is beyond
    /// all.
    buckets: Box<[AtomicU64]>,
    nanoseconds: AtomicU64,
}

/// What a series held at one moment.
pub(super) struct Counts {
    pub(super) classes: [u64; 5],
    pub(super) buckets: Vec<u64>,
    pub(super) seconds: f64,
}

impl Series {
    pub(super) fn new(method: &str, route: &str, bounds: usize) -> Self {
        Self {
            method: method.to_owned(),
            route: route.to_owned(),
            classes: Default::default(),
            buckets: (0..=bounds).map(|_| AtomicU64::new(0)).collect(),
            nanoseconds: AtomicU64::new(0),
        }
    }

    /// Counts one request.
    pub(super) fn count(&self, status: Status, nanoseconds: u64, bounds: &[u64]) {
        let class = usize::from(status.code() / 100).saturating_sub(1);
        let bucket = bounds.iter().position(|bound| nanoseconds <= *bound);
        let bucket = bucket.unwrap_or(bounds.len());
        let counters = [self.classes.get(class), self.buckets.get(bucket)];
        for counter in counters.into_iter().flatten() {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        self.nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    pub(super) fn counts(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            classes: self.classes.each_ref().map(read),
            buckets: self.buckets.iter().map(read).collect(),
            seconds: read(&self.nanoseconds) as f64 / 1e9,
        }
    }

    /// Whether anything was counted.
    pub(super) fn is_used(&self) -> bool {
        self.classes
            .iter()
            .any(|class| class.load(Ordering::Relaxed) > 0)
    }
}
