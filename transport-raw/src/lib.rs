//! An HTTP/1.1 server on May coroutines (RFC 9110, RFC 9112).
//!
//! [`RawServer`] implements the [`Transport`](brrtrouter_transport::Transport) seam: it owns sockets
//! and bytes on the wire and hands every request to a
//! [`Service`](brrtrouter_transport::Service). What a peer may make it hold or wait for is bounded
//! by [`Limits`].
//!
//! In the order data passes through:
//!
//! | module | holds |
//! |---|---|
//! | `server` | [`RawServer`]: settings, start |
//! | `listener` | sockets that listen; accepting, turning away, pausing when descriptors run out |
//! | `connection` | one connection from its first byte to its close |
//! | `request` | head, target, host, framing, chunked coding, body |
//! | `response` | encoding of answers, streams, server-sent events |
//! | `wire` | one socket and the coroutine that waits on it |
//! | `home` | the one thread that a coroutine sleeps on |
//! | `buffer` | what a connection works with while it is busy |
//! | `hub`, `roster`, `clock`, `counters`, `guests` | what all connections share |
//! | `drain` | stopping |
//! | `spawn` | the one place where coroutines are made |
//!
//! A connection is one coroutine. It sleeps on its socket without a buffer, reads once when there is
//! something, answers every request that is there whole, and sends all answers in one write.

#![deny(unsafe_code)]

mod buffer;
mod clock;
mod connection;
mod counters;
mod drain;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod guests;
mod home;
mod hub;
mod limits;
mod listener;
mod request;
mod response;
mod roster;
mod server;
#[allow(unsafe_code)]
mod spawn;
mod wire;

pub use counters::{Counters, Snapshot};
pub use limits::Limits;
pub use server::RawServer;
