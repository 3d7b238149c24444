//! Server-sent events for handlers.
//!
//! An [`EventHub`] takes events from any thread and gives each subscriber an [`EventStream`], which a
//! handler returns. An event is encoded once, however many clients there are; a publisher never
//! waits for a client.

mod event_stream;
mod hub;

pub use event_stream::EventStream;
pub use hub::{EventHub, HubLimits, Overflow};
