use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use brrtrouter_spec::{LoadError, Spec};
use brrtrouter_transport::{Needs, Refusal, Request, Response, Service};

use crate::reload::Changes;
use crate::service::{AppService, AppServiceBuilder, BuildError};

/// A service whose document can be changed while it serves.
///
/// Clones are the same service: one goes to a transport, another one is kept to reload.
#[derive(Clone)]
pub struct ReloadableService {
    shared: Arc<Shared>,
}

struct Shared {
    current: ArcSwap<Snapshot>,
    build: Box<dyn Fn(Spec) -> AppServiceBuilder + Send + Sync>,
    /// Held while one document takes another one's place, so that it happens one by one.
    reloading: Mutex<()>,
    /// Snapshots that requests may still be answered by. They are dropped here, since taking a large
    /// one apart is not for the coroutine that happens to be the last.
    retired: Mutex<Vec<Arc<Snapshot>>>,
}

/// One document and the service over it.
struct Snapshot {
    spec: Spec,
    service: AppService,
}

/// Why a document did not take the place of the one before it, which goes on to serve.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReloadError {
    /// It cannot be read, or is no document that can be used; each fault with its place.
    #[error("{0}")]
    Load(#[from] LoadError),
    /// The service cannot be built over it: a handler is missing, for instance.
    #[error("{0}")]
    Build(#[from] BuildError),
    /// What builds the service, or a part of it, panicked.
    #[error("the service cannot be built: panic: {0}")]
    Panic(String),
}

impl ReloadableService {
    /// A service over `spec`, which `build` makes of it and of every later document.
    ///
    /// Handlers and providers for operations and schemes that a document does not have are dropped, so
    /// `build` can give those for what is still to come; a document that has an operation without one
    /// is not served. It must not reload the service itself.
    ///
    /// Blocks: not to be called on a coroutine.
    ///
    /// # Errors
    ///
    /// [`BuildError`] with all that is missing.
    pub fn new(
        spec: Spec,
        build: impl Fn(Spec) -> AppServiceBuilder + Send + Sync + 'static,
    ) -> Result<Self, BuildError> {
        let service = build(spec.clone()).drop_unknown().build()?;
        Ok(Self {
            shared: Arc::new(Shared {
                current: ArcSwap::from_pointee(Snapshot { spec, service }),
                build: Box::new(build),
                reloading: Mutex::default(),
                retired: Mutex::default(),
            }),
        })
    }

    /// Lets another document take the place of the one that is served. Blocks: not to be called on a
    /// coroutine.
    ///
    /// # Errors
    ///
    /// [`BuildError`] with all that is missing; nothing has changed then.
    pub fn reload(&self, spec: Spec) -> Result<Changes, BuildError> {
        let _alone = hold(&self.shared.reloading);
        self.sweep();
        let service = (self.shared.build)(spec.clone()).drop_unknown().build()?;
        let old = self.snapshot();
        let changes = Changes::between(&old.spec, &spec);
        self.shared
            .current
            .store(Arc::new(Snapshot { spec, service }));
        hold(&self.shared.retired).push(old);
        self.sweep();
        Ok(changes)
    }

    /// The document that is served now.
    pub fn spec(&self) -> Spec {
        self.snapshot().spec.clone()
    }

    /// Drops the snapshots that no request is answered by any more: nobody can come by one that was
    /// replaced and that nobody holds.
    pub(super) fn sweep(&self) {
        // They are dropped without the lock, since handlers and state are others' code.
        let vain: Vec<_> = hold(&self.shared.retired)
            .extract_if(.., |old| Arc::strong_count(old) == 1)
            .collect();
        drop(vain);
    }

    // Not inlined: it looks at thread-local storage, whose address must not outlive a yield of the
    // caller. What it returns belongs to no thread.
    #[inline(never)]
    fn snapshot(&self) -> Arc<Snapshot> {
        self.shared.current.load_full()
    }
}

/// Holds a lock; what a panic left behind it is whole.
fn hold<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Service for ReloadableService {
    fn call(&self, request: &mut Request<'_>, response: &mut Response) {
        self.snapshot().service.call(request, response);
    }

    fn refuse(&self, refusal: &Refusal, response: &mut Response) {
        self.snapshot().service.refuse(refusal, response);
    }

    /// Those of the document that is served now. A transport is not told of what a later one asks for
    /// beyond that: on one without streams an operation that streams is then answered with 500, or with
    /// 501 where the service is built [without](AppServiceBuilder::without_streams) them.
    fn needs(&self) -> Needs {
        self.snapshot().service.needs()
    }
}

impl fmt::Debug for ReloadableService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReloadableService")
            .field("service", &self.snapshot().service)
            .finish_non_exhaustive()
    }
}
