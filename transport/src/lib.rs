//! What an HTTP service and a transport say to each other.
//!
//! A *transport* owns sockets and bytes on the wire; a *service* owns meaning. They share this crate
//! and nothing else, so either can be replaced without the other noticing.
//!
//! In the order data passes through:
//!
//! | module | holds |
//! |---|---|
//! | [`request`] | [`Request`]: method, target, version, fields and peer of one request, all borrowed |
//! | [`body`] | [`Body`]: the request's content, pulled as it arrives, within a limit |
//! | [`service`] | [`Service`]: answers one request; [`Needs`]: what it asks of a transport |
//! | [`response`] | [`Response`]: status, [`Headers`] and [`Payload`], filled in by the service |
//! | [`refusal`] | [`Refusal`]: why there is no request, in the service's words |
//! | [`mod@file`] | [`FileRange`]: a part of a file as content; [`FileReaders`] for transports |
//! | [`header`] | [`HeaderLine`]: a response field that is valid by construction |
//! | [`event`] | [`Event`] and [`EventSource`]: server-sent events |
//! | [`upgrade`] | [`Upgrade`] and [`Duplex`]: a connection handed over to another protocol |
//! | [`server`] | [`Transport`], [`ServerHandle`]: listening, draining, stopping |
//!
//! A transport that serves a request does this:
//!
//! 1. reads and checks a head, and builds a [`Request`] over its own buffers;
//! 2. takes a [`Response`], new or [`reset`](Response::reset), and calls [`Service::call`];
//! 3. writes status, fields and [`Payload`], adding the framing and connection fields, which are its
//!    alone: `Content-Length`, `Transfer-Encoding`, `Connection`, `Date`;
//! 4. drains what is left of the [`Body`], or closes the connection.
//!
//! Nothing here allocates unless a service stores something, and a [`Response`] that is used again
//! keeps its capacity.

#![forbid(unsafe_code)]

pub mod body;
pub mod event;
pub mod file;
pub mod header;
pub mod refusal;
pub mod request;
pub mod response;
pub mod server;
pub mod service;
mod signals;
pub mod upgrade;

pub use body::{Body, BodyError, BodySource};
pub use event::{EncodedEvent, Event, EventError, EventSource};
pub use file::{FileRange, FileReaders};
pub use header::{HeaderLine, Headers, InvalidHeader};
pub use refusal::{LONGEST_REFUSAL, Refusal};
pub use request::{ClientCertificate, Field, Request, Version};
pub use response::{Payload, Response, Status, StreamBody};
pub use server::{
    DRAIN_LIMIT, Drained, ListenAddress, ServeError, ServerControl, ServerHandle, Transport,
};
pub use service::{Needs, Service};
pub use upgrade::{Duplex, Ready, Upgrade};
