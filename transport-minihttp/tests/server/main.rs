//! The adapter over real sockets, one file for each side of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answers;
mod client;
mod deadlines;
mod draining;
mod framing;
mod listening;
mod probe;
