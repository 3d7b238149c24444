use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use brrtrouter_transport::{HeaderLine, Request, Response, Status};

use crate::middleware::{Middleware, Next};
use crate::problem::Problem;

/// Answers 503 while more than so many requests are being answered.
///
/// What is further in is counted, so a limit inside another one is the limit of a part. A stream
/// counts until its head is written.
#[derive(Debug, Clone)]
pub struct ConcurrencyLimitMiddleware {
    most: usize,
    under_way: Arc<AtomicUsize>,
}

impl ConcurrencyLimitMiddleware {
    /// At most so many at once.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            under_way: Arc::default(),
        }
    }

    /// How many are being answered now.
    pub fn under_way(&self) -> usize {
        self.under_way.load(Ordering::Relaxed)
    }
}

/// Counts one request until it is dropped, be it by a coroutine that is told to end.
pub(super) struct Counted<'c>(&'c AtomicUsize);

impl<'c> Counted<'c> {
    pub(super) fn new(count: &'c AtomicUsize) -> (Self, usize) {
        let before = count.fetch_add(1, Ordering::Relaxed);
        (Self(count), before)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Middleware for ConcurrencyLimitMiddleware {
    fn handle(&self, request: &mut Request<'_>, response: &mut Response, next: Next<'_>) {
        const RETRY: HeaderLine = HeaderLine::from_static("retry-after: 1\r\n");

        let (_counted, before) = Counted::new(&self.under_way);
        if before < self.most {
            next.run(request, response);
            return;
        }
        let problem = Problem::new(Status::SERVICE_UNAVAILABLE)
            .with_detail("too many requests are being answered")
            .with_line(RETRY);
        next.refuse(&problem, response);
    }
}
