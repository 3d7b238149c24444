//! Starting, listening, draining.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::net::TcpListener;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use brrtrouter::ServeError;
use brrtrouter::operations::Health;
use brrtrouter::prelude::*;
use brrtrouter::testing::TestClient;
use brrtrouter_minihttp::MiniHttpServer;
use whole_server_tests::{On, on_both, service_of};

on_both!(
    it_listens_when_serve_returns,
    a_shutdown_finishes_what_is_in_flight,
    nobody_is_let_in_after_a_shutdown,
    an_occupied_port_is_an_error,
    a_drain_is_told_and_requests_are_still_answered_for_a_while,
);

#[test]
fn one_service_is_served_on_several_addresses_and_transports() {
    let service = service_of(DOCUMENT)
        .without("slow")
        .handler("fast", || "fast");
    let service = Arc::new(service.build().unwrap());
    let servers = [
        On::Raw.serve(Arc::clone(&service)),
        On::Raw.serve(Arc::clone(&service)),
        On::MiniHttp.serve(service),
    ];
    let [first, rest @ ..] = &servers;
    first.handle().shutdown(Duration::from_secs(20));
    for server in rest {
        assert_eq!(server.client().get("/fast").body, b"fast");
    }
}

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /slow:
    get: {operationId: slow, responses: {'200': {description: ok}}}
  /fast:
    get: {operationId: fast, responses: {'200': {description: ok}}}
";

fn it_listens_when_serve_returns(on: On) {
    for _ in 0..20 {
        let service = service_of(DOCUMENT)
            .without("slow")
            .handler("fast", || "fast");
        let server = on.serve(service.build().unwrap());
        assert_eq!(server.client().get("/fast").body, b"fast");
    }
}

fn a_shutdown_finishes_what_is_in_flight(on: On) {
    let (entered, has_entered) = mpsc::channel();
    // The handler waits on its coroutine, so that it blocks no worker.
    let (release, released) = may::sync::mpsc::channel::<()>();
    let released = may::sync::Mutex::new(released);
    let slow = move || {
        entered.send(()).unwrap();
        released.lock().unwrap().recv().unwrap();
        "done"
    };
    let service = service_of(DOCUMENT)
        .handler("slow", slow)
        .handler("fast", || "fast");
    let server = on.serve(service.build().unwrap());
    thread::scope(|scope| {
        let request = scope.spawn(|| server.client().get("/slow"));
        has_entered.recv().unwrap();
        let shutdown = scope.spawn(|| server.handle().shutdown(Duration::from_secs(20)));
        release.send(()).unwrap();
        let answer = request.join().unwrap();
        assert_eq!((answer.status, &answer.body[..]), (200, &b"done"[..]));
        assert!(shutdown.join().unwrap().is_clean());
    });
}

fn nobody_is_let_in_after_a_shutdown(on: On) {
    let service = service_of(DOCUMENT)
        .without("slow")
        .handler("fast", || "fast");
    let server = on.serve(service.build().unwrap());
    let address = server.address();
    assert_eq!(server.client().get("/fast").status, 200);
    server.handle().shutdown(Duration::from_secs(20));
    assert!(std::net::TcpStream::connect(address).is_err());
}

fn an_occupied_port_is_an_error(on: On) {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap();
    let refused = match on {
        On::Raw => RawServer::bind(address).map(|_| ()),
        On::MiniHttp => MiniHttpServer::bind(address).map(|_| ()),
    };
    assert!(
        matches!(refused, Err(ServeError::AddressInUse { .. })),
        "{refused:?}"
    );

    let service = || {
        service_of(DOCUMENT)
            .without("slow")
            .handler("fast", || "fast")
    };
    let first = on.serve(service().build().unwrap());
    for second in [On::Raw, On::MiniHttp] {
        let refused = match second {
            On::Raw => RawServer::bind(first.address()).map(|_| ()),
            On::MiniHttp => MiniHttpServer::bind(first.address()).map(|_| ()),
        };
        assert!(
            matches!(refused, Err(ServeError::AddressInUse { .. })),
            "{refused:?}"
        );
    }
    assert_eq!(first.client().get("/fast").status, 200);
}

fn a_drain_is_told_and_requests_are_still_answered_for_a_while(on: On) {
    const GRACE: Duration = Duration::from_secs(2);

    let health = Health::new();
    let service = service_of(DOCUMENT)
        .without("slow")
        .handler("fast", || "fast")
        .mount("/readyz", health.readiness());
    let server = on.start(service.build().unwrap());
    let address = server.local_addr();
    assert_eq!(TestClient::at(address).get("/readyz").send().status(), 200);
    let (told, is_told) = mpsc::channel();
    let server = server
        .on_drain(move || {
            health.start_draining();
            // Before anything else: whoever asks now is let in, and learns of it.
            let client = TestClient::at(address);
            let statuses = ["/readyz", "/fast"].map(|path| client.get(path).send().status());
            told.send(statuses).unwrap();
        })
        .drain_after(GRACE);
    thread::scope(|scope| {
        let start = Instant::now();
        let shutdown = scope.spawn(|| server.shutdown(Duration::from_secs(20)));
        assert_eq!(is_told.recv().unwrap(), [503, 200]);
        // On a connection of its own, after the drain has begun.
        let answer = TestClient::at(address).get("/readyz").send();
        assert_eq!(answer.status(), 503);
        assert!(shutdown.join().unwrap().is_clean());
        assert!(start.elapsed() >= GRACE);
    });
    assert!(std::net::TcpStream::connect(address).is_err());
}
