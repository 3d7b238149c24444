use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use blake3::Hash;

use crate::security::Denial;
use crate::security::jwt::keys::KeySet;
use crate::waiting::{Alarm, Sender, mailbox};

/// Keys of an issuer that are fetched (a JSON Web Key Set, RFC 7517 §5), and fetched again before they
/// grow old. Clones share them.
///
/// They are fetched on a thread of their own, one fetch at a time. A request with a key that is not
/// known waits for a new fetch, and all such requests for the same one; how often they may cause one
/// is bounded. While fetching fails, the keys that are there are used until they are too old, and then
/// none: requests are answered 503.
#[derive(Clone)]
pub struct Jwks {
    shared: Arc<Shared>,
}

/// When keys are fetched, and how long they are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct JwksTimes {
    /// How long keys are used before they are fetched again; 10 minutes unless said otherwise.
    pub fresh: Duration,
    /// How long they are used beyond that while they cannot be fetched; 1 hour unless said otherwise.
    pub stale: Duration,
    /// The time that lies between two fetches at least, whatever asks for them; 30 seconds unless
    /// said otherwise.
    pub pause: Duration,
    /// How long a request waits for a fetch; 5 seconds unless said otherwise.
    pub patience: Duration,
}

impl Default for JwksTimes {
    fn default() -> Self {
        Self {
            fresh: Duration::from_secs(600),
            stale: Duration::from_secs(3600),
            pause: Duration::from_secs(30),
            patience: Duration::from_secs(5),
        }
    }
}

/// Why there are no keys at the start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JwksError {
    /// They could not be fetched.
    #[error("the keys cannot be fetched: {0}")]
    Fetch(Box<dyn Error + Send + Sync>),
    /// What was fetched has no key that a signature can be verified with.
    #[error("the key set that was fetched has no key to verify a signature with")]
    Empty,
    /// What was fetched is no key set.
    #[error(transparent)]
    Malformed(#[from] super::KeyError),
    /// A URL is neither HTTPS nor one of this machine.
    #[error("keys are not fetched from {url:?}, which is neither HTTPS nor on this machine")]
    Insecure {
        /// The URL.
        url: String,
    },
    /// The issuer's description does not belong to its address.
    #[error("{url:?} describes the issuer {issuer:?}, whose description is not to be found there")]
    WrongIssuer {
        /// Where the description was found.
        url: String,
        /// Whom it describes.
        issuer: String,
    },
    /// The system refused a thread.
    #[error("no thread could be started: {0}")]
    Thread(std::io::Error),
}

/// Keys as they were fetched once.
pub(super) struct Snapshot {
    pub(super) keys: KeySet,
    /// Counts how often the keys have changed.
    pub(super) generation: u64,
    content: Hash,
    fetched: Instant,
}

struct Shared {
    snapshot: ArcSwapOption<Snapshot>,
    times: JwksTimes,
    alarm: &'static Alarm,
    /// Held for a look, never across a wait.
    asked: Mutex<Asked>,
    wake: SyncSender<()>,
}

/// What requests have asked of the thread.
#[derive(Default)]
struct Asked {
    is_fetching: bool,
    /// When the last fetch was begun.
    begun: Option<Instant>,
    /// Requests that wait for the end of the fetch.
    waiting: Vec<Sender<()>>,
}

type Fetched = Result<Vec<u8>, Box<dyn Error + Send + Sync>>;

impl Jwks {
    /// Keys that `fetch` brings, which runs on a thread of its own and may block there; it has to come
    /// to an end by itself. The first fetch is waited for: not to be called on a coroutine.
    ///
    /// # Errors
    ///
    /// [`JwksError`] if the first fetch brings no key.
    pub fn fetched_by(
        times: JwksTimes,
        mut fetch: impl FnMut() -> Fetched + Send + 'static,
    ) -> Result<Self, JwksError> {
        let (wake, woken) = sync_channel(1);
        let shared = Arc::new(Shared {
            snapshot: ArcSwapOption::empty(),
            times,
            alarm: Alarm::started().map_err(JwksError::Thread)?,
            asked: Mutex::default(),
            wake,
        });
        let (first, begun) = sync_channel(1);
        let keys = Arc::downgrade(&shared);
        thread::Builder::new()
            .name("jwks".to_owned())
            .spawn(move || {
                if let Some(shared) = keys.upgrade() {
                    let outcome = shared.refresh(&mut fetch);
                    let failed = outcome.is_err();
                    // Whoever starts it waits.
                    let _ = first.send(outcome);
                    if failed {
                        return;
                    }
                }
                run(&keys, &woken, &mut fetch);
            })
            .map_err(JwksError::Thread)?;
        match begun.recv() {
            Ok(outcome) => outcome.map(|()| Self { shared }),
            Err(_) => Err(JwksError::Fetch(
                "the thread that fetches them has ended".into(),
            )),
        }
    }

    /// Which keys there are; `None` if they are too old.
    pub(super) fn generation(&self) -> Option<u64> {
        let snapshot = self.shared.snapshot.load();
        let snapshot = snapshot.as_ref()?;
        self.shared
            .is_usable(snapshot)
            .then_some(snapshot.generation)
    }

    /// Keys of which `fits` is true, fetched again if it is not; those that there are if it is not true
    /// of these either. May wait, as a coroutine where it runs on one.
    pub(super) fn holding(&self, fits: impl Fn(&KeySet) -> bool) -> Result<Arc<Snapshot>, Denial> {
        let usable = || {
            let snapshot = self.shared.snapshot.load_full();
            snapshot.filter(|one| self.shared.is_usable(one))
        };
        let seen = usable();
        if let Some(snapshot) = seen.as_ref().filter(|one| fits(&one.keys)) {
            return Ok(Arc::clone(snapshot));
        }
        self.shared.wait_for_fetch(seen.as_ref());
        usable().ok_or(Denial::unavailable("the issuer's keys are too old"))
    }
}

impl Shared {
    fn is_usable(&self, snapshot: &Snapshot) -> bool {
        snapshot.fetched.elapsed() <= self.times.fresh.saturating_add(self.times.stale)
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the fetch in progress, or for a new one if it is time for that. Not if there is more
    /// by now than was `seen`.
    fn wait_for_fetch(&self, seen: Option<&Arc<Snapshot>>) {
        let receiver = {
            let mut asked = self.asked();
            if !asked.is_fetching {
                let here = self.snapshot.load();
                let is_seen = match (seen, &*here) {
                    (Some(seen), Some(here)) => Arc::ptr_eq(seen, here),
                    // What is too old was not seen.
                    (None, Some(here)) => !self.is_usable(here),
                    (_, None) => true,
                };
                if !is_seen {
                    return;
                }
                if asked
                    .begun
                    .is_some_and(|one| one.elapsed() < self.times.pause)
                {
                    return;
                }
                asked.is_fetching = true;
                asked.begun = Some(Instant::now());
                // Full means that the thread has yet to look.
                let _ = self.wake.try_send(());
            }
            let (sender, receiver) = mailbox();
            asked.waiting.push(sender);
            receiver
        };
        // After that the keys that there are have to do.
        let _ = receiver.receive_within(self.times.patience, self.alarm);
    }

    /// Fetches once and tells all that wait.
    fn refresh(&self, fetch: &mut impl FnMut() -> Fetched) -> Result<(), JwksError> {
        {
            let mut asked = self.asked();
            asked.is_fetching = true;
            asked.begun = Some(Instant::now());
        }
        let fetched = catch_unwind(AssertUnwindSafe(fetch));
        let fetched = fetched.unwrap_or_else(|_| Err("what fetches them panicked".into()));
        let outcome = self.take_in(fetched);
        let waiting = {
            let mut asked = self.asked();
            asked.is_fetching = false;
            std::mem::take(&mut asked.waiting)
        };
        for one in waiting {
            one.send(());
        }
        outcome
    }

    fn take_in(&self, fetched: Fetched) -> Result<(), JwksError> {
        let content = fetched.map_err(JwksError::Fetch)?;
        let keys = KeySet::new().jwks(&content)?;
        if keys.is_empty() {
            return Err(JwksError::Empty);
        }
        let content = blake3::hash(&content);
        let known = self.snapshot.load_full();
        let generation = match &known {
            None => 1,
            Some(known) if known.content == content => known.generation,
            Some(known) => known.generation.wrapping_add(1),
        };
        self.snapshot.store(Some(Arc::new(Snapshot {
            keys,
            generation,
            content,
            fetched: Instant::now(),
        })));
        Ok(())
    }
}

/// Fetches when it is time or asked for, as long as anybody has the keys.
fn run(keys: &Weak<Shared>, woken: &Receiver<()>, fetch: &mut impl FnMut() -> Fetched) {
    let Some(times) = keys.upgrade().map(|shared| shared.times) else {
        return;
    };
    let mut due = Instant::now() + times.fresh;
    loop {
        let is_asked = match woken.recv_timeout(due.saturating_duration_since(Instant::now())) {
            Ok(()) => true,
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let Some(shared) = keys.upgrade() else {
            return;
        };
        if is_asked && !shared.asked().is_fetching {
            // The fetch that was asked for has been made meanwhile, since it was time.
            continue;
        }
        let next = match shared.refresh(fetch) {
            Ok(()) => times.fresh,
            Err(error) => {
                log::warn!("keys of tokens: {error}");
                times.pause
            }
        };
        due = Instant::now() + next;
    }
}

impl fmt::Debug for Jwks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let snapshot = self.shared.snapshot.load();
        f.debug_struct("Jwks")
            .field("keys", &snapshot.as_ref().map(|one| &one.keys))
            .finish_non_exhaustive()
    }
}
