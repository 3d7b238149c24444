//! What happens at once, many times over: panics among good requests, deadlines, late answers. Each round
//! has a server of its own; `BRRT_ROUNDS` says how many there are.

#![allow(clippy::expect_used, clippy::panic)]

use std::ops::ControlFlow;
use std::panic;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, Once};
use std::thread;
use std::time::{Duration, Instant};

use brrtrouter::dispatch::{Dispatch, PoolLimits};
use brrtrouter::prelude::*;
use brrtrouter::{AppServiceBuilder, Response};
use whole_server_tests::client::{Client, PATIENCE};
use whole_server_tests::{On, on_both, service_of};

on_both!(
    panics_among_good_requests_spoil_no_answer_but_their_own,
    who_misses_a_deadline_is_unwound_and_nobody_else_is,
    an_answer_at_its_deadline_is_given_or_dropped_and_never_given_to_another,
    what_threads_answer_late_is_dropped,
);

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /inline/{n}: {$ref: '#/components/pathItems/inline'}
  /coroutine/{n}: {$ref: '#/components/pathItems/coroutine'}
  /thread/{n}: {$ref: '#/components/pathItems/thread'}
components:
  parameters:
    n: {name: n, in: path, required: true, schema: {type: integer, format: int32}}
  pathItems:
    inline:
      parameters: [{$ref: '#/components/parameters/n'}]
      get: {operationId: inline, responses: {'200': {description: ok}}}
    coroutine:
      parameters: [{$ref: '#/components/parameters/n'}]
      get: {operationId: coroutine, responses: {'200': {description: ok}}}
    thread:
      parameters: [{$ref: '#/components/parameters/n'}]
      get: {operationId: thread, responses: {'200': {description: ok}}}
";

const PLACES: [&str; 3] = ["inline", "coroutine", "thread"];

const CLIENTS: i32 = 4;

/// How often each client asks in each place.
const QUESTIONS: i32 = 8;

fn rounds() -> usize {
    let said = std::env::var("BRRT_ROUNDS").ok();
    said.map_or(5, |rounds| rounds.parse().expect("BRRT_ROUNDS is a number"))
}

/// A service whose operations run where their names say.
fn service() -> AppServiceBuilder {
    service_of(DOCUMENT)
        .dispatch("coroutine", Dispatch::coroutine())
        .dispatch("thread", Dispatch::blocking())
        .blocking_pool(PoolLimits::new(4, 256))
}

/// Has several clients, each with its own connection, ask in every place, and hands each answer with its
/// number to `judge`.
fn ask(on: On, service: AppServiceBuilder, judge: impl Fn(&str, i32, u16, &str) + Sync) {
    let server = on.serve(service.build().expect("the service builds"));
    thread::scope(|scope| {
        for one in 0..CLIENTS {
            let (client, judge) = (server.client(), &judge);
            scope.spawn(move || {
                for question in 0..QUESTIONS {
                    for place in PLACES {
                        ask_once(&client, place, one * QUESTIONS + question, judge);
                    }
                }
            });
        }
    });
}

fn ask_once(client: &Client, place: &str, number: i32, judge: impl Fn(&str, i32, u16, &str)) {
    let reply = client.get(&format!("/{place}/{number}"));
    let content = String::from_utf8_lossy(&reply.body);
    judge(place, number, reply.status, &content);
}

/// Says when it is dropped.
struct Witness(Sender<()>);

impl Drop for Witness {
    fn drop(&mut self) {
        // The round may have failed.
        let _ = self.0.send(());
    }
}

/// Waits until as many witnesses are gone.
fn expect_dropped(dropped: &Receiver<()>, count: usize) {
    for one in 0..count {
        dropped
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|_| panic!("{one} of {count} are dropped"));
    }
    assert!(dropped.try_recv().is_err(), "more than {count} are dropped");
}

/// An answer that somebody looks after.
struct Answer(
    i32,
    #[expect(dead_code, reason = "it is there to be dropped")] Witness,
);

impl IntoResponse for Answer {
    fn into_response(self, response: &mut Response) -> Result<(), Problem> {
        self.0.to_string().into_response(response)
    }
}

/// What handlers panic with; it is not printed.
struct OnPurpose;

fn quiet_panics() {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !info.payload().is::<OnPurpose>() {
                usual(info);
            }
        }));
    });
}

fn panics_among_good_requests_spoil_no_answer_but_their_own(on: On) {
    quiet_panics();
    for _ in 0..rounds() {
        let answer = |Path(n): Path<i32>| -> String {
            match n % 3 {
                0 => panic::panic_any(OnPurpose),
                _ => n.to_string(),
            }
        };
        let service = PLACES
            .iter()
            .fold(service(), |service, place| service.handler(*place, answer));
        ask(on, service, |place, number, status, content| {
            if number % 3 == 0 {
                assert_eq!(status, 500, "{place} {number}: {content}");
            } else {
                let expected = (200, number.to_string());
                assert_eq!((status, content.to_owned()), expected, "{place}");
            }
        });
    }
}

fn who_misses_a_deadline_is_unwound_and_nobody_else_is(on: On) {
    for _ in 0..rounds() {
        let (sender, dropped) = channel();
        let answer = move |Path(n): Path<i32>| -> Answer {
            let witness = Witness(sender.clone());
            if n % 4 == 0 {
                loop {
                    may::coroutine::park();
                }
            }
            Answer(n, witness)
        };
        // Longer where nobody is late, so that a busy machine makes nobody so.
        let late = Dispatch::coroutine().with_deadline(Duration::from_millis(100));
        let service = service()
            .handler("inline", answer.clone())
            .handler("coroutine", answer)
            .handler("thread", |Path(n): Path<i32>| n.to_string())
            .dispatch("inline", late.clone())
            .dispatch("coroutine", late);
        ask(on, service, |place, number, status, content| {
            // On a busy machine anybody may be late.
            if status == 504 {
                assert_ne!(place, "thread", "{number}: {content}");
                return;
            }
            assert!(place == "thread" || number % 4 != 0, "{place} {number}");
            let expected = (200, number.to_string());
            assert_eq!((status, content.to_owned()), expected, "{place}");
        });
        expect_dropped(&dropped, 2 * (CLIENTS * QUESTIONS) as usize);
    }
}

fn an_answer_at_its_deadline_is_given_or_dropped_and_never_given_to_another(on: On) {
    const DEADLINE: Duration = Duration::from_millis(2);
    for _ in 0..rounds() {
        let (sender, dropped) = channel();
        let answer = move |Path(n): Path<i32>| -> Answer {
            let witness = Witness(sender.clone());
            // From half a deadline to one and a half.
            let busy = DEADLINE * (8 + n.unsigned_abs() % 16) / 16;
            let begun = Instant::now();
            while begun.elapsed() < busy {
                thread::yield_now();
            }
            Answer(n, witness)
        };
        let service = service()
            .handler("inline", |Path(n): Path<i32>| n.to_string())
            .handler("coroutine", answer.clone())
            .handler("thread", answer)
            .dispatch("coroutine", Dispatch::coroutine().with_deadline(DEADLINE))
            .dispatch("thread", Dispatch::blocking().with_deadline(DEADLINE));
        ask(on, service, |place, number, status, content| {
            if status == 504 {
                assert_ne!(place, "inline", "{number}: {content}");
                return;
            }
            let expected = (200, number.to_string());
            assert_eq!((status, content.to_owned()), expected, "{place}");
        });
        // One that was late before it could begin is dropped without a witness.
        assert!(
            settle(&dropped) <= 2 * (CLIENTS * QUESTIONS) as usize,
            "more are dropped than were made"
        );
    }
}

/// How many witnesses are gone, once nobody holds any.
fn settle(dropped: &Receiver<()>) -> usize {
    let next = |count: usize, _| match dropped.recv_timeout(PATIENCE) {
        Ok(()) => ControlFlow::Continue(count + 1),
        Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => ControlFlow::Break(count),
        Err(_) => panic!("what holds a witness does not end"),
    };
    match (0..).try_fold(0, next) {
        ControlFlow::Continue(count) | ControlFlow::Break(count) => count,
    }
}

/// What the threads of a round wait at.
#[derive(Default)]
struct Gate {
    is_open: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    fn pass(&self) {
        let shut = self.is_open.lock().expect("nobody panics here");
        let open = self.opened.wait_while(shut, |is_open| !*is_open);
        drop(open.expect("nobody panics here"));
    }

    fn open(&self) {
        *self.is_open.lock().expect("nobody panics here") = true;
        self.opened.notify_all();
    }
}

fn what_threads_answer_late_is_dropped(on: On) {
    const THREADS: i32 = 4;
    for _ in 0..rounds() {
        let gate = Arc::new(Gate::default());
        let (sender, dropped) = channel();
        let passed = Arc::clone(&gate);
        let late = move |Path(n): Path<i32>| -> Answer {
            let witness = Witness(sender.clone());
            passed.pass();
            Answer(n, witness)
        };
        let deadline = Duration::from_millis(5);
        let service = service()
            .handler("inline", |Path(n): Path<i32>| n.to_string())
            .handler("coroutine", |Path(n): Path<i32>| n.to_string())
            .handler("thread", late)
            .dispatch("thread", Dispatch::blocking().with_deadline(deadline));
        let server = on.serve(service.build().expect("the service builds"));
        let client = server.client();
        let expect = |place: &str, number: i32, status: u16, content: &str| {
            match place {
                "thread" => assert_eq!(status, 504, "{number}: {content}"),
                _ => assert_eq!((status, content), (200, &*number.to_string()), "{place}"),
            };
        };
        for number in 0..THREADS {
            ask_once(&client, "thread", number, expect);
            ask_once(&client, "inline", number, expect);
        }
        gate.open();
        for number in THREADS..2 * THREADS {
            ask_once(&client, "coroutine", number, expect);
            ask_once(&client, "inline", number, expect);
        }
        expect_dropped(&dropped, THREADS as usize);
    }
}
