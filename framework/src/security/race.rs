use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::dispatch::Pool;
use crate::security::check::{Check, Failure};
use crate::security::head::{Head, OwnedHead};
use crate::security::plan::{Joined, Refusal};
use crate::security::{Credential, Denial, Identity};
use crate::waiting::{Alarm, Sender, mailbox};

/// Runs providers that block beside one another, on threads.
///
/// Whatever order they end in, the outcome is that of running all in the order of the document: the
/// first alternative that succeeds is taken, and only when none does is it said why.
pub(super) struct Race {
    pool: Arc<Pool>,
    deadline: Duration,
    alarm: &'static Alarm,
}

type Verdict = Result<Identity, Failure>;

/// What is known of the checks of one alternative.
struct Lane<'p> {
    checks: &'p [Arc<Check>],
    verdicts: Vec<Option<Verdict>>,
    /// Whether it failed before anything had to be started.
    is_spared: bool,
}

/// Work in progress; to drop it tells all that still run that nobody waits.
struct Running {
    sender: Sender<(usize, usize, Verdict)>,
    head: Arc<OwnedHead>,
    cancelled: Arc<AtomicBool>,
}

impl Race {
    /// # Errors
    ///
    /// The system's, if it refuses a thread.
    pub(super) fn new(pool: Arc<Pool>, deadline: Duration) -> io::Result<Self> {
        Ok(Self {
            pool,
            deadline,
            alarm: Alarm::started()?,
        })
    }

    pub(super) fn run<'p>(
        &self,
        alternatives: &'p [Vec<Arc<Check>>],
        head: &Head<'_>,
        refusal: &mut Refusal<'p>,
    ) -> Option<Option<Identity>> {
        let (sender, receiver) = mailbox();
        let mut running = None;
        let mut lanes: Vec<Lane<'p>> = Vec::with_capacity(alternatives.len());
        for checks in alternatives {
            let mut lane = Lane::start(checks, head);
            let succeeds = lane.has_succeeded();
            if !succeeds && !lane.is_spared {
                let number = lanes.len();
                let running = running.get_or_insert_with(|| Running::new(&sender, head));
                self.start(number, &mut lane, head, running);
            }
            lanes.push(lane);
            if succeeds {
                // Those that come after it cannot win.
                break;
            }
        }
        drop(sender);
        let begun = Instant::now();
        while !is_decided(&lanes) {
            match receiver.receive_within(self.deadline.saturating_sub(begun.elapsed()), self.alarm)
            {
                Ok((lane, check, verdict)) => set(&mut lanes, lane, check, verdict),
                Err(_) => lanes.iter_mut().for_each(Lane::give_up),
            }
        }
        drop(running);
        for lane in lanes {
            match lane.outcome() {
                Ok(identity) => return Some(identity),
                Err((check, failure)) => refusal.note(check, failure),
            }
        }
        None
    }

    /// Starts the checks of a lane that can still succeed.
    fn start(&self, number: usize, lane: &mut Lane<'_>, head: &Head<'_>, running: &Running) {
        for (index, check) in lane.checks.iter().enumerate() {
            let Some(verdict @ None) = lane.verdicts.get_mut(index) else {
                continue;
            };
            let Some(value) = check.find(head) else {
                continue;
            };
            let job = running.job(number, index, Arc::clone(check), value.into_owned());
            if !self.pool.submit(job) {
                let denial = Denial::unavailable("there is no thread to run its provider on");
                *verdict = Some(Err(Failure::of(denial)));
            }
        }
    }
}

impl<'p> Lane<'p> {
    /// Asks all that can answer at once: first those that do not block, then the memory of those
    /// that do. The first that fails spares the rest.
    fn start(checks: &'p [Arc<Check>], head: &Head<'_>) -> Self {
        let mut lane = Self {
            checks,
            verdicts: Vec::new(),
            is_spared: false,
        };
        lane.verdicts.resize_with(checks.len(), || None);
        for blocks in [false, true] {
            for (check, slot) in checks.iter().zip(&mut lane.verdicts) {
                if check.blocks() != blocks {
                    continue;
                }
                let verdict = match (blocks, check.find(head)) {
                    (_, None) => Some(Err(Failure::MISSING)),
                    (false, Some(_)) => Some(check.run(head)),
                    (true, Some(value)) => check.recall(&value, head),
                };
                *slot = verdict;
                if matches!(slot, Some(Err(_))) {
                    lane.is_spared = true;
                    return lane;
                }
            }
        }
        lane
    }

    fn has_failed(&self) -> bool {
        self.verdicts.iter().any(|one| matches!(one, Some(Err(_))))
    }

    fn has_succeeded(&self) -> bool {
        self.verdicts.iter().all(|one| matches!(one, Some(Ok(_))))
    }

    /// Whether it is known which check has failed first, in the order of the document.
    fn knows_why(&self) -> bool {
        let mut rest = self.verdicts.iter();
        self.is_spared || matches!(rest.find(|one| !matches!(one, Some(Ok(_)))), Some(Some(_)))
    }

    /// Counts what has not answered in time as not to be had.
    fn give_up(&mut self) {
        for verdict in self.verdicts.iter_mut().filter(|one| one.is_none()) {
            let denial = Denial::unavailable("its provider did not answer in time");
            *verdict = Some(Err(Failure::of(denial)));
        }
    }

    fn outcome(self) -> Result<Option<Identity>, (&'p Check, Failure)> {
        let mut joined = Joined::default();
        let mut unanswered = None;
        for (check, verdict) in self.checks.iter().zip(self.verdicts) {
            match verdict {
                Some(Ok(identity)) => joined.add(identity),
                Some(Err(failure)) => return Err((check, failure)),
                // Spared, since one of the others has failed; if none has, nobody is let in.
                None => unanswered = unanswered.or(Some(&**check)),
            }
        }
        match unanswered {
            None => Ok(joined.identity()),
            Some(check) => {
                let denial = Denial::unavailable("its provider has not answered");
                Err((check, Failure::of(denial)))
            }
        }
    }
}

/// Whether the outcome cannot change any more.
fn is_decided(lanes: &[Lane<'_>]) -> bool {
    for lane in lanes {
        if lane.has_succeeded() {
            return true;
        }
        if !lane.has_failed() {
            return false;
        }
    }
    lanes.iter().all(Lane::knows_why)
}

fn set(lanes: &mut [Lane<'_>], lane: usize, check: usize, verdict: Verdict) {
    let slot = lanes
        .get_mut(lane)
        .and_then(|lane| lane.verdicts.get_mut(check));
    if let Some(slot) = slot {
        *slot = Some(verdict);
    }
}

impl Running {
    fn new(sender: &Sender<(usize, usize, Verdict)>, head: &Head<'_>) -> Self {
        Self {
            sender: sender.clone(),
            head: Arc::new(OwnedHead::of(head)),
            cancelled: Arc::default(),
        }
    }

    fn job(
        &self,
        lane: usize,
        index: usize,
        check: Arc<Check>,
        value: String,
    ) -> Box<dyn FnOnce() + Send> {
        let sender = self.sender.clone();
        let (head, cancelled) = (Arc::clone(&self.head), Arc::clone(&self.cancelled));
        Box::new(move || {
            if cancelled.load(Ordering::Relaxed) {
                return;
            }
            let verdict = catch_unwind(AssertUnwindSafe(|| {
                head.lend(|head| {
                    let credential = Credential::new(check.scheme(), &value, head);
                    check.verify(&credential.cancelled_by(&cancelled))
                })
            }));
            let verdict = verdict.unwrap_or_else(|_| {
                let denial = Denial::unavailable("its provider panicked");
                Err(Failure::of(denial))
            });
            // Nobody waits any more once the request is answered.
            sender.send((lane, index, verdict));
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}
