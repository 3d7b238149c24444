use brrtrouter_spec::Spec;
use brrtrouter_transport::{HeaderLine, Request, Response, Status};

use crate::middleware::Context;
use crate::problem::Problem;

/// Answers at a path that the document does not describe.
pub trait Endpoint: Send + Sync + 'static {
    /// Answers one request, on the connection's coroutine: it must not block the thread.
    ///
    /// # Errors
    ///
    /// The problem to answer with instead.
    fn answer(&self, visit: Visit<'_, '_>, response: &mut Response) -> Result<(), Problem>;

    /// Whether it answers at all paths below its own as well; not unless said otherwise.
    fn reaches_below(&self) -> bool {
        false
    }

    /// What answers in this one's place in a service over `spec`; `None` if it does itself. Asked
    /// again when a document is reloaded.
    fn for_document(&self, spec: &Spec) -> Option<Box<dyn Endpoint>> {
        let _ = spec;
        None
    }
}

/// A request for an [`Endpoint`].
#[derive(Debug)]
pub struct Visit<'v, 'c> {
    pub(super) request: &'v mut Request<'c>,
    pub(super) below: &'c str,
    pub(super) context: &'v mut Context,
}

impl<'c> Visit<'_, 'c> {
    /// The request.
    pub fn request(&mut self) -> &mut Request<'c> {
        self.request
    }

    /// The path below that of the endpoint, as it was sent and without the query: empty, or with a
    /// slash in front.
    pub fn below(&self) -> &'c str {
        self.below
    }

    /// What is known of the request.
    pub fn context(&self) -> &Context {
        self.context
    }

    /// Accepts `GET` and `HEAD`.
    ///
    /// # Errors
    ///
    /// 405 for anything else.
    pub fn expect_get(&self) -> Result<(), Problem> {
        const ALLOW: HeaderLine = HeaderLine::from_static("allow: GET, HEAD\r\n");

        if matches!(self.request.method, "GET" | "HEAD") {
            return Ok(());
        }
        Err(Problem::new(Status::METHOD_NOT_ALLOWED)
            .with_detail("the path does not have this method")
            .with_line(ALLOW))
    }
}
