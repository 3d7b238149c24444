//! Server-sent events to one client.
//!
//! The connection's coroutine asks the source for events and sleeps while there are none. It is
//! woken by the source, by the client's end of file, by a drain, and by the ticker when a heartbeat
//! is due.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::task::Poll;

use brrtrouter_transport::EventSource;

use super::stream::PieceWriter;
use crate::wire::{Interrupt, Wire};

/// A comment, which clients pass over (HTML Standard §9.2.6).
const HEARTBEAT: &[u8] = b":\n\n";

/// The most events that are still sent once a drain has begun: what a source has at hand then, but
/// not what one without end makes up.
const FAREWELL: u32 = 1024;

/// Sends events until the source ends, the client is gone, or the server drains. `Ok` if the stream
/// was ended properly.
pub(crate) fn run(
    wire: &mut Wire,
    mut source: Box<dyn EventSource>,
    chunked: bool,
) -> Result<(), Interrupt> {
    let waker = wire.caller();
    let mut writer = PieceWriter::new(wire, chunked);
    let mut farewell = FAREWELL;
    loop {
        let polled = catch_unwind(AssertUnwindSafe(|| source.poll_next(&waker)));
        match polled {
            Ok(Poll::Ready(Some(event))) => {
                writer.send(event.bytes())?;
                if writer.wire().hub.is_draining() {
                    if farewell == 0 {
                        return writer.finish();
                    }
                    farewell -= 1;
                }
            }
            Ok(Poll::Ready(None)) => return writer.finish(),
            Ok(Poll::Pending) => {
                if writer.wire().is_hung_up() || writer.wire().hub.is_draining() {
                    return writer.finish();
                }
                let heartbeat = writer.wire().hub.waits.heartbeat;
                let deadline = writer.wire().after(heartbeat);
                match writer.wire().wait(deadline) {
                    Ok(_) => {}
                    Err(Interrupt::TimedOut) => writer.send(HEARTBEAT)?,
                    Err(interrupt) => return Err(interrupt),
                }
            }
            Err(payload) if payload.is::<generator::Error>() => resume_unwind(payload),
            Err(_) => {
                writer.wire().hub.counters.panics.add(1);
                log::error!("an event source panicked");
                return Err(Interrupt::Failed(std::io::Error::other(
                    "the event source panicked",
                )));
            }
        }
    }
}
