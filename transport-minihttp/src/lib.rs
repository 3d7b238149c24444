//! A careful adapter from [`may_minihttp`] to the transport seam.
//!
//! `may_minihttp` is small and fast and trusts its peers: it takes chunks and unread bodies for
//! requests, panics on a length that is no number, answers HEAD with content, and knows neither
//! limits nor an end. This crate stands between it and a service and lets neither side see that, as
//! far as that can be done from outside. Use it behind a proxy that speaks HTTP/1.1 strictly, or to
//! compare; on the open internet use `brrtrouter-raw`.
//!
//! ```
//! use std::time::Duration;
//!
//! use brrtrouter_minihttp::MiniHttpServer;
//! use brrtrouter_transport::{Request, Response, Service, Transport};
//!
//! struct Hello;
//!
//! impl Service for Hello {
//!     fn call(&self, _: &mut Request<'_>, response: &mut Response) {
//!         response.buffer().extend_from_slice(b"hello");
//!     }
//! }
//!
//! let server = MiniHttpServer::bind("127.0.0.1:0")?.serve(Hello)?;
//! assert_ne!(server.local_addr().port(), 0);
//! server.shutdown(Duration::from_secs(5));
//! # Ok::<(), brrtrouter_transport::ServeError>(())
//! ```
//!
//! # What `brrtrouter-raw` gives and this crate does not
//!
//! | | here |
//! |---|---|
//! | streams and server-sent events | none: a service that [needs](brrtrouter_transport::Needs) them is refused at the start |
//! | chunked request content | refused with 411, and the connection is closed |
//! | request fields | at most [16](MAX_HEADERS); more are a 400, not a 431 |
//! | limit of the head | a head is buffered however long it is; one that is complete is checked, one that is not is cut off without an answer, up to a second late |
//! | deadline of the head | none of its own: [`idle`](Limits::idle) covers the wait between requests, the head and the writing of the answer, and ends without a 408 |
//! | deadlines | half a second coarse |
//! | malformed heads | always 400: 431 and 505 cannot be told apart; bare LF is taken for a line end |
//! | a batch in which something is malformed | answers to the requests before it that were not written yet are lost |
//! | answers of a batch | leave together, once the crate has run out of requests: one whose body is still to come, or whose call takes long, holds back those before it |
//! | half-closed clients | a request that arrives together with the end of the client's stream is not answered |
//! | `Content-Length` | on every answer: 0 to HEAD, with 304, and, against RFC 9110 §8.6, with 204; right on the last answer of a connection |
//! | `Server` | always `M`, and the reason of 200 is always `Ok`; not on the last answer of a connection |
//! | `100 Continue` | sent when the service starts to read, but not while an earlier answer of the connection is on its way |
//! | files | read whole, on the worker, up to [`Limits::max_file`] |
//! | large answers | copied twice, into buffers that the connection keeps |
//! | upgrades | none: a service that [needs](brrtrouter_transport::Needs) them is refused at the start, and one that tries is answered 500 |
//! | Unix sockets, inherited sockets, several addresses | none |
//! | descriptors | two for each connection |
//! | out of descriptors | `may_minihttp` spins; the cap on connections is set so that it does not come to that, if the rest of the program leaves 64 free |
//! | log | `may_minihttp` writes malformed heads to standard error and logs the end of every connection as an error; filter its target |
//! | drain | see below |
//!
//! # How it is done
//!
//! The crate calls back once for each request that it has parsed, with the descriptor of the
//! connection known from the start. So the adapter
//!
//! - checks what decides where a request ends and whom it is for, before the service sees it;
//! - takes the body out of the crate's reader to its end, or closes the connection;
//! - holds a second descriptor of the connection, with which it writes the *last* answer itself and
//!   shuts the socket down, so that nothing behind a refused request is served; and with which one
//!   thread for the server keeps deadlines and drains;
//! - lends the crate the fields of an answer, which it takes as `&'static str`. That, the second
//!   descriptor and three calls of the system are all that is unsafe here, in one module.
//!
//! # Draining
//!
//! A drain closes the listener, lets calls in flight finish and marks their answers as the last, and
//! closes connections that wait for a request, once the peer has acknowledged every answer. A
//! connection that has sent a part of a head counts as waiting. The drain is over when no connection
//! is left. An abort shuts down the sockets of those that are; a call that is stuck is not
//! interrupted, but its peer sees the end, and it ends once it comes back.

#![deny(unsafe_code)]

mod authority;
mod connection;
mod control;
mod foreign;
mod gate;
mod head_copy;
mod inflow;
mod limits;
mod link;
mod outlet;
mod pause;
mod registry;
mod reservation;
mod server;
mod watch;

pub use limits::{Limits, MAX_HEADERS};
pub use server::{MiniHttpServer, STACK_SIZE};
