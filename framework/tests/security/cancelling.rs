//! What becomes of providers that nobody waits for any more.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use brrtrouter::dispatch::PoolLimits;
use brrtrouter::prelude::*;
use brrtrouter::security::{Credential, Denial, SecurityOptions, SecurityProvider};
use brrtrouter::testing::TestClient;

use crate::{one_operation, service_of, who};

const TWO: &str = "    a: {type: apiKey, in: header, name: a}\n    \
                   b: {type: apiKey, in: header, name: b}\n";

/// Lets everybody in at once.
struct Open;

impl SecurityProvider for Open {
    fn verify(&self, _: &Credential<'_>) -> Result<Identity, Denial> {
        Ok(Identity::new("somebody"))
    }
}

/// Says that it has begun, works until it is told that nobody waits, and says that.
struct Endless(Mutex<Sender<&'static str>>);

impl SecurityProvider for Endless {
    fn verify(&self, credential: &Credential<'_>) -> Result<Identity, Denial> {
        let tell = |what| self.0.lock().unwrap().send(what);
        // The test may be over.
        let _ = tell("begun");
        while !credential.is_cancelled() {
            std::thread::yield_now();
        }
        let _ = tell("cancelled");
        Err(Denial::unknown("it was cancelled"))
    }

    fn blocks(&self) -> bool {
        true
    }
}

/// Says that it has begun, and waits for the test.
pub(crate) struct Held(pub(crate) Mutex<Sender<()>>, pub(crate) Mutex<Receiver<()>>);

impl SecurityProvider for Held {
    fn verify(&self, _: &Credential<'_>) -> Result<Identity, Denial> {
        self.0.lock().unwrap().send(()).unwrap();
        self.1.lock().unwrap().recv().unwrap();
        Ok(Identity::new("somebody"))
    }

    fn blocks(&self) -> bool {
        true
    }
}

struct Panics;

impl SecurityProvider for Panics {
    fn verify(&self, _: &Credential<'_>) -> Result<Identity, Denial> {
        panic!("it panics")
    }

    fn blocks(&self) -> bool {
        true
    }
}

pub(crate) fn options(threads: usize, queue: usize, deadline: u64) -> SecurityOptions {
    let mut options = SecurityOptions::default();
    options.pool = PoolLimits::new(threads, queue);
    options.deadline = Duration::from_millis(deadline);
    options
}

#[test]
fn the_others_are_cancelled_when_one_has_won() {
    let (sender, told) = channel();
    let (begin, _begun) = channel();
    let (win, receiver) = channel();
    let service = service_of(&one_operation("[{a: []}, {b: []}]", TWO))
        .security("a", Held(Mutex::new(begin), Mutex::new(receiver)))
        .security("b", Endless(Mutex::new(sender)))
        .security_options(options(2, 2, 60_000))
        .handler("it", who);
    let client = TestClient::new(service.build().unwrap());
    std::thread::scope(|scope| {
        let ask = || client.get("/").field("a", "x").field("b", "x").send();
        let asked = scope.spawn(ask);
        assert_eq!(told.recv().unwrap(), "begun");
        win.send(()).unwrap();
        assert_eq!(asked.join().unwrap().text(), "somebody by a for []");
        assert_eq!(told.recv().unwrap(), "cancelled");
    });
}

#[test]
fn past_the_deadline_nobody_is_let_in() {
    let (sender, _told) = channel();
    let service = service_of(&one_operation("[b: []]", TWO))
        .security("b", Endless(Mutex::new(sender)))
        .security("a", Open)
        .security_options(options(1, 1, 50))
        .handler("it", who);
    let client = TestClient::new(service.build().unwrap());
    let answer = client.get("/").field("b", "x").send();
    assert_eq!((answer.status(), answer.field("retry-after")), (503, "1"));
}

#[test]
fn without_a_free_thread_nobody_is_let_in_and_later_all_is_well() {
    let (begin, begun) = channel();
    let (sender, receiver) = channel();
    let service = service_of(&one_operation("[a: []]", TWO))
        .security("a", Held(Mutex::new(begin), Mutex::new(receiver)))
        .security("b", Open)
        .security_options(options(1, 1, 60_000))
        .handler("it", who);
    let client = Arc::new(TestClient::new(service.build().unwrap()));
    let ask = || client.get("/").field("a", "x").send().status();
    std::thread::scope(|scope| {
        let mut asked = vec![scope.spawn(ask)];
        begun.recv().unwrap();
        // One runs, one waits in the queue, and the others are turned away.
        asked.extend((0..7).map(|_| scope.spawn(ask)));
        while asked.iter().filter(|one| one.is_finished()).count() < 6 {
            std::thread::yield_now();
        }
        (0..2).for_each(|_| sender.send(()).unwrap());
        let mut statuses: Vec<u16> = asked.into_iter().map(|one| one.join().unwrap()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 503, 503, 503, 503, 503, 503]);
    });
    sender.send(()).unwrap();
    assert_eq!(ask(), 200);
}

#[test]
fn a_provider_that_panics_lets_nobody_in() {
    let service = service_of(&one_operation("[a: []]", TWO))
        .security("a", Panics)
        .security("b", Open)
        .handler("it", who);
    let client = TestClient::new(service.build().unwrap());
    assert_eq!(client.get("/").field("a", "x").send().status(), 503);
}
