//! From an answer to bytes.
//!
//! | module | holds |
//! |---|---|
//! | [`encode`] | status line, fields and framing of any answer; answers that are the server's own |
//! | [`file`] | parts of files |
//! | [`stream`] | content of unknown length, in chunks |
//! | [`sse`] | server-sent events |
//! | [`upgrade`] | connections handed over |

pub(crate) mod encode;
pub(crate) mod file;
pub(crate) mod sse;
pub(crate) mod stream;
pub(crate) mod upgrade;

use std::io::IoSlice;

use brrtrouter_transport::{Payload, Response, Status, Version};

use crate::wire::{Interrupt, Wire};
use encode::{Connection, Content};

/// Content beyond this is not copied behind its head, but sent from where it is.
const COPIED: usize = 16 * 1024;

/// What the request means for its answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exchange {
    pub(crate) is_head: bool,
    pub(crate) version: Version,
    /// Whether another request may follow.
    pub(crate) keep_alive: bool,
}

/// Content that is written after its head has left.
pub(crate) struct Streamed {
    pub(crate) payload: Payload,
    /// Whether it is sent in chunks; else the end of the connection is its end.
    pub(crate) chunked: bool,
}

/// Writes `response` behind `output`, sending both at once if the content is large; takes
/// `keep_alive` back where the answer or its framing need the connection to close. Puts content that
/// has to follow once the output has left into `streamed`.
#[inline(always)]
pub(crate) fn write(
    wire: &mut Wire,
    output: &mut Vec<u8>,
    response: &mut Response,
    exchange: &mut Exchange,
    streamed: &mut Option<Streamed>,
) -> Result<(), Interrupt> {
    // As nearly all are: small, here, and with content that may be sent.
    if response.status() == Status::OK
        && !response.closes_connection()
        && !exchange.is_head
        && let Some(content) = response.content()
        && content.len() <= COPIED
    {
        let length = Content::Length(content.len());
        let connection = Connection::of(exchange);
        encode::head(output, response, &wire.hub.clock, length, connection);
        output.extend_from_slice(content);
        return Ok(());
    }
    *streamed = write_any(wire, output, response, exchange)?;
    Ok(())
}

/// The same for answers of any kind.
#[inline(never)]
fn write_any(
    wire: &mut Wire,
    output: &mut Vec<u8>,
    response: &mut Response,
    exchange: &mut Exchange,
) -> Result<Option<Streamed>, Interrupt> {
    let forbidden = response.status().code() < 200;
    if forbidden && let Some(upgrade) = upgrade::write_head(wire, output, response, exchange) {
        return Ok(Some(upgrade));
    }
    if forbidden {
        refuse(response);
    }
    if response.closes_connection() {
        exchange.keep_alive = false;
    }
    let status = response.status();
    if status == Status::RESET_CONTENT {
        // Its content is none, and that has to be told (RFC 9110 §15.3.6).
        response.set_payload(Payload::Buffer);
    }
    let forbids_content = status.forbids_content();
    let has_content = !exchange.is_head && !forbids_content;
    let Some(content) = response.content() else {
        return Ok(write_followed_head(
            wire,
            output,
            response,
            exchange,
            has_content,
        ));
    };
    let length = if forbids_content {
        Content::None
    } else {
        Content::Length(content.len())
    };
    let connection = Connection::of(exchange);
    encode::head(output, response, &wire.hub.clock, length, connection);
    if !has_content {
        return Ok(None);
    }
    if content.len() <= COPIED {
        output.extend_from_slice(content);
        return Ok(None);
    }
    let mut pieces = [IoSlice::new(output), IoSlice::new(content)];
    wire.write_pieces(&mut pieces)?;
    wire.hub
        .counters
        .bytes_out
        .add((output.len() + content.len()) as u64);
    output.clear();
    Ok(None)
}

/// A status that announces another answer cannot be the answer, and no other hands a connection
/// over.
#[cold]
fn refuse(response: &mut Response) {
    log::error!(
        "a service answered with {} and {:?}",
        response.status(),
        response.payload()
    );
    response.reset();
    response.set_status(Status::INTERNAL_SERVER_ERROR);
}

/// Writes the head of content that is not here.
#[cold]
fn write_followed_head(
    wire: &Wire,
    output: &mut Vec<u8>,
    response: &mut Response,
    exchange: &mut Exchange,
    has_content: bool,
) -> Option<Streamed> {
    let payload = match response.payload() {
        Payload::File(_) => return file::write_head(wire, output, response, exchange, has_content),
        Payload::Upgrade(_) => {
            refuse(response);
            let connection = Connection::of(exchange);
            encode::head(
                output,
                response,
                &wire.hub.clock,
                Content::Length(0),
                connection,
            );
            return None;
        }
        _ => response.take_payload(),
    };
    let chunked = exchange.version == Version::Http11;
    let content = match (has_content, chunked) {
        (false, _) => Content::None,
        (true, true) => Content::Chunked,
        (true, false) => {
            exchange.keep_alive = false;
            Content::UntilClose
        }
    };
    let connection = Connection::of(exchange);
    encode::head(output, response, &wire.hub.clock, content, connection);
    has_content.then_some(Streamed { payload, chunked })
}
