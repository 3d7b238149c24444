use std::fmt::{self, Display};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use brrtrouter_transport::{HeaderLine, Response, Status};
use serde_json::json;

use crate::operations::{Endpoint, Visit};
use crate::problem::Problem;
use crate::reply::content_type;

/// Whether the process lives, and whether it is ready for requests.
///
/// Clones are the same health. It lives as long as it answers; it is ready if its checks succeed and
/// it does not drain. A server says that it drains through
/// [`ServerHandle::on_drain`](brrtrouter_transport::ServerHandle::on_drain):
///
/// ```no_run
/// use std::time::Duration;
/// use brrtrouter::operations::HealthChecks;
/// # use brrtrouter::prelude::*;
/// # fn ping() -> Result<(), String> { Ok(()) }
/// # fn serve(builder: brrtrouter::AppServiceBuilder) -> brrtrouter::Result<()> {
/// let health = HealthChecks::new().with("database", ping).start()?;
/// let service = builder
///     .mount("/livez", health.liveness())
///     .mount("/readyz", health.readiness())
///     .build()?;
/// let server = RawServer::bind("0.0.0.0:8080")?
///     .serve(service)?
///     .on_drain(move || health.start_draining())
///     .drain_after(Duration::from_secs(5));
/// server.join()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Health {
    state: Arc<State>,
}

/// Checks of a [`Health`], before they run.
pub struct HealthChecks {
    checks: Vec<(String, Check)>,
    every: Duration,
}

type Check = Box<dyn Fn() -> Result<(), String> + Send>;

#[derive(Debug, Default)]
struct State {
    is_draining: AtomicBool,
    /// The time between two rounds of checks; zero if there are none.
    every: Duration,
    results: Mutex<Vec<CheckResult>>,
}

/// How a check went.
#[derive(Debug, Clone)]
struct CheckResult {
    name: String,
    is_good: bool,
    /// When it ended; `None` before the first time.
    at: Option<Instant>,
}

impl Health {
    /// A health without checks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether all checks succeeded of late, and it does not drain.
    pub fn is_ready(&self) -> bool {
        let state = &self.state;
        !self.is_draining()
            && lock(&state.results)
                .iter()
                .all(|result| state.is_good(result))
    }

    /// Whether [`start_draining`](Self::start_draining) was called.
    pub fn is_draining(&self) -> bool {
        self.state.is_draining.load(Ordering::Relaxed)
    }

    /// From now on it is not ready, so that no more requests are sent here.
    pub fn start_draining(&self) {
        self.state.is_draining.store(true, Ordering::Relaxed);
    }

    /// Answers 200 as long as the process answers at all.
    pub fn liveness(&self) -> LivenessPage {
        LivenessPage(())
    }

    /// Answers 200 if it [is ready](Self::is_ready), else 503; with each check by name.
    pub fn readiness(&self) -> ReadinessPage {
        ReadinessPage {
            health: self.clone(),
        }
    }
}

impl State {
    /// A result that is older than three rounds is none: its check hangs.
    fn is_good(&self, result: &CheckResult) -> bool {
        let most = self.every.saturating_mul(3).max(Duration::from_secs(1));
        result.is_good && result.at.is_some_and(|at| at.elapsed() <= most)
    }
}

impl HealthChecks {
    /// No checks, to be run every five seconds.
    pub fn new() -> Self {
        Self {
            checks: Vec::new(),
            every: Duration::from_secs(5),
        }
    }

    /// The same with a check of that name. It runs on a thread where it may block; what it says when
    /// it fails goes to the log, not to who asks. One that panics has failed.
    pub fn with<E: Display>(
        mut self,
        name: impl Into<String>,
        check: impl Fn() -> Result<(), E> + Send + 'static,
    ) -> Self {
        let check = move || check().map_err(|error| error.to_string());
        self.checks.push((name.into(), Box::new(check)));
        self
    }

    /// The same with another time between two rounds, at least a millisecond. A check whose last
    /// success is longer ago than three rounds, and a second, counts as failed.
    pub fn every(mut self, time: Duration) -> Self {
        self.every = time.max(Duration::from_millis(1));
        self
    }

    /// Starts the checks on a thread of their own. They end with the last clone of the health.
    ///
    /// # Errors
    ///
    /// The system's, if it refuses a thread.
    pub fn start(self) -> io::Result<Health> {
        let results = self.checks.iter().map(|(name, _)| CheckResult {
            name: name.clone(),
            is_good: false,
            at: None,
        });
        let health = Health {
            state: Arc::new(State {
                is_draining: AtomicBool::new(false),
                every: self.every,
                results: Mutex::new(results.collect()),
            }),
        };
        if !self.checks.is_empty() {
            let state = Arc::downgrade(&health.state);
            thread::Builder::new()
                .name("health".to_owned())
                .spawn(move || self.run(&state))?;
        }
        Ok(health)
    }

    fn run(&self, state: &Weak<State>) {
        loop {
            for (place, (name, check)) in self.checks.iter().enumerate() {
                let checked = catch_unwind(AssertUnwindSafe(check));
                let error = match checked {
                    Ok(Ok(())) => None,
                    Ok(Err(error)) => Some(error),
                    Err(_) => Some("it panicked".to_owned()),
                };
                let Some(state) = state.upgrade() else {
                    return;
                };
                if let Some(result) = lock(&state.results).get_mut(place) {
                    if let Some(error) = &error
                        && (result.is_good || result.at.is_none())
                    {
                        log::warn!("health check {name:?} failed: {error}");
                    }
                    result.is_good = error.is_none();
                    result.at = Some(Instant::now());
                }
            }
            thread::sleep(self.every);
        }
    }
}

impl Default for HealthChecks {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for HealthChecks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.checks.iter().map(|(name, _)| name);
        f.debug_list().entries(names).finish()
    }
}

/// Says that the process lives.
#[derive(Debug, Clone)]
pub struct LivenessPage(());

/// Says whether the process is ready for requests.
#[derive(Debug, Clone)]
pub struct ReadinessPage {
    health: Health,
}

const NO_STORE: HeaderLine = HeaderLine::from_static("cache-control: no-store\r\n");

impl Endpoint for LivenessPage {
    fn answer(&self, visit: Visit<'_, '_>, response: &mut Response) -> Result<(), Problem> {
        visit.expect_get()?;
        response.headers_mut().push_line(&content_type::JSON);
        response.headers_mut().push_line(&NO_STORE);
        response
            .buffer()
            .extend_from_slice(b"{\"status\":\"alive\"}");
        Ok(())
    }
}

impl Endpoint for ReadinessPage {
    fn answer(&self, visit: Visit<'_, '_>, response: &mut Response) -> Result<(), Problem> {
        visit.expect_get()?;
        let health = &self.health;
        let (is_ready, is_draining) = (health.is_ready(), health.is_draining());
        let mut checks = serde_json::Map::new();
        for result in lock(&health.state.results).iter() {
            let word = match (health.state.is_good(result), result.at) {
                (true, _) => "ok",
                (false, None) => "pending",
                (false, Some(_)) => "failed",
            };
            checks.insert(result.name.clone(), word.into());
        }
        let status = match (is_draining, is_ready) {
            (true, _) => "draining",
            (false, true) => "ready",
            (false, false) => "unready",
        };
        if !is_ready {
            response.set_status(Status::SERVICE_UNAVAILABLE);
        }
        response.headers_mut().push_line(&content_type::JSON);
        response.headers_mut().push_line(&NO_STORE);
        let text = json!({ "status": status, "checks": checks }).to_string();
        response.buffer().extend_from_slice(text.as_bytes());
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
