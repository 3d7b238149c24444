//! What a handler may do to its own request, and to nobody else's.

#![allow(clippy::expect_used)]

use std::sync::mpsc::{channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use brrtrouter::prelude::*;
use brrtrouter::{AppServiceBuilder, HandlerRequest};
use whole_server_tests::client::PATIENCE;
use whole_server_tests::{On, on_both, service_of};

on_both!(
    one_that_never_replies_holds_up_nobody_else,
    one_that_reads_half_of_its_body_leaves_the_rest_to_nobody,
    what_one_spawns_goes_on_by_itself_and_its_panic_is_its_own,
);

const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /good:
    get: {operationId: good, responses: {'200': {description: ok}}}
  /odd:
    post:
      operationId: odd
      requestBody: {content: {application/octet-stream: {}}}
      responses: {'200': {description: ok}}
";

fn service() -> AppServiceBuilder {
    service_of(DOCUMENT).handler("good", || "good")
}

fn one_that_never_replies_holds_up_nobody_else(on: On) {
    let (entered, has_entered) = channel();
    let stuck = move |_: &mut HandlerRequest<'_>| -> NoContent {
        entered.send(()).expect("the test waits");
        loop {
            may::coroutine::park();
        }
    };
    let service = service().raw("odd", stuck).build();
    let server = on.serve(service.expect("the service builds"));
    let address = server.address();
    // Each on a connection of its own, of which no answer comes.
    for _ in 0..4 {
        thread::spawn(move || {
            use std::io::{Read as _, Write as _};
            let mut stream = std::net::TcpStream::connect(address).expect("a connection");
            stream
                .write_all(b"POST /odd HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n")
                .expect("it is sent");
            let _ = stream.read(&mut [0; 64]);
        });
        has_entered.recv_timeout(PATIENCE).expect("it runs");
    }
    let client = server.client();
    for _ in 0..20 {
        assert_eq!(client.get("/good").body, b"good");
    }
    assert!(!server.handle().shutdown(Duration::ZERO).is_clean());
}

fn one_that_reads_half_of_its_body_leaves_the_rest_to_nobody(on: On) {
    let half = |request: &mut HandlerRequest<'_>| -> Result<String, Problem> {
        let mut seen = 0;
        while seen < 20_000 {
            let body = request.body_mut();
            if !body.fill().map_err(Problem::internal)? {
                break;
            }
            let count = body.buffered().len().min(20_000 - seen);
            body.consume(count);
            seen += count;
        }
        Ok(seen.to_string())
    };
    let service = service().raw("odd", half).build();
    let server = on.serve(service.expect("the service builds"));
    let client = server.client();
    let body = b"GET /good HTTP/1.1\r\nhost: a\r\n\r\n".repeat(1_250);
    for _ in 0..5 {
        let fields = [("content-type", "application/octet-stream")];
        let reply = client.send("POST", "/odd", &fields, &body);
        assert_eq!((reply.status, &*reply.body), (200, &b"20000"[..]));
        assert_eq!(client.get("/good").body, b"good");
    }
}

fn what_one_spawns_goes_on_by_itself_and_its_panic_is_its_own(on: On) {
    let (open, gate) = sync_channel::<()>(0);
    let (ended, has_ended) = channel();
    let gate = Arc::new(Mutex::new(gate));
    let spawning = move |_: &mut HandlerRequest<'_>| {
        let (gate, ended) = (Arc::clone(&gate), ended.clone());
        may::go!(|| std::panic::resume_unwind(Box::new("of its own")));
        thread::spawn(move || {
            let opened = gate.lock().expect("nobody panics here").recv();
            let coroutine = may::go!(move || ended.send(opened.is_ok()));
            let _ = coroutine.join();
        });
        "spawned"
    };
    let service = service().raw("odd", spawning).build();
    let server = on.serve(service.expect("the service builds"));
    let client = server.client();
    for _ in 0..10 {
        let reply = client.send("POST", "/odd", &[], b"");
        assert_eq!(reply.body, b"spawned");
        assert!(has_ended.try_recv().is_err(), "it waits");
        assert_eq!(client.get("/good").body, b"good");
        open.send(()).expect("it waits");
        assert_eq!(has_ended.recv_timeout(PATIENCE), Ok(true));
    }
}
