use std::borrow::Cow;
use std::fmt;
use std::io;

use brrtrouter_transport::{Payload, Response, Status, StreamBody};

use crate::problem::Problem;
use crate::reply::IntoResponse;

/// Content of unknown length that is written while it leaves.
///
/// ```
/// use brrtrouter::reply::Stream;
///
/// fn report() -> Stream {
///     Stream::new("text/csv", |out| {
///         for row in 0..1_000_000 {
///             writeln!(out, "{row},{}", row * row)?;
///         }
///         Ok(())
///     })
/// }
/// ```
///
/// What is written is gathered into chunks of a useful size; a flush sends what there is.
pub struct Stream {
    content_type: Cow<'static, str>,
    body: Box<dyn StreamBody>,
}

impl Stream {
    /// Content of that type, written by `write` on the connection's coroutine.
    ///
    /// An error of `write` cuts the content short so that the client can tell.
    pub fn new(
        content_type: impl Into<Cow<'static, str>>,
        write: impl FnOnce(&mut dyn io::Write) -> io::Result<()> + Send + 'static,
    ) -> Self {
        Self {
            content_type: content_type.into(),
            body: Box::new(Gathered(write)),
        }
    }
}

impl IntoResponse for Stream {
    const STREAMS: bool = true;
    const STATUS: Option<Status> = Some(Status::OK);

    fn into_response(self, response: &mut Response) -> Result<(), Problem> {
        response
            .headers_mut()
            .set("content-type", &self.content_type)
            .map_err(Problem::internal)?;
        response.set_payload(Payload::Stream(self.body));
        Ok(())
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}

/// How much is gathered before it leaves, in bytes.
const PIECE: usize = 16 * 1024;

/// A writer of small pieces, gathered into larger ones.
struct Gathered<F>(F);

impl<F> StreamBody for Gathered<F>
where
    F: FnOnce(&mut dyn io::Write) -> io::Result<()> + Send,
{
    fn write_to(self: Box<Self>, out: &mut dyn io::Write) -> io::Result<()> {
        use io::Write as _;

        let mut out = io::BufWriter::with_capacity(PIECE, out);
        let written = (self.0)(&mut out);
        let flushed = out.flush();
        written.and(flushed)
    }
}
