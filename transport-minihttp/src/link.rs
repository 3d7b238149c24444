//! What is known of one connection, shared with the watch that keeps its deadlines.

use std::io;
use std::mem::MaybeUninit;
use std::net::{Shutdown, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use socket2::Socket;

use crate::foreign::{self, Flow};

/// A connection's socket, under a descriptor of our own, and where the connection stands.
#[derive(Debug)]
pub(crate) struct Link {
    socket: Socket,
    /// The descriptor that the crate has of it, whose worker is the coroutine's home.
    id: usize,
    peer: Option<SocketAddr>,
    /// The phase in the two low bits, above them a count of changes.
    state: AtomicU32,
    /// How many bytes of answers were made so far.
    sent: AtomicU64,
    leaving: AtomicBool,
    expired: AtomicBool,
}

/// Who has the next move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The peer: with the rest of a head, or by taking in the answer.
    Waiting,
    /// The peer: with more of a body.
    Reading,
    /// The service.
    Busy,
}

impl Link {
    pub(crate) fn new(socket: Socket, id: usize) -> Self {
        let peer = socket.peer_addr().ok().and_then(|peer| peer.as_socket());
        Self {
            socket,
            id,
            peer,
            state: AtomicU32::new(Phase::Waiting as u32),
            sent: AtomicU64::new(0),
            leaving: AtomicBool::new(false),
            expired: AtomicBool::new(false),
        }
    }

    pub(crate) fn socket(&self) -> &Socket {
        &self.socket
    }

    pub(crate) fn id(&self) -> usize {
        self.id
    }

    pub(crate) fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// Notes who has the next move. Only the connection's coroutine does so.
    pub(crate) fn enter(&self, phase: Phase) {
        let count = self.state.load(Ordering::Relaxed) & !3;
        self.state
            .store(count.wrapping_add(4) | phase as u32, Ordering::Release);
    }

    /// A number that changes with every [`enter`](Self::enter), and the phase.
    pub(crate) fn state(&self) -> (u32, Phase) {
        let state = self.state.load(Ordering::Acquire);
        let phase = match state & 3 {
            0 => Phase::Waiting,
            1 => Phase::Reading,
            _ => Phase::Busy,
        };
        (state, phase)
    }

    /// Counts an answer, or a part of one, of that many bytes.
    pub(crate) fn add_sent(&self, bytes: usize) {
        let sent = self.sent.load(Ordering::Relaxed);
        self.sent.store(sent + bytes as u64, Ordering::Release);
    }

    /// Whether the peer has every byte of the answers made so far, so that none waits in a buffer
    /// of `may_minihttp` and our own writes cannot overtake it.
    ///
    /// Where the kernel does not say, only a connection without answers is settled.
    pub(crate) fn is_settled(&self) -> bool {
        self.sent.load(Ordering::Acquire) == 0
            || self.flow().is_some_and(|flow| self.is_settled_with(flow))
    }

    /// As [`is_settled`](Self::is_settled), with what the kernel says.
    pub(crate) fn is_settled_with(&self, flow: Flow) -> bool {
        flow.acknowledged >= self.sent.load(Ordering::Acquire)
    }

    /// How many bytes of answers the peer has not acknowledged, at most.
    pub(crate) fn unsettled(&self) -> u64 {
        let sent = self.sent.load(Ordering::Acquire);
        sent.saturating_sub(self.flow().map_or(0, |flow| flow.acknowledged))
    }

    pub(crate) fn flow(&self) -> Option<Flow> {
        foreign::flow(&self.socket)
    }

    /// Asks for the connection to end once its answers have arrived.
    pub(crate) fn leave(&self) {
        self.leaving.store(true, Ordering::Release);
    }

    pub(crate) fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Acquire)
    }

    /// Ends the wait for more of a body; what the service answers can still be written.
    pub(crate) fn expire_body(&self) {
        self.expired.store(true, Ordering::Release);
        self.stop_reading();
    }

    pub(crate) fn has_expired(&self) -> bool {
        self.expired.load(Ordering::Acquire)
    }

    /// Lets the connection end at its next read; this wakes it if it waits for one.
    pub(crate) fn stop_reading(&self) {
        let _ = self.socket.shutdown(Shutdown::Read);
    }

    /// Ends the connection at once.
    pub(crate) fn hang_up(&self) {
        let _ = self.socket.shutdown(Shutdown::Both);
    }

    /// What is at the head of the receive queue.
    pub(crate) fn peek(&self) -> Arrival {
        match self.socket.peek(&mut [MaybeUninit::uninit()]) {
            Ok(0) => Arrival::End,
            Ok(_) => Arrival::Bytes,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Arrival::Nothing,
            Err(_) => Arrival::End,
        }
    }
}

/// What a peer has sent that is not read yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// Nothing, but it may still send.
    Nothing,
    /// Some bytes.
    Bytes,
    /// The end of its stream, or an error.
    End,
}
