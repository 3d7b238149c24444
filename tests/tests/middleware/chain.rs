use std::sync::{Arc, Mutex};

use brrtrouter::Response;
use brrtrouter::middleware::{Middleware, Next};
use brrtrouter::prelude::*;
use brrtrouter_transport::Request;
use whole_server_tests::{On, on_both};

use crate::api::{KEY, api};

on_both!(
    it_runs_in_the_order_in_which_it_was_added,
    it_sees_what_was_refused_and_what_panicked,
    it_can_end_a_request_early,
    it_can_change_the_request_and_the_answer_and_leave_values,
    its_own_panic_is_500,
);

/// What was seen, in order.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    fn push(&self, what: String) {
        self.0.lock().unwrap().push(what);
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Notes what goes in and what comes out.
pub(crate) struct Noting(pub(crate) &'static str, pub(crate) Seen);

impl Middleware for Noting {
    fn handle(&self, request: &mut Request<'_>, response: &mut Response, next: Next<'_>) {
        let Self(name, seen) = self;
        seen.push(format!("{name} in"));
        let outcome = next.run(request, response);
        let operation = outcome.operation().map_or("none", |target| target.name());
        let subject = outcome.context().identity().map_or("", |who| who.subject());
        seen.push(format!(
            "{name} {} {operation} {subject}",
            response.status().code()
        ));
    }
}

/// Answers by itself.
struct Closed;

impl Middleware for Closed {
    fn handle(&self, _request: &mut Request<'_>, response: &mut Response, _next: Next<'_>) {
        response.set_status(Status::LOCKED);
    }
}

/// Panics on the way out.
struct Faulty;

impl Middleware for Faulty {
    fn handle(&self, request: &mut Request<'_>, response: &mut Response, next: Next<'_>) {
        next.run(request, response);
        panic!("on the way out");
    }
}

/// Leaves a value for the handler and sends it elsewhere.
struct Rewriting;

#[derive(Debug, PartialEq)]
struct Tenant(u32);

impl Middleware for Rewriting {
    fn handle(&self, request: &mut Request<'_>, response: &mut Response, mut next: Next<'_>) {
        next.context_mut().extensions_mut().insert(Tenant(7));
        request.target = "/text";
        next.run(request, response);
        response.headers_mut().set("x-tenant", "7").unwrap();
    }
}

fn it_runs_in_the_order_in_which_it_was_added(on: On) {
    let seen = Seen::default();
    let service = api()
        .middleware(Noting("outer", seen.clone()))
        .middleware(Noting("inner", seen.clone()))
        .build()
        .unwrap();
    on.client(service).get("/things/7").send();
    assert_eq!(
        seen.take(),
        [
            "outer in",
            "inner in",
            "inner 200 getThing ",
            "outer 200 getThing "
        ]
    );
}

fn it_sees_what_was_refused_and_what_panicked(on: On) {
    let seen = Seen::default();
    let service = api()
        .middleware(Noting("it", seen.clone()))
        .build()
        .unwrap();
    let client = on.client(service);
    client.get("/nowhere").send();
    client.delete("/things/7").send();
    client.get("/things/%zz").send();
    client.get("/things/x").send();
    client.get("/secret").send();
    client.get("/secret").field("x-key", KEY).send();
    let long = vec![b' '; 2 * 1024 * 1024];
    client
        .put("/things/7")
        .body("application/json", long)
        .send();
    client.put("/things/7").body("text/html", "").send();
    client.get("/panic").send();
    let all = seen.take();
    let out: Vec<&str> = all
        .iter()
        .map(String::as_str)
        .filter(|one| *one != "it in")
        .collect();
    assert_eq!(
        out,
        [
            "it 404 none ",
            "it 405 none ",
            "it 400 none ",
            "it 400 getThing ",
            "it 401 secret ",
            "it 200 secret owner",
            "it 413 putThing ",
            "it 415 putThing ",
            "it 500 panics ",
        ]
    );
}

fn it_can_end_a_request_early(on: On) {
    let seen = Seen::default();
    let service = api()
        .middleware(Closed)
        .middleware(Noting("never", seen.clone()))
        .build()
        .unwrap();
    assert_eq!(on.client(service).get("/things/7").send().status(), 423);
    assert!(seen.take().is_empty());
}

fn it_can_change_the_request_and_the_answer_and_leave_values(on: On) {
    let service = api().middleware(Rewriting).build().unwrap();
    let answer = on.client(service).get("/nowhere").send();
    assert_eq!((answer.status(), answer.field("x-tenant")), (200, "7"));
}

fn its_own_panic_is_500(on: On) {
    let seen = Seen::default();
    let service = api()
        .middleware(Noting("it", seen.clone()))
        .middleware(Faulty)
        .build()
        .unwrap();
    let client = on.client(service);
    for _ in 0..2 {
        let answer = client.get("/things/7").send();
        assert_eq!(answer.status(), 500);
        assert_eq!(answer.field("content-type"), "application/problem+json");
        assert_eq!(seen.take(), ["it in", "it 500 getThing "]);
    }
}
