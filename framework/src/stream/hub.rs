use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use brrtrouter_transport::{EncodedEvent, Event, EventError, EventSource};

use crate::extract::LastEventId;
use crate::stream::EventStream;

/// Events for any number of clients.
///
/// Each event gets the next whole number as its id, from 1. The last ones are kept, so that a client
/// which comes back with a `Last-Event-ID` goes on where it stopped.
#[derive(Clone)]
pub struct EventHub {
    shared: Arc<Shared>,
}

/// What a hub keeps, and for how long it puts up with a client that is slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct HubLimits {
    /// How many past events a returning client can be given; 1,024 unless said otherwise.
    pub history: usize,
    /// How many bytes these may have together, in wire form; 8 MiB unless said otherwise.
    pub history_bytes: usize,
    /// How many events may wait for one client; 1,024 unless said otherwise.
    pub queue: usize,
    /// How many bytes these may have together, in wire form; 1 MiB unless said otherwise.
    pub queue_bytes: usize,
    /// What becomes of a client that falls further behind.
    pub overflow: Overflow,
}

/// What becomes of a client for whom more events wait than may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Overflow {
    /// Its stream ends after those that wait. It comes back by itself, with a `Last-Event-ID`, and is
    /// given what it has missed as far as it is kept.
    #[default]
    Disconnect,
    /// The oldest are dropped. In their place the client gets one event with the name `gap` and
    /// `{"dropped":N}` as its data, which has no id. So does one that comes back too late for some of
    /// what it has missed.
    DropOldest,
}

impl Default for HubLimits {
    fn default() -> Self {
        Self {
            history: 1024,
            history_bytes: 8 * 1024 * 1024,
            queue: 1024,
            queue_bytes: 1024 * 1024,
            overflow: Overflow::Disconnect,
        }
    }
}

struct Shared {
    limits: HubLimits,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last_id: u64,
    history: VecDeque<(u64, EncodedEvent)>,
    history_bytes: usize,
    subscribers: Vec<Arc<Subscriber>>,
}

/// One client's queue.
#[derive(Default)]
struct Subscriber {
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    /// What the client has missed, as far as it is kept; comes before all that waits.
    replay: VecDeque<EncodedEvent>,
    waiting: VecDeque<EncodedEvent>,
    waiting_bytes: usize,
    /// How many events are missing in front of all others.
    dropped: u64,
    waker: Option<Waker>,
    ended: bool,
}

impl EventHub {
    /// A hub without events.
    pub fn new(limits: HubLimits) -> Self {
        let state = Mutex::default();
        Self {
            shared: Arc::new(Shared { limits, state }),
        }
    }

    /// Sends an event of that name and data to every client, and returns its id.
    ///
    /// # Errors
    ///
    /// [`EventError`] if the name holds a line break.
    pub fn publish(&self, name: &str, data: impl Into<String>) -> Result<u64, EventError> {
        let event = Event::new(data).named(name)?;
        let mut state = lock(&self.shared.state);
        let id = state.last_id + 1;
        let event = event.with_id(&id.to_string())?.encode();
        state.last_id = id;
        let limits = &self.shared.limits;
        state.keep(id, &event, limits);
        state.subscribers.retain(|one| one.push(&event, limits));
        Ok(id)
    }

    /// The events from now on, or from after the one that a returning client has seen last, as far
    /// as they are kept.
    pub fn subscribe(&self, since: &LastEventId) -> EventStream {
        let subscriber = Arc::new(Subscriber::default());
        let mut state = lock(&self.shared.state);
        let seen = since.0.as_deref().and_then(|id| id.parse::<u64>().ok());
        if let Some(seen) = seen {
            let mut queue = lock(&subscriber.queue);
            let missed = state.history.iter().filter(|(id, _)| *id > seen);
            queue.replay.extend(missed.map(|(_, event)| event.clone()));
            if self.shared.limits.overflow == Overflow::DropOldest {
                let missed = state.last_id.saturating_sub(seen);
                queue.dropped = missed.saturating_sub(queue.replay.len() as u64);
            }
        }
        state.subscribers.push(Arc::clone(&subscriber));
        EventStream::new(Subscription {
            hub: Arc::clone(&self.shared),
            subscriber,
        })
    }

    /// How many clients there are.
    pub fn subscribers(&self) -> usize {
        lock(&self.shared.state).subscribers.len()
    }
}

impl fmt::Debug for EventHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventHub")
            .field("limits", &self.shared.limits)
            .field("subscribers", &self.subscribers())
            .finish_non_exhaustive()
    }
}

impl State {
    /// Keeps an event for those who come back.
    fn keep(&mut self, id: u64, event: &EncodedEvent, limits: &HubLimits) {
        self.last_id = id;
        self.history_bytes += event.bytes().len();
        self.history.push_back((id, event.clone()));
        while self.history.len() > limits.history || self.history_bytes > limits.history_bytes {
            let Some((_, event)) = self.history.pop_front() else {
                return;
            };
            self.history_bytes -= event.bytes().len();
        }
    }
}

impl Subscriber {
    /// Queues an event; `false` once the client has fallen too far behind to stay.
    fn push(&self, event: &EncodedEvent, limits: &HubLimits) -> bool {
        let mut queue = lock(&self.queue);
        queue.push(event, limits);
        let stays = !queue.ended;
        let waker = queue.waker.take();
        drop(queue);
        if let Some(waker) = waker {
            waker.wake();
        }
        stays
    }
}

impl Queue {
    fn push(&mut self, event: &EncodedEvent, limits: &HubLimits) {
        let fits = |queue: &Queue| {
            queue.waiting.len() < limits.queue
                && queue.waiting_bytes + event.bytes().len() <= limits.queue_bytes
        };
        while !fits(self) {
            match limits.overflow {
                Overflow::Disconnect => {
                    self.ended = true;
                    return;
                }
                Overflow::DropOldest => {
                    // What it was to be given again is older still.
                    let dropped = self.replay.pop_front().or_else(|| self.pop_waiting());
                    self.dropped += 1;
                    if dropped.is_none() {
                        // It does not fit even alone.
                        return;
                    }
                }
            }
        }
        self.waiting_bytes += event.bytes().len();
        self.waiting.push_back(event.clone());
    }

    fn pop_waiting(&mut self) -> Option<EncodedEvent> {
        let event = self.waiting.pop_front()?;
        self.waiting_bytes -= event.bytes().len();
        Some(event)
    }

    fn pop(&mut self) -> Option<EncodedEvent> {
        match std::mem::take(&mut self.dropped) {
            0 => self.replay.pop_front().or_else(|| self.pop_waiting()),
            count => Some(gap(count)),
        }
    }
}

/// An event that stands for so many that are missing.
fn gap(dropped: u64) -> EncodedEvent {
    let event = Event::new(format!("{{\"dropped\":{dropped}}}"));
    // The name is one line; should it ever not be, the data alone tells.
    event.clone().named("gap").unwrap_or(event).encode()
}

/// One client's events.
struct Subscription {
    hub: Arc<Shared>,
    subscriber: Arc<Subscriber>,
}

impl EventSource for Subscription {
    fn poll_next(&mut self, waker: &Waker) -> Poll<Option<EncodedEvent>> {
        let mut queue = lock(&self.subscriber.queue);
        if let Some(event) = queue.pop() {
            return Poll::Ready(Some(event));
        }
        if queue.ended {
            return Poll::Ready(None);
        }
        queue.waker = Some(waker.clone());
        Poll::Pending
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        lock(&self.hub.state)
            .subscribers
            .retain(|one| !Arc::ptr_eq(one, &self.subscriber));
    }
}

/// Takes a lock that is never held across a wait. What a panicking holder leaves behind is whole:
/// nothing between a lock and its release can panic halfway through a change.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
