//! Lines of a log, written by a thread of their own.
//!
//! The [access log](crate::middleware::AccessLogMiddleware) writes here, and with the feature
//! `logging` so does whatever a program says through the macros of the [`log`] crate, this one among
//! them. Whoever logs never waits: lines wait in bounded room, and those for which there is none are
//! dropped and counted.
//!
//! | module | holds |
//! |---|---|
//! | `logger` | `Logger` (feature `logging`): the records of the `log` crate as lines |
//! | `line` | [`LogFormat`]: how a line looks, as JSON or as text |
//! | `writer` | [`LogWriter`]: a thread that writes lines |
//! | `plain` | what of a text has to be escaped |
//! | `sink` | where its bytes go |
//! | `tray` | where lines wait for it |
//! | `moment` | a moment as RFC 3339 writes it |

mod line;
#[cfg(feature = "logging")]
mod logger;
mod moment;
mod plain;
mod sink;
mod tray;
mod writer;

pub use line::LogFormat;
pub(crate) use line::{Key, Line, key};
#[cfg(feature = "logging")]
pub use logger::{LogGuard, Logger, LoggerError};
pub(crate) use moment::MomentText;
pub(crate) use sink::Sink;
pub(crate) use tray::Entry;
pub use writer::LogWriter;
