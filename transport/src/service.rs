//! The side of the seam that gives answers.

use std::sync::Arc;

use crate::refusal::Refusal;
use crate::request::Request;
use crate::response::Response;

/// Answers requests.
///
/// A transport calls one service from many coroutines at once. The call runs on the connection's own
/// coroutine: it may wait for the body, for a lock of `may` or for a channel of `may`, and must not
/// block the thread.
pub trait Service: Send + Sync + 'static {
    /// Answers `request` in `response`, which arrives empty with status 200.
    ///
    /// What is left unread of the body is the transport's to drain. A panic is answered by the
    /// transport with a bare 500.
    fn call(&self, request: &mut Request<'_>, response: &mut Response);

    /// Puts into `response`, which arrives empty but for its status, why a transport refuses what is no
    /// request. The content has to be short and all there; plain text unless said otherwise.
    ///
    /// It should not wait for anything: where connections are turned away, others are not accepted in the
    /// meantime.
    fn refuse(&self, refusal: &Refusal, response: &mut Response) {
        refusal.write_plain(response);
    }

    /// What this service asks of a transport, so that one that cannot give it refuses at the start.
    fn needs(&self) -> Needs {
        Needs::default()
    }
}

impl<S: Service + ?Sized> Service for Arc<S> {
    fn call(&self, request: &mut Request<'_>, response: &mut Response) {
        (**self).call(request, response);
    }

    fn refuse(&self, refusal: &Refusal, response: &mut Response) {
        (**self).refuse(refusal, response);
    }

    fn needs(&self) -> Needs {
        (**self).needs()
    }
}

/// What a service asks of its transport beyond one finished answer for each request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Needs {
    /// The names of the operations that answer with [`Payload::Stream`](crate::Payload::Stream) or
    /// [`Payload::Events`](crate::Payload::Events).
    pub streaming: Vec<String>,
    /// The names of the operations that answer with [`Payload::Upgrade`](crate::Payload::Upgrade).
    pub upgrading: Vec<String>,
}

impl Needs {
    /// The needs of a service whose operations of these names stream.
    pub fn streaming(operations: Vec<String>) -> Self {
        Self {
            streaming: operations,
            ..Self::default()
        }
    }

    /// The same, with operations of these names that hand their connection over.
    pub fn and_upgrading(mut self, operations: Vec<String>) -> Self {
        self.upgrading = operations;
        self
    }
}
