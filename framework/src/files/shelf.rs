use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use brrtrouter_transport::{FileRange, HeaderLine, Payload, Response};
use bytes::Bytes;

/// The most files that are kept open or in memory.
const MOST: usize = 512;

/// The largest file that is kept in memory.
pub(super) const SMALL: u64 = 32 * 1024;

/// How long a file is served without being looked at again.
const FRESH: Duration = Duration::from_secs(1);

/// What was opened of late, read without a lock.
pub(super) struct Shelf {
    files: ArcSwap<HashMap<String, Arc<Found>>>,
    start: Instant,
}

/// A file that can be served.
pub(super) struct Found {
    pub(super) lines: Vec<HeaderLine>,
    pub(super) content: Content,
    /// When it was last looked at, in milliseconds since the start.
    seen: AtomicU64,
}

/// The content of a file.
pub(super) enum Content {
    Small(Bytes),
    Large(FileRange),
}

impl Shelf {
    pub(super) fn new() -> Self {
        Self {
            files: ArcSwap::default(),
            start: Instant::now(),
        }
    }

    /// The file that was found under a key a moment ago.
    // Not inlined: it looks at thread-local storage, whose address must not outlive a yield of the
    // caller. What it returns belongs to no thread.
    #[inline(never)]
    pub(super) fn get(&self, key: &str) -> Option<Arc<Found>> {
        let found = self.files.load().get(key).cloned()?;
        let age = self
            .now()
            .saturating_sub(found.seen.load(Ordering::Relaxed));
        (u128::from(age) < FRESH.as_millis()).then_some(found)
    }

    /// Keeps a file; when there are too many, all that are not fresh go, or all.
    #[inline(never)]
    pub(super) fn put(&self, key: &str, lines: Vec<HeaderLine>, content: Content) -> Arc<Found> {
        let now = self.now();
        let found = Arc::new(Found {
            lines,
            content,
            seen: AtomicU64::new(now),
        });
        self.files.rcu(|files| {
            let mut files = HashMap::clone(files);
            if files.len() >= MOST {
                let fresh = u64::try_from(FRESH.as_millis()).unwrap_or(u64::MAX);
                files.retain(|_, old| now.saturating_sub(old.seen.load(Ordering::Relaxed)) < fresh);
            }
            if files.len() >= MOST {
                files.clear();
            }
            files.insert(key.to_owned(), Arc::clone(&found));
            files
        });
        found
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Found {
    pub(super) fn answer(&self, response: &mut Response) {
        for line in &self.lines {
            response.headers_mut().push_line(line);
        }
        response.set_payload(match &self.content {
            Content::Small(bytes) => Payload::Bytes(bytes.clone()),
            Content::Large(range) => Payload::File(range.clone()),
        });
    }
}
