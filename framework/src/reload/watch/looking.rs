use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use brrtrouter_spec::{LoadError, Loader, Spec};

use crate::reload::watch::bell::{Bell, Heard};
use crate::reload::watch::files::Files;
use crate::reload::{Changes, ReloadError, ReloadableService};

/// How long files must be left alone before they are read: an editor saves in several steps.
const QUIET: Duration = Duration::from_millis(50);

/// How long at most that is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often files are looked at without being told to, where the system tells nothing of them.
const ROUND: Duration = Duration::from_secs(2);

/// How often a document is read again that changes while it is read.
const ATTEMPTS: usize = 8;

/// What the thread does.
pub(super) struct Looking<F> {
    loader: Loader,
    files: Files,
    /// Those of the last document that could be read. One that cannot be may be cut off.
    sound: Vec<PathBuf>,
    service: ReloadableService,
    on_reload: F,
}

impl<F: FnMut(Result<Changes, ReloadError>)> Looking<F> {
    pub(super) fn new(
        loader: Loader,
        files: Files,
        service: ReloadableService,
        on_reload: F,
    ) -> Self {
        Self {
            loader,
            files,
            sound: service.spec().files,
            service,
            on_reload,
        }
    }

    pub(super) fn run(mut self, bell: &Bell) {
        // The document may have been saved since the service was built, and since it is watched.
        let mut is_due = self.files.have_changed() | !self.is_served();
        loop {
            if is_due {
                if !settle(bell) {
                    return;
                }
                let loaded = self.load();
                self.reload(loaded);
            }
            match bell.wait(ROUND) {
                Heard::End => return,
                Heard::Ring => {}
                Heard::Nothing => {
                    self.service.sweep();
                    self.files.watch_folders();
                }
            }
            is_due = self.files.have_changed();
        }
    }

    /// Whether the document is the one that is served.
    fn is_served(&mut self) -> bool {
        let served = self.service.spec();
        let loaded = self.loader.load(self.files.entry());
        loaded.is_ok_and(|spec| spec.document.root() == served.document.root())
    }

    /// Reads the document as it is once its files no longer change.
    fn load(&mut self) -> Result<Spec, LoadError> {
        let mut attempts = 1;
        loop {
            self.files.look_again();
            let loaded = self.loader.load(self.files.entry());
            let has_more = match &loaded {
                Ok(spec) => {
                    self.sound.clone_from(&spec.files);
                    self.files.follow(&spec.files)
                }
                Err(error) => {
                    // What cannot be read has to be looked after as well: it may be the cause.
                    let all = self.sound.iter().chain(error.files());
                    self.files.follow(&all.cloned().collect::<Vec<_>>())
                }
            };
            // What is new was read before it was looked at.
            if attempts == ATTEMPTS || !(has_more || self.files.have_changed()) {
                return loaded;
            }
            attempts += 1;
        }
    }

    fn reload(&mut self, loaded: Result<Spec, LoadError>) {
        let reloaded = loaded.map_err(ReloadError::from).and_then(|spec| {
            let reload = AssertUnwindSafe(|| self.service.reload(spec));
            match catch_unwind(reload) {
                Ok(reloaded) => reloaded.map_err(ReloadError::from),
                Err(panic) => Err(ReloadError::Panic(crate::panics::message(&*panic).into())),
            }
        });
        let tell = AssertUnwindSafe(|| (self.on_reload)(reloaded));
        if let Err(panic) = catch_unwind(tell) {
            let message = crate::panics::message(&*panic);
            log::error!("whoever is told of reloads has panicked: {message}");
        }
    }
}

/// Waits until nothing happens for a while; `false` if the watch is over.
fn settle(bell: &Bell) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        match bell.wait(QUIET) {
            Heard::Ring => {}
            Heard::Nothing => return true,
            Heard::End => return false,
        }
    }
    true
}
