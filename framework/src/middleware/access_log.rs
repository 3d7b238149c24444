//! A line for each request.
//!
//! | module | holds |
//! |---|---|
//! | `entry` | what a line says |
//!
//! How a line looks and who writes it is [`logging`](crate::logging)'s.

mod entry;

use std::io;
use std::sync::Arc;

use brrtrouter_spec::Spec;
use brrtrouter_spec::model::OperationId;
use brrtrouter_transport::{Request, Response};

use crate::logging::{LogFormat, LogWriter};
use crate::middleware::{Middleware, Next};

/// Logs each request once it is answered: when, what, who, how it went and how long it took.
///
/// ```no_run
/// use brrtrouter::middleware::AccessLogMiddleware;
///
/// let log = AccessLogMiddleware::json(std::io::stdout())?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// | field | is |
/// |---|---|
/// | `time` | when the answer was ready, in UTC with milliseconds |
/// | `method`, `path` | as they were sent; the query is left out, since keys may stand there |
/// | `operation`, `route` | `operationId` and template, where the document has them |
/// | `status`, `bytes` | of the answer; a stream's bytes are not known yet |
/// | `seconds` | from the first look at the request to the answer |
/// | `client` | the address that [`ClientAddressMiddleware`](crate::middleware::ClientAddressMiddleware) found, or the connection's |
/// | `id`, `trace`, `span` | of [`RequestIdMiddleware`](crate::middleware::RequestIdMiddleware) and [`TracingMiddleware`](crate::middleware::TracingMiddleware), if they stand further out |
/// | `subject` | who asked, where security established it |
/// | `agent` | `User-Agent` |
///
/// Lines are made on the coroutine that answers and written by a thread. When some 8,192 of them wait, or
/// 2 MiB of one thread's, more are dropped and counted: no request ever waits for its log.
#[derive(Debug, Clone)]
pub struct AccessLogMiddleware {
    writer: Arc<LogWriter>,
    format: LogFormat,
    with_query: bool,
}

impl AccessLogMiddleware {
    /// One JSON object a line.
    ///
    /// # Errors
    ///
    /// The system's, if it refuses a thread.
    pub fn json(out: impl io::Write + Send + 'static) -> io::Result<Self> {
        Ok(Self::to(LogWriter::start(out)?, LogFormat::Json))
    }

    /// One line of `name=value` pairs a request.
    ///
    /// # Errors
    ///
    /// The system's, if it refuses a thread.
    pub fn text(out: impl io::Write + Send + 'static) -> io::Result<Self> {
        Ok(Self::to(LogWriter::start(out)?, LogFormat::Text))
    }

    /// Lines to a writer that others may write to as well.
    pub fn to(writer: impl Into<Arc<LogWriter>>, format: LogFormat) -> Self {
        Self {
            writer: writer.into(),
            format,
            with_query: false,
        }
    }

    /// The same with the query in `path`.
    pub fn with_query(mut self) -> Self {
        self.with_query = true;
        self
    }

    /// What writes the lines.
    pub fn writer(&self) -> &Arc<LogWriter> {
        &self.writer
    }
}

impl AccessLogMiddleware {
    fn log(
        &self,
        operations: &[Box<[u8]>],
        request: &mut Request<'_>,
        response: &mut Response,
        mut next: Next<'_>,
    ) {
        next.context_mut().begin();
        // What is further in may send the request elsewhere.
        let target = request.target;
        let mut outcome = next.run(request, response);
        let took = outcome.context_mut().elapsed();
        let now = outcome.context_mut().end_of_answer();
        let reached = outcome.reached().map(OperationId::index);
        let entry = entry::Entry {
            format: self.format,
            took,
            target,
            with_query: self.with_query,
            request,
            response,
            outcome: &outcome,
            operation: reached
                .and_then(|id| operations.get(id))
                .map(|fields| &**fields),
        };
        self.writer.entry(now, &entry);
    }
}

impl Middleware for AccessLogMiddleware {
    fn handle(&self, request: &mut Request<'_>, response: &mut Response, next: Next<'_>) {
        self.log(&[], request, response, next);
    }

    fn for_document(&self, spec: &Spec) -> Option<Box<dyn Middleware>> {
        let operations = spec.operations.iter();
        let fields = operations.map(|one| entry::operation(self.format, &one.name, &one.path));
        Some(Box::new(BoundLog {
            log: self.clone(),
            operations: fields.collect(),
        }))
    }
}

/// A log that has the fields of the operations of one document, by their places.
struct BoundLog {
    log: AccessLogMiddleware,
    operations: Box<[Box<[u8]>]>,
}

impl Middleware for BoundLog {
    fn handle(&self, request: &mut Request<'_>, response: &mut Response, next: Next<'_>) {
        self.log.log(&self.operations, request, response, next);
    }
}
