//! Answers that are given in a handler's place, when it is late or there is no room for it.

use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use brrtrouter::dispatch::PoolLimits;
use brrtrouter::middleware::MetricsMiddleware;
use brrtrouter::prelude::*;
use brrtrouter::service::BuildFault;
use brrtrouter::testing::TestClient;
use brrtrouter::{Dispatch, HandlerRequest};
use whole_server_tests::{On, on_both, service_of};

use crate::chain::{Noting, Seen};

on_both!(
    middleware_sees_a_missed_deadline,
    middleware_sees_that_there_is_no_room,
    one_deadline_holds_for_all_operations_without_a_dispatch_of_their_own,
);

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /late:
    get: {operationId: late, responses: {'200': {description: ok}}}
  /other:
    get: {operationId: other, responses: {'200': {description: ok}}}
";

/// Waits, as a coroutine does, for what never comes; says so when it is told to end.
fn wait_for_ever(ended: mpsc::Sender<()>) -> impl Fn() -> NoContent + Send + Sync + 'static {
    struct Ended(mpsc::Sender<()>);
    impl Drop for Ended {
        fn drop(&mut self) {
            let _ = self.0.send(());
        }
    }
    let (never, wait) = may::sync::mpsc::channel::<()>();
    let held = may::sync::Mutex::new((never, wait));
    let ended = Mutex::new(ended);
    move || {
        let _ended = Ended(ended.lock().unwrap().clone());
        let held = held.lock().unwrap();
        let _ = held.1.recv();
        NoContent
    }
}

fn middleware_sees_a_missed_deadline(on: On) {
    let (ended, has_ended) = mpsc::channel();
    let (seen, metrics) = (Seen::default(), MetricsMiddleware::new());
    let service = service_of(DOCUMENT)
        .handler("late", wait_for_ever(ended))
        .handler("other", || "other")
        .dispatch(
            "late",
            Dispatch::coroutine().with_deadline(Duration::from_millis(20)),
        )
        .middleware(metrics.clone())
        .middleware(Noting("it", seen.clone()))
        .build()
        .unwrap();
    let client = on.client(service);
    let answer = client.get("/late").send();
    assert_eq!(
        (answer.status(), answer.field("content-type")),
        (504, "application/problem+json")
    );
    assert_eq!(seen.take(), ["it in", "it 504 late "]);
    has_ended.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(client.get("/other").send().text(), "other");
    let text = metrics.render();
    let counted = r#"http_requests_total{method="GET",route="/late",status="5xx"} 1"#;
    assert!(text.lines().any(|line| line == counted), "{text}");
}

fn middleware_sees_that_there_is_no_room(on: On) {
    let (entered, is_in) = mpsc::channel();
    let (go, wait) = mpsc::channel::<()>();
    let (entered, wait) = (Mutex::new(entered), Mutex::new(wait));
    let seen = Seen::default();
    let service = service_of(DOCUMENT)
        .handler("late", move || {
            let _ = entered.lock().unwrap().send(());
            let _ = wait.lock().unwrap().recv();
            "late"
        })
        .handler("other", || "other")
        .dispatch("late", Dispatch::blocking())
        .blocking_pool(PoolLimits::new(1, 1))
        .middleware(Noting("it", seen.clone()))
        .build()
        .unwrap();
    let client = Arc::new(on.client(service));
    let (answered, answers) = mpsc::channel();
    let ask = || {
        let (client, answered) = (Arc::clone(&client), answered.clone());
        thread::spawn(move || {
            let answer = client.get("/late").send();
            let retry = answer.field("retry-after").to_owned();
            answered.send((answer.status(), retry)).unwrap();
        })
    };
    let mut askers = vec![ask()];
    is_in.recv().unwrap();
    // One of them waits for the thread, and there is no room for the other.
    askers.extend([ask(), ask()]);
    assert_eq!(answers.recv().unwrap(), (503, "1".to_owned()));
    assert_eq!(client.get("/other").send().status(), 200);
    for _ in 0..2 {
        go.send(()).unwrap();
        assert_eq!(answers.recv().unwrap().0, 200);
    }
    for asker in askers {
        asker.join().unwrap();
    }
    let mut out = seen.take();
    out.retain(|one| one != "it in");
    out.sort();
    assert_eq!(
        out,
        [
            "it 200 late ",
            "it 200 late ",
            "it 200 other ",
            "it 503 late "
        ]
    );
}

fn one_deadline_holds_for_all_operations_without_a_dispatch_of_their_own(on: On) {
    let (ended, has_ended) = mpsc::channel();
    let (go, wait) = mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let service = service_of(DOCUMENT)
        .handler("late", wait_for_ever(ended))
        .handler("other", move || {
            wait.lock().unwrap().recv().unwrap();
            "other"
        })
        .dispatch("other", Dispatch::blocking())
        .deadline(Duration::from_millis(20))
        .build()
        .unwrap();
    let client = Arc::new(on.client(service));
    let other = thread::spawn({
        let client = Arc::clone(&client);
        move || client.get("/other").send().status()
    });
    assert_eq!(client.get("/late").send().status(), 504);
    has_ended.recv_timeout(Duration::from_secs(20)).unwrap();
    go.send(()).unwrap();
    assert_eq!(other.join().unwrap(), 200);
}

#[test]
fn a_deadline_that_cannot_hold_stops_the_start_until_the_operation_is_taken_out() {
    let builder = || {
        service_of(DOCUMENT)
            .raw("late", |_: &mut HandlerRequest<'_>| "late")
            .handler("other", || "other")
            .deadline(Duration::from_secs(60))
    };
    let error = builder().build().unwrap_err();
    assert!(
        matches!(error.faults(), [BuildFault::Handler { operation, .. }] if operation == "late"),
        "{error}"
    );
    let service = builder().dispatch("late", Dispatch::inline());
    let client = TestClient::new(service.build().unwrap());
    assert_eq!(client.get("/late").send().text(), "late");
}
