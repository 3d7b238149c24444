use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use brrtrouter_transport::{FileRange, HeaderLine, Payload, Response};
use bytes::Bytes;

use crate::files::look::Look;
use crate::files::memory::Copied;

/// The most files that are kept open or in memory.
const MOST: usize = 512;

/// The largest file that is kept in this program's own memory.
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
    /// What it looked like.
    pub(super) look: Look,
    /// When it was last looked at, in milliseconds since the start.
    seen: AtomicU64,
}

/// The content of a file.
pub(super) enum Content {
    Small(Bytes),
    Copied(Copied),
    Large(FileRange),
}

impl Shelf {
    pub(super) fn new() -> Self {
        Self {
            files: ArcSwap::default(),
            start: Instant::now(),
        }
    }

    /// The file that was found under a key a moment ago. `None` means to look again: that is told to one
    /// of those who ask when the moment is over, and the others have what there is while it does.
    // Not inlined: it looks at thread-local storage, whose address must not outlive a yield of the
    // caller. What it returns belongs to no thread.
    #[inline(never)]
    pub(super) fn get(&self, key: &str) -> Option<Arc<Found>> {
        let found = self.files.load().get(key).cloned()?;
        let (now, seen) = (self.now(), found.seen.load(Ordering::Relaxed));
        let is_mine = || {
            let claim =
                found
                    .seen
                    .compare_exchange(seen, now, Ordering::Relaxed, Ordering::Relaxed);
            claim.is_ok()
        };
        (is_fresh(seen, now) || !is_mine()).then_some(found)
    }

    /// What was found under a key, however long ago.
    #[inline(never)]
    pub(super) fn last(&self, key: &str) -> Option<Arc<Found>> {
        self.files.load().get(key).cloned()
    }

    /// Keeps a file; when there are too many, all that are not fresh go, or all.
    #[inline(never)]
    pub(super) fn put(
        &self,
        key: &str,
        look: Look,
        lines: Vec<HeaderLine>,
        content: Content,
    ) -> Arc<Found> {
        let now = self.now();
        let found = Arc::new(Found {
            lines,
            content,
            look,
            seen: AtomicU64::new(now),
        });
        self.files.rcu(|files| {
            let mut files = HashMap::clone(files);
            if files.len() >= MOST {
                files.retain(|_, old| old.is_fresh(now));
            }
            if files.len() >= MOST {
                files.clear();
            }
            files.insert(key.to_owned(), Arc::clone(&found));
            files
        });
        found
    }

    /// Forgets what was found under a key.
    #[inline(never)]
    pub(super) fn forget(&self, key: &str) {
        self.keep(|own, _| own != key);
    }

    /// Forgets all copies that nobody has asked for of late.
    #[inline(never)]
    pub(super) fn forget_copies(&self) {
        let now = self.now();
        self.keep(|_, found| !matches!(found.content, Content::Copied(_)) || found.is_fresh(now));
    }

    fn keep(&self, is_kept: impl Fn(&str, &Found) -> bool) {
        let all = |files: &HashMap<String, Arc<Found>>| {
            files.iter().all(|(key, found)| is_kept(key, found))
        };
        if all(&self.files.load()) {
            return;
        }
        self.files.rcu(|files| {
            let mut files = HashMap::clone(files);
            files.retain(|key, found| is_kept(key, found));
            files
        });
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

fn is_fresh(seen: u64, now: u64) -> bool {
    u128::from(now.saturating_sub(seen)) < FRESH.as_millis()
}

impl Found {
    fn is_fresh(&self, now: u64) -> bool {
        is_fresh(self.seen.load(Ordering::Relaxed), now)
    }

    pub(super) fn answer(&self, response: &mut Response) {
        for line in &self.lines {
            response.headers_mut().push_line(line);
        }
        response.set_payload(match &self.content {
            Content::Small(bytes) => Payload::Bytes(bytes.clone()),
            Content::Copied(copy) => Payload::File(copy.range().clone()),
            Content::Large(range) => Payload::File(range.clone()),
        });
    }
}
