//! From bytes to a request.
//!
//! | module | holds |
//! |---|---|
//! | [`head`] | request line and fields: one pass of `httparse`, then what RFC 9112 adds |
//! | [`minor`] | heads of a later minor version |
//! | [`plain`] | heads of the usual form, in one pass; fields that come again |
//! | [`memory`] | what a worker remembers of heads |
//! | [`target`] | the four forms of the request target |
//! | [`host`] | the grammar of `Host` and of an authority |
//! | [`framing`] | where the content ends, whether the connection goes on |
//! | [`chunked`] | the decoder of the chunked coding |
//! | [`body`] | the content as the service reads it |

pub(crate) mod body;
pub(crate) mod chunked;
pub(crate) mod framing;
pub(crate) mod head;
pub(crate) mod host;
pub(crate) mod memory;
pub(crate) mod minor;
pub(crate) mod plain;
pub(crate) mod target;

use brrtrouter_transport::{Refusal, Status};

/// Why a head is refused: the connection is closed after the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rejection {
    pub(crate) status: Status,
    /// What is wrong, for the peer.
    pub(crate) reason: &'static str,
}

impl Rejection {
    pub(crate) const fn new(status: Status, reason: &'static str) -> Self {
        Self { status, reason }
    }

    /// The same, as the service is told.
    pub(crate) const fn as_refusal(self) -> Refusal {
        Refusal::new(self.status, self.reason)
    }

    pub(crate) const fn bad(reason: &'static str) -> Self {
        Self::new(Status::BAD_REQUEST, reason)
    }
}
