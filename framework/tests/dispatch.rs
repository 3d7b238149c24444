//! Where handlers run, and what happens when they are late, stuck or broken there.

#![allow(clippy::expect_used, clippy::panic)]

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use brrtrouter::dispatch::{PoolLimits, asynchronous};
use brrtrouter::prelude::*;
use brrtrouter::service::BuildFault;
use brrtrouter::{AppServiceBuilder, Dispatch, HandlerRequest, Response};
use brrtrouter_spec::Loader;
use brrtrouter_transport::body::BufferedBody;
use brrtrouter_transport::{Body, Request, Service as _};

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /run:
    get: {operationId: run, responses: {'200': {description: ok}}}
";

const PATIENCE: Duration = Duration::from_secs(20);

fn builder() -> AppServiceBuilder {
    let spec = Loader::new().load_str(DOCUMENT, "run.yaml");
    AppService::builder(spec.expect("the document loads"))
}

fn get(service: &AppService) -> (u16, String) {
    let mut source = BufferedBody::new(b"");
    let mut request = Request::new("GET", "/run", &[], Body::new(&mut source, 0));
    let mut response = Response::new();
    service.call(&mut request, &mut response);
    let content = response.content().expect("a whole answer");
    let content = String::from_utf8_lossy(content).into_owned();
    (response.status().code(), content)
}

/// Says when it is dropped.
struct Witness(mpsc::Sender<()>);

impl Drop for Witness {
    fn drop(&mut self) {
        // The test may have ended.
        let _ = self.0.send(());
    }
}

#[test]
fn a_handler_runs_apart_and_its_answer_comes_back() {
    for dispatch in [
        Dispatch::inline(),
        Dispatch::coroutine(),
        Dispatch::blocking(),
    ] {
        let service = builder()
            .handler("run", || "done")
            .dispatch("run", dispatch);
        let service = service.build().expect("the service builds");
        for _ in 0..100 {
            assert_eq!(get(&service), (200, "done".to_owned()));
        }
    }
}

#[test]
fn a_blocking_handler_runs_on_a_thread_of_the_pool() {
    let name = || thread::current().name().unwrap_or_default().to_owned();
    let service = builder()
        .handler("run", name)
        .dispatch("run", Dispatch::blocking());
    let (_, name) = get(&service.build().expect("the service builds"));
    assert!(name.starts_with("blocking-"), "{name}");
}

#[test]
fn a_coroutine_that_waits_past_its_deadline_is_unwound() {
    let (sender, dropped) = mpsc::channel();
    let handler = move || -> NoContent {
        let _witness = Witness(sender.clone());
        loop {
            may::coroutine::park();
        }
    };
    let dispatch = Dispatch::coroutine().with_deadline(Duration::from_millis(20));
    let service = builder().handler("run", handler).dispatch("run", dispatch);
    let service = service.build().expect("the service builds");
    for _ in 0..10 {
        assert_eq!(get(&service).0, 504);
        dropped
            .recv_timeout(PATIENCE)
            .expect("what the handler held is dropped");
    }
}

#[test]
fn the_answer_of_a_late_thread_is_thrown_away() {
    let (release, released) = mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let (sender, dropped) = mpsc::channel();
    let handler = move || {
        // Until the test says so.
        let _ = released.lock().expect("one at a time").recv();
        LateAnswer(Witness(sender.clone()))
    };
    let dispatch = Dispatch::blocking().with_deadline(Duration::from_millis(20));
    let service = builder().handler("run", handler).dispatch("run", dispatch);
    let service = service.build().expect("the service builds");
    assert_eq!(get(&service).0, 504);
    release.send(()).expect("the handler waits");
    dropped
        .recv_timeout(PATIENCE)
        .expect("the answer is dropped");
}

struct LateAnswer(#[allow(dead_code)] Witness);

impl IntoResponse for LateAnswer {
    fn into_response(self, _: &mut Response) -> Result<(), Problem> {
        panic!("nobody asked")
    }
}

#[test]
fn a_panic_apart_from_the_connection_is_500() {
    for dispatch in [Dispatch::coroutine(), Dispatch::blocking()] {
        let handler = || -> NoContent { panic!("of a handler") };
        let service = builder().handler("run", handler).dispatch("run", dispatch);
        let service = service.build().expect("the service builds");
        for _ in 0..20 {
            let (status, content) = get(&service);
            assert_eq!(status, 500);
            assert!(!content.contains("of a handler"), "{content}");
        }
    }
}

#[test]
fn a_full_pool_is_503_and_recovers() {
    let (entered, has_entered) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let handler = move || {
        entered.send(()).expect("the test waits");
        // Until the test says so.
        let _ = released.lock().expect("one at a time").recv();
        "done"
    };
    let service = builder()
        .handler("run", handler)
        .dispatch("run", Dispatch::blocking().with_deadline(PATIENCE))
        .blocking_pool(PoolLimits::new(1, 1));
    let service = service.build().expect("the service builds");
    thread::scope(|scope| {
        let first = scope.spawn(|| get(&service));
        has_entered.recv_timeout(PATIENCE).expect("the first runs");
        // Of two more, one waits, and there is no room for the other.
        let (answered, answers) = mpsc::channel();
        for _ in 0..2 {
            let (answered, service) = (answered.clone(), &service);
            scope.spawn(move || answered.send(get(service).0).expect("the test waits"));
        }
        assert_eq!(answers.recv_timeout(PATIENCE), Ok(503));
        release.send(()).expect("the first waits");
        release.send(()).expect("the other will");
        assert_eq!(first.join().expect("an answer").0, 200);
        assert_eq!(answers.recv_timeout(PATIENCE), Ok(200));
    });
    release.send(()).expect("the handler is there");
    assert_eq!(get(&service).0, 200);
}

#[test]
fn a_coroutine_has_the_stack_it_was_given() {
    fn deep(depth: usize) -> usize {
        let block = std::hint::black_box([depth as u8; 1024]);
        if depth == 0 {
            return usize::from(block[0]);
        }
        deep(depth - 1) + usize::from(std::hint::black_box(block)[1023] == depth as u8)
    }
    let dispatch = Dispatch::coroutine().with_stack(64 * 1024 * 1024);
    let service = builder()
        .handler("run", || deep(10_000).to_string())
        .dispatch("run", dispatch);
    let service = service.build().expect("the service builds");
    assert_eq!(get(&service), (200, "10000".to_owned()));
}

#[test]
fn a_function_of_the_whole_request_runs_inline_only() {
    let service = builder()
        .raw("run", |_: &mut HandlerRequest<'_>| NoContent)
        .dispatch("run", Dispatch::blocking());
    let error = service.build().expect_err("it cannot");
    let faults: Vec<String> = error.faults().iter().map(BuildFault::to_string).collect();
    assert_eq!(
        faults,
        [
            "the handler of operation \"run\" does not fit: it takes the whole request, so it can only \
          run inline"
        ]
    );
}

#[test]
fn settings_for_an_operation_that_is_not_there_are_named() {
    let service = builder()
        .handler("run", || "done")
        .dispatch("walk", Dispatch::coroutine())
        .body_limit("jump", 1)
        .without("fly");
    let error = service.build().expect_err("there are none such");
    let faults: Vec<String> = error.faults().iter().map(BuildFault::to_string).collect();
    assert_eq!(
        faults,
        [
            "there is no operation \"fly\" for the leaving out of that name",
            "there is no operation \"jump\" for the body limit of that name",
            "there is no operation \"walk\" for the dispatch of that name",
        ]
    );
}

#[test]
fn an_async_function_is_polled_to_its_end() {
    async fn later() -> String {
        let (sender, receiver) = mpsc::channel();
        let mut waiting = Some(sender);
        std::future::poll_fn(move |context| {
            if let Some(sender) = waiting.take() {
                let waker = context.waker().clone();
                thread::spawn(move || {
                    sender.send("woken").expect("the future waits");
                    waker.wake();
                });
            }
            match receiver.try_recv() {
                Ok(word) => std::task::Poll::Ready(word.to_owned()),
                Err(_) => std::task::Poll::Pending,
            }
        })
        .await
    }
    let dispatches = [
        Dispatch::inline(),
        Dispatch::coroutine(),
        Dispatch::blocking(),
    ];
    for dispatch in dispatches {
        let service = builder()
            .handler("run", asynchronous(later))
            .dispatch("run", dispatch);
        let service = service.build().expect("the service builds");
        assert_eq!(get(&service), (200, "woken".to_owned()));
    }
}

#[test]
fn an_async_function_may_need_a_runtime() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()
        .expect("a runtime");
    let handle = runtime.handle().clone();
    let sleepy = move || {
        let task = handle.spawn(async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            "rested"
        });
        async move { task.await.map_err(Problem::internal) }
    };
    let service = builder()
        .handler("run", asynchronous(sleepy))
        .dispatch("run", Dispatch::coroutine());
    let service = service.build().expect("the service builds");
    assert_eq!(get(&service), (200, "rested".to_owned()));
}
