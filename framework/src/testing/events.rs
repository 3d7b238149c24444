use std::sync::Arc;
use std::task::{Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use brrtrouter_transport::EventSource;

use crate::testing::fail;
use crate::testing::wire::Content;

/// How long an event is waited for before the test fails.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// The events of a stream, in wire form; waits for each.
pub struct TestEvents {
    source: Source,
}

enum Source {
    /// Those of a service in process.
    Polled(Box<dyn EventSource>),
    /// Those that come over a socket, with what came of the next one.
    Read(Content, Vec<u8>),
}

impl TestEvents {
    pub(super) fn of(source: Box<dyn EventSource>) -> Self {
        Self {
            source: Source::Polled(source),
        }
    }

    pub(super) fn read_from(content: Content) -> Self {
        Self {
            source: Source::Read(content, Vec::new()),
        }
    }
}

impl Iterator for TestEvents {
    type Item = String;

    /// The next event; `None` at the end of the stream.
    ///
    /// # Panics
    ///
    /// If none comes within 20 seconds.
    fn next(&mut self) -> Option<String> {
        let bytes = match &mut self.source {
            Source::Polled(source) => poll(&mut **source)?,
            Source::Read(content, here) => read(content, here)?,
        };
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}

fn poll(source: &mut dyn EventSource) -> Option<Vec<u8>> {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let deadline = Instant::now() + PATIENCE;
    loop {
        match source.poll_next(&waker) {
            Poll::Ready(event) => return Some(event?.bytes().to_vec()),
            Poll::Pending => match deadline.checked_duration_since(Instant::now()) {
                Some(rest) => thread::park_timeout(rest),
                None => fail(format_args!("no event came")),
            },
        }
    }
}

/// Reads up to the empty line that ends an event.
fn read(content: &mut Content, here: &mut Vec<u8>) -> Option<Vec<u8>> {
    loop {
        if let Some(end) = here.windows(2).position(|two| two == b"\n\n") {
            let rest = here.split_off(end + 2);
            return Some(std::mem::replace(here, rest));
        }
        match content.piece() {
            Ok(Some(piece)) => here.extend(piece),
            Ok(None) => return None,
            Err(error) => fail(format_args!("no event came: {error}")),
        }
    }
}

impl std::fmt::Debug for TestEvents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestEvents").finish_non_exhaustive()
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
