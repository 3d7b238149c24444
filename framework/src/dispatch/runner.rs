use std::collections::HashMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::dispatch::blocking::{Pool, PoolLimits};
use crate::dispatch::spawn::{Cancel, spawn};
use crate::dispatch::{Dispatch, DispatchPlace};
use crate::problem::Problem;
use crate::waiting::{Alarm, Receiver, Silence, mailbox};
use brrtrouter_transport::{HeaderLine, Status};

/// Runs a handler where its operation wants it.
#[derive(Clone)]
pub(crate) struct Runner {
    place: Place,
    deadline: Option<Deadline>,
}

/// How long a handler may take, and what tells that it is late.
#[derive(Clone)]
struct Deadline {
    after: Duration,
    alarm: &'static Alarm,
}

#[derive(Clone)]
enum Place {
    Inline,
    Coroutine { stack: usize },
    Blocking(Arc<Pool>),
}

/// Makes runners; those that need threads share one pool.
pub(crate) struct Runners<'b> {
    dispatches: &'b HashMap<String, Dispatch>,
    /// Of operations that have none of their own.
    usual: &'b Dispatch,
    limits: PoolLimits,
    pool: Option<Arc<Pool>>,
}

impl<'b> Runners<'b> {
    pub(crate) fn new(
        dispatches: &'b HashMap<String, Dispatch>,
        usual: &'b Dispatch,
        limits: PoolLimits,
    ) -> Self {
        Self {
            dispatches,
            usual,
            limits,
            pool: None,
        }
    }

    /// The runner of that operation.
    ///
    /// # Errors
    ///
    /// The system's, if it refuses a thread.
    pub(crate) fn of(&mut self, operation: &str) -> io::Result<Runner> {
        let dispatch = self.dispatches.get(operation).unwrap_or(self.usual);
        let place = match dispatch.place {
            DispatchPlace::Inline => Place::Inline,
            DispatchPlace::Coroutine { stack } => Place::Coroutine { stack },
            DispatchPlace::Blocking => Place::Blocking(self.pool()?),
        };
        let deadline = match dispatch.deadline {
            None => None,
            Some(after) => Some(Deadline {
                after,
                alarm: Alarm::started()?,
            }),
        };
        Ok(Runner { place, deadline })
    }

    fn pool(&mut self) -> io::Result<Arc<Pool>> {
        if let Some(pool) = &self.pool {
            return Ok(Arc::clone(pool));
        }
        let pool = Arc::new(Pool::start(self.limits)?);
        Ok(Arc::clone(self.pool.insert(pool)))
    }
}

impl Runner {
    /// Runs on threads of its own.
    ///
    /// # Errors
    ///
    /// The system's, if it refuses them.
    pub(crate) fn on_threads(limits: PoolLimits) -> io::Result<Self> {
        Ok(Self {
            place: Place::Blocking(Arc::new(Pool::start(limits)?)),
            deadline: None,
        })
    }

    /// Whether the handler runs on its connection.
    pub(crate) fn is_inline(&self) -> bool {
        matches!(self.place, Place::Inline)
    }

    /// Runs `work` and waits for what it returns. Its panic becomes the caller's.
    ///
    /// # Errors
    ///
    /// 504 at the deadline, 503 if there is no room for it.
    pub(crate) fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R, Problem> {
        let (sender, receiver) = mailbox();
        let run = move || {
            let done = catch_unwind(AssertUnwindSafe(work));
            // Nobody waits any more after the deadline: the answer is dropped.
            sender.send(done);
        };
        match &self.place {
            Place::Inline => {
                run();
                self.wait(&receiver, None)
            }
            Place::Coroutine { stack } => match spawn(*stack, run) {
                Ok(cancel) => self.wait(&receiver, Some(cancel)),
                Err(error) => {
                    log::error!("no coroutine for a handler: {error}");
                    Err(overloaded())
                }
            },
            Place::Blocking(pool) => {
                if !pool.submit(Box::new(run)) {
                    return Err(overloaded());
                }
                self.wait(&receiver, None)
            }
        }
    }

    fn wait<R>(
        &self,
        receiver: &Receiver<thread::Result<R>>,
        cancel: Option<Cancel>,
    ) -> Result<R, Problem> {
        let received = match &self.deadline {
            None => receiver.receive(),
            Some(Deadline { after, alarm }) => receiver.receive_within(*after, alarm),
        };
        match received {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(panic)) => resume_unwind(panic),
            Err(Silence::Late) => {
                if let Some(cancel) = cancel {
                    cancel.cancel();
                }
                Err(Problem::new(Status::GATEWAY_TIMEOUT)
                    .with_detail("the operation took too long"))
            }
            // The work was dropped before it ran to its end, which only a cancellation does.
            Err(Silence::Gone) => Err(Problem::internal(
                "a handler was stopped before it answered",
            )),
        }
    }
}

fn overloaded() -> Problem {
    const RETRY: HeaderLine = HeaderLine::from_static("retry-after: 1\r\n");
    Problem::new(Status::SERVICE_UNAVAILABLE)
        .with_detail("too many requests wait for this operation")
        .with_line(RETRY)
}
