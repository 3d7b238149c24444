use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::time::Duration;

/// Wakes the thread that waits. However often it rings meanwhile, it is heard once: folders may be
/// busy with other files while a document is read.
#[derive(Debug, Clone)]
pub(super) struct Ringer {
    is_over: Arc<AtomicBool>,
    sender: SyncSender<()>,
}

/// What is waited for.
#[derive(Debug)]
pub(super) struct Bell {
    is_over: Arc<AtomicBool>,
    receiver: Receiver<()>,
}

/// Why waiting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// It rang.
    Ring,
    /// It did not.
    Nothing,
    /// The watch is over.
    End,
}

pub(super) fn new() -> (Ringer, Bell) {
    let (sender, receiver) = mpsc::sync_channel(1);
    let is_over = Arc::new(AtomicBool::new(false));
    let ringer = Ringer {
        is_over: Arc::clone(&is_over),
        sender,
    };
    (ringer, Bell { is_over, receiver })
}

impl Ringer {
    pub(super) fn ring(&self) {
        match self.sender.try_send(()) {
            // What is still to be heard is enough, and who no longer listens needs nothing.
            Ok(()) | Err(TrySendError::Full(()) | TrySendError::Disconnected(())) => {}
        }
    }

    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::Release);
        self.ring();
    }
}

impl Bell {
    pub(super) fn wait(&self, time: Duration) -> Heard {
        let heard = self.receiver.recv_timeout(time);
        if self.is_over.load(Ordering::Acquire) {
            return Heard::End;
        }
        match heard {
            Ok(()) => Heard::Ring,
            Err(RecvTimeoutError::Timeout) => Heard::Nothing,
            Err(RecvTimeoutError::Disconnected) => Heard::End,
        }
    }
}
