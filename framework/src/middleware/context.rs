use std::fmt;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use brrtrouter_spec::model::OperationId;

use crate::clock::Moment;
use crate::middleware::{Extensions, RequestId, TraceContext};
use crate::security::Identity;

/// What is known of one request beside what was sent: middleware adds to it, handlers read it.
///
/// It lives for one request, on the coroutine that answers it, and none of its own fields needs an
/// allocation.
#[derive(Default)]
pub struct Context {
    pub(crate) reached: Reached,
    pub(crate) identity: Option<Identity>,
    request_id: Option<RequestId>,
    trace: Option<TraceContext>,
    #[cfg(feature = "tracing")]
    span: Option<tracing::Span>,
    client: Option<IpAddr>,
    received: Option<Moment>,
    answered: Option<Moment>,
    extensions: Extensions,
}

/// What a request reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Reached {
    /// Nothing: no path, no such method, or it was answered before.
    #[default]
    Nothing,
    /// An operation of the document.
    Operation(OperationId),
}

impl Context {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Ends with the request: most requests leave nothing behind, and to find that out here costs less
    /// than to have every field look.
    #[inline(always)]
    pub(crate) fn end(self) {
        #[cfg(feature = "tracing")]
        let has_span = self.span.is_some();
        #[cfg(not(feature = "tracing"))]
        let has_span = false;
        let owns = self.identity.is_some() || has_span;
        if !owns && self.extensions.is_bare() {
            std::mem::forget(self);
        }
    }

    /// Who is asking, once the operation's security has established it.
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// The id of the request, where middleware gave it one.
    pub fn request_id(&self) -> Option<&RequestId> {
        self.request_id.as_ref()
    }

    /// Gives the request an id.
    pub fn set_request_id(&mut self, id: RequestId) {
        self.request_id = Some(id);
    }

    /// Where the request belongs in a trace, if it is traced.
    pub fn trace(&self) -> Option<TraceContext> {
        self.trace
    }

    /// Says where the request belongs in a trace.
    pub fn set_trace(&mut self, trace: TraceContext) {
        self.trace = Some(trace);
    }

    /// The span of the request, to be the explicit parent of others and of events; one that records
    /// nothing if the request is not traced.
    ///
    /// It must not be entered while the coroutine may wait: what a thread believes to be its current
    /// span would then be another request's.
    #[cfg(feature = "tracing")]
    pub fn span(&self) -> tracing::Span {
        self.span.clone().unwrap_or_else(tracing::Span::none)
    }

    #[cfg(feature = "tracing")]
    pub(super) fn set_span(&mut self, span: tracing::Span) {
        self.span = Some(span);
    }

    /// When the request was first looked at: the moment at which this was first asked for.
    pub fn received(&mut self) -> Instant {
        self.begin().to_instant()
    }

    /// The same for those who only look at differences.
    #[inline]
    pub(super) fn begin(&mut self) -> Moment {
        *self.received.get_or_insert_with(Moment::now)
    }

    /// How long it took to answer the request: from when it was first looked at to the moment at which
    /// this was first asked for, which is the same for all who ask.
    pub fn took(&mut self) -> Duration {
        Duration::from_nanos(self.elapsed())
    }

    /// The same in nanoseconds.
    #[inline]
    pub(super) fn elapsed(&mut self) -> u64 {
        let begin = self.begin();
        self.end_of_answer().since(begin)
    }

    /// The moment at which this was first asked for, or how long the request took.
    #[inline]
    pub(super) fn end_of_answer(&mut self) -> Moment {
        *self.answered.get_or_insert_with(Moment::now)
    }

    /// The address of the client, where middleware has established it behind proxies.
    pub fn client(&self) -> Option<IpAddr> {
        self.client
    }

    /// Sets the address of the client.
    pub fn set_client(&mut self, client: IpAddr) {
        self.client = Some(client);
    }

    /// The values that were left for later, by their types.
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// The values that were left for later, to add to.
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        &mut self.extensions
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("reached", &self.reached)
            .field("request_id", &self.request_id)
            .field("trace", &self.trace)
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}
