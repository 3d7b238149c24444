//! Event hubs: who sees what, in which order, and what happens to those who fall behind.

#![allow(clippy::expect_used)]

use std::task::{Poll, Waker};

use brrtrouter::extract::LastEventId;
use brrtrouter::reply::IntoResponse as _;
use brrtrouter::stream::{EventHub, EventStream, HubLimits, Overflow};
use brrtrouter::{Payload, Response};
use brrtrouter_transport::EventSource;

fn hub(history: usize, queue: usize) -> EventHub {
    let mut limits = HubLimits::default();
    limits.history = history;
    limits.queue = queue;
    EventHub::new(limits)
}

fn source_of(stream: EventStream) -> Box<dyn EventSource> {
    let mut response = Response::new();
    stream.into_response(&mut response).expect("an answer");
    match response.take_payload() {
        Payload::Events(source) => source,
        other => unreachable!("{other:?}"),
    }
}

/// The ids of the events that wait, and whether the stream has ended after them.
fn drain(source: &mut Box<dyn EventSource>) -> (Vec<u64>, bool) {
    let mut ids = Vec::new();
    loop {
        match source.poll_next(Waker::noop()) {
            Poll::Pending => return (ids, false),
            Poll::Ready(None) => return (ids, true),
            Poll::Ready(Some(event)) => {
                let text = std::str::from_utf8(event.bytes()).expect("text");
                let id = text.lines().find_map(|line| line.strip_prefix("id: "));
                ids.push(id.expect("an id").parse().expect("a number"));
            }
        }
    }
}

#[test]
fn one_that_falls_behind_is_ended_and_the_others_go_on() {
    let hub = hub(100, 4);
    let mut slow = source_of(hub.subscribe(&LastEventId::default()));
    let mut quick = source_of(hub.subscribe(&LastEventId::default()));
    for id in 1..=6 {
        hub.publish("tick", "").expect("a good name");
        assert_eq!(drain(&mut quick), (vec![id], false));
    }
    assert_eq!(hub.subscribers(), 1);
    assert_eq!(drain(&mut slow), (vec![1, 2, 3, 4], true));
}

#[test]
fn bytes_count_as_well_as_events() {
    let mut limits = HubLimits::default();
    limits.queue_bytes = 100;
    let hub = EventHub::new(limits);
    let mut slow = source_of(hub.subscribe(&LastEventId::default()));
    hub.publish("a", "x".repeat(60)).expect("a good name");
    assert_eq!(hub.subscribers(), 1);
    hub.publish("a", "x".repeat(60)).expect("a good name");
    assert_eq!(hub.subscribers(), 0);
    assert_eq!(drain(&mut slow), (vec![1], true));
}

#[test]
fn history_is_bounded_in_bytes() {
    let mut limits = HubLimits::default();
    limits.history_bytes = 250;
    let hub = EventHub::new(limits);
    for _ in 0..10 {
        hub.publish("a", "x".repeat(60)).expect("a good name");
    }
    let id = LastEventId(Some("1".to_owned()));
    assert_eq!(drain(&mut source_of(hub.subscribe(&id))).0, [8, 9, 10]);
}

#[test]
fn where_the_oldest_are_dropped_a_gap_takes_their_place() {
    let mut limits = HubLimits::default();
    limits.queue = 3;
    limits.queue_bytes = 1_000;
    limits.history = 2;
    limits.overflow = Overflow::DropOldest;
    let hub = EventHub::new(limits);
    let next = |source: &mut Box<dyn EventSource>| match source.poll_next(Waker::noop()) {
        Poll::Ready(Some(event)) => String::from_utf8_lossy(event.bytes()).into_owned(),
        other => format!("{other:?}"),
    };
    let mut slow = source_of(hub.subscribe(&LastEventId::default()));
    for at in 1..=5 {
        hub.publish("a", at.to_string()).expect("a good name");
    }
    assert_eq!(hub.subscribers(), 1);
    assert_eq!(next(&mut slow), "event: gap\ndata: {\"dropped\":2}\n\n");
    for at in 3..=5 {
        assert_eq!(
            next(&mut slow),
            format!("event: a\nid: {at}\ndata: {at}\n\n")
        );
    }
    assert_eq!(next(&mut slow), "Pending");
    // One that would not even fit alone takes those before it along.
    hub.publish("a", "6").expect("a good name");
    hub.publish("a", "7".repeat(2_000)).expect("a good name");
    assert_eq!(next(&mut slow), "event: gap\ndata: {\"dropped\":2}\n\n");
    assert_eq!(next(&mut slow), "Pending");
    // One that comes back for more than is kept is told.
    let id = LastEventId(Some("2".to_owned()));
    let mut late = source_of(hub.subscribe(&id));
    assert_eq!(next(&mut late), "event: gap\ndata: {\"dropped\":3}\n\n");
    assert!(next(&mut late).starts_with("event: a\nid: 6\n"));
}

#[test]
fn one_that_comes_back_goes_on_where_it_stopped() {
    let hub = hub(3, 10);
    for _ in 0..6 {
        hub.publish("tick", "").expect("a good name");
    }
    let since = |id: &str| {
        let id = LastEventId(Some(id.to_owned()));
        drain(&mut source_of(hub.subscribe(&id))).0
    };
    assert_eq!(since("5"), [6]);
    assert!(since("6").is_empty());
    // Of what is no longer kept, the rest is given.
    assert_eq!(since("1"), [4, 5, 6]);
    assert!(since("not one of ours").is_empty());
    assert_eq!(hub.subscribers(), 0);
}

#[test]
fn a_waiting_client_is_woken_by_an_event() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    let hub = hub(1, 10);
    let mut source = source_of(hub.subscribe(&LastEventId::default()));
    let count = Arc::new(Count(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&count));
    assert!(source.poll_next(&waker).is_pending());
    assert_eq!(count.0.load(Ordering::Relaxed), 0);
    hub.publish("tick", "").expect("a good name");
    assert_eq!(count.0.load(Ordering::Relaxed), 1);
    assert!(source.poll_next(&waker).is_ready());
}

#[test]
fn a_name_of_two_lines_is_refused_and_uses_no_id() {
    let hub = hub(10, 10);
    assert!(hub.publish("a\nb", "").is_err());
    assert_eq!(hub.publish("a", "").expect("a good name"), 1);
}
