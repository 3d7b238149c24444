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

/// What a hub keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct HubLimits {
    /// How many past events a returning client can be given; 1,024 unless said otherwise.
    pub history: usize,
    /// How many events may wait for one client; one that falls further behind is disconnected.
    /// 1,024 unless said otherwise.
    pub queue: usize,
}

impl Default for HubLimits {
    fn default() -> Self {
        Self {
            history: 1024,
            queue: 1024,
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
    subscribers: Vec<Arc<Subscriber>>,
}

/// One client's queue.
#[derive(Default)]
struct Subscriber {
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<EncodedEvent>,
    waker: Option<Waker>,
    overflowed: bool,
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
        state.history.push_back((id, event.clone()));
        while state.history.len() > self.shared.limits.history {
            state.history.pop_front();
        }
        let queue = self.shared.limits.queue;
        state.subscribers.retain(|one| one.push(&event, queue));
        Ok(id)
    }

    /// The events from now on, or from after the one that a returning client has seen last, as far
    /// as they are kept.
    pub fn subscribe(&self, since: &LastEventId) -> EventStream {
        let subscriber = Arc::new(Subscriber::default());
        let mut state = lock(&self.shared.state);
        let seen = since.0.as_deref().and_then(|id| id.parse::<u64>().ok());
        if let Some(seen) = seen {
            let missed = state.history.iter().filter(|(id, _)| *id > seen);
            lock(&subscriber.queue)
                .waiting
                .extend(missed.map(|(_, event)| event.clone()));
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

impl Subscriber {
    /// Queues an event; `false` once the client has fallen too far behind.
    fn push(&self, event: &EncodedEvent, most: usize) -> bool {
        let mut queue = lock(&self.queue);
        if queue.waiting.len() >= most {
            queue.overflowed = true;
        } else {
            queue.waiting.push_back(event.clone());
        }
        let keep = !queue.overflowed;
        let waker = queue.waker.take();
        drop(queue);
        if let Some(waker) = waker {
            waker.wake();
        }
        keep
    }
}

/// One client's events.
struct Subscription {
    hub: Arc<Shared>,
    subscriber: Arc<Subscriber>,
}

impl EventSource for Subscription {
    fn poll_next(&mut self, waker: &Waker) -> Poll<Option<EncodedEvent>> {
        let mut queue = lock(&self.subscriber.queue);
        if let Some(event) = queue.waiting.pop_front() {
            return Poll::Ready(Some(event));
        }
        if queue.overflowed {
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
